"""What was asked over HTTP and over the control channel, and who knocked."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Handshake:
    """One try to open the channel; `status` 101 is success, 0 that nobody answered."""

    time: datetime
    path: str
    key: str | None
    status: int = 0


@dataclass(slots=True)
class LoggedRequest:
    """One HTTP request; `status` 0 means that nobody answered."""

    time: datetime
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    status: int = 0


@dataclass(slots=True)
class LoggedFrame:
    """One frame of a client; `cmd` is `ping`, a command, or empty for what was dropped.

    `error` is the error code of its answer.
    """

    time: datetime
    connection: int
    cmd: str = ""
    id: int | None = None
    sys: str = ""
    mod: str = ""
    index: int = 1
    name: str = ""
    args: tuple[Any, ...] = ()
    answered: bool = False
    error: int | None = None


class Log[Entry](list[Entry]):
    """Entries in the order of their arrival."""

    def of(self, **match: Any) -> list[Entry]:
        """Those whose attributes are so."""
        return [
            entry
            for entry in self
            if all(getattr(entry, name) == value for name, value in match.items())
        ]

    def number_of(self, **match: Any) -> int:
        """How many there are; the arguments of `of`."""
        return len(self.of(**match))
