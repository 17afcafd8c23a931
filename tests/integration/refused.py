"""How an action on a room of phones is refused."""

from typing import Any

import pytest

from homeassistant.exceptions import HomeAssistantError

from .house import House


async def refused(house: House, action: str, **data: Any) -> HomeAssistantError:
    """The error of an action on Fjord, which names the room."""
    with pytest.raises(HomeAssistantError) as caught:
        await house.call(action, "Fjord", **data)
    error = caught.value
    assert error.translation_domain == "room_bookings"
    assert (error.translation_placeholders or {})["room"] == "Fjord"
    return error
