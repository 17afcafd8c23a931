"""Booking, and what becomes of it when an answer is lost."""

from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import RoomStale
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    ConflictError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
)
from tests.backends.listening import Ear

from .booking import booked
from .conftest import AURORA, FJORD, SOURCE, Rig


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
