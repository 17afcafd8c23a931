"""A screen in the house with three rooms."""

from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.house import House

from .screen import Screen

type Connect = Callable[..., Awaitable[Screen]]


@pytest.fixture
async def connect(
    closed_house: House, hass_ws_client: WebSocketGenerator
) -> AsyncGenerator[Connect]:
    """Hang up screens in the house: of the user of a token, else of an administrator."""
    screens = []

    async def connect(token: str | None = None) -> Screen:
        screen = await Screen.of(closed_house, hass_ws_client, token)
        screens.append(screen)
        return screen

    yield connect
    for screen in screens:
        await screen.close()


@pytest.fixture
async def screen(house: House, connect: Connect) -> Screen:
    """A screen whose user may do everything."""
    return await connect()
