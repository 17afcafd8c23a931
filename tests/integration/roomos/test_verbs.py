"""What people do to bookings on a RoomOS device, and what they are told."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.exceptions import ServiceValidationError
from tests.integration.server_house import iso
from tests.simulators.roomos import RoomosSimulator

from .room import HALF_AN_HOUR, NAME, Room, kinds, told

ADHOC = "Bookings.AdhocBooking.Enabled"

every_version = pytest.mark.parametrize(
    "software", ["roomos-26.4", "mtr", "roomos-11.24", "roomos-11.14"]
)


# Book and delete


@every_version
async def test_book_and_delete(room: Room) -> None:
    """Each is answered when the device has confirmed it."""
    with room.recording() as changes:
        answer = await room.do(
            "book", title="Planning", start=room.at(60), duration=HALF_AN_HOUR
        )
        assert room.held == [("Planning", 60, 30)]
        assert answer["start"] == iso(60)
        assert answer["end"] == iso(90)
        assert room.now("next_booking") == "Planning"
        answer = await room.do("delete", booking_id=answer["booking_id"])
        assert room.held == []
        assert room.now("next_booking") == "unknown"
    assert [(t.kind, t.ours) for t in told(changes)] == [
        ("created", True),
        ("cancelled", True),
    ]


@pytest.mark.parametrize("ids", ["same", "other", "none"])
@every_version
async def test_book_and_delete_by_whatever_name(room: Room, ids: str) -> None:
    """MeetingId is the request's id, another one, or empty; the answer's id is good for delete."""
    room.device.meeting_ids = ids
    answer = await room.do("book", title="Planning", start=room.at(60))
    assert room.held == [("Planning", 60, 30)]
    await room.do("delete", booking_id=answer["booking_id"])
    assert room.held == []


async def test_organizer(room: Room) -> None:
    """Name and address arrive."""
    await room.do(
        "book", title="Planning", organizer_name="Ada", organizer_email="a@b.example"
    )
    [booking] = room.device.bookings
    assert (booking.organizer, booking.organizer_email) == ("Ada", "a@b.example")


@pytest.mark.parametrize("software", ["roomos-11.14"])
async def test_what_old_software_cannot_carry_is_refused(room: Room) -> None:
    """It knows no organisers, and nobody is silently left out."""
    error = await room.refused("book", title="Planning", organizer_name="Ada")
    assert error.translation_key == "not_supported"
    assert (error.translation_placeholders or {})["feature"] == "OrganizerName"
    assert room.held == []


async def test_private_bookings_cannot_be_made(room: Room) -> None:
    """The wire shows privacy, and takes none."""
    assert await room.told_to("book", private=True) == "not_supported"
    assert room.held == []


async def test_conflict(room: Room) -> None:
    """Also with what nobody has told of yet; the other's times are named."""
    room.device.faults.messages().always().drop()
    room.meet("First", 60)
    error = await room.refused("book", title="Second", start=room.at(75))
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "conflict"
    assert room.held == [("First", 60, 30)]


@pytest.mark.parametrize("conflict", ["error", "overlap", "implicit"])
async def test_somebody_is_quicker(room: Room, conflict: str) -> None:
    """Whatever the device does with a slot that was taken an instant before."""
    room.device.conflict = conflict
    fault = room.device.faults.when(command="Bookings.Book")
    fault.rival("Quicker", minutes=30)
    outcome = await room.told_to("book", title="Ours", start=room.at(60))
    titles = [title for title, *_ in room.held]
    assert outcome == ("done" if "Ours" in titles else "conflict")
    assert room.ledger == [] or outcome == "done"


async def test_booking_switched_off_names_the_setting(room: Room) -> None:
    """The error says what to switch on."""
    room.device.configuration.set(ADHOC, "False")
    error = await room.refused("book", title="Planning")
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "not_supported"
    feature = (error.translation_placeholders or {})["feature"]
    assert "AdhocBooking Enabled" in feature
    assert room.held == []
    assert room.ledger == []
    room.device.configuration.set(ADHOC, "True")
    assert await room.told_to("book", title="Planning") == "done"


async def test_a_refusal_in_the_devices_own_words(room: Room) -> None:
    """Longer than the device allows."""
    room.device.configuration.set("Bookings.AdhocBooking.MaxDuration", 1)
    error = await room.refused("book", title="Long", duration={"hours": 2})
    assert error.translation_key == "rejected"
    words = (error.translation_placeholders or {})["words"]
    assert words == "The booking is too long"


# End


@pytest.mark.parametrize(
    ("software", "age", "method", "left"),
    [
        ("roomos-26.4", 10.5, "ended", []),
        ("roomos-26.4", 0.5, "ended", []),
        ("mtr", 10.5, "shortened", [("Stand-up", -10.5, 10)]),
        ("roomos-11.24", 10.5, "shortened", [("Stand-up", -10.5, 10)]),
        ("roomos-11.14", 10.5, "shortened", [("Stand-up", -10.5, 10)]),
        ("roomos-11.24", 0.5, "deleted", []),
        ("roomos-11.14", 0.5, "deleted", []),
    ],
)
async def test_end_meeting(
    closed_room: Room, age: float, method: str, left: list[tuple[str, float, int]]
) -> None:
    """The room is free at once, whatever the device can; the next meeting stays."""
    room = closed_room
    room.meet("Stand-up", -age)
    room.meet("Next", 60)
    await room.open()
    with room.recording() as changes:
        answer = await room.do("end_meeting")
    assert answer["method"] == method
    assert room.held == [*left, ("Next", 60, 30)]
    assert room.facts() == ("free", "off", "off")
    [ended] = told(changes)
    assert (ended.kind, ended.title, ended.ours) == ("ended", "Stand-up", True)
    assert await room.told_to("end_meeting") == "no_meeting"


# Extend


@every_version
async def test_extend(room: Room) -> None:
    """By a quarter of an hour, unless somebody says otherwise; the button does the same."""
    booking = room.meet("Stand-up", 0)
    await room.clock.settle()
    with room.recording() as changes:
        answer = await room.do("extend")
        assert answer == {"booking_id": booking.meeting_id, "end": iso(45)}
        assert room.held == [("Stand-up", 0, 45)]
        answer = await room.do("extend", duration={"minutes": 5})
        assert answer["end"] == iso(50)
        await room.press(NAME, "extend")
        assert room.held == [("Stand-up", 0, 65)]
        await room.clock.pass_by(minutes=1)
    assert [(t.kind, t.ours) for t in told(changes)] == [("changed", True)] * 3
    assert changes.of(NAME, "booked") == []
    assert room.shown(NAME, "current_booking").attributes["end"] == iso(65)


async def test_extend_into_the_next_meeting(room: Room) -> None:
    """It is refused with the other's times, and nothing changes."""
    room.meet("Stand-up", 0)
    room.meet("Next", 40)
    await room.clock.settle()
    error = await room.refused("extend")
    assert error.translation_key == "conflict"
    # Home Assistant's test instance lives in the time zone of San Diego.
    placeholders = error.translation_placeholders or {}
    assert placeholders["start"] == "2026-03-03 01:40"
    assert await room.told_to("extend", duration={"minutes": 10}) == "done"
    assert room.held == [("Stand-up", 0, 40), ("Next", 40, 30)]


async def test_extend_without_a_meeting(room: Room) -> None:
    """There is nothing to extend."""
    room.meet("Later", 60)
    await room.clock.settle()
    assert await room.told_to("extend") == "no_meeting"


@pytest.mark.parametrize(
    ("arm", "edits"),
    [
        (lambda f: f.when(command="Bookings.Edit").drop(), 2),
        (lambda f: f.when(command="Bookings.Edit").drop_answer(), 1),
        (lambda f: f.when(command="Bookings.Edit").not_applied(), 2),
        (lambda f: f.when(command="Bookings.Edit").no_answer(applied=True), 1),
        (lambda f: f.events("Bookings.BookingMoved").drop(), 1),
    ],
    ids=["lost", "answer lost", "not done", "never answered", "event lost"],
)
async def test_extend_whatever_dies(room: Room, arm: Any, edits: int) -> None:
    """The list decides, and it is extended once."""
    room.meet("Stand-up", 0)
    await room.clock.settle()
    arm(room.device.faults)
    with room.recording() as changes:
        await room.do("extend")
        assert room.held == [("Stand-up", 0, 45)]
        await room.clock.pass_by(minutes=2)
    assert [(t.kind, t.ours) for t in told(changes)] == [("changed", True)]
    assert room.commands("Bookings.Edit") == edits


# Reschedule


@every_version
async def test_reschedule(room: Room) -> None:
    """A new start alone keeps the duration; the rest stays as it is."""
    booking = room.meet("Review", 60)
    await room.clock.settle()
    with room.recording() as changes:
        answer = await room.do(
            "reschedule", booking_id=booking.meeting_id, start=room.at(90)
        )
        assert room.held == [("Review", 90, 30)]
        assert (answer["start"], answer["end"]) == (iso(90), iso(120))
        await room.do("reschedule", booking_id=booking.meeting_id, end=room.at(150))
        assert room.held == [("Review", 90, 60)]
        answer = await room.do(
            "reschedule", booking_id=booking.meeting_id, title="Retrospective"
        )
        assert room.held == [("Retrospective", 90, 60)]
        assert answer["title"] == "Retrospective"
        await room.clock.pass_by(minutes=1)
    assert [(t.kind, t.ours) for t in told(changes)] == [("changed", True)] * 3
    assert room.now("next_booking") == "Retrospective"


async def test_a_running_meeting_that_we_move_away_is_ours_in_all_that_is_told(
    room: Room,
) -> None:
    """It ends, and it has changed; one verb did both."""
    booking = room.meet("Review", 0, 30)
    await room.clock.settle()
    with room.recording() as changes:
        await room.do("reschedule", booking_id=booking.meeting_id, start=room.at(60))
        await room.clock.settle()
    assert kinds(changes) == ["ended", "changed"]
    assert [event.ours for event in told(changes)] == [True, True]


async def test_reschedule_what_cannot_be(room: Room) -> None:
    """Each with its own words."""
    booking = room.meet("Review", 60)
    room.meet("Next", 120)
    await room.clock.settle()

    async def to(**times: Any) -> str:
        return await room.told_to("reschedule", booking_id=booking.meeting_id, **times)

    assert await to(start=room.at(110)) == "conflict"
    assert await to(end=room.at(30)) == "ends_before_start"
    assert await to(start=room.at(-60)) == "in_the_past"
    assert await to(end=room.at(60 * 48)) in ("too_long", "conflict")
    assert await room.told_to("reschedule", booking_id="?") == "unknown_booking"
    assert room.held == [("Review", 60, 30), ("Next", 120, 30)]


async def _update(
    room: Room, ws_client: WebSocketGenerator, uid: str, **event: Any
) -> dict[str, Any]:
    client = await ws_client()
    await client.send_json_auto_id(
        {
            "type": "calendar/event/update",
            "entity_id": room.entity_id(NAME, "bookings"),
            "uid": uid,
            "event": event,
        }
    )
    answer: dict[str, Any] = await client.receive_json()
    return answer


async def test_update_in_the_calendar(
    room: Room, hass_ws_client: WebSocketGenerator
) -> None:
    """The dialog moves and renames."""
    booking = room.meet("Review", 60)
    await room.clock.settle()
    answer = await _update(
        room,
        hass_ws_client,
        booking.meeting_id,
        summary="Retrospective",
        dtstart=iso(90),
        dtend=iso(150),
    )
    assert answer["success"], answer
    assert room.held == [("Retrospective", 90, 60)]


async def test_a_masked_title_is_not_written(
    room: Room, hass_ws_client: WebSocketGenerator
) -> None:
    """Whoever moves a private meeting sees `Private` and sends it back; it is not its title."""
    booking = room.meet("Dismissal", 60, private=True)
    await room.clock.settle()
    assert room.now("next_booking") == "Private"
    event = {"summary": "Private", "dtstart": iso(90), "dtend": iso(120)}
    answer = await _update(room, hass_ws_client, booking.meeting_id, **event)
    assert answer["success"], answer
    assert room.held == [("Dismissal", 90, 30)]
    assert room.now("next_booking") == "Private"
    event["summary"] = "Talk"
    answer = await _update(room, hass_ws_client, booking.meeting_id, **event)
    assert answer["success"], answer
    assert room.held == [("Talk", 90, 30)]


async def test_a_masked_title_of_an_action_is_what_was_asked(room: Room) -> None:
    """The answer hides what the options hide."""
    booking = room.meet("Dismissal", 60, private=True)
    await room.clock.settle()
    answer = await room.do(
        "reschedule", booking_id=booking.meeting_id, start=room.at(90)
    )
    assert answer["title"] == "Private"
    assert room.held == [("Dismissal", 90, 30)]


# What a version lacks


def _without(sim: RoomosSimulator, version: str) -> None:
    """Say that the device runs other software than the simulator has a profile for."""
    sim._status["SystemUnit.Software.Version"] = version


async def test_software_without_edit(closed_room: Room) -> None:
    """RoomOS 10 has neither Edit nor CheckIn, and its buttons are not there."""
    room = closed_room
    _without(room.device, "ce10.19.1.0")
    room.meet("Stand-up", -5)
    await room.open()
    assert not {"extend", "check_in"} & room.keys
    assert room.shown(NAME, "bookings").attributes["supported_features"] == 3
    assert await room.told_to("extend") == "not_supported"
    current = room.shown(NAME, "current_booking").attributes["booking_id"]
    assert await room.told_to("reschedule", booking_id=current) == "not_supported"
    assert await room.told_to("check_in") == "not_supported"
    assert (await room.do("end_meeting"))["method"] == "deleted"


@pytest.mark.parametrize("software", ["roomos-11.24", "roomos-11.14"])
async def test_check_in_is_not_supported(room: Room) -> None:
    """It came with RoomOS 26.1."""
    room.meet("Stand-up", 0)
    await room.clock.settle()
    assert await room.told_to("check_in") == "not_supported"


# Several at once


async def test_buttons(room: Room) -> None:
    """Book now, extend, end."""
    with room.recording() as changes:
        await room.press(NAME, "book_now")
        await room.clock.pass_by(seconds=1)
        assert room.facts() == ("busy", "on", "on")
        await room.press(NAME, "extend")
        [(_, _, minutes)] = room.held
        assert minutes == 45
        await room.press(NAME, "end_meeting")
        assert room.facts() == ("free", "off", "off")
    assert kinds(changes) == ["created", "started", "changed", "ended"]
