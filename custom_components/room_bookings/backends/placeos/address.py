"""Where a PlaceOS server is, and who we are to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from yarl import URL

from ...rooms.errors import UnreachableError

_SOCKET_SCHEMES: Final = {"http": "ws", "https": "wss"}
_API: Final = ("api", "engine", "v2")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceosAddress:
    """A server (`https://placeos.example.com`, perhaps with a path) and an API key."""

    url: str
    api_key: str = field(repr=False)
    verify_ssl: bool = True

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """The address out of what is stored for an entry."""
        return cls(
            url=data["url"], api_key=data["api_key"], verify_ssl=data["verify_ssl"]
        )

    @property
    def host(self) -> str:
        """The host that the authority must answer for (facts B1)."""
        return (self._base.host or "").lower()

    @property
    def encrypted(self) -> bool:
        """Whether it is spoken to over TLS."""
        return self._base.scheme == "https"

    @property
    def headers(self) -> dict[str, str]:
        """How every request proves who we are (facts B1)."""
        if not self.api_key.isascii() or not self.api_key.isprintable():
            # No key looks like that, and no header can carry it.
            return {}
        return {"X-API-Key": self.api_key}

    def authority(self) -> URL:
        """Where the server says for which host it answers (facts B1)."""
        return self._below("auth", "authority")

    def api(self, *path: str) -> URL:
        """A path of the engine's API (facts B2)."""
        return self._below(*_API, *path)

    def channel(self) -> str:
        """The control channel (facts B3)."""
        url = self.api("systems", "control")
        return str(url.with_scheme(_SOCKET_SCHEMES[url.scheme]))

    def _below(self, *path: str) -> URL:
        return self._base.joinpath(*path)

    @property
    def _base(self) -> URL:
        """The server without what does not belong there; raises UnreachableError if it is none."""
        try:
            url = URL(self.url.strip()).with_query(None).with_fragment(None)
        except ValueError as error:
            raise UnreachableError("no such address") from error
        if url.scheme not in _SOCKET_SCHEMES or not url.host or url.user is not None:
            raise UnreachableError("no such address")
        return url
