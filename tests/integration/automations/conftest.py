"""Ears that stop listening when the test is over."""

from collections.abc import Iterator

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.virtual_time import VirtualTime

from .ears import Ears


@pytest.fixture
def ears(hass: HomeAssistant, clock: VirtualTime) -> Iterator[Ears]:
    """Somebody who listens to triggers."""
    ears = Ears(hass)
    yield ears
    ears.close()
