"""What can go wrong while a system that serves the ROOMZ contract is added, and how it is put right."""

import logging

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.flows import (
    BAD_URLS,
    Break,
    assert_added_when_it_is_on_again,
    assert_not_logged,
    by_name,
    created_with_all_rooms,
    every_request,
    refused,
    start_flow,
)
from tests.simulators.roomz import RoomzSimulator

from .conftest import roomz_input


@pytest.mark.parametrize("url", BAD_URLS)
async def test_an_address_that_is_none(
    hass: HomeAssistant, sim: RoomzSimulator, url: str
) -> None:
    """What names no server, or holds secrets, cannot be connected to."""
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim, url=url), "cannot_connect")
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


@pytest.fixture
def named(sim: RoomzSimulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """The system's address by a name that does not say that it is this machine."""
    return by_name(monkeypatch, sim.url)


async def test_over_plain_http(
    hass: HomeAssistant, sim: RoomzSimulator, named: str
) -> None:
    """Basic would tell the password to anybody who listens: nothing is sent."""
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim, url=named), "insecure_basic")
    assert not sim.requests
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


@pytest.mark.parametrize("wrong", ["username", "password"])
async def test_a_wrong_user_or_password(
    hass: HomeAssistant, sim: RoomzSimulator, wrong: str
) -> None:
    """It is tried once."""
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim, **{wrong: "x"}), "invalid_auth")
    assert len(sim.requests) == 1
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


async def test_passwords_are_not_logged(
    hass: HomeAssistant, sim: RoomzSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither right nor wrong ones, in whatever form they travel."""
    sim.password = "swordfish-42"
    caplog.set_level(logging.DEBUG)
    flow_id = await start_flow(hass, "roomz")
    wrong = roomz_input(sim, password="herring-42")
    await refused(hass, flow_id, wrong, "invalid_auth")
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))
    assert_not_logged(caplog.text, sim.username, "swordfish-42", "herring-42")


@pytest.mark.parametrize(
    ("go_wrong", "error"),
    [
        pytest.param(
            every_request("status", 403), "missing_permission", id="forbidden"
        ),
        pytest.param(every_request("status", 404), "cannot_connect", id="no such path"),
        pytest.param(every_request("status", 500), "cannot_connect", id="broken"),
        pytest.param(
            every_request("status", 503, retry_after=60),
            "cannot_connect",
            id="starting",
        ),
        pytest.param(every_request("status", 429), "cannot_connect", id="busy"),
        pytest.param(
            every_request("redirect", "https://other.example.com"),
            "cannot_connect",
            id="elsewhere",
        ),
        pytest.param(every_request("html"), "cannot_connect", id="page"),
        pytest.param(every_request("empty"), "cannot_connect", id="nothing"),
        pytest.param(every_request("garbage"), "cannot_connect", id="garbage"),
        pytest.param(every_request("wrapped"), "cannot_connect", id="no bare list"),
        pytest.param(every_request("huge"), "cannot_connect", id="huge"),
        pytest.param(every_request("drop"), "cannot_connect", id="it hangs up"),
        pytest.param(every_request("status", 418), "unknown", id="teapot"),
        pytest.param(every_request("answer", []), "no_rooms", id="no rooms"),
    ],
)
async def test_what_can_go_wrong(
    hass: HomeAssistant, sim: RoomzSimulator, go_wrong: Break, error: str
) -> None:
    """The form stays filled in, and can be sent again when it is put right."""
    go_wrong(sim)
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim), error)
    sim.faults.clear()
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


async def test_a_system_that_is_off(hass: HomeAssistant, sim: RoomzSimulator) -> None:
    """Nobody listens there, then somebody does."""
    await assert_added_when_it_is_on_again(hass, "roomz", roomz_input(sim), sim)
