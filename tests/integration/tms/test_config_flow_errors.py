"""What can go wrong while a Cisco TMS is added, and how it is put right in the same flow."""

from collections.abc import Mapping
import logging

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.flows import (
    BAD_URLS,
    Break,
    assert_added_when_it_is_on_again,
    assert_not_logged,
    created,
    created_with_all_rooms,
    every_request,
    refused,
    start_flow,
)
from tests.simulators.tms import TmsSimulator

from .conftest import tms_input

pytestmark = pytest.mark.usefixtures("none_left_behind")


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
    await assert_added_when_it_is_on_again(hass, "tms", tms_input(sim), sim)


async def test_no_rooms(hass: HomeAssistant, sim: TmsSimulator) -> None:
    """Those of the account count, and bridges are none."""
    for system in sim.systems:
        sim.local.remove_system(system.system_id)
    sim.add_system("Bridge", system_category="Equipment")
    flow_id = await start_flow(hass, "tms")
    await refused(hass, flow_id, tms_input(sim), "no_rooms")
    sim.add_system("Fjord")
    await created(hass, flow_id, tms_input(sim))
