"""What happens at the device shows in Home Assistant at once, and exactly once."""

from typing import Any

import pytest

from homeassistant.exceptions import HomeAssistantError

from .room import NAME, Room, kinds, told

every_version = pytest.mark.parametrize(
    "software", ["roomos-26.4", "mtr", "roomos-11.24", "roomos-11.14"]
)
PROMPT = 1.0


# People at the device


@every_version
async def test_walk_up_booking(room: Room) -> None:
    """Somebody books at the panel, for now."""
    with room.recording() as changes:
        room.meet("Walk-up", 0)
        took = await room.clock.until(lambda: room.now("current_booking") == "Walk-up")
        assert took.total_seconds() < PROMPT
        assert room.facts() == ("busy", "on", "on")
        await room.clock.pass_by(minutes=1)
    assert [(t.kind, t.ours, t.late) for t in told(changes)] == [
        ("created", False, False),
        ("started", False, False),
    ]


@every_version
async def test_a_private_walk_up_booking(room: Room) -> None:
    """Its title is shown to nobody, also not for an instant."""
    with room.recording() as changes:
        room.meet("Dismissal", 0, private=True)
        took = await room.clock.until(lambda: room.now("current_booking") == "Private")
        assert took.total_seconds() < PROMPT
        await room.clock.pass_by(minutes=1)
    assert "Dismissal" not in str(changes.events)


@every_version
async def test_edits_at_the_device(room: Room) -> None:
    """Moved, made longer, renamed: each shows within a second."""
    booking = room.meet("Review", 60)
    await room.clock.settle()
    with room.recording() as changes:
        booking = room.device.edit_locally(booking, start=room.at(90))
        start = room.at(90).isoformat()
        took = await room.clock.until(lambda: room.now("next_start") == start)
        assert took.total_seconds() < PROMPT
        booking = room.device.edit_locally(booking, minutes=60)
        end = room.at(150).isoformat()
        took = await room.clock.until(
            lambda: room.shown(NAME, "next_booking").attributes["end"] == end
        )
        assert took.total_seconds() < PROMPT
        room.device.edit_locally(booking, title="Retrospective")
        took = await room.clock.until(
            lambda: room.now("next_booking") == "Retrospective"
        )
        assert took.total_seconds() < PROMPT
        await room.clock.pass_by(minutes=1)
    assert kinds(changes) == ["changed"] * 3


@every_version
async def test_deleted_at_the_device(room: Room) -> None:
    """A running meeting has ended, a future one is cancelled."""
    running, later = room.meet("Running", 0), room.meet("Later", 60)
    await room.clock.settle()
    with room.recording() as changes:
        room.device.delete_locally(running, "ManualCheckOut")
        took = await room.clock.until(lambda: room.now("availability") == "free")
        assert took.total_seconds() < PROMPT
        room.device.delete_locally(later)
        took = await room.clock.until(lambda: room.now("next_booking") == "unknown")
        assert took.total_seconds() < PROMPT
        await room.clock.pass_by(minutes=1)
    assert changes.kinds(NAME) == [("ended", "Running"), ("cancelled", "Later")]


@every_version
async def test_back_to_back(room: Room) -> None:
    """The room does not blink; one has ended before the other has started."""
    room.meet("First", 10)
    room.meet("Second", 40)
    await room.clock.settle()
    with room.recording() as changes:
        await room.clock.move_to(room.at(75))
    assert changes.of(NAME, "booked") == ["on", "off"]
    moments = changes.moments(NAME, "current_booking")
    assert [when.replace(microsecond=0) for when, _ in moments] == [
        room.at(10),
        room.at(40),
        room.at(70),
    ]
    assert changes.kinds(NAME) == [
        ("started", "First"),
        ("ended", "First"),
        ("started", "Second"),
        ("ended", "Second"),
    ]


@pytest.mark.parametrize("value", [{}, "", None, {"id": 1}])
async def test_an_event_without_children(room: Room, value: Any) -> None:
    """Whatever stands there: the room is listed."""
    room.device.childless_value = value
    room.device.faults.events("Bookings.BookingCreated").drop()
    room.meet("Walk-up", 0)
    took = await room.clock.until(lambda: room.now("current_booking") == "Walk-up")
    assert took.total_seconds() < PROMPT


# Restarts of the device


@pytest.mark.parametrize("meeting_ids", ["same", "none"])
@pytest.mark.parametrize("after", ["keep", "empty"])
@pytest.mark.parametrize("reuse_ids", [False, True])
async def test_reboot(
    closed_room: Room, meeting_ids: Any, after: Any, reuse_ids: bool
) -> None:
    """Its Ids are others then, its meetings are not: nothing is created or cancelled."""
    room = closed_room
    room.device.meeting_ids = meeting_ids
    room.meet("Running", -5, 60)
    room.meet("Later", 120)
    room.meet("Last", 180)
    await room.open()
    with room.recording() as changes:
        room.device.reboot(meeting_ids=after, reuse_ids=reuse_ids, start_again=True)
        await room.clock.pass_by(minutes=2)
        assert room.titles(NAME) == ("Running", "Later")
    assert kinds(changes) == []
    answer = await room.do("end_meeting")
    assert answer["method"] == "ended"
    assert [title for title, *_ in room.held] == ["Later", "Last"]


@every_version
async def test_changes_during_a_reboot_are_told_late(room: Room) -> None:
    """What happened meanwhile did happen."""
    first = room.meet("First", 60)
    await room.clock.settle()
    with room.recording() as changes:
        room.device.reboot(seconds=30)
        room.device.delete_locally(first)
        room.meet("Second", 90)
        await room.clock.pass_by(minutes=3)
        assert room.now("next_booking") == "Second"
    assert sorted((t.kind, t.title, t.late) for t in told(changes)) == [
        ("cancelled", "First", True),
        ("created", "Second", True),
    ]


# Lost connections


@pytest.mark.parametrize("how", ["cut", "closed", "half open", "refused"])
async def test_a_lost_connection(room: Room, how: str) -> None:
    """Known bookings are followed for five minutes; what was missed is told late."""
    room.meet("Stand-up", 2, 2)
    room.meet("Later", 60)
    await room.clock.settle()
    with room.recording() as changes:
        match how:
            case "half open":
                room.device.half_open()
            case "closed":
                await room.device.close_connections()
        room.device.configuration["NetworkServices.HTTP.Mode"] = "Off"
        if how in ("cut", "refused"):
            await room.device.down(refuse=how == "refused")
        await room.clock.move_to(room.at(3))
        assert room.now("current_booking") == "Stand-up"
        room.meet("Missed", 120)
        await room.clock.move_to(room.at(4.9))
        assert room.now("availability") == "free"
        await room.clock.move_to(room.at(6))
        assert room.now("availability") == "unavailable"
        assert await room.told_to("book", title="Ours") == "unreachable"
        assert room.ledger == []
        room.device.configuration["NetworkServices.HTTP.Mode"] = "HTTPS"
        await room.device.up()
        await room.clock.pass_by(minutes=2)
        assert room.facts() == ("free", "off", "off")
    assert [(t.kind, t.title, t.late) for t in told(changes)] == [
        ("started", "Stand-up", False),
        ("ended", "Stand-up", False),
        ("created", "Missed", True),
    ]


async def test_a_short_outage_shows_nothing(room: Room) -> None:
    """Nobody needs to know of a cable that was pulled for a second."""
    room.meet("Stand-up", 0)
    await room.clock.settle()
    with room.recording() as changes:
        room.device.disconnect()
        await room.clock.pass_by(minutes=2)
    assert changes.of(NAME, "availability") == []
    assert kinds(changes) == []


async def test_half_open_is_found(room: Room) -> None:
    """A socket that died without a word is found by its pings within half a minute."""
    room.device.half_open()
    took = await room.clock.until(
        lambda: len([c for c in room.device.connections if not c.half_open]) == 1,
        within=60,
    )
    assert took.total_seconds() <= 30


async def test_back_off(room: Room) -> None:
    """A device that is away is not hammered."""
    room.device.faults.handshakes().always().status(503)
    before = len(room.device.handshakes)
    room.device.disconnect()
    await room.clock.pass_by(hours=1)
    assert 55 <= len(room.device.handshakes) - before <= 140


async def test_one_book_while_the_device_restarts(room: Room) -> None:
    """It says so itself: nothing was sent, nothing is in doubt."""
    room.device.reboot(seconds=60)
    await room.clock.settle()
    with pytest.raises(HomeAssistantError) as caught:
        await room.do("book", title="Ours")
    assert caught.value.translation_key == "unreachable"
    assert room.issues == []
    await room.clock.pass_by(minutes=3)
    assert await room.told_to("book", title="Ours") == "done"


# Noise on the wire


@pytest.mark.parametrize("kind", ["not_json", "deep", "array"])
async def test_garbage(room: Room, kind: str) -> None:
    """A bad frame costs that frame."""
    room.device.faults.messages().always().garbage(kind, then_real=True)
    room.meet("Walk-up", 0)
    took = await room.clock.until(lambda: room.now("current_booking") == "Walk-up")
    assert took.total_seconds() < PROMPT
    assert len(room.device.connections) == 1


async def test_huge_frames(room: Room) -> None:
    """Five megabytes in an event."""
    room.device.faults.events().always().huge()
    room.meet("Walk-up", 0)
    await room.clock.until(lambda: room.now("current_booking") == "Walk-up")
    assert len(room.device.connections) == 1
