"""What can go wrong, and what each error says about it."""

import pytest

from custom_components.room_bookings.rooms import errors
from custom_components.room_bookings.rooms.errors import RoomError

from .builders import at

SAID = [
    errors.ConflictError(),
    errors.ConflictError(at("9:00"), at("10:00")),
    errors.UnconfirmedError(),
    errors.NotSupportedError("private"),
    errors.UnknownBookingError(),
    errors.NoMeetingError(),
    errors.InThePastError(),
    errors.TooLongError(1440),
    errors.EndsBeforeStartError(),
    errors.PermissionDeniedError("spark:xapi_commands"),
    errors.AuthFailedError(),
    errors.LicenceError(),
    errors.BusyTryLaterError(30),
    errors.UnreachableError(),
    errors.CertificateChangedError("0a1b"),
    errors.AnswerLostError(),
    errors.RejectedError("No such slot"),
    errors.NotFoundError("No such booking"),
    errors.OutdatedError(9, 11),
]


def test_every_error_is_tried_here() -> None:
    """So that a new one is not forgotten."""
    named = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    assert {RoomError, *map(type, SAID)} == {
        k for k in named if issubclass(k, Exception)
    }


@pytest.mark.parametrize("error", SAID, ids=lambda e: type(e).__name__)
def test_every_error_has_a_name_and_says_whose_fault_it_is(error: RoomError) -> None:
    """The user's is what the user can mend by another wish."""
    assert error.users_fault is (
        error.key
        in {
            "conflict",
            "not_supported",
            "unknown_booking",
            "no_meeting",
            "in_the_past",
            "too_long",
            "ends_before_start",
        }
    )


def test_errors_keep_what_the_system_told() -> None:
    """For whoever words them."""
    conflict = errors.ConflictError(at("9:00"), at("10:00"))
    assert (conflict.start, conflict.end) == (at("9:00"), at("10:00"))
    assert errors.NotSupportedError("private").feature == "private"
    assert errors.TooLongError(1440).minutes == 1440
    assert errors.PermissionDeniedError("right").missing == "right"
    assert errors.AuthFailedError().missing == ""
    assert errors.BusyTryLaterError().retry_after is None
    assert errors.BusyTryLaterError(30).retry_after == 30
    assert errors.CertificateChangedError("0a1b").fingerprint == "0a1b"
    assert errors.NotFoundError("gone").words == "gone"
