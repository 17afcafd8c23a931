"""Meetings to which nobody comes: noticed, and given back where somebody wants that."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.house import House
from tests.integration.roomos.room import NAME, Room, kinds, told

DELETE = "Bookings.Delete"
FREED = [("ended", "Stand-up"), ("no_show", "Stand-up")]


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms that free themselves when nobody comes."""
    await closed_house.open(check_in=True, no_show="release")
    return closed_house


async def test_a_room_frees_itself(house: House) -> None:
    """At the end of the window; told as ours, and counted."""
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(19.9))
    assert house.state("Fjord", "availability") == "pending"
    with house.recording() as changes:
        await house.clock.move_to(house.at(20))
        took = await house.clock.until(
            lambda: house.state("Fjord", "availability") == "free"
        )
        await house.clock.pass_by(minutes=1)
    assert took < timedelta(seconds=1)
    assert house.truth("Fjord") == []
    assert changes.kinds("Fjord") == FREED
    ended, no_show = changes.told("Fjord")
    assert ended.ours
    assert no_show.ours
    assert not no_show.late
    assert no_show.attributes["dry_run"] is False
    assert no_show.attributes["booking_id"] == ended.attributes["booking_id"]
    assert "dry_run" not in ended.attributes
    assert float(house.state("Fjord", "released_today")) == pytest.approx(20, abs=0.1)
    assert float(house.state("Fjord", "no_shows_today")) == 1
    assert house.requests(DELETE) == 1


async def test_somebody_checks_in_at_the_last_moment(house: House) -> None:
    """The room stays theirs."""
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(19.99))
    await house.press("Fjord", "check_in")
    await house.clock.move_to(house.at(39))
    assert house.truth("Fjord") == ["Stand-up"]
    assert house.state("Fjord", "in_use") == "on"


async def test_a_dry_run_touches_nothing(closed_house: House) -> None:
    """It tells once what would be done, also when the entry is loaded anew."""
    house = closed_house
    await house.open(check_in=True, no_show="dry_run")
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(19))
    with house.recording() as changes:
        await house.clock.move_to(house.at(25))
        await house.set_options(check_in=True, no_show="dry_run", titles="show")
        await house.clock.move_to(house.at(39))
    [no_show] = changes.told("Fjord")
    assert (no_show.kind, no_show.title, no_show.ours) == ("no_show", "Stand-up", True)
    assert no_show.attributes["dry_run"] is True
    assert abs(no_show.at - house.at(20)) < timedelta(seconds=1)
    assert house.truth("Fjord") == ["Stand-up"]
    assert house.state("Fjord", "availability") == "busy"
    assert float(house.state("Fjord", "no_shows_today")) == 1
    assert house.requests(DELETE) == 0


async def test_off_means_off(closed_house: House) -> None:
    """Nobody comes, and nobody minds."""
    house = closed_house
    await house.open(check_in=True)
    house.book_at_device("Fjord", "Stand-up", 1, 30)
    with house.recording() as changes:
        await house.clock.move_to(house.at(30))
    assert changes.kinds("Fjord") == [("created", "Stand-up"), ("started", "Stand-up")]


async def test_without_check_in_there_are_no_no_shows(closed_house: House) -> None:
    """Nobody can fail to do what nobody has to."""
    house = closed_house
    await house.open(no_show="release")
    house.book_at_device("Fjord", "Stand-up", 1, 30)
    await house.clock.move_to(house.at(30))
    assert house.truth("Fjord") == ["Stand-up"]


@pytest.mark.parametrize(
    ("minutes", "exempt_long", "held"),
    [(120, True, False), (121, True, True), (1440, True, True), (1440, False, False)],
)
async def test_long_meetings_are_left_alone(
    closed_house: House, minutes: int, exempt_long: bool, held: bool
) -> None:
    """Of more than two hours, up to all day; unless somebody wants it otherwise."""
    house = closed_house
    await house.open(check_in=True, no_show="release", exempt_long=exempt_long)
    house.book_at_device("Fjord", "Workshop", 1, minutes)
    await house.clock.move_to(house.at(12))
    assert bool(house.truth("Fjord")) is held


async def test_who_books_on_the_spot_is_there(house: House) -> None:
    """A walk-up booking is never given back, also where it is seen a moment later."""
    house.book_at_device("Fjord", "Walk-up", 0, 30)
    house.sim.faults.events().always().drop()
    house.book_at_device("Birch", "Walk-up", 0, 30)
    await house.clock.pass_by(minutes=1)
    await house.sync("Birch")
    await house.clock.move_to(house.at(29))
    assert house.truth("Fjord") == house.truth("Birch") == ["Walk-up"]


async def test_back_to_back(house: House) -> None:
    """Each meeting is looked at by itself; those who came stay."""
    house.book_at_device("Fjord", "First", 5, 25)
    house.book_at_device("Fjord", "Second", 30, 30)
    await house.clock.move_to(house.at(6))
    await house.call("check_in", "Fjord")
    with house.recording() as changes:
        await house.clock.move_to(house.at(41))
    assert changes.kinds("Fjord") == [
        ("ended", "First"),
        ("started", "Second"),
        ("ended", "Second"),
        ("no_show", "Second"),
    ]


async def test_a_room_in_which_the_next_have_come_is_in_use(house: House) -> None:
    """Whoever is early for the next meeting is not thrown out of this one."""
    house.book_at_device("Fjord", "First", 5, 12)
    second = house.book_at_device("Fjord", "Second", 17, 30)
    await house.clock.move_to(house.at(13))
    await house.call("check_in", "Fjord", booking_id=second.meeting_id)
    await house.clock.move_to(house.at(16))
    assert house.truth("Fjord") == ["First", "Second"]


async def test_the_room_is_listed_anew_before_it_is_freed(house: House) -> None:
    """Somebody has moved the meeting, and the news were lost: nothing is deleted."""
    booking = house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(15))
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    house.workspace("Fjord").edit_locally(booking, start=house.at(60))
    await house.clock.move_to(house.at(22))
    assert house.truth("Fjord") == ["Stand-up"]
    assert house.requests(DELETE) == 0
    assert house.titles("Fjord") == ("unknown", "Stand-up")


async def test_somebody_else_is_faster(house: House) -> None:
    """A person ends the meeting, and nobody heard of it: it has ended, that is all."""
    booking = house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(15))
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    house.workspace("Fjord").delete_locally(booking)
    with house.recording() as changes:
        await house.clock.move_to(house.at(22))
    assert changes.kinds("Fjord") == [("ended", "Stand-up")]
    assert float(house.state("Fjord", "no_shows_today")) == 0


async def test_somebody_checks_in_while_the_room_is_listed(house: House) -> None:
    """Everything is judged again when the list is there."""
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(19.9))
    house.sim.faults.when(command="Bookings.List").latency(5)
    await house.clock.move_to(house.at(20))
    await house.clock.pass_by(seconds=1)
    checking_in = house.calling("check_in", "Fjord")
    await house.clock.pass_by(minutes=1)
    # One at a time: whoever was first is not overtaken, and is told what came of it.
    assert checking_in.done()
    assert house.truth("Fjord") == []


@pytest.mark.parametrize(
    ("arm", "tries"),
    [
        (lambda f: f.when(command="Bookings.List").times(3).status(500), 1),
        (lambda f: f.when(command=DELETE).times(2).status(400, "Busy"), 2),
        (lambda f: f.when(command=DELETE).times(2).not_applied(), 2),
        (lambda f: f.when(command=DELETE).drop(), 1),
        (lambda f: f.when(command=DELETE).drop_answer(), 1),
    ],
    ids=["list", "refused", "not done", "lost", "answer lost"],
)
async def test_what_fails_is_tried_again(
    house: House, arm: Callable[[Any], None], tries: int
) -> None:
    """The room is free a little later, and that is told once."""
    house.book_at_device("Fjord", "Stand-up", 10, 60)
    await house.clock.move_to(house.at(19.9))
    arm(house.sim.faults)
    with house.recording() as changes:
        await house.clock.move_to(house.at(25))
    assert house.truth("Fjord") == []
    assert changes.kinds("Fjord") == FREED
    assert house.requests(DELETE) >= tries


async def test_what_fails_for_good_is_reported_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Politely tried until the meeting is over; its title is in no log."""
    house.book_at_device("Fjord", "Stand-up", 10, 60)
    house.sim.faults.when(command=DELETE).always().status(400, "No")
    with house.recording() as changes:
        await house.clock.move_to(house.at(75))
    assert changes.kinds("Fjord") == [
        ("created", "Stand-up"),
        ("started", "Stand-up"),
        ("ended", "Stand-up"),
    ]
    assert caplog.text.count("not told of a no-show") == 1
    assert "Stand-up" not in caplog.text
    assert house.requests(DELETE) < 40


@pytest.mark.parametrize(
    ("titles", "title"), [("hide_private", "Private"), ("hide_all", "Booked")]
)
async def test_masked(closed_house: House, titles: str, title: str) -> None:
    """A no-show is told as everything is."""
    house = closed_house
    await house.open(check_in=True, no_show="release", titles=titles)
    house.book_at_device("Fjord", "Salaries", 2, 30, private=True)
    with house.recording() as changes:
        await house.clock.move_to(house.at(14))
    assert changes.kinds("Fjord")[-1] == ("no_show", title)
    assert all("Salaries" not in str(change) for change in changes.events)


async def test_what_was_too_late_while_nobody_watched(house: House) -> None:
    """Home Assistant was away when the window ended: nobody could check in there."""
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(15))
    await house.stop()
    await house.clock.move_to(house.at(22))
    await house.start()
    await house.clock.move_to(house.at(35))
    assert house.truth("Fjord") == ["Stand-up"]


async def test_a_restart_within_the_window(house: House) -> None:
    """The room frees itself all the same."""
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(15))
    await house.stop()
    await house.clock.move_to(house.at(18))
    await house.start()
    await house.clock.move_to(house.at(21))
    assert house.truth("Fjord") == []


async def test_a_connection_that_is_lost_at_the_end_of_the_window(
    house: House,
) -> None:
    """It is back while the meeting still runs: the room frees itself then."""
    house.book_at_device("Fjord", "Stand-up", 10, 60)
    await house.clock.move_to(house.at(19))
    house.sim.faults.when(command="Bookings.List").always().status(503)
    await house.clock.move_to(house.at(28))
    assert house.truth("Fjord") == ["Stand-up"]
    house.sim.faults.clear()
    await house.clock.move_to(house.at(45))
    assert house.truth("Fjord") == []


# Where the system keeps check-in itself


async def test_a_device_that_gives_its_room_back_itself(
    hass: HomeAssistant, closed_room: Room
) -> None:
    """It goes first: one no-show, which is not ours."""
    room = closed_room
    room.device.configuration.set("Bookings.CheckIn.Enabled", "True")
    await room.open(no_show="release")
    room.meet("Stand-up", 10)
    with room.recording() as changes:
        await room.clock.move_to(room.at(22))
    assert kinds(changes) == ["created", "started", "ended", "no_show"]
    assert [event.ours for event in told(changes)[2:]] == [False, False]
    assert room.commands("Bookings.Delete") == 0


async def test_a_device_that_does_not(closed_room: Room) -> None:
    """Then it is done from here."""
    room = closed_room
    room.device.configuration.set("Bookings.CheckIn.Enabled", "True")
    room.device.configuration.set("Bookings.CheckIn.AutoCheckInDuration", 8)
    await room.open(no_show="release", exempt_long=False)
    # From eight hours on a device checks in by itself, and deletes nothing.
    room.meet("Workshop", 10, 9 * 60)
    with room.recording() as changes:
        await room.clock.move_to(room.at(22))
    assert kinds(changes)[-2:] == ["ended", "no_show"]
    assert all(event.ours for event in told(changes)[-2:])
    assert room.held == []


async def test_a_no_show_of_a_hotdesk_is_none(closed_room: Room) -> None:
    """Other causes for which a device deletes a running meeting mean nothing of the kind."""
    room = closed_room
    await room.open()
    booking = room.meet("Stand-up", 0)
    await room.clock.pass_by(minutes=1)
    with room.recording() as changes:
        room.device.delete_locally(booking, "ManualCheckOut")
        await room.clock.pass_by(seconds=1)
    assert kinds(changes) == ["ended"]
    assert NAME in room.rooms
