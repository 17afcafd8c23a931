"""The README's automations are ones that Home Assistant takes."""

from pathlib import Path
import re

import pytest

from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
from tests.integration.house import House

_README = Path(__file__).parents[3] / "README.md"
_EXAMPLES = re.findall(
    r"```yaml\n(triggers:.*?)```",
    _README.read_text().split("\n### Examples\n")[1].split("\n## ")[0],
    re.DOTALL,
)


def test_there_are_five_examples() -> None:
    """Which people would copy."""
    assert len(_EXAMPLES) >= 5


@pytest.mark.parametrize("example", _EXAMPLES)
async def test_each_example_is_an_automation(
    hass: HomeAssistant, house: House, example: str
) -> None:
    """As a person would paste it."""
    assert await async_setup_component(hass, "automation", {})
    config = parse_yaml(example)
    assert isinstance(config, dict)
    validated = await async_validate_config_item(hass, "example", config)
    assert validated is not None
    assert validated.validation_status == "ok"
