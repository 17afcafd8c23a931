"""What was asked of the server, and who knocked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Challenge:
    """A request that was sent back with 401: a leg of a logon, or a failed one."""

    time: datetime
    connection: int
    path: str
    scheme: str
    failed: str = ""
    """Whose logon failed."""


@dataclass(slots=True)
class LoggedRequest:
    """One authenticated request; an unreadable one has no operation.

    `parameters` are the body's elements: characters, dicts, and lists where a name
    comes again. `status` is 0 until it is answered, and for good if it never was.
    """

    time: datetime
    connection: int
    user: str
    method: str
    path: str
    body: bytes = field(repr=False, default=b"")
    headers: Mapping[str, str] = field(default_factory=dict)
    action: str | None = None
    service: str = ""
    operation: str = ""
    soap: str = ""
    version: int = 0
    session: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    status: int = 0
    error: int | None = None
    """The errorcode of the fault that answered it."""
    answer_size: int = 0


class RequestLog(list[LoggedRequest]):
    """All authenticated requests in the order of their arrival."""

    def of(
        self,
        operation: str = "",
        *,
        service: str = "",
        user: str = "",
        since: datetime | None = None,
        **parameters: Any,
    ) -> list[LoggedRequest]:
        """Those of that operation, and whose other parts are so."""
        return [
            entry
            for entry in self
            if (not operation or entry.operation == operation)
            and (not service or entry.service == service)
            and (not user or entry.user == user)
            and (since is None or entry.time >= since)
            and all(
                entry.parameters.get(name) == value
                for name, value in parameters.items()
            )
        ]

    def number_of(self, operation: str = "", **match: Any) -> int:
        """How many there are; the arguments of `of`."""
        return len(self.of(operation, **match))

    @property
    def counts(self) -> Counter[str]:
        """How many there are of each operation."""
        return Counter(entry.operation for entry in self)
