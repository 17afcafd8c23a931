"""Secrets are in the entry and nowhere else."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.integration.conftest import add_webex, webex_input
from tests.integration.eventually import eventually
from tests.integration.flows import start_flow
from tests.simulators.webex import WebexSimulator

from .reader import Reader
from .surfaces import as_text, places


@pytest.mark.usefixtures("patient_cloud")
async def test_secrets_are_nowhere(
    hass: HomeAssistant,
    cloud: WebexSimulator,
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Secrets are in the entry and nowhere else, whatever goes wrong.

    The client's secret, activation codes, refresh tokens and access tokens.
    """
    secrets: set[str] = {cloud.client_secret}
    watch_secrets(cloud, monkeypatch, secrets)
    await fail_to_add(hass, cloud)
    entry = await add_webex(hass, cloud)
    cloud.tokens.rotating = True
    await trouble(hass, cloud)
    # The credentials end, and are renewed.
    cloud.revoke()
    cloud.cut_poll()
    await eventually(lambda: bool(flows(hass)))
    await hass.config_entries.async_reload(entry.entry_id)
    [flow] = flows(hass)
    renewal = {
        "client_secret": cloud.client_secret,
        "activation_code": cloud.activation_code(),
    }
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], renewal)
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    cloud.update("a refresh token by update")
    secrets.add("a refresh token by update")
    granted = cloud.tokens.granted
    await eventually(
        lambda: (
            cloud.tokens.granted > granted
            and entry.data["refresh_token"] == cloud.tokens.refresh_token
        )
    )

    surfaces = await reader.diagnostics()
    surfaces["states"] = as_text([s.as_dict() for s in hass.states.async_all()])
    surfaces |= await reader.afterwards()
    entries = surfaces.pop("file core.config_entries", "")
    assert len(secrets) > 10
    assert places(surfaces, secrets) == {}
    # The search is not blind.
    assert cloud.client_secret in as_text(dict(entry.data))
    assert entries == "" or cloud.client_secret in entries


def flows(hass: HomeAssistant) -> list[Any]:
    """The forms that are open."""
    return hass.config_entries.flow.async_progress_by_handler(DOMAIN)


def watch_secrets(
    cloud: WebexSimulator, monkeypatch: pytest.MonkeyPatch, secrets: set[str]
) -> None:
    """Note every token that the cloud gives, and every code."""
    exchange, sign = cloud.tokens.exchange, cloud.key.sign

    def exchanged(body: Mapping[str, Any]) -> dict[str, Any]:
        answer = exchange(body)
        secrets.update((answer["access_token"], answer["refresh_token"]))
        return answer

    def signed(payload: Mapping[str, Any]) -> str:
        code = sign(payload)
        # The whole code, and each of its parts: neither in full nor cut off.
        secrets.update((code, *code.split(".")[1:]))
        secrets.update({payload["refreshToken"]} if "refreshToken" in payload else ())
        return code

    monkeypatch.setattr(cloud.tokens, "exchange", exchanged)
    monkeypatch.setattr(cloud.key, "sign", signed)


async def fail_to_add(hass: HomeAssistant, cloud: WebexSimulator) -> None:
    """Everything that can be wrong in the first form."""
    flow_id = await start_flow(hass, "webex")
    send = partial(hass.config_entries.flow.async_configure, flow_id)
    answers = webex_input(cloud)
    loud = f"No {cloud.client_secret} {cloud.tokens.refresh_token}"
    faults = cloud.faults
    await send(answers | {"advanced": {"api_url": "nonsense"}})
    await send(answers | {"activation_code": answers["activation_code"][:-9] + "x" * 9})
    await send(answers | {"client_id": "wrong"})
    faults.token().status(500, loud)
    await send(answers)
    faults.token().status(400, loud)
    await send(answers)
    faults.token().garbage()
    await send(answers)
    faults.when(path="/v1/devices").status(418, loud)
    await send(answers)
    faults.when(path="/v1/devices").times(2).drop()
    await send(answers)
    faults.when(path="/jwks").answer(loud.encode())
    result = await send(answers)
    assert result["errors"] == {"base": "cannot_connect"}
    hass.config_entries.flow.async_abort(flow_id)


async def trouble(hass: HomeAssistant, cloud: WebexSimulator) -> None:
    """Everything that can go wrong while rooms are watched and booked."""
    faults = cloud.faults
    loud = f"No {cloud.tokens.refresh_token} {cloud.client_secret}"
    for fault in (
        lambda: faults.when(command="Bookings.List").status(500, loud),
        lambda: faults.when(command="Bookings.List").status(403, loud),
        lambda: faults.when(command="Bookings.List").garbage(),
        lambda: faults.token().status(500, loud),
        lambda: faults.token().html(),
    ):
        fault()
        cloud.expire_tokens()
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call(
                DOMAIN, "sync", {"entity_id": "calendar.fjord"}, blocking=True
            )
        faults.clear()
    cloud.expire_tokens()
    await hass.services.async_call(
        DOMAIN, "sync", {"entity_id": "calendar.fjord"}, blocking=True
    )
    cloud.push_message({"type": "action", "jwt": cloud.action_jwt("update") + "x"})
    cloud.push_message(loud)
    cloud.push_message({"type": "events", "deviceId": [loud], "events": loud})
    await cloud.wait_for_poll()
