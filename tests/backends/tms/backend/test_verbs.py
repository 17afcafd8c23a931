"""Book, delete, end and change, and what becomes of them when others are faster."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import (
    BookingMoved,
    BookingRemoved,
    RoomStale,
)
from custom_components.room_bookings.backends.tms.backend import TmsBackend
from custom_components.room_bookings.rooms.booking import Booking
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    ConflictError,
    InThePastError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
)
from custom_components.room_bookings.rooms.room import EndMethod
from tests.backends.listening import Ear

from .conftest import AURORA, FJORD, HOUR, NOW, SOURCE, Rig


async def booked(
    rig: Rig, backend: TmsBackend, start: float = 1, end: float = 2, **changes: Any
) -> Booking:
    """A booking of one room that was made from here."""
    return await backend.book([AURORA], rig.request(start, end, **changes))


# Book


async def test_a_booking_is_confirmed_by_tms(rig: Rig) -> None:
    """With what TMS made of it: quotation marks are dropped."""
    backend = await rig.backend()
    request = rig.request(title='A "good" day', private=True)
    booking = await backend.book([AURORA, FJORD], request)
    (conference,) = rig.sim.local.conferences()
    assert booking.id == str(conference.conference_id)
    assert (booking.start, booking.end) == (rig.at(1), rig.at(2))
    assert (booking.title, booking.private) == ("A good day", True)
    assert booking.request_id == request.request_id
    assert conference.system_ids == {5, 6}
    assert conference.external_source_id == SOURCE
    assert rig.took() == {
        "GetDefaultConference": 1,
        "SaveConferenceWithMode": 2,  # The first learns a client session.
    }
    for room in (AURORA, FJORD):
        (listed,) = await rig.listed(backend, room)
        assert listed == booking
    assert rig.took() == {}


async def test_both_rooms_hear_of_it(rig: Rig) -> None:
    """And the poll that follows reads nothing again."""
    backend = await rig.backend()
    async with Ear(backend.listen) as ear:
        await backend.book([AURORA, FJORD], rig.request())
        assert ear.heard == [RoomStale(AURORA), RoomStale(FJORD)]
        rig.took()
        await rig.clock.pass_by(minutes=6)
        assert rig.took() == {"GetTransactionsSince": 1}
        assert ear.of(RoomStale) == [RoomStale(AURORA), RoomStale(FJORD)]


async def test_all_rooms_or_none(rig: Rig) -> None:
    """One that is taken leaves the other free."""
    rig.sim.local.book([6], rig.at(1))
    backend = await rig.backend()
    with pytest.raises(ConflictError):
        await backend.book([AURORA, FJORD], rig.request())
    assert await rig.listed(backend, AURORA, urgent=True) == []


@pytest.mark.parametrize(
    ("extras", "sent"),
    [
        ({"conference_type": "no_connect"}, {"ConferenceType": "No Connect"}),
        ({"pin": "4711"}, {"Password": "4711"}),
        ({"record": True}, {"IsRecordingEnabled": "true"}),
        (
            {"dial_string": "host@example.com"},
            {
                "ExternalConference": {
                    "ExternallyHosted": {"DialString": "host@example.com"}
                }
            },
        ),
        ({"send_confirmation": False, "pin": ""}, {}),
    ],
)
async def test_what_only_tms_knows(
    rig: Rig, extras: Mapping[str, Any], sent: Mapping[str, Any]
) -> None:
    """Goes along with the booking."""
    backend = await rig.backend()
    await booked(rig, backend, extras=extras)
    conference = rig.sim.requests.of("SaveConferenceWithMode")[-1].parameters[
        "Conference"
    ]
    assert {name: conference[name] for name in sent} == sent


async def test_people_may_take_part_from_elsewhere(rig: Rig) -> None:
    """By the call types of TMS."""
    backend = await rig.backend()
    dialled = [
        {"type": "dial_in", "name": "Ada"},
        {"type": "dial_out", "address": "bob@example.com", "protocol": "h323"},
        {"type": "dial_out", "address": "+1 (555) 1231234", "protocol": "phone"},
        {"type": "dial_in", "protocol": "sip", "audio": True},
    ]
    await booked(rig, backend, extras={"participants": dialled})
    (conference,) = rig.sim.local.conferences()
    assert [
        (p.participant_call_type, p.name_or_number)
        for p in (conference.participants or ())[1:]
    ] == [
        ("SIP <-", "Ada"),
        ("IP Video ->", "bob@example.com"),
        ("Telephone ->", "+1 (555) 1231234"),
        ("SIP Tel <-", None),
    ]


@pytest.mark.parametrize(
    ("changes", "feature"),
    [
        ({"title": "A" * 256}, "titles of more than 255"),
        ({"title": "A\nB"}, "control characters"),
        ({"organizer_name": "\0"}, "this organizer"),
        ({"extras": {"catering": "cake"}}, "catering"),
        ({"extras": {"conference_type": "party"}}, "conference_type party"),
        ({"extras": {"pin": "12a4"}}, "a pin of other characters"),
        ({"extras": {"dial_string": 7}}, "this dial_string"),
        ({"extras": {"participants": "Ada"}}, "no list"),
        ({"extras": {"participants": ["Ada"]}}, "without a type"),
        ({"extras": {"participants": [{"type": "mail"}]}}, "neither dial_in"),
        ({"extras": {"participants": [{"type": "dial_out"}]}}, "without an address"),
        (
            {"extras": {"participants": [{"type": "dial_in", "protocol": "fax"}]}},
            "participants by fax",
        ),
        (
            {"extras": {"participants": [{"type": "dial_in", "shoes": 9}]}},
            "shoes of a participant",
        ),
        (
            {
                "extras": {
                    "conference_type": "reservation_only",
                    "participants": [{"type": "dial_in"}],
                }
            },
            "participants with reservation_only",
        ),
        (
            {"extras": {"dial_string": "a@example.com", "record": True}},
            "record with dial_string",
        ),
        (
            {
                "extras": {
                    "dial_string": "a@example.com",
                    "participants": [{"type": "dial_out", "address": "b@example.com"}],
                }
            },
            "dial_out participants with dial_string",
        ),
        (
            {
                "extras": {
                    "dial_string": "a@example.com",
                    "participants": [{"type": "dial_in", "protocol": "isdn"}],
                }
            },
            "other than SIP",
        ),
    ],
)
async def test_what_tms_cannot_do_is_named(
    rig: Rig, changes: dict[str, Any], feature: str
) -> None:
    """Before anything is sent."""
    backend = await rig.backend()
    with pytest.raises(NotSupportedError) as refused:
        backend.check_request(AURORA, rig.request(**changes))
    assert feature in refused.value.feature
    assert rig.took() == {}


async def test_an_older_tms_does_not_record(rig: Rig) -> None:
    """The field came with version 23."""
    rig.sim.settings.api_version = 22
    backend = await rig.backend()
    with pytest.raises(NotSupportedError, match="before booking API 23"):
        backend.check_request(AURORA, rig.request(extras={"record": True}))


async def test_a_booking_for_somebody_else(rig: Rig) -> None:
    """Whom TMS knows, by address or by name; asked for once an hour."""
    ada = {"email_address": "ada@example.com", "display_name": "Ada L."}
    rig.sim.local.add_user(
        "EXAMPLE\\ada", first_name="Ada", last_name="Lovelace", **ada
    )
    backend = await rig.backend()
    for number, who in enumerate(
        (
            {"organizer_email": "Ada@Example.com"},
            {"organizer_name": "ada lovelace"},
            {"organizer_name": "ADA"},
            {"organizer_name": "Ada L."},
        )
    ):
        booking = await booked(rig, backend, number + 1, number + 2, **who)
        assert booking.organizer == "Ada Lovelace"
    assert rig.took()["GetUsers"] == 1
    with pytest.raises(RejectedError, match=r"does not know bob@example\.com"):
        await booked(rig, backend, 7, 8, organizer_email="bob@example.com")
    rig.sim.local.add_user("EXAMPLE\\ada.2", display_name="Ada L.")
    await rig.clock.pass_by(hours=1)
    with pytest.raises(RejectedError, match="several people called Ada"):
        await booked(rig, backend, 7, 8, organizer_name="Ada L.")


async def test_not_everybody_may_book_for_others(rig: Rig) -> None:
    """The right is named as TMS names it."""
    rig.sim.local.change_user(rig.sim.user.user_id, book_on_behalf_of=False)
    backend = await rig.backend()
    with pytest.raises(PermissionDeniedError) as denied:
        await booked(rig, backend, organizer_name="Ada")
    assert denied.value.missing == "Book on behalf of"


async def test_a_lost_answer_is_looked_up(rig: Rig) -> None:
    """By the key that it was saved with."""
    backend = await rig.backend()
    await booked(rig, backend)
    rig.sim.faults.when("SaveConferenceWithMode").drop_answer()
    booking = await booked(rig, backend, 3, 4)
    assert booking.start == rig.at(3)
    assert len(rig.sim.local.conferences()) == 2


async def test_nothing_is_booked_twice(rig: Rig) -> None:
    """Who tries once more with the same wish gets what was made then."""
    backend = await rig.backend()
    await booked(rig, backend, 5, 6)
    faults = rig.sim.faults
    faults.when("SaveConferenceWithMode").drop_answer()
    faults.when("GetConferenceIdByExternalId").status(503)
    request = rig.request()
    with pytest.raises(AnswerLostError):
        await backend.book([AURORA], request)
    rig.took()
    booking = await backend.book([AURORA], request)
    assert "SaveConferenceWithMode" not in rig.took()
    assert len(rig.sim.local.conferences()) == 2
    assert await rig.listed(backend, urgent=True) == [
        booking,
        (await rig.listed(backend))[1],
    ]


async def test_what_was_lost_on_the_way_is_sent_again(rig: Rig) -> None:
    """When it is known that it did not arrive."""
    backend = await rig.backend()
    await booked(rig, backend, 5, 6)
    rig.sim.faults.when("SaveConferenceWithMode").drop()
    request = rig.request()
    with pytest.raises(AnswerLostError):
        await backend.book([AURORA], request)
    await backend.book([AURORA], request)
    assert len(rig.sim.local.conferences()) == 2


async def test_what_needs_approval_is_no_booking(rig: Rig) -> None:
    """It is withdrawn: nobody shall approve it when it is forgotten here."""
    rig.sim.local.change_user(rig.sim.user.user_id, approve_meeting=False)
    backend = await rig.backend()
    with pytest.raises(PermissionDeniedError) as denied:
        await booked(rig, backend)
    assert denied.value.missing == "Approve Meeting"
    (conference,) = rig.sim.local.conferences()
    assert conference.conference_state == "Deleted"


async def test_what_is_booked_in_another_way_is_undone(rig: Rig) -> None:
    """And if that fails, nobody knows."""
    backend = await rig.backend()
    await booked(rig, backend, 5, 6)
    faults = rig.sim.faults.when("SaveConferenceWithMode")
    faults.value("EndTimeUTC", "2026-11-20 11:45:00Z")
    with pytest.raises(RejectedError, match="in another way"):
        await booked(rig, backend)
    assert len(await rig.listed(backend, urgent=True)) == 1
    faults.value("EndTimeUTC", "2026-11-20 11:45:00Z")
    rig.sim.faults.when("DeleteConferenceById").status(503)
    with pytest.raises(AnswerLostError):
        await booked(rig, backend)


# End and delete


async def test_a_running_meeting_ends(rig: Rig) -> None:
    """Now, and the room hears of it."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    await rig.clock.pass_by(hours=1.5)
    async with Ear(backend.listen) as ear:
        await rig.listed(backend)
        assert await backend.end_meeting(AURORA, booking) is EndMethod.ENDED
        assert RoomStale(AURORA) in ear.heard
        rig.took()
        (ended,) = await rig.listed(backend)
        assert ended.end <= rig.clock.now
        assert rig.took() == {}
    with pytest.raises(NotFoundError):
        await backend.end_meeting(AURORA, booking)


async def test_a_meeting_that_does_not_run_cannot_end(rig: Rig) -> None:
    """There is none, then."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    with pytest.raises(NotFoundError):
        await backend.end_meeting(AURORA, booking)
    with pytest.raises(NotFoundError):
        await backend.end_meeting(AURORA, replace(booking, id="elsewhere"))


async def test_a_booking_is_deleted(rig: Rig) -> None:
    """In all of its rooms."""
    backend = await rig.backend()
    booking = await backend.book([AURORA, FJORD], rig.request())
    async with Ear(backend.listen) as ear:
        await rig.listed(backend)
        await backend.delete(AURORA, booking)
        assert ear.of(BookingRemoved) == [
            BookingRemoved(AURORA, booking.id),
            BookingRemoved(FJORD, booking.id),
        ]
        assert await rig.listed(backend, FJORD) == []
        rig.took()
        await rig.clock.pass_by(minutes=6)
        assert rig.took() == {"GetTransactionsSince": 1}
    with pytest.raises(NotFoundError):
        await backend.delete(AURORA, booking)


async def test_to_delete_a_running_meeting_ends_it(rig: Rig) -> None:
    """It did take place (facts 5)."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    await rig.clock.pass_by(hours=1.5)
    await backend.delete(AURORA, booking)
    (ended,) = await rig.listed(backend)
    assert ended.end < booking.end


@pytest.mark.parametrize("operation", ["DeleteConferenceById", "EndConferenceById"])
async def test_a_lost_answer_says_so(rig: Rig, operation: str) -> None:
    """And who asks next sees what was done."""
    rig.sim.settings.session_lifetime = timedelta(hours=8)
    backend = await rig.backend()
    booking = await booked(rig, backend)
    await rig.clock.pass_by(hours=1.5)
    rig.sim.faults.when(operation).drop_answer()
    verb = backend.delete if operation.startswith("Delete") else backend.end_meeting
    with pytest.raises(AnswerLostError):
        await verb(AURORA, booking)
    (ended,) = await rig.listed(backend, urgent=True)
    assert ended.end < booking.end


# Change


async def test_a_booking_moves(rig: Rig) -> None:
    """As it was wanted, and the room hears where to."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    wanted = replace(booking, start=rig.at(3), end=rig.at(5), title="Bob's")
    backend.check_change(AURORA, booking, wanted)
    async with Ear(backend.listen) as ear:
        await rig.listed(backend)
        changed = await backend.change(AURORA, booking, wanted)
        # All of it is told at once, by the listing.
        assert ear.heard == [RoomStale(AURORA)]
        assert changed == replace(wanted, title="Bobs")
        assert await rig.listed(backend) == [changed]
        ear.heard.clear()
        later = replace(changed, end=rig.at(6))
        assert await backend.change(AURORA, changed, later) == later
        assert ear.heard == [
            BookingMoved(AURORA, booking.id, rig.at(3), rig.at(6)),
            RoomStale(AURORA),
        ]


async def test_somebody_elses_change_of_something_else_stays(rig: Rig) -> None:
    """What was read is too old; what is wanted still makes sense."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    rig.sim.faults.when("SaveConferenceWithMode").modified("Theirs")
    changed = await backend.change(
        AURORA, booking, replace(booking, start=rig.at(3), end=rig.at(4))
    )
    assert changed is not None
    assert (changed.title, changed.start) == ("Theirs", rig.at(3))


async def test_somebody_elses_change_of_the_same_wins(rig: Rig) -> None:
    """And it is said what it was."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    rig.sim.faults.when("SaveConferenceWithMode").modified("Theirs")
    with pytest.raises(RejectedError, match="changed its title"):
        await backend.change(AURORA, booking, replace(booking, title="Ours"))
    rig.sim.local.move(int(booking.id), rig.at(5))
    with pytest.raises(RejectedError, match="changed its start meanwhile to .* 15:00"):
        await backend.change(
            AURORA, booking, replace(booking, start=rig.at(3), end=rig.at(4))
        )


async def test_to_be_overtaken_twice_is_enough(rig: Rig) -> None:
    """There is one more try, and not a third."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    rig.sim.faults.when("SaveConferenceWithMode").times(2).modified("Theirs")
    rig.took()
    with pytest.raises(RejectedError):
        await backend.change(AURORA, booking, replace(booking, end=rig.at(3)))
    assert rig.took() == {"GetConferenceById": 2, "SaveConferenceWithMode": 2}


async def test_what_cannot_change_is_refused_at_once(rig: Rig) -> None:
    """The past, and when a running meeting began."""
    backend = await rig.backend()
    past = Booking(id="1", start=NOW - 2 * HOUR, end=NOW - HOUR)
    running = Booking(id="2", start=NOW - HOUR, end=NOW + HOUR)
    longer = replace(running, end=NOW + 2 * HOUR)
    errors: list[tuple[Booking, Booking, type[RoomError]]] = [
        (past, replace(past, end=NOW + HOUR), InThePastError),
        (running, replace(running, start=NOW), NotSupportedError),
        (running, replace(running, title="A" * 256), NotSupportedError),
    ]
    for booking, wanted, error in errors:
        with pytest.raises(error):
            backend.check_change(AURORA, booking, wanted)
    backend.check_change(AURORA, running, longer)
    with pytest.raises(NotSupportedError):
        await backend.check_in(AURORA, running)


async def test_what_is_gone_cannot_change(rig: Rig) -> None:
    """Nor what is no booking any more."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    rig.sim.local.reject(int(booking.id))
    with pytest.raises(NotFoundError):
        await backend.change(AURORA, booking, replace(booking, title="New"))
