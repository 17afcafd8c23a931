"""Where the errors of rooms become the errors of Home Assistant."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .rooms.errors import (
    BusyTryLaterError,
    ConflictError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    TooLongError,
)


@contextmanager
def translated(room: str) -> Iterator[None]:
    """Raise a RoomError as what Home Assistant shows: the user's fault, or the world's."""
    try:
        yield
    except RoomError as error:
        raise translate(error, room) from error


def translate(error: RoomError, room: str) -> HomeAssistantError:
    """The error as Home Assistant raises it, in the user's language."""
    kind = ServiceValidationError if error.users_fault else HomeAssistantError
    key, placeholders = _described(error)
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"room": error.room or room, **placeholders},
    )


def _described(error: RoomError) -> tuple[str, dict[str, str]]:
    placeholders = dict(error.details)
    match error:
        case ConflictError():
            placeholders |= {"start": _local(error.start), "end": _local(error.end)}
        case NotSupportedError():
            placeholders |= {"feature": error.feature}
        case TooLongError():
            placeholders |= {"minutes": str(error.minutes)}
        case PermissionDeniedError():
            placeholders |= {"missing": error.missing or "?"}
        case BusyTryLaterError():
            seconds = error.retry_after
            placeholders |= {"seconds": "?" if seconds is None else str(round(seconds))}
        case RejectedError():
            placeholders |= {"words": error.words}
    return error.key, placeholders


def _local(when: datetime | None) -> str:
    return "?" if when is None else dt_util.as_local(when).strftime("%Y-%m-%d %H:%M")
