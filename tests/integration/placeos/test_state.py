"""What a PlaceOS server says of its rooms is what Home Assistant shows, whatever its options say."""

from dataclasses import replace
from typing import Any

import pytest

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from tests.integration.server_house import iso

from .house import BUSY, PANEL, PlaceosHouse, kinds

EVERY_RELEASE = pytest.mark.parametrize(
    "server", [{"release": name} for name in ("D2", "D2b", "D3", "D4")]
)
WITH_CHECK_IN = pytest.mark.parametrize("settings", [PANEL])
OPTIONS = [
    {},
    {"check_in": False, "pending_before": 30, "check_in_window": 1},
    {"check_in": True, "pending_before": 0, "check_in_window": 1},
]


def said(house: PlaceosHouse) -> tuple[str, str]:
    """What the module itself says: its status, and whether the room is in use."""
    status = house.room().status
    return status["status"], "on" if status["in_use"] else "off"


def shown(house: PlaceosHouse) -> tuple[str, str]:
    """The same in Home Assistant."""
    return house.now("availability"), house.now("in_use")


@EVERY_RELEASE
@WITH_CHECK_IN
@pytest.mark.parametrize("options", OPTIONS)
async def test_a_meeting_to_which_nobody_comes(
    closed_house: PlaceosHouse, options: dict[str, Any]
) -> None:
    """It is pending from five minutes before to its end: the driver never gives up by itself."""
    house = closed_house
    await house.open(**options)
    house.meet("Stand-up", 10, 60)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(4.9))
    assert house.facts() == ("free", "off", "off")
    await house.clock.move_to(house.at(5.1))
    assert house.facts() == ("pending", "off", "off")
    for minutes in (10.1, 15.1, 20.1, 40.1, 69.9):
        await house.clock.move_to(house.at(minutes))
        assert house.facts() == ("pending", "on", "off")
        assert shown(house) == said(house)
    until = house.shown("Fjord", "availability").attributes["until"]
    assert until == iso(70)
    await house.clock.move_to(house.at(70.1))
    assert house.facts() == ("free", "off", "off")


@EVERY_RELEASE
@pytest.mark.parametrize(
    "settings",
    [
        BUSY,
        PANEL,
        replace(BUSY, pending_before=10),
        replace(PANEL, disable_end_meeting=True),
        replace(PANEL, pending_before=0),
        replace(PANEL, pending_period=0),
    ],
)
async def test_a_morning_minute_by_minute(house: PlaceosHouse) -> None:
    """Whatever happens, at each minute Home Assistant shows what the module says."""
    house.meet("First", 10)
    house.meet("Second", 40, 15)
    house.meet("Third", 75)
    await house.sync("Fjord")
    for minute in range(110):
        await house.clock.move_to(house.at(minute + 0.1))
        assert shown(house) == said(house), minute
        if minute in (12, 38, 57, 76):
            house.room().check_in()
        elif minute == 45:
            house.room().end()
            # The driver says so when it has polled.
            await house.clock.pass_by(seconds=6)
        elif minute == 60:
            # The driver would see its end only at the next whole minute.
            await house.clock.move_to(house.at(61))
            house.room().book_now(9)


async def test_what_starts_within_a_minute(house: PlaceosHouse) -> None:
    """The driver looks once a minute; here it shows at the second."""
    house.meet("Stand-up", 10.5, 20)
    await house.sync("Fjord")
    with house.recording() as changes:
        await house.clock.move_to(house.at(40))
    moments = [
        (when.replace(microsecond=0), state)
        for when, state in changes.moments("Fjord", "availability")
    ]
    assert moments == [(house.at(10.5), "busy"), (house.at(30.5), "free")]


# Early check-in


@WITH_CHECK_IN
@pytest.mark.parametrize("how", ["panel", "button"])
@pytest.mark.parametrize("options", OPTIONS)
async def test_an_early_check_in(
    closed_house: PlaceosHouse, how: str, options: dict[str, Any]
) -> None:
    """The room is busy and in use at once; booked it is at the start."""
    house = closed_house
    await house.open(**options)
    house.meet("Stand-up", 10)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(7))
    assert house.facts() == ("pending", "off", "off")
    with house.recording() as changes:
        if how == "panel":
            house.room().check_in()
        else:
            await house.press("Fjord", "check_in")
        await house.clock.until(
            lambda: house.facts() == ("busy", "off", "on"), within=1
        )
        assert house.now("current_booking") == STATE_UNKNOWN
        await house.clock.move_to(house.at(10.1))
        assert house.facts() == ("busy", "on", "on")
        assert house.now("current_booking") == "Stand-up"
        await house.clock.move_to(house.at(40.1))
        assert house.facts() == ("free", "off", "off")
    assert kinds(changes) == ["checked_in", "started", "ended"]
    states = [state for _, state in changes.moments("Fjord", "availability")]
    assert states == ["busy", "free"]


@WITH_CHECK_IN
@pytest.mark.parametrize("server", [{"release": "D2"}])
async def test_an_early_check_in_at_an_old_driver(house: PlaceosHouse) -> None:
    """It stays pending until the start, says the driver, and it is the authority."""
    house.meet("Stand-up", 10)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(7))
    house.room().check_in()
    await house.clock.pass_by(seconds=2)
    assert shown(house) == said(house) == ("pending", "off")
    await house.clock.move_to(house.at(10.1))
    assert house.facts() == ("busy", "on", "on")


@WITH_CHECK_IN
async def test_the_next_meeting_waits_while_one_is_under_way(
    house: PlaceosHouse,
) -> None:
    """Pending, booked and in use, all at once."""
    house.meet("First", 0)
    house.meet("Second", 30)
    await house.sync("Fjord")
    await house.press("Fjord", "check_in")
    await house.clock.move_to(house.at(26))
    assert house.facts() == ("pending", "on", "on")
    await house.do("check_in")
    await house.clock.pass_by(seconds=1)
    assert house.facts() == ("busy", "on", "on")
    await house.clock.move_to(house.at(30.1))
    assert house.titles("Fjord")[0] == "Second"
    assert house.facts() == ("busy", "on", "on")


@WITH_CHECK_IN
async def test_check_ins_are_known_after_a_restart(house: PlaceosHouse) -> None:
    """The server remembers."""
    house.meet("Stand-up", 0)
    await house.sync("Fjord")
    await house.press("Fjord", "check_in")
    await house.stop()
    with house.recording() as changes:
        await house.start()
        assert house.facts() == ("busy", "on", "on")
        await house.clock.pass_by(minutes=1)
    assert kinds(changes) == []


# Events of all kinds


@pytest.mark.parametrize(
    "settings", [replace(BUSY, include_cancelled_bookings=True), BUSY]
)
async def test_what_is_cancelled_does_not_count(house: PlaceosHouse) -> None:
    """Whatever a driver makes of it that lists such events too."""
    event = house.meet("Off", 0)
    later = house.meet("Off too", 60)
    await house.clock.pass_by(seconds=1)
    assert house.facts() == ("busy", "on", "on")
    with house.recording() as changes:
        house.room().cancel(event)
        house.room().cancel(later)
        await house.clock.until(
            lambda: house.facts() == ("free", "off", "off"), within=1
        )
        assert house.titles("Fjord") == (STATE_UNKNOWN, STATE_UNKNOWN)
        await house.clock.pass_by(minutes=2)
        assert house.facts() == ("free", "off", "off")
    assert sorted(kinds(changes)) == ["cancelled", "ended"]


@pytest.mark.parametrize("ends", [True, False])
async def test_a_whole_day(house: PlaceosHouse, ends: bool) -> None:
    """With an end or without one."""
    house.room().book_day("Open day", house.at(-9 * 60), ends=ends)
    await house.clock.pass_by(seconds=1)
    assert house.facts() == ("busy", "on", "on")
    assert house.now("current_booking") == "Open day"
    assert house.shown("Fjord", "current_booking").attributes["end"] == iso(15 * 60)


async def test_a_record_that_cannot_be_read(house: PlaceosHouse) -> None:
    """It costs itself alone."""
    house.room().driver.records = [None, {"id": 7}, {"event_start": "soon"}, "x"]
    house.meet("Stand-up", 0)
    await house.clock.pass_by(seconds=1)
    assert house.facts() == ("busy", "on", "on")


@pytest.mark.parametrize("values", ["raw", "encoded"])
async def test_values_in_both_spellings(
    closed_house: PlaceosHouse, values: Any
) -> None:
    """As the code sends them, and as the documents say."""
    house = closed_house
    house.placeos.values = values
    house.placeos.configure(house.room(), pending_before=5, pending_period=5)
    house.meet("true", 0)
    await house.open()
    assert house.facts() == ("pending", "on", "off")
    assert house.now("current_booking") == "true"
    await house.press("Fjord", "check_in")
    await house.clock.pass_by(seconds=1)
    assert house.facts() == ("busy", "on", "on")


# The module itself


@WITH_CHECK_IN
@pytest.mark.parametrize("nulls", [True, False])
async def test_a_module_that_restarts(house: PlaceosHouse, nulls: bool) -> None:
    """Nothing blinks, and nothing is told."""
    house.meet("Stand-up", 0)
    house.meet("Next", 60)
    await house.sync("Fjord")
    await house.press("Fjord", "check_in")
    await house.clock.pass_by(seconds=5)
    with house.recording() as changes:
        house.room().driver.restart(3, nulls=nulls)
        await house.clock.pass_by(minutes=1)
        assert house.facts() == ("busy", "on", "on")
    assert kinds(changes) == []
    assert [
        change["entity_id"]
        for change in changes.events
        if change["entity_id"].startswith(("calendar", "binary_sensor"))
    ] == []
    assert changes.moments("Fjord", "availability") == []
    assert changes.moments("Fjord", "current_booking") == []
    assert changes.moments("Aurora", "availability") == []


async def test_a_module_that_stays_away(house: PlaceosHouse) -> None:
    """After five minutes its room is unavailable, and no other; then it is back."""
    house.meet("Stand-up", 0, 120)
    await house.sync("Fjord")
    house.room().driver.stop()
    await house.clock.pass_by(minutes=4)
    assert house.facts() == ("busy", "on", "on")
    await house.clock.pass_by(minutes=3)
    assert house.now("availability") == STATE_UNAVAILABLE
    assert house.now("availability", "Aurora") == "free"
    house.room().driver.start()
    await house.clock.until(lambda: house.now("availability") == "busy", within=5)


async def test_check_in_is_switched_on_at_the_server(house: PlaceosHouse) -> None:
    """It shows without a restart, and off again."""
    house.meet("Stand-up", 0)
    await house.sync("Fjord")
    assert "check_in" not in house.offered()
    house.placeos.configure(house.room(), pending_before=5, pending_period=5)
    await house.clock.until(lambda: house.now("availability") == "pending", within=5)
    await house.clock.pass_by(seconds=30)
    await house.do("check_in")
    await house.clock.pass_by(seconds=1)
    assert house.facts() == ("busy", "on", "on")
    house.placeos.configure(
        house.room(), pending_before=0, pending_period=0, disable_end_meeting=True
    )
    await house.clock.pass_by(seconds=30)
    assert (await house.refused("check_in"))["key"] == "not_supported"


# People


async def test_people(closed_house: PlaceosHouse) -> None:
    """What the module's sensor sees shows within a second; a stale one sees nothing."""
    house = closed_house
    house.room().sense(0)
    await house.open()
    seen = []
    for people, stale in ((3, False), (0, False), (3, True), (None, False), (2, False)):
        house.room().sense(people, stale=stale)
        await house.clock.pass_by(seconds=0.5)
        seen.append((house.now("people_count"), house.now("people_present")))
    assert seen == [
        ("3", "on"),
        ("0", "off"),
        (STATE_UNKNOWN, STATE_UNKNOWN),
        (STATE_UNKNOWN, STATE_UNKNOWN),
        ("2", "on"),
    ]


async def test_people_do_not_check_in(house: PlaceosHouse) -> None:
    """The driver never acts on presence, and nor do we."""
    house.placeos.configure(house.room(), pending_before=5, pending_period=5)
    house.meet("Stand-up", 0)
    house.room().sense(5)
    await house.clock.pass_by(minutes=2)
    assert house.facts() == ("pending", "on", "off")
