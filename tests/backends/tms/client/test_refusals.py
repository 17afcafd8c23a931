"""What TMS refuses is what people understand, in TMS's own words."""

import pytest

from custom_components.room_bookings.backends.tms.client import TmsClient
from custom_components.room_bookings.backends.tms.errors import (
    AlreadyBookedError,
    BackwardsError,
    BusyError,
    ClientSessionError,
    ConcurrentModificationError,
    DeletedError,
    DeniedError,
    FaultCode,
    MissingError,
    NoLicenceError,
    NotActiveError,
    PastError,
    Refusal,
    TmsFault,
    UnsupportedError,
    refusal,
)
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    ConflictError,
    EndsBeforeStartError,
    InThePastError,
    LicenceError,
    NoMeetingError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from tests.simulators.tms import CODES, TmsSimulator, TmsSystem

from .conftest import Script
from .documents import CAPTURED_FAULT, envelope, fault

MEANINGS: dict[str, tuple[type[Refusal], type[RoomError]]] = {
    "LICENSE": (NoLicenceError, LicenceError),
    "DATABASE_DOWN": (BusyError, BusyTryLaterError),
    "SERVER_BUSY": (BusyError, BusyTryLaterError),
    "MEETINGNOTFOUND": (MissingError, NotFoundError),
    "SYSTEMNOTFOUND": (MissingError, NotFoundError),
    "INSTANCE_NOT_FOUND_WITHIN_PATTERN": (MissingError, NotFoundError),
    "MEETINGISDELETED": (DeletedError, NotFoundError),
    "SYSTEM_ALREADY_BOOKED": (AlreadyBookedError, ConflictError),
    "MEETINGNOTACTIVE": (NotActiveError, NoMeetingError),
    "CANNOTBOOKINTHEPAST": (PastError, InThePastError),
    "START_TIME_AFTER_END_TIME": (BackwardsError, EndsBeforeStartError),
    "SECURITY": (DeniedError, PermissionDeniedError),
    "NO_ACCESS_TO_CONFERENCE": (DeniedError, PermissionDeniedError),
    "SYSTEM_NOT_ALLOWED_IN_BOOKING": (DeniedError, PermissionDeniedError),
    "NEVER_ENDING_RECURRENCE_NOT_SUPPORTED": (UnsupportedError, NotSupportedError),
    "UNSUPPORTED_RECURRENCE": (UnsupportedError, NotSupportedError),
    "CONCURRENT_MODIFICATION": (ConcurrentModificationError, RejectedError),
    "ERR_CLIENT_SESSION_BLANK": (ClientSessionError, RejectedError),
    "ERR_CLIENT_SESSION_EXPIRED": (ClientSessionError, RejectedError),
}


def test_all_codes_are_known() -> None:
    """The 31 of the reference, as the simulator read them from it too."""
    assert {code.name: int(code) for code in FaultCode} == dict(CODES)
    assert len(FaultCode) == 31


@pytest.mark.parametrize("name", sorted(CODES))
async def test_what_a_code_means(
    sim: TmsSimulator, client: TmsClient, name: str
) -> None:
    """And that TMS's words and its code are kept."""
    sim.faults.when("EndConferenceById").always().fault(name, "So it  is.")
    kind, meaning = MEANINGS.get(name, (TmsFault, RejectedError))
    with pytest.raises(meaning) as refused:
        await client.end(1)
    error = refused.value
    assert type(error) is kind
    assert (error.words, error.code) == ("So it is.", CODES[name])
    assert error.key
    match error:
        case ConflictError():
            assert error.start is error.end is None
        case PermissionDeniedError():
            assert error.missing == "So it is."
        case NotSupportedError():
            assert error.feature == "So it is."
        case BusyTryLaterError():
            assert error.retry_after is None


@pytest.mark.parametrize("code", [None, "", "many", 5, "9" * 5000])
async def test_other_faults(scripted: TmsClient, script: Script, code: object) -> None:
    """Have words alone, if any."""
    script.says(fault(code, "Server was unable to process request."), status=500)
    with pytest.raises(TmsFault, match="unable") as refused:
        await scripted.delete(1)
    assert refused.value.code == (5 if code == 5 else None)
    script.says(fault(code, "x" * 10_000), status=200)
    with pytest.raises(TmsFault) as refused:
        await scripted.systems()
    assert len(refused.value.words) == 500


async def test_a_fault_in_soap_12(scripted: TmsClient, script: Script) -> None:
    """As it was captured, for lists as for all others."""
    for call in (scripted.systems, scripted.default_conference):
        script.says(
            CAPTURED_FAULT,
            status=500,
            content_type="application/soap+xml; charset=utf-8",
        )
        with pytest.raises(ClientSessionError):
            await call()


def test_suggestions_are_kept() -> None:
    """With the fault that makes them."""
    error = refusal("x", FaultCode.ERR_CLIENT_SESSION_BLANK, "s")
    assert isinstance(error, ClientSessionError)
    assert error.suggested == "s"


@pytest.mark.parametrize("body", ["", "<html/>", "<a>", fault()[:-10]])
async def test_an_error_that_is_no_fault(
    scripted: TmsClient, script: Script, body: str
) -> None:
    """Says nothing about what was done."""
    script.says(body, status=500)
    with pytest.raises(AnswerLostError):
        await scripted.delete(1)


async def test_nothing_there(
    sim: TmsSimulator, client: TmsClient, room: TmsSystem
) -> None:
    """Of the rich calls."""
    for call in (client.conference, client.series, client.delete, client.end):
        with pytest.raises(NotFoundError):
            await call(4711)
    assert await client.find("nobody", "nothing") is None
    with pytest.raises(RejectedError):
        await client.zone_rules("Nowhere Standard Time")


async def test_look_ups(scripted: TmsClient, script: Script) -> None:
    """Nothing is found, or something, or no answer."""
    operation = "GetConferenceIdByExternalId"
    for told in (None, "", "0", "-1"):
        script.says(envelope(operation, told))
        assert await scripted.find("a", "b") is None
    script.says(envelope(operation, " 7 "), envelope(operation, "many"))
    assert await scripted.find("a", "b") == 7
    with pytest.raises(UnreachableError):
        await scripted.find("a", "b")
    script.says(envelope("GetTimeZoneRulesById", ""))
    with pytest.raises(NotFoundError):
        await scripted.zone_rules("Nowhere")


@pytest.mark.parametrize("right", [True, False])
async def test_booking_for_others(
    sim: TmsSimulator, client: TmsClient, right: bool
) -> None:
    """As TMS says, which also knows everybody's names."""
    sim.local.change_user(sim.user.user_id, book_on_behalf_of=right)
    assert await client.may_book_for_others() is right
    assert sim.username in [user.user_name for user in await client.users()]
