"""What was asked of the booking system."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class LoggedRequest:
    """One request; `status` is 0 until it is answered, and for good if it never was.

    `path` is decoded and without the simulator's prefix; `body` is the JSON of the
    request, None if it has none that can be read. No header is kept.
    """

    time: datetime
    method: str
    path: str
    query: dict[str, str]
    room: str = ""
    meeting: str = ""
    body: Any = None
    status: int = 0

    @property
    def call(self) -> str:
        """Which of the four calls it is: `rooms`, `meetings`, `book`, `change`, or empty."""
        match self.method, bool(self.room), bool(self.meeting):
            case "GET", False, False if self.path == "/rooms":
                return "rooms"
            case "GET", True, False:
                return "meetings"
            case "POST", True, False:
                return "book"
            case "PUT", True, True:
                return "change"
        return ""


class RequestLog(list[LoggedRequest]):
    """All requests in the order of their arrival, the control API's left out."""

    def of(
        self,
        call: str = "",
        *,
        room: str = "",
        status: int | None = None,
        since: datetime | None = None,
    ) -> list[LoggedRequest]:
        """Those that match all that is given."""
        return [
            entry
            for entry in self
            if (not call or entry.call == call)
            and (not room or entry.room == room)
            and (status is None or entry.status == status)
            and (since is None or entry.time >= since)
        ]

    def number_of(self, call: str = "", **match: Any) -> int:
        """How many there are; the arguments of `of`."""
        return len(self.of(call, **match))


@dataclass(slots=True)
class Counters:
    """What happened so far: `calls` by name and status, and how many at once at most."""

    calls: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0
    connections: set[object] = field(default_factory=set)

    def enter(self) -> None:
        """One more request is being handled."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)

    def leave(self, entry: LoggedRequest) -> None:
        """One less."""
        self.at_once -= 1
        self.calls[f"{entry.call or 'other'} {entry.status}"] += 1
