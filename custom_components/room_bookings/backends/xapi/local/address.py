"""Where a device is, who we are to it, and which certificate it must show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from ....rooms.errors import UnreachableError

_PORT: Final = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAddress:
    """A device and the account to use there.

    `fingerprint` is the SHA-256 of the only certificate that is accepted (lower-case
    hex); without one the certificate is verified as usual, unless `verify_ssl` is off.
    """

    host: str
    username: str
    password: str = field(repr=False)
    verify_ssl: bool = True
    fingerprint: str | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """The address out of what is stored for an entry."""
        return cls(
            host=data["host"],
            username=data["username"],
            password=data["password"],
            verify_ssl=data["verify_ssl"],
            fingerprint=data["fingerprint"],
        )

    def moved_to(self, ip: str) -> str:
        """The host with another address, and the port that it had."""
        name = f"[{ip}]" if ":" in ip else ip
        return name if self.port == _PORT else f"{name}:{self.port}"

    @property
    def name(self) -> str:
        """The host without its port."""
        return self._parts[0]

    @property
    def port(self) -> int:
        """The port; 443 unless the host carries one."""
        return self._parts[1]

    @property
    def uri(self) -> str:
        """The address of the device's WebSocket (facts 4.1)."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"wss://{name}:{self.port}/ws"

    @property
    def _parts(self) -> tuple[str, int]:
        host = self.host.strip()
        if host.startswith("["):
            name, _, port = host[1:].partition("]")
            port = port.removeprefix(":")
        elif host.count(":") == 1:
            name, _, port = host.partition(":")
        else:
            name, port = host, ""
        if (
            not name
            or (port and not port.isdecimal())
            or not 0 < int(port or _PORT) < 65536
        ):
            raise UnreachableError("no such host")
        return name, int(port or _PORT)
