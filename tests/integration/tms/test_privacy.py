"""What a Cisco TMS tells in confidence stays there: titles, PINs, passwords."""

import base64
import json
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.room_bookings.diagnostics import (
    async_get_config_entry_diagnostics,
)
from homeassistant.setup import async_setup_component
from tests.integration.server_house import HALF_AN_HOUR

from .house import TmsHouse

SECRET = "Salaries-of-Ada"
PIN = "471199"
PASSWORD = "swordfish-42"


@pytest.fixture
async def house(closed_house: TmsHouse, caplog: pytest.LogCaptureFixture) -> TmsHouse:
    """Rooms in a Home Assistant that logs all it can and tells diagnostics."""
    caplog.set_level(logging.DEBUG)
    for component in ("diagnostics", "room_bookings"):
        assert await async_setup_component(closed_house.hass, component, {})
    closed_house.tms.settings.mask_private_titles = False
    closed_house.tms.password = PASSWORD
    await closed_house.open()
    return closed_house


def listen(house: TmsHouse) -> list[Any]:
    """Every event of Home Assistant from here on, but the calls that people make."""
    seen: list[Any] = []

    def note(event: Any) -> None:
        if event.event_type != "call_service":
            seen.append(str(event.data))

    house.hass.bus.async_listen("*", note)
    return seen


async def live(house: TmsHouse) -> None:
    """A day with a private meeting: made, moved, begun, extended, ended, and another."""
    meeting = house.meet(SECRET, 20, 30, "Fjord", privacy_flag="Private")
    house.meet(SECRET, 0, 15, "Aurora", privacy_flag="Private", password=PIN)
    await house.sync("Aurora", "Fjord")
    house.tms.local.move(meeting.conference_id, house.at(10))
    await house.poll()
    await house.clock.move_to(house.at(15))
    await house.do("extend")
    await house.do("end_meeting")
    await house.do(
        "book",
        title=SECRET,
        private=True,
        start=house.at(90),
        duration=HALF_AN_HOUR,
        pin=PIN,
    )
    house.tms.faults.when("Save*").modified(SECRET + "-changed")
    await house.refused("reschedule", booking_id="4711", title=SECRET)
    await house.clock.pass_by(minutes=10)


@pytest.mark.parametrize("titles", ["hide_private", "hide_all"])
async def test_private_titles_are_nowhere(
    house: TmsHouse,
    caplog: pytest.LogCaptureFixture,
    hass_client: ClientSessionGenerator,
    titles: str,
) -> None:
    """Not in states, events, answers, files, logs or diagnostics."""
    await house.set_options(titles=titles)
    seen = listen(house)
    caplog.clear()
    await live(house)
    shown = "Private" if titles == "hide_private" else "Booked"
    assert house.titles("Fjord")[1] == shown
    answers = [await house.bookings(room) for room in ("Aurora", "Fjord")]
    answers.append(
        await house.bookings("Fjord", start=house.at(-60), end=house.at(90 * 24 * 60))
    )
    found = await get_diagnostics_for_config_entry(house.hass, hass_client, house.entry)
    for place in (house.everything(seen), json.dumps(answers), json.dumps(found)):
        assert SECRET not in place
        assert PIN not in place
    ours = [
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith("homeassistant.core")
    ]
    assert SECRET not in "\n".join(ours)


@pytest.mark.parametrize("title", ["show", "hide_private", "hide_all"])
async def test_titles_of_others(house: TmsHouse, title: str) -> None:
    """They are shown unless all are hidden."""
    await house.set_options(titles=title)
    house.meet("Planning", 60)
    await house.sync()
    wanted = "Booked" if title == "hide_all" else "Planning"
    assert house.titles("Fjord")[1] == wanted


@pytest.mark.parametrize("scheme", ["NTLM", "Basic"])
async def test_secrets_are_in_no_log(
    house: TmsHouse,
    caplog: pytest.LogCaptureFixture,
    scheme: str,
) -> None:
    """Neither passwords nor PINs nor titles, at any level, whatever goes wrong."""
    house.tms.schemes = (scheme,)
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await live(house)
    for go_wrong in ("html", "garbage", "truncated", "entity_bomb", "drop_answer"):
        getattr(house.tms.faults.when("GetTransactionsSince"), go_wrong)()
        await house.clock.pass_by(minutes=6)
        getattr(house.tms.faults.when("GetConferencesForSystems"), go_wrong)()
        await house.hass.config_entries.async_reload(house.entry.entry_id)
        await house.clock.pass_by(minutes=1)
    ours = "\n".join(
        f"{record.getMessage()} {record.exc_info}"
        for record in caplog.records
        if not record.name.startswith("homeassistant.core")
    )
    token = base64.b64encode(f"{house.tms.username}:{PASSWORD}".encode()).decode()
    for secret in (PASSWORD, token, PIN, SECRET):
        assert secret not in ours
    found = await async_get_config_entry_diagnostics(house.hass, house.entry)
    assert found["rooms"]
    for secret in (PASSWORD, PIN, SECRET, house.tms.username):
        assert secret not in json.dumps(found)
