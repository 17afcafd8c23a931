"""Each blueprint can be imported from the README, and says what it is."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.util.yaml import load_yaml_dict

from .conftest import BLUEPRINTS

CHECKOUT = BLUEPRINTS.parents[2]
MANIFEST = CHECKOUT / "custom_components/room_bookings/manifest.json"
IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
FILES = sorted(BLUEPRINTS.glob("*.yaml"))


def test_all_are_there() -> None:
    """Four of them, and nothing else."""
    assert [path.stem for path in FILES] == [
        "light_by_room_state",
        "prepare_before_meeting",
        "release_no_show",
        "voice",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_imported_by_a_link_in_the_readme(path: Path) -> None:
    """The link leads to the address in the repository that the blueprint bears itself."""
    repository = json.loads(MANIFEST.read_text())["documentation"]
    address = f"{repository}/blob/main/{path.relative_to(CHECKOUT)}"
    blueprint = Blueprint(
        load_yaml_dict(path),
        expected_domain="automation",
        path=path.name,
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    assert blueprint.metadata["source_url"] == address
    assert IMPORT + quote(address, safe="") in (CHECKOUT / "README.md").read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_input_has_a_name_and_a_selector(path: Path) -> None:
    """People choose; sections are closed unless something has to be chosen in them."""
    inputs = load_yaml_dict(path)["blueprint"]["input"]
    for key, found in inputs.items():
        assert found["name"], key
        if "input" not in found:
            assert found["selector"], key
            continue
        assert found["collapsed"]
        for inner, each in found["input"].items():
            assert each["name"], inner
            assert each["selector"], inner
            assert "default" in each, inner
