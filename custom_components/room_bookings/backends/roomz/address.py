"""Where a system that serves the contract is, and who we are to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomzAddress:
    """A server (`https://rooms.example.com/connector`, the address before `/rooms`) and a user.

    `verify_ssl` is for whoever makes the session.
    """

    url: str
    username: str
    password: str = field(repr=False)
    verify_ssl: bool = True

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """The address out of what is stored for an entry."""
        return cls(
            url=data["url"],
            username=data["username"],
            password=data["password"],
            verify_ssl=data["verify_ssl"],
        )
