"""Adding a Cisco TMS, as a person does it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
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
from tests.simulators.tms import TmsSimulator

from .conftest import FIELDS, ROOMS, add_tms, tms_input

pytestmark = pytest.mark.usefixtures("none_left_behind")


async def test_the_form_asks_for_the_address_and_an_account(
    hass: HomeAssistant,
) -> None:
    """NTLM or Basic is found out, and certificates are verified, unless somebody says otherwise."""
    form = await open_form(hass, "tms")
    assert fields_of(form) == FIELDS
    assert form["data_schema"] is not None
    filled = form["data_schema"]({"url": "a", "username": "b", "password": "c"})
    assert filled["authentication"] == "auto"
    assert filled["verify_ssl"] is True


async def test_a_server_is_added(hass: HomeAssistant, sim: TmsSimulator) -> None:
    """It is known by its address and the account; its rooms are asked about."""
    flow_id = await start_flow(hass, "tms")
    form = await submit(hass, flow_id, tms_input(sim))
    ids = [str(system.system_id) for system in sim.systems]
    assert rooms_asked(form) == list(zip(ids, ROOMS, strict=True))
    entry = await created(hass, flow_id, {"rooms": ids})
    server = sim.url.removeprefix("http://")
    assert entry.title == server
    assert entry.unique_id == f"{server}_{sim.username.lower()}"
    assert entry.data == {
        "system": "tms",
        "url": sim.url,
        "username": sim.username,
        "password": sim.password,
        "authentication": "auto",
        "verify_ssl": True,
        "left_out": [],
    }
    for name in ROOMS:
        assert hass.states.get(f"calendar.{name.lower()}") is not None


async def test_rooms_may_be_left_out(hass: HomeAssistant, sim: TmsSimulator) -> None:
    """They stay out, and are not asked about."""
    aurora, fjord = (str(system.system_id) for system in sim.systems)
    entry = await add_tms(hass, sim, rooms=[fjord])
    assert entry.data["left_out"] == [aurora]
    assert hass.states.get("calendar.fjord") is not None
    assert hass.states.get("calendar.aurora") is None
    assert sim.requests.of("GetConferencesForSystems", SystemIds=aurora) == []


async def test_a_room_has_to_be_chosen(hass: HomeAssistant, sim: TmsSimulator) -> None:
    """The choice comes again."""
    await assert_a_room_has_to_be_chosen(hass, "tms", tms_input(sim))


async def test_one_room_is_not_asked_about(
    hass: HomeAssistant, sim: TmsSimulator
) -> None:
    """Nor is equipment a room; an endpoint is one."""
    sim.local.remove_system(sim.systems[0].system_id)
    sim.local.remove_system(sim.systems[0].system_id)
    sim.add_system("Bridge", system_category="Equipment")
    sim.add_system("Recorder", system_category="Recording")
    sim.add_system("Desk", system_category="Endpoint")
    await created(hass, await start_flow(hass, "tms"), tms_input(sim))
    assert len(hass.states.async_entity_ids("calendar")) == 1
    assert hass.states.get("calendar.desk") is not None


async def test_nothing_is_booked_to_prove_a_connection(
    hass: HomeAssistant, sim: TmsSimulator
) -> None:
    """That would use a licence; nor does anything else of the proof."""
    await submit(hass, await start_flow(hass, "tms"), tms_input(sim))
    asked = sim.requests.counts
    assert asked["GetSystemsForUser"] == 1
    assert not [name for name in asked if name.startswith(("Save", "Delete", "End"))]
    assert {request.session for request in sim.requests} == {None}
    assert sim.most_at_once == 1


async def test_booking_for_others_is_not_demanded(
    hass: HomeAssistant, sim: TmsSimulator
) -> None:
    """Whoever does not book for others needs no such right."""
    sim.add_account("EXAMPLE\\plain", "secret")
    await add_tms(hass, sim, username="EXAMPLE\\plain")
    assert sim.requests.of("IsTMSBookOnBehalfUser") == []


@pytest.mark.parametrize(
    ("authentication", "scheme"),
    [("auto", "ntlm"), ("ntlm", "ntlm"), ("basic", "basic")],
)
async def test_how_the_account_is_proven(
    hass: HomeAssistant, sim: TmsSimulator, authentication: str, scheme: str
) -> None:
    """As somebody chose; left alone, by NTLM where it is offered."""
    entry = await add_tms(hass, sim, authentication=authentication)
    assert entry.data["authentication"] == authentication
    schemes = {
        request.headers["Authorization"].partition(" ")[0].lower()
        for request in sim.requests
        if "Authorization" in request.headers
    } | {challenge.scheme.lower() for challenge in sim.challenges}
    assert schemes - {""} == {scheme}
    assert not sim.failed_logons


async def test_basic_where_nothing_else_is_offered(
    hass: HomeAssistant, sim: TmsSimulator
) -> None:
    """On this machine nobody can listen."""
    sim.schemes = ("Basic",)
    await add_tms(hass, sim)


async def test_a_certificate_that_is_not_trusted(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    """The server's is checked unless somebody says otherwise; nothing was sent then."""
    # Else asyncio complains of every client that does not like a certificate.
    asyncio.get_running_loop().set_debug(False)
    async with TmsSimulator(tls=True) as sim:
        sim.add_system("Fjord")
        flow_id = await start_flow(hass, "tms")
        await refused(hass, flow_id, tms_input(sim), "cannot_connect")
        assert not sim.challenges
        entry = await created(hass, flow_id, tms_input(sim, verify_ssl=False))
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tms",
        "/TMS/default.aspx?x=1#top",
        "/tms/external/booking/bookingservice.asmx",
        "/tms/external/booking/remotesetup/remotesetupservice.asmx?wsdl",
    ],
)
async def test_a_pasted_path_does_not_matter(
    hass: HomeAssistant, sim: TmsSimulator, path: str
) -> None:
    """The integration knows the paths."""
    entry = await add_tms(
        hass, sim, url=f" {sim.url}{path}\n", username=f"\t{sim.username} "
    )
    assert entry.data["url"] == sim.url
    assert entry.data["username"] == sim.username


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"username": "example\\ROOM.bookings"},
        {"password": "whatever"},
        {"authentication": "basic"},
    ],
)
async def test_the_same_account_twice(
    hass: HomeAssistant, sim: TmsSimulator, changes: Mapping[str, Any]
) -> None:
    """It is known without a question to the server."""
    await add_tms(hass, sim)
    sim.clear_log()
    flow_id = await start_flow(hass, "tms")
    await aborted(hass, flow_id, tms_input(sim, **changes), "already_configured")
    assert not sim.failed_logons


async def test_the_same_account_in_two_forms(
    hass: HomeAssistant, sim: TmsSimulator
) -> None:
    """The form of whoever is second is gone; the entry of the first stays as it is."""
    await assert_the_first_of_two_forms_wins(hass, "tms", tms_input(sim))


async def test_another_account_of_the_same_server(
    hass: HomeAssistant, sim: TmsSimulator
) -> None:
    """It may see other rooms."""
    await add_tms(hass, sim)
    sim.add_account("EXAMPLE\\second", "secret")
    await add_tms(hass, sim, username="EXAMPLE\\second")
    assert len(hass.states.async_entity_ids("calendar")) == 4
