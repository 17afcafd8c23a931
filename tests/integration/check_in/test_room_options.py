"""Options of one room, where others count than for all."""

from typing import Any

import pytest

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.connector.conftest import add_connector
from tests.integration.house import House


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms where nobody has to check in."""
    await closed_house.open()
    return closed_house


async def begin(house: House, **context: Any) -> SubentryFlowResult:
    """Open the flow of a room's options."""
    return await house.hass.config_entries.subentries.async_init(
        (house.entry.entry_id, "room"), context={"source": "user", **context}
    )


async def go_on(
    house: House, flow: SubentryFlowResult, **chosen: Any
) -> SubentryFlowResult:
    """Fill in a form."""
    return await house.hass.config_entries.subentries.async_configure(
        flow["flow_id"], chosen
    )


async def loaded(house: House) -> None:
    """Wait until the entry is there again."""
    await house.clock.until(
        lambda: house.entry.state is ConfigEntryState.LOADED, within=30
    )


async def choose(house: House, room: str, **chosen: Any) -> ConfigSubentry:
    """Choose options for a room."""
    flow = await begin(house)
    assert flow["step_id"] == "user"
    flow = await go_on(house, flow, room=house.workspace(room).id)
    assert flow["type"] is FlowResultType.FORM
    assert flow["step_id"] == "overrides"
    assert flow["description_placeholders"] == {"room": room}
    flow = await go_on(house, flow, **chosen)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await loaded(house)
    return subentry(house, room)


async def choose_again(
    house: House, chosen_before: ConfigSubentry, **chosen: Any
) -> None:
    """Choose other options for the same room."""
    flow = await begin(
        house, source=SOURCE_RECONFIGURE, subentry_id=chosen_before.subentry_id
    )
    assert flow["step_id"] == "reconfigure"
    flow = await go_on(house, flow, **chosen)
    assert flow["type"] is FlowResultType.ABORT
    assert flow["reason"] == "reconfigure_successful"
    await loaded(house)


def subentry(house: House, room: str) -> ConfigSubentry:
    """What was chosen for a room."""
    [found] = [s for s in house.entry.subentries.values() if s.title == room]
    return found


async def test_one_room_has_its_own_options(house: House) -> None:
    """The others follow the entry; what was not chosen follows it too."""
    await house.set_options(check_in_window=3, default_duration=20)
    before = house.hub
    chosen = await choose(house, "Fjord", check_in=True, default_duration=45)
    assert house.hub is not before
    assert chosen.unique_id == house.workspace("Fjord").id
    assert chosen.data == {
        "room": house.workspace("Fjord").id,
        "check_in": True,
        "default_duration": 45,
    }
    for room in ("Fjord", "Birch"):
        house.book_at_device(room, "Stand-up", 20, 30)
    await house.clock.move_to(house.at(22))
    assert house.state("Fjord", "availability") == "pending"
    assert house.state("Birch", "availability") == "busy"
    until = house.shown("Fjord", "availability").attributes["until"]
    assert until == house.at(23).isoformat()
    await house.press("Fjord", "check_in")
    await house.clock.move_to(house.at(60))
    for room, minutes in (("Fjord", 45), ("Birch", 20)):
        await house.press(room, "book_now")
        assert [b.minutes for b in house.workspace(room).bookings][-1] == minutes


async def test_titles_of_one_room(house: House) -> None:
    """What is hidden in one room is hidden everywhere in it."""
    await choose(house, "Fjord", titles="hide_all")
    with house.recording() as changes:
        for room in ("Fjord", "Birch"):
            house.book_at_device(room, "Planning", 10, 30)
        await house.clock.pass_by(seconds=5)
    assert house.titles("Fjord")[1] == "Booked"
    assert house.titles("Birch")[1] == "Planning"
    assert changes.kinds("Fjord") == [("created", "Booked")]
    answer = await house.call(
        "book",
        "Fjord",
        title="Secret",
        start=house.at(60).isoformat(),
        duration={"minutes": 30},
    )
    assert answer["title"] == "Booked"
    assert [b["title"] for b in await house.bookings("Fjord")] == ["Booked"] * 2


async def test_other_choices(house: House) -> None:
    """They count at once; the form shows what was chosen, and what is left out is gone."""
    chosen = await choose(house, "Fjord", check_in=True, pending_before=1)
    flow = await begin(house, source=SOURCE_RECONFIGURE, subentry_id=chosen.subentry_id)
    assert flow["data_schema"] is not None
    shown = {
        str(marker): marker.description["suggested_value"]
        for marker in flow["data_schema"].schema
        if marker.description
    }
    assert shown == {"check_in": True, "pending_before": 1}
    before = house.hub
    await choose_again(house, chosen, check_in=True)
    assert house.hub is not before
    assert subentry(house, "Fjord").data == {
        "room": house.workspace("Fjord").id,
        "check_in": True,
    }
    house.book_at_device("Fjord", "Stand-up", 20, 30)
    await house.clock.move_to(house.at(16))
    assert house.state("Fjord", "availability") == "pending"


async def test_choices_that_are_taken_back(house: House) -> None:
    """The room follows the entry again; nothing is forgotten or told again."""
    chosen = await choose(house, "Fjord", check_in=True)
    house.book_at_device("Fjord", "Stand-up", 2, 30)
    await house.clock.move_to(house.at(3))
    await house.call("check_in", "Fjord")
    with house.recording() as changes:
        house.hass.config_entries.async_remove_subentry(house.entry, chosen.subentry_id)
        await loaded(house)
        assert house.state("Fjord", "in_use") == "on"
        await choose(house, "Fjord", check_in=True)
        assert house.state("Fjord", "availability") == "busy"
        assert house.state("Fjord", "in_use") == "on"
    assert changes.kinds("Fjord") == []


async def test_each_room_once(house: House) -> None:
    """Rooms that have options of their own are not offered again."""
    twice = await begin(house)
    twice = await go_on(house, twice, room=house.workspace("Fjord").id)
    for room in house.rooms:
        await choose(house, room, check_in=True)
    late = await go_on(house, twice, check_in=False)
    assert (late["type"], late["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )
    none = await begin(house)
    assert (none["type"], none["reason"]) == (FlowResultType.ABORT, "no_rooms")


async def test_nothing_to_choose_from(house: House) -> None:
    """While the system cannot be reached nobody knows its rooms."""
    await house.stop()
    flow = await begin(house)
    assert (flow["type"], flow["reason"]) == (
        FlowResultType.ABORT,
        "entry_not_loaded",
    )


async def test_a_room_that_is_gone_takes_its_options_along(house: House) -> None:
    """Nobody else loses any, and nothing is loaded anew for it."""
    await choose(house, "Fjord", check_in=True)
    await choose(house, "Birch", check_in=True)
    before = house.hub
    house.sim.remove_workspace(house.workspace("Fjord"))
    await house.clock.pass_by(minutes=61)
    assert [s.title for s in house.entry.subentries.values()] == ["Birch"]
    assert house.hub is before
    assert house.state("Birch", "availability") == "free"


async def test_a_room_that_went_while_nobody_looked(house: House) -> None:
    """Its options go with the next start."""
    await choose(house, "Fjord", check_in=True)
    await house.stop()
    house.sim.remove_workspace(house.workspace("Fjord"))
    await house.start()
    assert not house.entry.subentries


async def test_who_serves_rooms_has_no_options_for_them(
    hass: HomeAssistant, house: House
) -> None:
    """The frontend offers options of rooms only where there are rooms."""
    connector = await add_connector(hass)
    assert list(house.entry.supported_subentry_types) == ["room"]
    assert house.entry.supported_subentry_types["room"] == {
        "supports_reconfigure": True
    }
    assert connector.supported_subentry_types == {}
