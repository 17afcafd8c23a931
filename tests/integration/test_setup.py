"""An entry's life: started, refused, renewed, moved, unloaded and removed."""

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.setup import async_setup_component
from tests.simulators.webex.identity import SigningKey

from .house import House


def reauth_flows(hass: HomeAssistant) -> list[ConfigFlowResult]:
    """The forms in which Home Assistant asks for new credentials."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == SOURCE_REAUTH
    ]


async def renew(house: House) -> None:
    """Somebody answers that form with a new activation code."""
    [flow] = reauth_flows(house.hass)
    result = await house.hass.config_entries.flow.async_configure(
        flow["flow_id"],
        {
            "client_secret": house.sim.client_secret,
            "activation_code": house.sim.activation_code(),
        },
    )
    assert result["reason"] == "reauth_successful"
    await house.clock.until(
        lambda: (
            house.entry.state is ConfigEntryState.LOADED
            and house.state("Fjord", "availability") != STATE_UNAVAILABLE
        )
    )


async def try_to_start(house: House) -> None:
    """Start the entry again, whatever comes of it."""
    await house.stop()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.clock.settle()


# Starting


async def test_actions_exist_without_rooms(hass: HomeAssistant) -> None:
    """Automations that call an action are valid before anything is set up."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services_for_domain(DOMAIN)) >= {
        "book",
        "delete",
        "end_meeting",
        "get_bookings",
        "sync",
    }


@pytest.mark.parametrize("refuse", [True, False], ids=["nobody listens", "cut"])
async def test_cloud_down_at_start(house: House, refuse: bool) -> None:
    """While the cloud is down the entry waits, and comes up by itself."""
    await house.sim.down(refuse=refuse)
    await try_to_start(house)
    assert house.entry.state is ConfigEntryState.SETUP_RETRY
    assert house.entry.error_reason_translation_key == "setup_not_ready"
    assert reauth_flows(house.hass) == []
    assert house.state("Fjord", "availability") == STATE_UNAVAILABLE
    await house.sim.up()
    await house.clock.pass_by(minutes=1)
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.state("Fjord", "availability") == "free"


@pytest.mark.parametrize("path", ["/v1/devices", "/v1/workspaces", "/v1/xapi/schema"])
async def test_cloud_that_answers_nonsense_at_start(house: House, path: str) -> None:
    """An answer that is none is tried again later; no room is taken for gone."""
    house.sim.faults.when(path=path).always().garbage()
    await try_to_start(house)
    house.sim.faults.clear()
    await house.clock.pass_by(minutes=1)
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.state("Fjord", "availability") == "free"


async def test_refused_credentials_at_start(house: House) -> None:
    """Home Assistant asks for new credentials, and starts the entry with them."""
    house.sim.revoke()
    await try_to_start(house)
    assert house.entry.state is ConfigEntryState.SETUP_ERROR
    assert house.entry.error_reason_translation_key == "setup_auth_failed"
    assert house.issues == []
    await renew(house)
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.state("Fjord", "availability") == "free"
    assert reauth_flows(house.hass) == []


async def test_refused_credentials_while_running(house: House) -> None:
    """Rooms go on with what is known for five minutes; new credentials bring them back."""
    house.sim.revoke()
    house.sim.cut_poll()
    await house.clock.until(lambda: reauth_flows(house.hass), within=60)
    assert house.state("Fjord", "availability") == "free"
    await house.clock.pass_by(minutes=6)
    assert house.state("Fjord", "availability") == STATE_UNAVAILABLE
    assert len(reauth_flows(house.hass)) == 1
    await renew(house)
    assert house.state("Fjord", "availability") == "free"


# Tokens


async def test_tokens_are_renewed_before_they_end(closed_house: House) -> None:
    """No request is ever sent with a token that has ended."""
    sim = closed_house.sim
    sim.tokens.lifetime = 3600
    await closed_house.open()
    granted = sim.tokens.granted
    await closed_house.clock.pass_by(hours=2)
    assert sim.tokens.granted > granted
    assert [r for r in sim.requests if r.status == 401] == []


async def test_a_token_that_ends_early_is_renewed(house: House) -> None:
    """A token that the cloud no longer takes is replaced within the same request."""
    house.sim.expire_tokens()
    await house.sync("Fjord")
    assert house.state("Fjord", "availability") == "free"
    assert reauth_flows(house.hass) == []


async def test_a_replaced_refresh_token_is_stored(house: House) -> None:
    """The next start uses the token that the cloud gave last; nothing is reloaded for it."""
    hub = house.hub
    sim = house.sim
    sim.tokens.rotating = True
    sim.expire_tokens()
    await house.sync("Fjord")
    assert house.entry.data["refresh_token"] == sim.tokens.refresh_token
    assert house.hub is hub
    await house.stop()
    await house.start()
    assert house.entry.state is ConfigEntryState.LOADED


# Removed in Control Hub


@pytest.mark.parametrize("announce", [True, False], ids=["announced", "by 404"])
async def test_integration_removed_while_running(house: House, announce: bool) -> None:
    """A repair issue says so, Home Assistant asks for a new activation, which ends both."""
    house.sim.deprovision(announce=announce)
    await house.clock.until(lambda: house.issues, within=60)
    assert house.issues == ["integration_removed"]
    assert len(reauth_flows(house.hass)) == 1
    await house.clock.pass_by(minutes=6)
    assert house.state("Fjord", "availability") == STATE_UNAVAILABLE
    await renew(house)
    assert house.issues == []
    assert house.state("Fjord", "availability") == "free"


async def test_integration_removed_before_the_start(house: House) -> None:
    """The same where the cloud does not know the integration when the entry starts."""
    house.sim.faults.when(method="PATCH").status(404)
    await try_to_start(house)
    assert house.entry.state is ConfigEntryState.SETUP_ERROR
    assert house.issues == ["integration_removed"]
    await renew(house)
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.issues == []


async def test_issue_of_a_removed_integration_names_the_entry(house: House) -> None:
    """Whoever has several organisations sees which one it is about."""
    house.sim.deprovision()
    await house.clock.until(lambda: house.issues, within=60)
    [issue] = [
        i for i in ir.async_get(house.hass).issues.values() if i.domain == DOMAIN
    ]
    assert issue.translation_placeholders == {"title": house.entry.title}
    assert issue.severity is ir.IssueSeverity.ERROR
    assert not issue.is_fixable


# Moved


async def test_cloud_gives_another_token_and_address(house: House) -> None:
    """What the cloud says about itself is stored, and used at once and after a restart."""
    sim = house.sim
    address = f"{sim.base_url}/xapi/api/organizations/moved/apps/here"
    sim.update("another refresh token", address, retire=True)
    await house.clock.until(lambda: house.entry.data["app_url"] == address, within=30)
    assert house.entry.data["refresh_token"] == "another refresh token"
    await house.clock.pass_by(minutes=1)
    house.book_at_device("Fjord", "Moving in", 1, 30)
    await house.clock.until(lambda: house.titles("Fjord")[0] == "Moving in", within=60)
    await house.stop()
    await house.start()
    assert house.titles("Fjord")[0] == "Moving in"
    assert house.issues == []


async def test_others_cannot_move_an_integration(house: House) -> None:
    """A word that is not the cloud's, or leads out of it, changes nothing."""
    before = dict(house.entry.data)
    sim = house.sim
    claims = {"refreshToken": "stolen", "appUrl": f"{sim.base_url}/elsewhere"}
    forged = SigningKey().sign({"action": "update", "appId": sim.app.app_id, **claims})
    for token in (
        forged,
        "garbage",
        sim.action_jwt("update", appUrl="https://example.com/", refreshToken="stolen"),
        sim.action_jwt("update", **claims | {"appId": "another"}),
        SigningKey().sign({"action": "deprovision", "appId": sim.app.app_id}),
    ):
        sim.push_message({"type": "action", "jwt": token})
    await house.clock.pass_by(minutes=1)
    assert dict(house.entry.data) == before
    assert house.issues == []
    assert reauth_flows(house.hass) == []


# Unloading and removing


async def test_unloaded_entry_is_quiet(house: House) -> None:
    """Nothing polls, lists or waits any more, and entities are unavailable."""
    await house.stop()
    asked = len(house.sim.requests)
    await house.clock.pass_by(hours=2)
    assert len(house.sim.requests) == asked
    assert house.sim.queue.waiting == 0
    assert {
        state.state
        for state in house.hass.states.async_all()
        if state.entity_id in er.async_get(house.hass).entities
    } == {STATE_UNAVAILABLE}


async def test_reloaded_entry_is_as_it_was(house: House) -> None:
    """The same devices and entities, and one poll."""
    registry = er.async_get(house.hass)
    before = set(registry.entities)
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.clock.settle()
    assert house.entry.state is ConfigEntryState.LOADED
    assert set(registry.entities) == before
    assert house.sim.queue.waiting == 1
    assert house.sim.queue.most_pollers == 1


def traces(house: House, entry_id: str) -> dict[str, object]:
    """What is left of an entry."""
    hass = house.hass
    return {
        "devices": dr.async_entries_for_config_entry(dr.async_get(hass), entry_id),
        "entities": er.async_entries_for_config_entry(er.async_get(hass), entry_id),
        "states": hass.states.async_entity_ids(),
        "issues": house.issues,
        "flows": hass.config_entries.flow.async_progress_by_handler(DOMAIN),
        "files": [key for key in house.storage if entry_id in key],
    }


NOTHING: dict[str, object] = {
    "devices": [],
    "entities": [],
    "states": [],
    "issues": [],
    "flows": [],
    "files": [],
}


async def test_removed_entry_leaves_nothing(house: House) -> None:
    """Devices, entities, issues, forms and files go with the entry."""
    house.sim.faults.when(command="Bookings.Book").always().not_applied()
    with pytest.raises(HomeAssistantError):
        await house.call("book", "Fjord", title="Lost", duration={"minutes": 30})
    house.sim.deprovision()
    await house.clock.until(lambda: len(house.issues) == 2, within=60)
    assert house.ledger != []
    entry_id = house.entry.entry_id
    await house.hass.config_entries.async_remove(entry_id)
    await house.clock.pass_by(minutes=1)
    assert traces(house, entry_id) == NOTHING


async def test_entry_that_is_removed_while_somebody_books(house: House) -> None:
    """A booking under way fails, and nothing of it comes back afterwards."""
    house.sim.faults.when(command="Bookings.Book").always().not_applied()
    call = house.calling("book", "Fjord", title="Lost", duration={"minutes": 30})
    await house.clock.pass_by(seconds=1)
    entry_id = house.entry.entry_id
    await house.hass.config_entries.async_remove(entry_id)
    with pytest.raises(HomeAssistantError):
        await call
    await house.clock.pass_by(minutes=10)
    assert traces(house, entry_id) == NOTHING
    assert house.requests("Bookings.Book") == 1


async def test_entry_that_never_started_can_be_removed(house: House) -> None:
    """An entry whose cloud is down leaves nothing either."""
    await house.sim.down()
    await try_to_start(house)
    entry_id = house.entry.entry_id
    await house.hass.config_entries.async_remove(entry_id)
    await house.clock.pass_by(minutes=10)
    assert traces(house, entry_id) == NOTHING
