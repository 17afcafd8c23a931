"""What a RoomOS version's `Bookings` commands can do (facts 1.3): a device tells no schema."""

import re
from typing import Final

from ..capabilities import Capabilities

type Version = tuple[int, int]

_ID_OR_MEETING: Final = frozenset({"id", "meetingid"})
_BOOK: Final = frozenset({"bookingrequestuuid", "duration", "starttime", "title"})
_BOOK_SINCE_11_23: Final = frozenset(
    {
        "meetingplatform",
        "number",
        "organizeremail",
        "organizerid",
        "organizername",
        "protocol",
    }
)
_LIST: Final = frozenset({"dayoffset", "days", "limit", "offset"})

# Each command with its arguments, from the version on that has it; later lines win.
_SINCE: Final[tuple[tuple[Version, str, frozenset[str]], ...]] = (
    ((9, 15), "book", _BOOK),
    ((9, 15), "delete", frozenset({"id"})),
    ((9, 15), "get", frozenset({"id"})),
    ((9, 15), "list", _LIST),
    ((10, 19), "delete", frozenset({"meetingid"})),
    ((11, 14), "delete", _ID_OR_MEETING),
    ((11, 14), "edit", _ID_OR_MEETING | {"duration", "starttime", "title"}),
    ((11, 23), "book", _BOOK | _BOOK_SINCE_11_23),
    ((11, 23), "get", _ID_OR_MEETING),
    ((11, 26), "checkout", _ID_OR_MEETING),
    ((26, 1), "checkin", _ID_OR_MEETING),
)


def version_of(software: str) -> Version | None:
    """The version in a text such as `ce26.4.0.12.abc` or `RoomOS 11.24.1.8 4f6a0c`."""
    match = re.search(r"(\d{1,3})\.(\d{1,3})", software)
    return (int(match[1]), int(match[2])) if match else None


def capabilities_of(software: str) -> Capabilities:
    """The commands of a version; of the oldest that has bookings, where it is not known."""
    version = version_of(software) or (9, 15)
    return Capabilities(
        {name: takes for since, name, takes in _SINCE if since <= version}
    )
