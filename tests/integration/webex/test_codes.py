"""An activation code is good once, whoever comes first with it."""

import asyncio
from typing import Any

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.helpers.storage import Store
from tests.integration.conftest import webex_input
from tests.integration.flows import created, refused, shown, start_flow, submit
from tests.simulators.webex import WebexSimulator

pytestmark = pytest.mark.usefixtures("patient_cloud")


async def test_a_code_is_good_for_one_entry(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A code that made an entry makes no other, even when the first has gone."""
    answers = webex_input(hut)
    entry = await created(hass, await start_flow(hass, "webex"), answers)
    await refused(
        hass, await start_flow(hass, "webex"), answers, "invalid_activation_code"
    )
    await hass.config_entries.async_remove(entry.entry_id)
    flow_id = await start_flow(hass, "webex")
    await refused(hass, flow_id, answers, "invalid_activation_code")
    await created(hass, flow_id, webex_input(hut))


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes its time, so that others come in between."""
    save = Store.async_save

    async def save_slowly(store: Store[Any], data: Any) -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        await save(store, data)

    monkeypatch.setattr(Store, "async_save", save_slowly)


@pytest.mark.usefixtures("slow_disk")
async def test_two_people_with_one_code(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Two flows that end at the same moment make one entry."""
    answers = webex_input(cloud)
    flows = [await start_flow(hass, "webex"), await start_flow(hass, "webex")]
    forms = [await submit(hass, flow_id, answers) for flow_id in flows]
    assert [form["step_id"] for form in forms] == ["rooms", "rooms"]
    results = await asyncio.gather(
        *(submit(hass, form["flow_id"], shown(form)) for form in forms)
    )
    await hass.async_block_till_done()
    assert [result["type"] for result in results] == [
        FlowResultType.CREATE_ENTRY,
        FlowResultType.ABORT,
    ]
    assert results[1]["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_form_left_open_is_closed_by_the_entry(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Whoever left a form open elsewhere finds it closed once the entry exists."""
    answers = webex_input(cloud)
    forgotten = await submit(hass, await start_flow(hass, "webex"), answers)
    finished = await submit(hass, await start_flow(hass, "webex"), answers)
    await created(hass, finished["flow_id"], shown(finished))
    with pytest.raises(UnknownFlow):
        await submit(hass, forgotten["flow_id"], shown(forgotten))
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_refresh_token_that_is_replaced_while_it_is_proven(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """The entry is made with the token that the cloud gave last, also at a second try."""
    hut.tokens.rotating = True
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    hut.faults.when(path="/v1/devices").times(2).drop()
    await refused(hass, flow_id, answers, "cannot_connect")
    entry = await created(hass, flow_id, answers)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["refresh_token"] == hut.tokens.refresh_token
