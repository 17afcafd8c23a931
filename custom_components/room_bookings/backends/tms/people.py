"""Whom TMS knows: the owners of bookings that are made for somebody else."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from ...rooms.errors import PermissionDeniedError, RejectedError
from .model import User
from .service import TmsService

# There may be thousands of them, and they do not come and go by the minute.
_GOOD_FOR: Final = timedelta(hours=1)


class People:
    """Looks people up, and remembers them for an hour."""

    def __init__(self, service: TmsService, clock: Callable[[], datetime]) -> None:
        """Ask nothing yet."""
        self._service = service
        self._clock = clock
        self._known: tuple[datetime, Sequence[User]] | None = None

    async def owner(self, name: str, email: str) -> Mapping[str, Any]:
        """The fields of a conference that make somebody its owner; none for nobody.

        Raises PermissionDeniedError if this account may not, RejectedError if TMS does
        not know that person.
        """
        if not name and not email:
            return {}
        known = self._known
        if known is None or self._clock() - known[0] >= _GOOD_FOR:
            if not await self._service.may_book_for_others():
                raise PermissionDeniedError("Book on behalf of")
            known = self._known = (self._clock(), await self._service.users())
        user = _found(known[1], name, email)
        # By its id, -1 is nobody: then the user name counts (reference, OwnerId).
        return {
            "OwnerId": -1,
            "OwnerUserName": user.user_name,
            "OwnerFirstName": user.first_name,
            "OwnerLastName": user.last_name,
            "OwnerEmailAddress": user.email,
        }


def _found(users: Sequence[User], name: str, email: str) -> User:
    if email:
        for user in users:
            if user.email.casefold() == email.strip().casefold():
                return user
    if name:
        wanted = " ".join(name.split()).casefold()
        named = {u.user_name: u for u in users if wanted in _names(u)}
        if len(named) == 1:
            return next(iter(named.values()))
        if named:
            raise RejectedError(f"Cisco TMS knows several people called {name}")
    raise RejectedError(f"Cisco TMS does not know {email or name}")


def _names(user: User) -> set[str]:
    full = f"{user.first_name} {user.last_name}"
    account = user.user_name.rpartition("\\")[2]
    names = (user.display_name, user.user_name, account, full)
    return {" ".join(name.split()).casefold() for name in names if name.strip()}
