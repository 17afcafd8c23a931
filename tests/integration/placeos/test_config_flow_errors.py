"""What can go wrong while a PlaceOS server is added, and how it is put right in the same flow."""

from collections.abc import Mapping
from datetime import UTC, datetime
import logging
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.eventually import eventually
from tests.integration.flows import (
    BAD_URLS,
    Break,
    assert_added_when_it_is_on_again,
    by_name,
    created,
    created_with_all_rooms,
    refused,
    start_flow,
)
from tests.simulators.placeos import PlaceosSimulator

from .conftest import WRONG_KEY, placeos_input


@pytest.mark.parametrize("url", BAD_URLS)
async def test_an_address_that_is_none(
    hass: HomeAssistant, sim: PlaceosSimulator, url: str
) -> None:
    """What names no server, or holds secrets, cannot be connected to."""
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim, url=url), "cannot_connect")
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


async def test_another_path(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """No PlaceOS is there, and it is not told the key."""
    flow_id = await start_flow(hass, "placeos")
    wrong = placeos_input(sim, url=sim.url.removesuffix("/place"))
    await refused(hass, flow_id, wrong, "cannot_connect")
    assert {request.key for request in sim.requests} == {None}
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


@pytest.mark.parametrize("key", [WRONG_KEY, "", "schlüssel", "a\nb", "\x00"])
async def test_a_wrong_key(
    hass: HomeAssistant, sim: PlaceosSimulator, key: str
) -> None:
    """Whatever somebody typed."""
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim, api_key=key), "invalid_auth")
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


@pytest.mark.parametrize(
    "go_wrong",
    [
        pytest.param(lambda sim: sim.revoke(), id="revoked"),
        pytest.param(
            lambda sim: setattr(sim.key, "expires", datetime(2026, 1, 1, tzinfo=UTC)),
            id="expired",
        ),
        pytest.param(
            lambda sim: setattr(sim, "key_domain", "other.example.com"),
            id="of another authority",
        ),
    ],
)
async def test_a_key_that_is_good_no_more(
    hass: HomeAssistant, sim: PlaceosSimulator, go_wrong: Break
) -> None:
    """Another one helps."""
    go_wrong(sim)
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim), "invalid_auth")
    sim.key_domain = None
    another = placeos_input(sim, api_key=sim.add_key().value)
    await created_with_all_rooms(hass, flow_id, another)


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [
        (["users.read", "control"], "systems.read"),
        (["systems.read", "control.write"], "control.read"),
        (["systems", "control.read"], "control.write"),
    ],
)
async def test_a_scope_that_is_missing(
    hass: HomeAssistant, sim: PlaceosSimulator, scopes: list[str], missing: str
) -> None:
    """It is named, and somebody gives it to the key."""
    sim.key.scopes = scopes
    flow_id = await start_flow(hass, "placeos")
    words = await refused(hass, flow_id, placeos_input(sim), "missing_permission")
    assert words == {"missing": missing}
    assert sim.handshakes == []
    sim.key.scopes = ["users.read", "systems.read", "control"]
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


@pytest.fixture
def named(sim: PlaceosSimulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address by a name that does not say that it is this machine."""
    return by_name(monkeypatch, sim.url)


async def test_plain_http(
    hass: HomeAssistant, sim: PlaceosSimulator, named: str
) -> None:
    """Nothing is sent where others can listen."""
    sim.domain = "rooms.example.com"
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim, url=named), "insecure_url")
    assert not sim.requests
    sim.domain = "127.0.0.1"
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


@pytest.mark.parametrize("checks_host", [True, False])
async def test_an_authority_that_answers_for_another_host(
    hass: HomeAssistant, sim: PlaceosSimulator, checks_host: bool
) -> None:
    """Whether the server minds that or not, the key is not sent."""
    sim.domain, sim.checks_host = "placeos.example.com", checks_host
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim), "cannot_connect")
    assert {request.key for request in sim.requests} == {None}
    sim.domain = "127.0.0.1"
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


def _always(path: str, *args: Any, effect: str = "status", **kwargs: Any) -> Break:
    return lambda sim: getattr(sim.faults.http(path).always(), effect)(*args, **kwargs)


def _knocking(*args: Any, effect: str = "status", **kwargs: Any) -> Break:
    return lambda sim: getattr(sim.faults.handshakes().always(), effect)(
        *args, **kwargs
    )


@pytest.mark.parametrize(
    ("go_wrong", "error", "words"),
    [
        pytest.param(_always("*", 503), "cannot_connect", {}, id="starting"),
        pytest.param(_always("*", 404), "cannot_connect", {}, id="nothing there"),
        pytest.param(_always("*", 500), "cannot_connect", {}, id="broken"),
        pytest.param(_always("*", effect="drop"), "cannot_connect", {}, id="hangs up"),
        pytest.param(_always("*", effect="html"), "cannot_connect", {}, id="page"),
        pytest.param(_always("*", effect="garbage"), "cannot_connect", {}, id="junk"),
        pytest.param(
            _always("*/inspect", effect="garbage"), "cannot_connect", {}, id="no key"
        ),
        pytest.param(
            _always("*/systems", 429, retry_after=60), "cannot_connect", {}, id="busy"
        ),
        pytest.param(
            _always("*/systems", effect="html"), "cannot_connect", {}, id="no systems"
        ),
        pytest.param(
            _always("*/systems", 403),
            "missing_permission",
            {"missing": "systems.read"},
            id="no right to list",
        ),
        pytest.param(
            _always("*/types", 403),
            "missing_permission",
            {"missing": "control.read"},
            id="no right to look",
        ),
        pytest.param(
            _always("*/systems", 418, {"error": "a teapot"}), "unknown", {}, id="teapot"
        ),
        pytest.param(_knocking(502), "cannot_connect", {}, id="no channel"),
        pytest.param(_knocking(effect="drop"), "cannot_connect", {}, id="cut"),
        pytest.param(_knocking(401), "invalid_auth", {}, id="not let in"),
        pytest.param(
            _knocking(403),
            "missing_permission",
            {"missing": "control.write"},
            id="no right to act",
        ),
    ],
)
async def test_what_can_go_wrong(
    hass: HomeAssistant,
    sim: PlaceosSimulator,
    go_wrong: Break,
    error: str,
    words: Mapping[str, str],
) -> None:
    """The form stays filled in, and can be sent again when it is put right."""
    go_wrong(sim)
    flow_id = await start_flow(hass, "placeos")
    assert await refused(hass, flow_id, placeos_input(sim), error) == words
    await eventually(lambda: not sim.connections)
    sim.faults.clear()
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


async def test_a_server_that_is_off(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """Nobody listens there, then somebody does."""
    await assert_added_when_it_is_on_again(hass, "placeos", placeos_input(sim), sim)


async def test_no_rooms(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """Systems without bookings are none."""
    for room in sim.rooms:
        sim.remove(room)
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim), "no_rooms")
    sim.add_room("Fjord")
    await created(hass, flow_id, placeos_input(sim))


async def test_keys_are_not_logged(
    hass: HomeAssistant, sim: PlaceosSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither right nor wrong ones, also not while something goes wrong."""
    caplog.set_level(logging.DEBUG)
    flow_id = await start_flow(hass, "placeos")
    wrong = placeos_input(sim, api_key=WRONG_KEY)
    await refused(hass, flow_id, wrong, "invalid_auth")
    sim.faults.handshakes().status(500)
    await refused(hass, flow_id, placeos_input(sim), "cannot_connect")
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))
    assert sim.api_key not in caplog.text
    assert WRONG_KEY not in caplog.text
