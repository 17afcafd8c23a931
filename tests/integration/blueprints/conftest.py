"""Blueprints as somebody has them who imported them."""

from collections.abc import Awaitable, Callable
from pathlib import Path
import shutil
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

BLUEPRINTS = Path(__file__).parents[3] / "blueprints/automation/room_bookings"

type Automate = Callable[..., Awaitable[None]]


@pytest.fixture
def automate(hass: HomeAssistant, tmp_path: Path) -> Automate:
    """Makes an automation of a blueprint, with what somebody chose."""
    shutil.copytree(BLUEPRINTS, tmp_path / "blueprints/automation/room_bookings")
    hass.config.config_dir = str(tmp_path)

    async def make(blueprint: str, **chosen: Any) -> None:
        used = {"path": f"room_bookings/{blueprint}.yaml", "input": chosen}
        assert await async_setup_component(
            hass, "automation", {"automation": {"use_blueprint": used}}
        )
        await hass.async_block_till_done()
        (automation,) = hass.states.async_all("automation")
        assert automation.state == "on"

    return make
