"""Nothing is pushed: when rooms are asked, and what that tells of other people's changes."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from custom_components.room_bookings.const import GRACE
from homeassistant.const import STATE_UNAVAILABLE
from tests.integration.server_house import HALF_AN_HOUR, iso

from .house import RoomzHouse

DAY = 60 * 24


def told(house: RoomzHouse, changes: Any, room: str = "Fjord") -> list[Any]:
    """What was told of a room: kind, title, minute, whether by us, whether late."""
    return [
        (t.kind, t.title, round((t.at - house.at(0)) / timedelta(minutes=1), 1), t.late)
        for t in changes.told(room)
        if not t.ours
    ]


# When rooms are asked


async def test_a_start(closed_house: RoomzHouse) -> None:
    """The rooms once, and the meetings of each once."""
    house = closed_house
    await house.open()
    await house.stop()
    house.roomz.requests.clear()
    await house.start()
    assert house.asked["meetings"] == 2
    assert house.asked["rooms"] <= 2
    assert set(house.asked) == {"meetings", "rooms"}


async def test_a_quiet_room(house: RoomzHouse) -> None:
    """It is asked every five minutes, and for nothing else but the rooms once an hour."""
    house.roomz.requests.clear()
    await house.clock.pass_by(hours=1, minutes=1)
    assert house.asked_at() == list(range(5, 61, 5))
    assert house.asked == {"meetings": 24, "rooms": 1}


async def test_the_edges_of_meetings(house: RoomzHouse) -> None:
    """Each known start and end is looked at in its second, and counts as a look."""
    house.meet("Planning", 7, 4)
    house.meet("Review", 11, 11)
    house.meet("There", 3, 60, "Aurora")
    await house.sync("Fjord")
    await house.sync("Aurora")
    house.roomz.requests.clear()
    await house.clock.move_to(house.at(30.5))
    assert house.asked_at("Fjord") == [5, 7, 11, 16, 21, 22, 27]
    assert house.asked_at("Aurora") == [3, 8, 13, 18, 23, 28]


async def test_after_a_verb(house: RoomzHouse) -> None:
    """The room is read anew, then again when it is due."""
    await house.clock.pass_by(minutes=2)
    house.roomz.requests.clear()
    await house.do("book", start=house.at(60), duration=HALF_AN_HOUR)
    await house.clock.move_to(house.at(13.5))
    assert house.asked_at("Fjord") == [2, 7, 12]
    assert house.asked_at("Aurora") == [5, 10]


async def test_sync_asks_at_once(house: RoomzHouse) -> None:
    """One request, for that room."""
    await house.clock.pass_by(minutes=2)
    house.roomz.requests.clear()
    await house.sync("Fjord")
    assert house.asked_at("Fjord") == [2]
    assert house.asked == {"meetings": 1}


async def test_a_day_of_a_calendar(house: RoomzHouse) -> None:
    """What is held is answered without a question; what lies beyond is asked once."""
    house.meet("Far away", 40 * DAY)
    house.roomz.requests.clear()
    assert await house.bookings("Fjord", start=house.at(0), end=house.at(DAY)) == []
    assert house.asked == {}
    window = {"start": house.at(39 * DAY), "end": house.at(41 * DAY)}
    [far] = await house.bookings("Fjord", **window)
    assert (far["title"], far["start"]) == ("Far away", iso(40 * DAY))
    assert house.asked == {"meetings": 1}


async def test_many_rooms_at_a_polite_pace(closed_house: RoomzHouse) -> None:
    """However many there are, few are asked at once, and each every five minutes."""
    house = closed_house
    for number in range(48):
        house.roomz.add_room(f"Room {number}")
    await house.open()
    house.roomz.requests.clear()
    house.roomz.counters.most_at_once = 0
    await house.clock.pass_by(hours=1)
    assert house.roomz.counters.most_at_once <= 4
    assert house.asked["meetings"] == pytest.approx(600, abs=50)
    for room in house.roomz.rooms:
        asked = house.asked_at(room.name)
        assert max(b - a for a, b in pairwise([0, *asked, 60])) <= 5.1


async def test_what_shows_how_old_it_is(house: RoomzHouse) -> None:
    """A look that finds nothing new is a look."""
    coordinator = next(iter(house.hub.coordinators.values()))
    await house.clock.pass_by(minutes=31)
    assert coordinator.data.last_sync is not None
    assert house.clock.now - coordinator.data.last_sync <= timedelta(minutes=6)
    assert house.state("Fjord", "availability") == "free"


# What others do


async def test_somebody_books_for_later(house: RoomzHouse) -> None:
    """It is seen after five minutes at the latest, and told once."""
    with house.recording() as changes:
        await house.clock.pass_by(minutes=1)
        house.meet("Review", 60, organizer_name="Ada")
        await house.clock.move_to(house.at(4.9))
        assert house.titles("Fjord") == ("unknown", "unknown")
        await house.clock.move_to(house.at(5.1))
        assert house.titles("Fjord") == ("unknown", "Review")
        await house.clock.move_to(house.at(20))
    assert told(house, changes) == [("created", "Review", 5, False)]
    assert house.shown("Fjord", "next_booking").attributes["organizer"] == "Ada"
    assert changes.told("Aurora") == []


async def test_somebody_books_on_the_spot(house: RoomzHouse) -> None:
    """A display shows it at once, we do within five minutes: late is what is older than one."""
    with house.recording() as changes:
        await house.clock.pass_by(minutes=1)
        house.meet("Walk-in", 1)
        await house.clock.move_to(house.at(6))
        assert house.facts() == ("busy", "Walk-in", "unknown")
    assert told(house, changes) == [
        ("created", "Walk-in", 5, False),
        ("started", "Walk-in", 5, True),
    ]


async def test_somebody_moves_it(house: RoomzHouse) -> None:
    """One change, whatever of it is new."""
    meeting = house.meet("Review", 60)
    await house.sync("Fjord")
    with house.recording() as changes:
        house.room().change(
            meeting, start=house.at(90), end=house.at(100), subject="Moved"
        )
        await house.clock.pass_by(minutes=6)
    assert told(house, changes) == [("changed", "Moved", 5, False)]
    assert house.shown("Fjord", "next_booking").attributes["start"] == iso(90)


@pytest.mark.parametrize("how", ["cancelled", "deleted"])
async def test_somebody_takes_it_back(house: RoomzHouse, how: str) -> None:
    """What isCancelled says counts like what is no longer listed."""
    meeting = house.meet("Review", 60)
    await house.sync("Fjord")
    with house.recording() as changes:
        if how == "deleted":
            house.room().delete(meeting)
        else:
            house.room().change(meeting, cancelled=True)
        await house.clock.pass_by(minutes=6)
    assert told(house, changes) == [("cancelled", "Review", 5, False)]
    assert house.facts() == ("free", "unknown", "unknown")


async def test_a_display_releases_the_room(house: RoomzHouse) -> None:
    """As its sensor does after a quarter of an hour: the meeting is shortened to then."""
    meeting = house.meet("Ghosts", 4, 120)
    await house.sync("Fjord")
    with house.recording() as changes:
        await house.clock.move_to(house.at(19))
        house.room().change(meeting, end=house.at(19))
        assert house.state("Fjord", "availability") == "busy"
        await house.clock.move_to(house.at(25))
    assert house.facts() == ("free", "unknown", "unknown")
    assert told(house, changes)[0] == ("started", "Ghosts", 4, False)
    [(kind, title, at, _)] = told(house, changes)[1:]
    assert (kind, title) == ("ended", "Ghosts")
    assert 19 <= at <= 24
    assert float(house.state("Fjord", "released_today")) > 1.5


async def test_a_display_extends_the_meeting(house: RoomzHouse) -> None:
    """Known before its old end, it does not blink."""
    meeting = house.meet("Review", 0, 30)
    await house.sync("Fjord")
    with house.recording() as changes:
        await house.clock.move_to(house.at(21))
        house.room().change(meeting, end=house.at(60))
        await house.clock.move_to(house.at(59))
    assert told(house, changes) == [("changed", "Review", 25, False)]
    assert changes.of("Fjord", "availability")[1:] in ([], ["busy"])
    assert house.facts() == ("busy", "Review", "unknown")


async def test_back_to_back(house: RoomzHouse) -> None:
    """The room stays busy."""
    house.meet("Planning", 5)
    house.meet("Review", 35)
    await house.sync("Fjord")
    with house.recording() as changes:
        await house.clock.move_to(house.at(70))
    assert [s for _, s in changes.moments("Fjord", "availability")] == ["busy", "free"]
    assert told(house, changes) == [
        ("started", "Planning", 5, False),
        ("ended", "Planning", 35, False),
        ("started", "Review", 35, False),
        ("ended", "Review", 65, False),
    ]


async def test_many_ends_in_their_second(house: RoomzHouse) -> None:
    """The look at an edge and the timer for it come together: each edge is told once."""
    for number in range(20):
        house.meet(f"{number}", 10 * number + 2, 5)
    await house.sync("Fjord")
    with house.recording() as changes:
        await house.clock.move_to(house.at(201))
    assert [(kind, title) for kind, title, *_ in told(house, changes)] == [
        (kind, f"{number}") for number in range(20) for kind in ("started", "ended")
    ]


# Rooms


async def test_a_new_room_and_one_that_goes(house: RoomzHouse) -> None:
    """They are looked for once an hour, or where one is not found; nothing is restarted."""
    calendar = house.entity_id("Aurora", "bookings")
    house.roomz.add_room("Birch").book("Review", house.at(100), house.at(130))
    house.roomz.remove_room(house.room("Aurora"))
    await house.clock.pass_by(minutes=6)
    assert house.hass.states.get(calendar) is None
    assert house.titles("Birch") == ("unknown", "Review")
    house.roomz.requests.clear()
    await house.clock.pass_by(minutes=10)
    assert len(house.asked_at("Birch")) == 2


async def test_a_room_is_renamed(house: RoomzHouse) -> None:
    """Its device is."""
    house.room("Fjord").name = "Fjord (2nd floor)"
    await house.clock.pass_by(hours=1, minutes=1)
    assert house.device("Fjord (2nd floor)").name == "Fjord (2nd floor)"


# The system goes away


@pytest.mark.parametrize("refuse", [True, False])
async def test_away_and_back(house: RoomzHouse, refuse: bool) -> None:
    """What is known is followed for five minutes; what happened is told afterwards, late."""
    house.meet("Known", 12)
    taken_back = house.meet("Taken back", 100)
    await house.sync("Fjord")
    with house.recording() as changes:
        await house.clock.move_to(house.at(9))
        await house.roomz.down(refuse=refuse)
        await house.clock.move_to(house.at(13))
        assert house.facts() == ("busy", "Known", "Taken back")
        house.meet("Meanwhile", 60)
        house.room().delete(taken_back)
        await house.clock.move_to(house.at(17))
        assert house.state("Fjord", "availability") == STATE_UNAVAILABLE
        assert house.state("Fjord", "book_now") == STATE_UNAVAILABLE
        await house.roomz.up()
        await house.clock.pass_by(minutes=2)
        assert house.facts() == ("busy", "Known", "Meanwhile")
    assert sorted(
        (kind, title, late) for kind, title, _, late in told(house, changes)
    ) == [
        ("cancelled", "Taken back", True),
        ("created", "Meanwhile", True),
        ("started", "Known", False),
    ]
    assert timedelta(minutes=5) == GRACE


async def test_a_short_outage(house: RoomzHouse) -> None:
    """Nobody sees it."""
    with house.recording() as changes:
        await house.clock.move_to(house.at(4))
        await house.roomz.down(60 * 3)
        await house.clock.move_to(house.at(12))
    states = {c["new_state"].state for c in changes.events if c["new_state"]}
    assert STATE_UNAVAILABLE not in states
    house.roomz.requests.clear()
    await house.clock.pass_by(minutes=30)
    assert {round(b - a, 1) for a, b in pairwise(house.asked_at())} == {5}


async def test_while_it_is_away_it_is_not_stormed(house: RoomzHouse) -> None:
    """One question at a time, with growing pauses."""
    house.roomz.faults.when().always().status(500)
    house.roomz.requests.clear()
    await house.clock.pass_by(hours=1)
    assert len(house.roomz.requests) < 200
    assert house.roomz.counters.most_at_once <= 4


async def test_one_bad_room(house: RoomzHouse) -> None:
    """It costs that room, and comes back by itself."""
    bad = house.roomz.faults.when(call="meetings", room=house.room().id)
    fault = bad.always().garbage()
    await house.clock.pass_by(minutes=11)
    assert house.state("Fjord", "availability") == STATE_UNAVAILABLE
    assert house.state("Aurora", "availability") == "free"
    house.meet("Review", 100)
    fault.remove()
    await house.clock.pass_by(minutes=31)
    assert house.facts() == ("free", "unknown", "Review")


async def test_a_bad_record(house: RoomzHouse) -> None:
    """It costs that meeting."""
    house.meet("Review", 60)
    house.roomz.faults.when(call="meetings").always().records(
        [{"meetingId": "bad", "startDateUTC": "soon"}, 7, None]
    )
    await house.sync("Fjord")
    assert house.titles("Fjord") == ("unknown", "Review")


async def test_a_system_that_wants_patience(house: RoomzHouse) -> None:
    """It gets it."""
    house.roomz.faults.when(call="meetings").status(429, retry_after=120)
    house.roomz.requests.clear()
    await house.clock.move_to(house.at(6.9))
    assert len(house.roomz.requests.of("meetings", status=429)) == 1
    asked = house.asked_at("Fjord") + house.asked_at("Aurora")
    assert {round(minute) for minute in asked} == {5}
    await house.clock.move_to(house.at(12))
    assert house.facts() == ("free", "unknown", "unknown")
