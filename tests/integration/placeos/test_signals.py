"""What happens at a PlaceOS server shows in Home Assistant at once, and exactly once."""

from typing import Any

import pytest

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from tests.simulators.placeos import GARBAGE

from .house import PANEL, PlaceosHouse, kinds

PROMPT = 1.0
WITH_CHECK_IN = pytest.mark.parametrize("settings", [PANEL])
# A dead socket is found within thirty seconds; who was refused some times waits longer.
SOON = 60


# People elsewhere


async def test_meetings_made_moved_renamed_and_cancelled(house: PlaceosHouse) -> None:
    """Each shows within a second."""
    with house.recording() as changes:
        event = house.meet("Review", 60)
        took = await house.clock.until(lambda: house.now("next_booking") == "Review")
        assert took.total_seconds() < PROMPT
        event = house.room().move(event, house.at(90))
        start = house.at(90).isoformat()
        took = await house.clock.until(lambda: house.now("next_start") == start)
        assert took.total_seconds() < PROMPT
        event = house.room().move(event, title="Retrospective")
        took = await house.clock.until(
            lambda: house.now("next_booking") == "Retrospective"
        )
        assert took.total_seconds() < PROMPT
        house.room().cancel(event)
        took = await house.clock.until(
            lambda: house.now("next_booking") == STATE_UNKNOWN
        )
        assert took.total_seconds() < PROMPT
        await house.clock.pass_by(minutes=1)
    told = changes.told("Fjord")
    assert [t.kind for t in told] == ["created", "changed", "changed", "cancelled"]
    assert not any(t.ours or t.late for t in told)
    assert kinds(changes, "Aurora") == []


async def test_somebody_at_the_panel(house: PlaceosHouse) -> None:
    """Books, and goes."""
    await house.clock.move_to(house.at(1.2))
    with house.recording() as changes:
        house.room().book_now(30, "Walk-in")
        took = await house.clock.until(lambda: house.facts() == ("busy", "on", "on"))
        assert took.total_seconds() < PROMPT
        await house.clock.pass_by(minutes=5)
        house.room().end()
        took = await house.clock.until(lambda: house.facts() == ("free", "off", "off"))
        assert took.total_seconds() < PROMPT
        await house.clock.pass_by(minutes=1)
    assert kinds(changes) == ["created", "started", "ended"]
    states = [state for _, state in changes.moments("Fjord", "availability")]
    assert states == ["busy", "free"]


async def test_back_to_back(house: PlaceosHouse) -> None:
    """The room does not blink; one has ended before the other has started."""
    house.meet("First", 10)
    house.meet("Second", 40)
    await house.clock.settle()
    with house.recording() as changes:
        await house.clock.move_to(house.at(75))
    states = [state for _, state in changes.moments("Fjord", "availability")]
    assert states == ["busy", "free"]
    moments = changes.moments("Fjord", "current_booking")
    assert [when.replace(microsecond=0) for when, _ in moments] == [
        house.at(10),
        house.at(40),
        house.at(70),
    ]
    assert changes.kinds("Fjord") == [
        ("started", "First"),
        ("ended", "First"),
        ("started", "Second"),
        ("ended", "Second"),
    ]


@pytest.mark.parametrize("server", [{"push": False}, {"push": False, "release": "D2"}])
async def test_a_driver_that_hears_nothing(house: PlaceosHouse) -> None:
    """Home Assistant knows what the driver knows, within five minutes; `sync` makes it look."""
    house.meet("Review", 60)
    await house.clock.pass_by(seconds=10)
    assert house.now("next_booking") == STATE_UNKNOWN
    with house.recording() as changes:
        await house.clock.pass_by(minutes=5, seconds=2)
        assert house.now("next_booking") == "Review"
        house.meet("Sooner", 30)
        await house.sync("Fjord")
        assert house.now("next_booking") == "Sooner"
    assert kinds(changes) == ["created", "created"]


async def test_words_that_come_twice(house: PlaceosHouse) -> None:
    """They are told once."""
    house.placeos.faults.notifications("*").always().duplicate()
    with house.recording() as changes:
        house.meet("Stand-up", 0)
        await house.clock.pass_by(minutes=1)
    assert kinds(changes) == ["created", "started"]


@pytest.mark.parametrize("kind", sorted(GARBAGE))
async def test_nonsense_on_the_line(house: PlaceosHouse, kind: str) -> None:
    """The next word is understood."""
    house.placeos.faults.notifications().always().garbage(kind, then_real=True)
    house.meet("Stand-up", 0)
    await house.clock.pass_by(seconds=1)
    assert house.facts() == ("busy", "on", "on")
    assert house.hub.connected


# Outages


async def lose(house: PlaceosHouse, how: str) -> None:
    """Lose the connection in some way."""
    match how:
        case "cut":
            house.placeos.disconnect()
        case "closed":
            await house.placeos.close_connections()
        case "hangs":
            house.placeos.half_open()
        case "restart":
            await house.placeos.down(20)
        case "refuses":
            await house.placeos.down(20, refuse=True)


@pytest.mark.parametrize("how", ["cut", "closed", "hangs", "restart", "refuses"])
async def test_what_happened_during_an_outage(house: PlaceosHouse, how: str) -> None:
    """It is told late, once, and nothing blinks."""
    ends = house.meet("Ends", -10, 60)
    house.meet("Stays", 60)
    goes = house.meet("Goes", 120)
    await house.sync("Fjord")
    await house.clock.pass_by(minutes=1)
    with house.recording() as changes:
        await lose(house, how)
        house.room().cancel(ends)
        house.room().cancel(goes)
        house.meet("Comes", 180)
        await house.clock.until(
            lambda: house.now("current_booking") == STATE_UNKNOWN, within=SOON
        )
        await house.clock.pass_by(minutes=2)
    told = changes.told("Fjord")
    assert sorted((t.kind, t.title) for t in told) == [
        ("cancelled", "Goes"),
        ("created", "Comes"),
        ("ended", "Ends"),
    ]
    assert all(t.late for t in told)
    assert house.facts() == ("free", "off", "off")
    assert house.titles("Fjord") == (STATE_UNKNOWN, "Stays")
    states = [state for _, state in changes.moments("Fjord", "availability")]
    assert states == ["free"]
    assert kinds(changes, "Aurora") == []
    assert len([c for c in house.placeos.connections if not c.half_open]) == 1


async def test_an_outage_without_news(house: PlaceosHouse) -> None:
    """Nothing is told, and pushes arrive again."""
    house.meet("Stand-up", 0, 120)
    await house.sync("Fjord")
    await house.clock.pass_by(minutes=1)
    with house.recording() as changes:
        house.placeos.disconnect()
        await house.clock.pass_by(minutes=1)
    assert kinds(changes) == []
    assert changes.moments("Fjord", "availability") == []
    house.meet("Review", 180)
    took = await house.clock.until(lambda: house.now("next_booking") == "Review")
    assert took.total_seconds() < PROMPT


async def test_a_long_outage(house: PlaceosHouse) -> None:
    """What is known is shown for five minutes, and followed; then it is too old."""
    house.meet("Stand-up", 0, 3)
    await house.sync("Fjord")
    await house.placeos.down()
    await house.clock.pass_by(minutes=4)
    assert house.facts() == ("free", "off", "off")
    await house.clock.pass_by(minutes=2)
    assert house.now("availability") == STATE_UNAVAILABLE
    shakes = len(house.placeos.handshakes)
    await house.clock.pass_by(hours=1)
    assert len(house.placeos.handshakes) - shakes < 150
    house.meet("Review", 120)
    await house.placeos.up()
    await house.clock.until(
        lambda: house.now("next_booking") == "Review", within=2 * 60
    )


@WITH_CHECK_IN
async def test_a_check_in_during_an_outage(house: PlaceosHouse) -> None:
    """It shows when the line is back."""
    house.meet("Stand-up", 0)
    await house.sync("Fjord")
    await house.clock.pass_by(minutes=1)
    assert house.facts() == ("pending", "on", "off")
    house.placeos.disconnect()
    house.room().check_in()
    await house.clock.until(lambda: house.facts() == ("busy", "on", "on"), within=10)


# Keys


@pytest.mark.parametrize(
    "go_wrong",
    [
        pytest.param(lambda sim: sim.revoke(cut=True), id="revoked"),
        pytest.param(
            lambda sim: (
                sim.key.scopes.__setitem__(slice(None), ["systems.read"]),
                sim.disconnect(),
            ),
            id="without the right",
        ),
    ],
)
async def test_a_key_that_is_refused_later(house: PlaceosHouse, go_wrong: Any) -> None:
    """A person is asked for another one, and nobody knocks with the old one any more."""
    house.meet("Review", 60)
    await house.sync("Fjord")
    if house.placeos.key.scopes == ["public"]:
        house.placeos.key.scopes = ["systems.read", "control"]
    go_wrong(house.placeos)
    await house.clock.pass_by(seconds=10)
    [flow] = house.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert house.now("next_booking") == "Review"
    knocked = len(house.placeos.handshakes)
    await house.clock.pass_by(minutes=30)
    assert len(house.placeos.handshakes) == knocked
    assert house.now("availability") == STATE_UNAVAILABLE
    another = house.placeos.add_key().value
    result = await house.hass.config_entries.flow.async_configure(
        flow["flow_id"], {"api_key": another}
    )
    assert result["reason"] == "reauth_successful"
    await house.hass.async_block_till_done()
    await house.clock.settle()
    assert house.now("next_booking") == "Review"
    await house.do("book", duration={"minutes": 15})


# Systems


async def test_a_new_system(house: PlaceosHouse) -> None:
    """It appears by itself, with its meetings, which are no news."""
    room = house.placeos.add_room("Oslo", settings=house.room().driver.settings)
    room.book("Planning", house.at(180))
    house.placeos.add_system("Screen")
    with house.recording() as changes:
        await house.clock.pass_by(hours=1, minutes=10)
        assert house.titles("Oslo")[1] == "Planning"
    assert changes.told("Oslo") == []
    with house.recording() as changes:
        house.meet("Review", 150, 10, "Oslo")
        await house.clock.pass_by(seconds=PROMPT)
    assert kinds(changes, "Oslo") == ["created"]
    assert house.device("Oslo").name == "Oslo"


async def test_a_system_that_is_gone(house: PlaceosHouse) -> None:
    """Its device goes, and with it all that is shown; the other one is not disturbed."""
    gone = house.entity_id("Fjord", "bookings")
    house.placeos.remove(house.room())
    await house.clock.pass_by(hours=1, minutes=10)
    assert house.hass.states.get(gone) is None
    assert [device.name for device in house.devices] == ["Aurora"]
    assert house.now("availability", "Aurora") == "free"


async def test_a_system_is_renamed(house: PlaceosHouse) -> None:
    """It stays the same device; what people call it goes first."""
    device = house.device("Fjord")
    house.room().system.display_name = "Sognefjord"
    await house.clock.pass_by(hours=1, minutes=10)
    renamed = house.device("Fjord")
    assert (renamed.id, renamed.name) == (device.id, "Sognefjord")
    assert renamed.manufacturer == "PlaceOS"


async def test_a_quiet_hour(house: PlaceosHouse) -> None:
    """Pings, and one list of systems; nothing is executed, and no system is looked into."""
    house.placeos.frames.clear()
    house.placeos.requests.clear()
    await house.clock.pass_by(hours=1, minutes=10)
    assert {frame.cmd for frame in house.placeos.frames} == {"ping"}
    assert 200 < len(house.placeos.frames) < 300
    assert [r.path.rpartition("/")[2] for r in house.placeos.requests] == ["systems"]
