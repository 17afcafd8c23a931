"""Triggers and conditions are described as they are, for whoever builds an automation."""

from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.components.common import (
    TargetSupport,
    assert_triggers_target_support,
)

from custom_components import room_bookings
from custom_components.room_bookings.condition import CONDITIONS
from custom_components.room_bookings.const import DOMAIN
from custom_components.room_bookings.trigger import TRIGGERS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, trigger
from homeassistant.util.yaml import load_yaml_dict
from tests.integration.house import House

_ROOT = Path(room_bookings.__file__).parent
_README = _ROOT.parent.parent / "README.md"


def _options(schema: Any) -> set[str]:
    """The options that a schema takes."""
    (options,) = (v for k, v in schema.schema.items() if str(k) == "options")
    return {str(key) for key in options}


@pytest.mark.parametrize(
    ("file", "known"), [("triggers.yaml", TRIGGERS), ("conditions.yaml", CONDITIONS)]
)
def test_each_is_described_with_its_options(file: str, known: dict[str, Any]) -> None:
    """No more and no less; all of them target calendars of this integration."""
    described = {
        key: value
        for key, value in load_yaml_dict(str(_ROOT / file)).items()
        if not key.startswith(".")
    }
    assert described.keys() == known.keys()
    for key, description in described.items():
        assert description["target"] == {
            "entity": [{"integration": DOMAIN, "domain": "calendar"}]
        }
        fields = description.get("fields", {})
        assert _options(known[key]._schema) == fields.keys(), key
        assert all(field["required"] for field in fields.values())


async def test_home_assistant_shows_them(hass: HomeAssistant, house: House) -> None:
    """Its own reader of these files finds all of them."""
    triggers = await trigger.async_get_all_descriptions(hass)
    conditions = await condition.async_get_all_descriptions(hass)
    for known, shown in ((TRIGGERS, triggers), (CONDITIONS, conditions)):
        assert all(shown[f"{DOMAIN}.{key}"] for key in known)


def test_targets_have_their_place() -> None:
    """Home Assistant's own check of triggers that take targets."""
    assert_triggers_target_support(
        TRIGGERS, dict.fromkeys(TRIGGERS, TargetSupport.CUSTOM)
    )


def test_each_is_in_the_readme() -> None:
    """Rules docs-triggers and docs-conditions."""
    readme = _README.read_text()
    documented = readme.split("\n### Triggers and conditions\n")[1].split("\n### ")[0]
    for key in (*TRIGGERS, *CONDITIONS):
        assert f"`{DOMAIN}.{key}`" in documented, key
