"""What was asked of the cloud."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class LoggedRequest:
    """One request; `status` is 0 until it is answered, and for good if it never was."""

    time: datetime
    method: str
    path: str
    query: Mapping[str, str]
    command: str = ""
    device: str = ""
    arguments: Mapping[str, Any] | None = None
    status: int = 0


class RequestLog(list[LoggedRequest]):
    """All requests in the order of their arrival, the control API's left out."""

    def of(
        self,
        *,
        path: str = "",
        command: str = "",
        device: str = "",
        method: str = "",
        since: datetime | None = None,
    ) -> list[LoggedRequest]:
        """Those whose path begins so, and whose other parts are so."""
        return [
            entry
            for entry in self
            if entry.path.startswith(path)
            and (not command or entry.command.lower() == command.lower())
            and (not device or entry.device == device)
            and (not method or entry.method == method)
            and (since is None or entry.time >= since)
        ]

    def number_of(self, **match: Any) -> int:
        """How many there are; the arguments of `of`."""
        return len(self.of(**match))
