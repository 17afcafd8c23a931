"""What was asked of the device, and who knocked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Handshake:
    """One try to connect; `status` is 101 where it succeeded, 0 where nobody answered.

    `authentication` is `basic`, `subprotocol` or empty, `username` what it named.
    """

    time: datetime
    path: str
    authentication: str = ""
    username: str = ""
    status: int = 0


@dataclass(slots=True)
class LoggedRequest:
    """One request; `error` is the code it was refused with, `answered` whether it was.

    `command` is `Bookings.Book` for `xCommand/Bookings/Book`, else empty; an unreadable
    frame has neither id nor method.
    """

    time: datetime
    connection: int
    id: int | str | None
    method: str
    params: Mapping[str, Any]
    answered: bool = False
    error: int | None = None

    @property
    def command(self) -> str:
        """The xCommand it runs, with dots."""
        if not self.method.startswith("xCommand/"):
            return ""
        return self.method.removeprefix("xCommand/").replace("/", ".")


class RequestLog(list[LoggedRequest]):
    """All requests in the order of their arrival."""

    def of(
        self,
        *,
        method: str = "",
        command: str = "",
        connection: int | None = None,
        since: datetime | None = None,
    ) -> list[LoggedRequest]:
        """Those whose method begins so, and whose other parts are so."""
        return [
            entry
            for entry in self
            if entry.method.startswith(method)
            and (not command or entry.command.lower() == command.lower())
            and (connection is None or entry.connection == connection)
            and (since is None or entry.time >= since)
        ]

    def number_of(self, **match: Any) -> int:
        """How many there are; the arguments of `of`."""
        return len(self.of(**match))
