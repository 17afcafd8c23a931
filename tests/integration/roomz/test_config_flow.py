"""Adding a system that serves the ROOMZ contract, as a person does it."""

from collections.abc import Callable

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.flows import (
    aborted,
    assert_a_room_has_to_be_chosen,
    assert_the_first_of_two_forms_wins,
    created,
    fields_of,
    open_form,
    rooms_asked,
    start_flow,
    submit,
)
from tests.simulators.roomz import RoomzSimulator

from .conftest import FIELDS, ROOMS, add_roomz, roomz_input


async def test_the_form_asks_for_the_address_and_a_user(hass: HomeAssistant) -> None:
    """Certificates are verified unless somebody says otherwise."""
    form = await open_form(hass, "roomz")
    assert fields_of(form) == FIELDS
    assert form["data_schema"] is not None
    filled = form["data_schema"]({"url": "a", "username": "b", "password": "c"})
    assert filled["verify_ssl"] is True


async def test_a_system_is_added(hass: HomeAssistant, sim: RoomzSimulator) -> None:
    """It is known by its address; its rooms are asked about."""
    flow_id = await start_flow(hass, "roomz")
    form = await submit(hass, flow_id, roomz_input(sim))
    ids = [room.id for room in sim.rooms]
    assert rooms_asked(form) == list(zip(ids, ROOMS, strict=True))
    entry = await created(hass, flow_id, {"rooms": ids})
    assert entry.title == sim.base_url.removeprefix("http://")
    assert entry.unique_id == sim.url
    assert entry.data == {
        "system": "roomz",
        "url": sim.url,
        "username": sim.username,
        "password": sim.password,
        "verify_ssl": True,
        "left_out": [],
    }
    for name in ROOMS:
        assert hass.states.get(f"calendar.{name.lower()}") is not None


async def test_rooms_may_be_left_out(hass: HomeAssistant, sim: RoomzSimulator) -> None:
    """They stay out, and are not asked about."""
    aurora, fjord = (room.id for room in sim.rooms)
    entry = await add_roomz(hass, sim, rooms=[fjord])
    assert entry.data["left_out"] == [aurora]
    assert hass.states.get("calendar.fjord") is not None
    assert hass.states.get("calendar.aurora") is None
    assert sim.requests.of("meetings", room=aurora) == []


async def test_a_room_has_to_be_chosen(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """The choice comes again."""
    await assert_a_room_has_to_be_chosen(hass, "roomz", roomz_input(sim))


async def test_one_room_is_not_asked_about(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """There is nothing to choose."""
    sim.remove_room(sim.rooms[0])
    await created(hass, await start_flow(hass, "roomz"), roomz_input(sim))
    assert hass.states.async_entity_ids("calendar") == ["calendar.fjord"]


async def test_nothing_is_booked_to_prove_a_connection(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """The list of rooms is proof enough, and nobody's meetings are read for it."""
    await submit(hass, await start_flow(hass, "roomz"), roomz_input(sim))
    assert {request.call for request in sim.requests} == {"rooms"}
    assert len(sim.requests) <= 2


@pytest.mark.parametrize("end", ["", "/", "//", "?x=1", "/#top"])
async def test_how_an_address_ends_does_not_matter(
    hass: HomeAssistant, sim: RoomzSimulator, end: str
) -> None:
    """The path before /rooms is kept; spaces around are not."""
    entry = await add_roomz(
        hass, sim, url=f" {sim.url}{end}\n", username=f"\t{sim.username} "
    )
    assert entry.data["url"] == sim.url
    assert entry.unique_id == sim.url
    assert entry.data["username"] == sim.username


async def test_two_paths_of_one_host_are_two_systems(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """Each serves its own rooms."""
    await add_roomz(hass, sim)
    sim.prefix = "/connector/v2"
    await add_roomz(hass, sim)
    assert len(hass.states.async_entity_ids("calendar")) == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url,
        lambda url: f"{url}/",
        lambda url: url.upper().replace("HTTP", "http"),
    ],
    ids=["same", "slash", "capitals"],
)
async def test_the_same_system_twice(
    hass: HomeAssistant, sim: RoomzSimulator, change: Callable[[str], str]
) -> None:
    """It is known without a question, whoever the user is."""
    await add_roomz(hass, sim)
    sim.requests.clear()
    flow_id = await start_flow(hass, "roomz")
    answers = roomz_input(sim, url=change(sim.url), username="somebody else")
    await aborted(hass, flow_id, answers, "already_configured")
    assert not sim.requests


async def test_the_same_system_in_two_forms(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """The form of whoever is second is gone; the entry of the first stays as it is."""
    await assert_the_first_of_two_forms_wins(hass, "roomz", roomz_input(sim))
