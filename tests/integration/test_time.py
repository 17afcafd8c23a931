"""What time alone does to a room (DESIGN section 3): at the second, once, and also over restarts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time
import pytest

from custom_components.room_bookings.rooms.booking import RoomId
from homeassistant.core import HomeAssistant

from .house import House, Told
from .virtual_time import VirtualTime

_A_MOMENT = timedelta(milliseconds=5)


def _kinds(told: list[Told]) -> list[tuple[str, str, bool]]:
    return [(each.kind, each.title, each.late) for each in told]


async def test_a_meeting_starts_and_ends_at_the_second(
    house: House, clock: VirtualTime
) -> None:
    """No entity is early, none is more than a moment late."""
    booking = house.book_at_device("Fjord", "Standup", 10, 30)
    await clock.pass_by(minutes=5)
    with house.recording() as changes:
        await clock.pass_by(hours=1)
    moments = {
        key: changes.moments("Fjord", key)
        for key in ("availability", "booked", "in_use", "bookings", "current_booking")
    }
    expected = {
        "availability": ["busy", "free"],
        "booked": ["on", "off"],
        "in_use": ["on", "off"],
        "bookings": ["on", "off"],
        "current_booking": ["Standup", "unknown"],
    }
    for key, states in expected.items():
        assert [state for _, state in moments[key]] == states
        for (at, _), meant in zip(
            moments[key], (booking.start, booking.end), strict=True
        ):
            assert timedelta(0) <= at - meant < _A_MOMENT
    started, ended = changes.told("Fjord")
    assert (started.kind, ended.kind) == ("started", "ended")
    assert timedelta(0) <= started.at - booking.start < _A_MOMENT
    assert timedelta(0) <= ended.at - booking.end < _A_MOMENT
    assert started.attributes["booking_id"] == booking.meeting_id
    assert started.attributes["start"] == booking.start.isoformat()
    assert started.attributes["end"] == booking.end.isoformat()


async def test_an_end_that_shows_before_its_timer_is_told(
    house: House, clock: VirtualTime
) -> None:
    """Whatever has a room shown anew a moment before its timer comes."""
    booking = house.book_at_device("Fjord", "Standup", 10, 30)
    await clock.pass_by(minutes=15)
    keeper = house.hub.coordinators[RoomId(house.workspace("Fjord").id)].keeper
    with house.recording() as changes:
        await clock.move_to(booking.end - timedelta(seconds=1))
        with freeze_time(booking.end):
            keeper.sync(booking.end)
            assert house.state("Fjord", "availability") == "free"
        await clock.pass_by(minutes=1)
    assert _kinds(changes.told("Fjord")) == [("ended", "Standup", False)]


async def test_one_timer_serves_all_rooms(
    closed_house: House, clock: VirtualTime
) -> None:
    """Meetings that start together start together."""
    house = closed_house
    for room in house.rooms:
        house.book_at_device(room, "Standup", 10, 30)
    await house.open()
    with house.recording() as changes:
        await clock.pass_by(minutes=11)
    for room in house.rooms:
        ((at, state),) = changes.moments(room, "availability")
        assert state == "busy"
        assert timedelta(0) <= at - house.at(10) < _A_MOMENT


async def test_back_to_back_meetings_do_not_blink(
    closed_house: House, clock: VirtualTime
) -> None:
    """The room stays busy, the calendar on; ended is told before started."""
    house = closed_house
    house.book_at_device("Fjord", "First", -10, 30)
    house.book_at_device("Fjord", "Second", 20, 30)
    await house.open()
    with house.recording() as changes:
        await clock.pass_by(minutes=30)
    assert changes.moments("Fjord", "availability") == []
    assert changes.moments("Fjord", "bookings") == []
    assert changes.moments("Fjord", "booked") == []
    assert changes.moments("Fjord", "in_use") == []
    assert [s for _, s in changes.moments("Fjord", "current_booking")] == ["Second"]
    assert _kinds(changes.told("Fjord")) == [
        ("ended", "First", False),
        ("started", "Second", False),
    ]
    # The end of the row was known before, and it is the end of the second meeting.
    until = house.shown("Fjord", "availability").attributes["until"]
    assert until == house.at(50).isoformat()


async def test_back_to_back_also_when_the_device_speaks_first(
    house: House, clock: VirtualTime
) -> None:
    """Its events come at the same second, and tell nothing new."""
    house.book_at_device("Birch", "First", 5, 10)
    house.book_at_device("Birch", "Second", 15, 10)
    await clock.pass_by(minutes=6)
    lists = house.requests("Bookings.List", "Birch")
    with house.recording() as changes:
        await clock.pass_by(minutes=20)
    assert [s for _, s in changes.moments("Birch", "availability")] == ["free"]
    assert changes.kinds("Birch") == [
        ("ended", "First"),
        ("started", "Second"),
        ("ended", "Second"),
    ]
    assert house.requests("Bookings.List", "Birch") == lists


async def test_of_overlapping_meetings_the_earlier_one_is_current(
    closed_house: House, clock: VirtualTime
) -> None:
    """Both start, both end; the room is busy throughout."""
    house = closed_house
    house.book_at_device("Fjord", "Long", 5, 30)
    house.book_at_device("Fjord", "Short", 10, 40, overlap=True)
    await house.open()
    with house.recording() as changes:
        await clock.pass_by(hours=1)
    assert [s for _, s in changes.moments("Fjord", "current_booking")] == [
        "Long",
        "Short",
        "unknown",
    ]
    assert [s for _, s in changes.moments("Fjord", "availability")] == ["busy", "free"]
    assert changes.kinds("Fjord") == [
        ("started", "Long"),
        ("started", "Short"),
        ("ended", "Long"),
        ("ended", "Short"),
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Asia/Tokyo"])
async def test_booked_today_begins_anew_at_local_midnight(
    hass: HomeAssistant, closed_house: House, clock: VirtualTime, zone: str
) -> None:
    """A meeting over midnight counts for both days, each with its part."""
    house = closed_house
    await hass.config.async_set_time_zone(zone)
    local = clock.now.astimezone(ZoneInfo(zone))
    midnight = datetime(local.year, local.month, local.day, tzinfo=local.tzinfo)
    midnight += timedelta(days=1)
    await clock.move_to(midnight - timedelta(minutes=40))
    house.workspace("Fjord").book_locally(
        "Night shift", midnight - timedelta(minutes=30), 90
    )
    await house.open()
    assert float(house.state("Fjord", "booked_today")) == 30
    with house.recording() as changes:
        await clock.move_to(midnight - timedelta(seconds=1))
        assert changes.of("Fjord", "booked_today") == []
        await clock.pass_by(seconds=1)
    assert float(house.state("Fjord", "booked_today")) == 60
    assert (
        house.shown("Fjord", "booked_today").attributes["last_reset"]
        == midnight.astimezone(clock.now.tzinfo).isoformat()
    )


async def test_released_today_is_what_was_given_back(
    house: House, clock: VirtualTime
) -> None:
    """A meeting that ends early gives back what is left of it; it was held until then."""
    booking = house.book_at_device("Fjord", "Short after all", 0, 30)
    await clock.pass_by(minutes=10)
    house.workspace("Fjord").delete_locally(booking)
    await clock.pass_by(seconds=1)
    assert float(house.state("Fjord", "released_today")) == pytest.approx(20, abs=0.1)
    assert float(house.state("Fjord", "booked_today")) == pytest.approx(10, abs=0.1)


async def test_a_meeting_that_began_while_nobody_listened_is_told_late(
    house: House, clock: VirtualTime
) -> None:
    """Within fifteen minutes it is news, told late; after that it is history."""
    house.book_at_device("Fjord", "Just missed", 10, 60)
    house.book_at_device("Aurora", "Long missed", 5, 60)
    await clock.pass_by(minutes=1)
    await house.stop()
    await clock.move_to(house.at(22))
    with house.recording() as changes:
        await house.start()
        await clock.pass_by(minutes=1)
    assert _kinds(changes.told("Fjord")) == [("started", "Just missed", True)]
    assert changes.told("Aurora") == []
    assert house.titles("Aurora")[0] == "Long missed"


async def test_a_meeting_that_came_and_went_while_nobody_listened_is_told_late(
    house: House, clock: VirtualTime
) -> None:
    """Its start and its end, in their order."""
    house.book_at_device("Fjord", "Missed", 10, 10)
    await clock.pass_by(minutes=1)
    await house.stop()
    await clock.move_to(house.at(24))
    with house.recording() as changes:
        await house.start()
    assert _kinds(changes.told("Fjord")) == [
        ("started", "Missed", True),
        ("ended", "Missed", True),
    ]


@pytest.mark.parametrize("hard", [False, True])
async def test_a_restart_in_the_middle_tells_nothing_twice(
    house: House, clock: VirtualTime, hard: bool
) -> None:
    """Unloaded in good order, or killed: what was told stays told."""
    house.book_at_device("Fjord", "Standup", 10, 30)
    house.book_at_device("Fjord", "Review", 60, 30)
    house.book_at_device("Aurora", "Over", 5, 10)
    await clock.move_to(house.at(20))
    if hard:
        await house.crash()
    else:
        await house.stop()
    await clock.pass_by(minutes=1)
    with house.recording() as changes:
        await house.start()
        await clock.pass_by(minutes=10)
        assert [changes.told(room) for room in house.rooms] == [[], [], []]
        await clock.pass_by(minutes=15)
    assert _kinds(changes.told("Fjord")) == [("ended", "Standup", False)]
    assert house.titles("Fjord") == ("unknown", "Review")


async def test_what_changed_while_home_assistant_was_down_is_not_told(
    house: House, clock: VirtualTime
) -> None:
    """The first listing is a baseline."""
    kept = house.book_at_device("Fjord", "Moved", 60, 30)
    gone = house.book_at_device("Fjord", "Gone", 120, 30)
    await clock.pass_by(minutes=1)
    await house.stop()
    house.book_at_device("Fjord", "New", 180, 30)
    house.workspace("Fjord").edit_locally(kept, start=house.at(70))
    house.workspace("Fjord").delete_locally(gone)
    with house.recording() as changes:
        await house.start()
        await clock.pass_by(minutes=1)
    assert changes.told("Fjord") == []
    assert [b["title"] for b in await house.bookings("Fjord")] == ["Moved", "New"]


async def test_a_meeting_that_was_ended_while_home_assistant_was_down_ended_late(
    house: House, clock: VirtualTime
) -> None:
    """Nobody saw when, but it was a moment ago."""
    booking = house.book_at_device("Fjord", "Standup", 5, 60)
    await clock.move_to(house.at(10))
    await house.stop()
    house.workspace("Fjord").delete_locally(booking)
    await clock.pass_by(minutes=5)
    with house.recording() as changes:
        await house.start()
    assert _kinds(changes.told("Fjord")) == [("ended", "Standup", True)]
    assert house.state("Fjord", "availability") == "free"


async def test_the_figures_of_the_day_survive_a_restart(
    house: House, clock: VirtualTime
) -> None:
    """What was held and what was given back this morning still counts at noon."""
    booking = house.book_at_device("Fjord", "Short after all", 0, 30)
    await clock.pass_by(minutes=10)
    house.workspace("Fjord").delete_locally(booking)
    await clock.pass_by(minutes=1)
    before = (
        house.state("Fjord", "booked_today"),
        house.state("Fjord", "released_today"),
    )
    await house.crash()
    await house.start()
    assert before == (
        house.state("Fjord", "booked_today"),
        house.state("Fjord", "released_today"),
    )


async def test_a_booking_that_ended_stays_in_the_calendar(
    house: House, clock: VirtualTime
) -> None:
    """A device may forget what is over; the day's calendar does not."""
    house.book_at_device("Fjord", "Over", 5, 10)
    await clock.move_to(house.at(30))
    house.sim.result_filter = lambda device, name, result: (
        {"ResultInfo": {"TotalRows": 0}} if name == "Bookings.List" else result
    )
    await house.sync("Fjord")
    found = await house.bookings("Fjord", start=house.at(0), end=house.at(60))
    assert [booking["title"] for booking in found] == ["Over"]


async def test_a_booking_that_comes_within_thirty_days_is_not_new(
    house: House, clock: VirtualTime
) -> None:
    """It was made long ago; time alone brought it into view."""
    house.book_at_device("Fjord", "Far", 0, 30)
    far = timedelta(days=30, minutes=20)
    booking = house.workspace("Fjord").book_locally("Offsite", house.at(0) + far, 60)
    await clock.pass_by(minutes=1)
    with house.recording() as changes:
        await clock.pass_by(minutes=40)
    assert house.titles("Fjord")[1] == "Offsite"
    assert house.shown("Fjord", "next_booking").attributes["booking_id"] == (
        booking.meeting_id
    )
    assert changes.kinds("Fjord") == [("ended", "Far")]
