"""Bookings that TMS refuses, and what becomes of them."""

import pytest

from homeassistant.exceptions import HomeAssistantError
from tests.integration.booking import WAITS, assert_waits_as_told, book, not_booked
from tests.integration.server_house import told_by
from tests.simulators.tms.engine import CODES

from .house import TmsHouse
from .saving import saving


async def test_busy_once(house: TmsHouse) -> None:
    """It is asked again after a while."""
    saving(house).busy()
    await book(house)
    assert house.held() == [("Planning", 60, 30)]


async def test_busy_twice(house: TmsHouse) -> None:
    """Then the person may try later; nothing was booked, and nobody needs to look."""
    saving(house).times(2).busy()
    assert (await not_booked(house))["key"] == "busy_try_later"
    assert house.held() == []
    assert house.ledger == []
    assert house.issues == []


@WAITS
async def test_the_server_says_how_long(
    house: TmsHouse, wait: int, booked: bool
) -> None:
    """Half a minute is waited for, more is the person's to wait for."""
    saving(house).status(503, retry_after=wait)
    await assert_waits_as_told(house, wait=wait, booked=booked)
    assert bool(house.held()) is booked


async def test_no_licence_is_left(house: TmsHouse) -> None:
    """TMS keeps its bookings, and so do we."""
    house.tms.settings.system_licences = 0
    told = await not_booked(house)
    assert told["key"] == "licence"
    assert house.held() == []
    assert house.ledger == []


_KEYS = {
    "LICENSE": "licence",
    "DATABASE_DOWN": "busy_try_later",
    "SERVER_BUSY": "busy_try_later",
    "SYSTEM_ALREADY_BOOKED": "conflict",
    "MEETINGNOTACTIVE": "no_meeting",
    "CANNOTBOOKINTHEPAST": "in_the_past",
    "START_TIME_AFTER_END_TIME": "ends_before_start",
    "SECURITY": "permission_denied",
    "NO_ACCESS_TO_CONFERENCE": "permission_denied",
    "SYSTEM_NOT_ALLOWED_IN_BOOKING": "permission_denied",
    "NEVER_ENDING_RECURRENCE_NOT_SUPPORTED": "not_supported",
    "UNSUPPORTED_RECURRENCE": "not_supported",
}


@pytest.mark.parametrize("code", sorted(CODES))
async def test_every_code(house: TmsHouse, code: str) -> None:
    """Each is translated, with TMS's own words kept; nothing is booked."""
    saving(house).always().fault(code, "The words of TMS")
    with pytest.raises(HomeAssistantError) as caught:
        await book(house)
    told = told_by(caught.value)
    assert told["key"] == _KEYS.get(code, "rejected")
    assert "The words of TMS" in told.values()
    assert "The words of TMS" in f"{caught.value.__cause__}"
    assert house.held() == []
    assert house.ledger == []


async def test_a_code_that_nobody_knows(house: TmsHouse) -> None:
    """The words remain."""
    saving(house).fault(-1, "Something new")
    assert await not_booked(house) == {
        "key": "rejected",
        "room": "Fjord",
        "words": "Something new",
    }
