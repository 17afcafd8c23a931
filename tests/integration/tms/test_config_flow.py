"""Adding, renewing and reconfiguring a Cisco TMS, as a person does it."""

import asyncio
from collections.abc import Mapping
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.flows import (
    BAD_URLS,
    Break,
    aborted,
    again,
    asked_again,
    assert_a_room_has_to_be_chosen,
    assert_not_logged,
    assert_the_first_of_two_forms_wins,
    by_name,
    created,
    created_with_all_rooms,
    every_request,
    fields_of,
    open_form,
    refused,
    rooms_asked,
    shown,
    start_flow,
    submit,
)
from tests.simulators.tms import TmsSimulator

from .conftest import ROOMS, add_tms, tms_input
from .house import threads

FIELDS = ["url", "username", "password", "authentication", "verify_ssl"]


@pytest.fixture(autouse=True)
def none_left_behind(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that comes again has left no client behind."""
    configure = hass.config_entries.flow.async_configure

    async def watched(*args: Any) -> ConfigFlowResult:
        before = len(threads())
        result = await configure(*args)
        if result["type"] is FlowResultType.FORM:
            assert len(threads()) == before
        return result

    monkeypatch.setattr(hass.config_entries.flow, "async_configure", watched)


# Adding a server


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


# What can go wrong, and how it is put right in the same flow


@pytest.mark.parametrize("url", BAD_URLS)
async def test_an_address_that_is_none(
    hass: HomeAssistant, sim: TmsSimulator, url: str
) -> None:
    """What names no server, or holds secrets, cannot be connected to."""
    flow_id = await start_flow(hass, "tms")
    await refused(hass, flow_id, tms_input(sim, url=url), "cannot_connect")
    await created_with_all_rooms(hass, flow_id, tms_input(sim))


async def test_a_wrong_password(hass: HomeAssistant, sim: TmsSimulator) -> None:
    """Each attempt is one failed logon: directories lock accounts that fail too often."""
    flow_id = await start_flow(hass, "tms")
    for attempt in (1, 2):
        wrong = tms_input(sim, password=f"wrong {attempt}")
        await refused(hass, flow_id, wrong, "invalid_auth")
        assert sim.failed_logons.total() == attempt
    await created_with_all_rooms(hass, flow_id, tms_input(sim))
    assert sim.failed_logons.total() == 2


@pytest.mark.parametrize("authentication", ["ntlm", "basic"])
async def test_passwords_are_not_logged(
    hass: HomeAssistant,
    sim: TmsSimulator,
    caplog: pytest.LogCaptureFixture,
    authentication: str,
) -> None:
    """Neither right nor wrong ones, in whatever form they travel."""
    sim.password = "swordfish-42"
    caplog.set_level(logging.DEBUG)
    flow_id = await start_flow(hass, "tms")
    answers = tms_input(sim, authentication=authentication)
    wrong = {**answers, "password": "herring-42"}
    await refused(hass, flow_id, wrong, "invalid_auth")
    await created_with_all_rooms(hass, flow_id, answers)
    assert_not_logged(caplog.text, sim.username, "swordfish-42", "herring-42")


@pytest.mark.parametrize("authentication", ["ntlm", "basic"])
async def test_a_wrong_password_by_choice(
    hass: HomeAssistant, sim: TmsSimulator, authentication: str
) -> None:
    """No other way is tried with it."""
    answers = tms_input(sim, password="wrong", authentication=authentication)
    await refused(hass, await start_flow(hass, "tms"), answers, "invalid_auth")
    assert sim.failed_logons.total() == 1


async def test_a_way_that_is_not_offered(
    hass: HomeAssistant, sim: TmsSimulator
) -> None:
    """The password does not go another way than the one that was chosen."""
    sim.schemes = ("Basic",)
    flow_id = await start_flow(hass, "tms")
    answers = tms_input(sim, authentication="ntlm")
    await refused(hass, flow_id, answers, "invalid_auth")
    assert {challenge.scheme for challenge in sim.challenges} <= {"", "NTLM"}
    sim.schemes = ("NTLM",)
    await created_with_all_rooms(hass, flow_id, answers)


@pytest.fixture
def named(sim: TmsSimulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address by a name that does not say that it is this machine."""
    return by_name(monkeypatch, sim.url)


async def test_ntlm_over_http(
    hass: HomeAssistant, sim: TmsSimulator, named: str
) -> None:
    """It does not tell the password."""
    entry = await created_with_all_rooms(
        hass, await start_flow(hass, "tms"), tms_input(sim, url=named)
    )
    assert entry.data["url"] == named


async def test_basic_over_http(
    hass: HomeAssistant, sim: TmsSimulator, named: str
) -> None:
    """Nothing is sent."""
    flow_id = await start_flow(hass, "tms")
    answers = tms_input(sim, url=named, authentication="basic")
    await refused(hass, flow_id, answers, "insecure_basic")
    assert not sim.requests
    assert not sim.challenges
    await created_with_all_rooms(hass, flow_id, {**answers, "authentication": "ntlm"})


async def test_basic_alone_over_http(
    hass: HomeAssistant, sim: TmsSimulator, named: str
) -> None:
    """The server is asked what it offers, and not told the password."""
    sim.schemes = ("Basic",)
    flow_id = await start_flow(hass, "tms")
    answers = tms_input(sim, url=named)
    await refused(hass, flow_id, answers, "insecure_basic")
    assert not sim.requests
    assert {challenge.scheme for challenge in sim.challenges} == {""}
    sim.schemes = ("Negotiate", "NTLM", "Basic")
    await created_with_all_rooms(hass, flow_id, answers)


@pytest.mark.parametrize(
    ("go_wrong", "error", "words"),
    [
        pytest.param(
            lambda sim: sim.faults.when("GetSystemsForUser").always().fault("SECURITY"),
            "missing_permission",
            {"missing": "Simulated failure"},
            id="right",
        ),
        pytest.param(
            every_request("status", 403),
            "missing_permission",
            {"missing": "?"},
            id="forbidden",
        ),
        pytest.param(
            every_request("unauthorized"), "invalid_auth", {}, id="not allowed in"
        ),
        pytest.param(
            lambda sim: setattr(sim.settings, "api_version", 9),
            "outdated",
            {"version": "9", "needed": "11"},
            id="outdated",
        ),
        pytest.param(every_request("busy"), "cannot_connect", {}, id="busy"),
        pytest.param(
            every_request("database_down"), "cannot_connect", {}, id="no database"
        ),
        pytest.param(
            every_request("status", 503, retry_after=60),
            "cannot_connect",
            {},
            id="starting",
        ),
        pytest.param(
            every_request("status", 404), "cannot_connect", {}, id="no such path"
        ),
        pytest.param(
            every_request("redirect", "https://other.example.com"),
            "cannot_connect",
            {},
            id="elsewhere",
        ),
        pytest.param(every_request("html"), "cannot_connect", {}, id="page"),
        pytest.param(
            lambda sim: sim.faults.logons().always().html(),
            "cannot_connect",
            {},
            id="page before the logon",
        ),
        pytest.param(every_request("garbage"), "cannot_connect", {}, id="garbage"),
        pytest.param(
            lambda sim: sim.faults.when("GetSystemsForUser").always().entity_bomb(),
            "cannot_connect",
            {},
            id="entities",
        ),
        pytest.param(every_request("drop"), "cannot_connect", {}, id="it hangs up"),
        pytest.param(
            every_request("fault", None),
            "unknown",
            {},
            id="a refusal that nobody knows",
        ),
    ],
)
async def test_what_can_go_wrong(
    hass: HomeAssistant,
    sim: TmsSimulator,
    go_wrong: Break,
    error: str,
    words: Mapping[str, str],
) -> None:
    """The form stays filled in, and can be sent again when it is put right."""
    version = sim.settings.api_version
    go_wrong(sim)
    flow_id = await start_flow(hass, "tms")
    assert await refused(hass, flow_id, tms_input(sim), error) == words
    assert sim.requests.of("GetConferencesForSystems") == []
    sim.faults.clear()
    sim.settings.api_version = version
    await created_with_all_rooms(hass, flow_id, tms_input(sim))


async def test_a_server_that_is_off(hass: HomeAssistant, sim: TmsSimulator) -> None:
    """Nobody listens there, then somebody does."""
    await sim.down(refuse=True)
    flow_id = await start_flow(hass, "tms")
    await refused(hass, flow_id, tms_input(sim), "cannot_connect")
    await sim.up()
    await created_with_all_rooms(hass, flow_id, tms_input(sim))


async def test_no_rooms(hass: HomeAssistant, sim: TmsSimulator) -> None:
    """Those of the account count, and bridges are none."""
    for system in sim.systems:
        sim.local.remove_system(system.system_id)
    sim.add_system("Bridge", system_category="Equipment")
    flow_id = await start_flow(hass, "tms")
    await refused(hass, flow_id, tms_input(sim), "no_rooms")
    sim.add_system("Fjord")
    await created(hass, flow_id, tms_input(sim))


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


# Reauth


@pytest.fixture
async def entry(hass: HomeAssistant, sim: TmsSimulator) -> MockConfigEntry:
    """The server in Home Assistant."""
    return await add_tms(hass, sim)


async def test_a_changed_password_is_asked_for(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry
) -> None:
    """When the server next asks who is there; the new one is used at once."""
    sim.password = "changed"
    sim.log_everybody_off()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert sim.failed_logons.total() == 1
    form = await asked_again(hass)
    assert fields_of(form) == ["username", "password"]
    assert shown(form) == {"username": sim.username}

    wrong = {"username": sim.username, "password": "wrong"}
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    assert sim.failed_logons.total() == 2
    right = {"username": sim.username, "password": "changed"}
    await aborted(hass, form["flow_id"], right, "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["password"] == "changed"
    assert entry.data["url"] == sim.url


async def test_reauth_with_another_account(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry
) -> None:
    """It may see other rooms: that is another entry, and its password is not tried."""
    form = await again(hass, entry, SOURCE_REAUTH)
    answers = {"username": "EXAMPLE\\second", "password": "secret"}
    before = sim.requests.number_of()
    await aborted(hass, form["flow_id"], answers, "wrong_account")
    assert sim.requests.number_of() == before
    assert not sim.failed_logons
    assert entry.data["username"] == sim.username


async def test_reauth_by_basic_alone_over_http(
    hass: HomeAssistant, sim: TmsSimulator, named: str
) -> None:
    """A server that takes NTLM no longer is not told the password either."""
    entry = await created_with_all_rooms(
        hass, await start_flow(hass, "tms"), tms_input(sim, url=named)
    )
    form = await again(hass, entry, SOURCE_REAUTH)
    sim.schemes = ("Basic",)
    sim.clear_log()
    answers = {"username": sim.username, "password": sim.password}
    await refused(hass, form["flow_id"], answers, "insecure_basic")
    assert {challenge.scheme for challenge in sim.challenges} == {""}


# Reconfigure


async def test_reconfigure_shows_what_is_stored(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry
) -> None:
    """All but the password."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == FIELDS
    assert shown(form) == {
        "url": sim.url,
        "username": sim.username,
        "authentication": "auto",
        "verify_ssl": True,
    }
    wrong = tms_input(sim, password="wrong")
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    nowhere = tms_input(sim, url="ftp://tms.example.com")
    await refused(hass, form["flow_id"], nowhere, "cannot_connect")
    right = tms_input(sim, authentication="ntlm", verify_ssl=False)
    await aborted(hass, form["flow_id"], right, "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["authentication"] == "ntlm"
    assert entry.data["verify_ssl"] is False
    assert entry.data["left_out"] == []


async def test_a_server_that_moved(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry, named: str
) -> None:
    """Its rooms stay the same, and it is known by its new address."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    answers = tms_input(sim, url=f"{named}/tms")
    await aborted(hass, form["flow_id"], answers, "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["url"] == named
    assert entry.unique_id == f"{named.removeprefix('http://')}_{sim.username.lower()}"
    assert len(hass.states.async_entity_ids("calendar")) == 2


async def test_one_entry_does_not_become_another(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry
) -> None:
    """Two entries for one account would be the same system twice."""
    sim.add_account("EXAMPLE\\second", "secret")
    second = await add_tms(hass, sim, username="EXAMPLE\\second")
    form = await again(hass, second, SOURCE_RECONFIGURE)
    await aborted(hass, form["flow_id"], tms_input(sim), "already_configured")
    assert second.data["username"] == "EXAMPLE\\second"
