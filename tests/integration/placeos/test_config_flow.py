"""Adding a PlaceOS server, as a person does it."""

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.eventually import eventually
from tests.integration.flows import (
    aborted,
    assert_a_room_has_to_be_chosen,
    assert_the_first_of_two_forms_wins,
    created,
    fields_of,
    open_form,
    refused,
    rooms_asked,
    start_flow,
    submit,
)
from tests.simulators.placeos import PlaceosSimulator

from .conftest import FIELDS, ROOMS, add_placeos, placeos_input


async def test_the_form_asks_for_the_address_and_a_key(hass: HomeAssistant) -> None:
    """Certificates are verified unless somebody says otherwise."""
    form = await open_form(hass, "placeos")
    assert fields_of(form) == FIELDS
    assert form["data_schema"] is not None
    assert form["data_schema"]({"url": "a", "api_key": "b"})["verify_ssl"] is True


async def test_a_server_is_added(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """It is known by its authority; its rooms are asked about."""
    flow_id = await start_flow(hass, "placeos")
    form = await submit(hass, flow_id, placeos_input(sim))
    ids = [room.id for room in sim.rooms]
    assert rooms_asked(form) == list(zip(ids, ROOMS, strict=True))
    entry = await created(hass, flow_id, {"rooms": ids})
    assert entry.title == sim.host
    assert entry.unique_id == sim.authority_id
    assert entry.data == {
        "system": "placeos",
        "url": sim.url,
        "api_key": sim.api_key,
        "verify_ssl": True,
        "left_out": [],
    }
    for name in ROOMS:
        assert hass.states.get(f"calendar.{name.lower()}") is not None


async def test_rooms_may_be_left_out(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """They stay out."""
    aurora, fjord = (room.id for room in sim.rooms)
    entry = await add_placeos(hass, sim, rooms=[fjord])
    assert entry.data["left_out"] == [aurora]
    assert hass.states.get("calendar.fjord") is not None
    assert hass.states.get("calendar.aurora") is None


async def test_a_room_has_to_be_chosen(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """The choice comes again."""
    await assert_a_room_has_to_be_chosen(hass, "placeos", placeos_input(sim))


async def test_one_room_is_not_asked_about(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """Nor is a system without a Bookings module a room."""
    sim.remove(sim.rooms[0])
    await created(hass, await start_flow(hass, "placeos"), placeos_input(sim))
    assert hass.states.async_entity_ids("calendar") == ["calendar.fjord"]


async def test_many_rooms(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """They come in pages."""
    for number in range(520):
        sim.add_system(f"Screen {number}")
    sim.add_room("Last")
    entry = await add_placeos(hass, sim)
    assert len(entry.runtime_data.coordinators) == 3


async def test_nothing_is_done_to_prove_a_connection(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """Nothing is executed, and nobody stays on the line."""
    await submit(hass, await start_flow(hass, "placeos"), placeos_input(sim))
    assert {request.method for request in sim.requests} == {"GET"}
    assert sim.frames.of(cmd="exec") == []
    await eventually(lambda: not sim.connections)


async def test_the_key_goes_in_a_header(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """Addresses are in the logs of every proxy; whoever asks for the authority needs no key."""
    await add_placeos(hass, sim)
    keys = {request.path.rpartition("/")[2]: request.key for request in sim.requests}
    assert keys.pop("authority") is None
    assert set(keys.values()) == {sim.api_key}
    assert all(sim.api_key not in shake.path for shake in sim.handshakes)
    assert all(not {"api-key"} & request.query.keys() for request in sim.requests)


async def test_a_certificate_that_is_not_trusted(
    hass: HomeAssistant, socket_enabled: None, sim: PlaceosSimulator
) -> None:
    """The server's is checked unless somebody says otherwise; the key was not sent then."""
    async with PlaceosSimulator(tls=True) as secure:
        secure.add_room("Oslo")
        flow_id = await start_flow(hass, "placeos")
        await refused(hass, flow_id, placeos_input(secure), "cannot_connect")
        assert not secure.requests
        answers = placeos_input(secure, verify_ssl=False)
        entry = await created(hass, flow_id, answers)
        assert hass.states.get("calendar.oslo") is not None
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("around", ["{}/", "{}//", "{}?x=1#top", "  {}\n"])
async def test_what_is_pasted_around_an_address_does_not_matter(
    hass: HomeAssistant, sim: PlaceosSimulator, around: str
) -> None:
    """Nor around a key."""
    entry = await add_placeos(
        hass, sim, url=around.format(sim.url), api_key=f" {sim.api_key}\n"
    )
    assert entry.data["url"] == sim.url
    assert entry.data["api_key"] == sim.api_key


@pytest.mark.parametrize("another_key", [False, True])
async def test_the_same_server_twice(
    hass: HomeAssistant, sim: PlaceosSimulator, another_key: bool
) -> None:
    """An authority is one entry, whoever asks."""
    await add_placeos(hass, sim)
    key = sim.add_key().value if another_key else sim.api_key
    answers = placeos_input(sim, api_key=key)
    await aborted(
        hass, await start_flow(hass, "placeos"), answers, "already_configured"
    )


async def test_the_same_server_in_two_forms(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """The form of whoever is second is gone; the entry of the first stays as it is."""
    await assert_the_first_of_two_forms_wins(hass, "placeos", placeos_input(sim))
