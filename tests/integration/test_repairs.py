"""Repair issues: what only a person can put right, and how he does it."""

from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.room_bookings.const import DOMAIN
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component

from .house import House

HALF_AN_HOUR = {"minutes": 30}


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms, and the repairs that Home Assistant shows."""
    assert await async_setup_component(closed_house.hass, "repairs", {})
    assert await async_setup_component(closed_house.hass, DOMAIN, {})
    await closed_house.open()
    return closed_house


async def book_in_vain(house: House) -> None:
    """Somebody books, and the device never says whether it did it."""
    fault = house.sim.faults.when(command="Bookings.Book").always().not_applied()
    with pytest.raises(HomeAssistantError) as failure:
        await house.call("book", "Fjord", title="Planning", duration=HALF_AN_HOUR)
    assert failure.value.translation_key == "unconfirmed"
    fault.remove()
    assert house.issues == ["unconfirmed_booking"]


async def issues(ws_client: WebSocketGenerator) -> list[dict[str, Any]]:
    """The issues as the frontend lists them."""
    client = await ws_client()
    await client.send_json_auto_id({"type": "repairs/list_issues"})
    answer = await client.receive_json()
    return [issue for issue in answer["result"]["issues"] if issue["domain"] == DOMAIN]


async def fix(client: TestClient[Any, Any], issue_id: str) -> dict[str, Any]:
    """Open the form that puts an issue right."""
    answer = await client.post(
        "/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id}
    )
    assert answer.status == HTTPStatus.OK
    form: dict[str, Any] = await answer.json()
    return form


async def confirm(client: TestClient[Any, Any], flow_id: str) -> dict[str, Any]:
    """Send it."""
    answer = await client.post(f"/api/repairs/issues/fix/{flow_id}", json={})
    assert answer.status == HTTPStatus.OK
    result: dict[str, Any] = await answer.json()
    return result


async def test_unconfirmed_booking_is_explained(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    """The issue names the room and the time, and can be put right by whoever looked."""
    await book_in_vain(house)
    [issue] = await issues(hass_ws_client)
    assert issue["translation_key"] == "unconfirmed_booking"
    assert issue["severity"] == "warning"
    assert issue["is_fixable"] is True
    # Home Assistant's test instance lives in the time zone of San Diego.
    assert issue["translation_placeholders"] == {
        "room": "Fjord",
        "start": "2026-03-03 01:00",
        "end": "2026-03-03 01:30",
    }


async def test_person_confirms_that_he_looked(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    """The issue goes, the wish is forgotten, and neither comes back."""
    await book_in_vain(house)
    issue_id = f"unconfirmed_booking_{house.ledger[0]['request_id']}"
    client = await hass_client()
    form = await fix(client, issue_id)
    assert form["type"] == "form"
    assert form["step_id"] == "confirm"
    assert form["data_schema"] == []
    assert house.issues == ["unconfirmed_booking"]
    result = await confirm(client, form["flow_id"])
    assert result["type"] == "create_entry"
    assert house.issues == []
    await house.clock.pass_by(seconds=5)
    assert house.ledger == []
    await house.sync("Fjord")
    await house.stop()
    await house.start()
    assert house.issues == []


async def test_person_confirms_while_the_entry_is_not_loaded(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    """The issue goes; as the wish could not be forgotten, it is asked about once more."""
    await book_in_vain(house)
    issue_id = f"unconfirmed_booking_{house.ledger[0]['request_id']}"
    client = await hass_client()
    form = await fix(client, issue_id)
    await house.stop()
    result = await confirm(client, form["flow_id"])
    assert result["type"] == "create_entry"
    assert house.issues == []
    await house.start()
    assert house.issues == ["unconfirmed_booking"]


async def test_booking_that_appears_settles_the_issue(house: House) -> None:
    """If the booking turns up in the room's list after all, nobody needs to look."""
    house.sim.faults.when(command="Bookings.Book").always().applied_late(60)
    with pytest.raises(HomeAssistantError):
        await house.call("book", "Fjord", title="Planning", duration=HALF_AN_HOUR)
    assert house.issues == ["unconfirmed_booking"]
    await house.clock.pass_by(minutes=2)
    assert house.issues == []
    assert house.truth("Fjord") == ["Planning"]


async def test_issue_survives_a_restart(house: House) -> None:
    """What nobody looked after is still there after a restart."""
    await book_in_vain(house)
    await house.stop()
    await house.start()
    assert house.issues == ["unconfirmed_booking"]
    assert house.requests("Bookings.Book") == 2


async def test_issue_goes_when_it_does_not_matter_any_more(house: House) -> None:
    """A booking that would be over is not worth a look."""
    await book_in_vain(house)
    await house.clock.pass_by(hours=2)
    assert house.issues == []
    assert house.ledger == []
