"""What is promised about the integration's quality, and what its texts have to match."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
import importlib
import json
from pathlib import Path
import pkgutil
import re
from typing import Any

import pytest

from custom_components import room_bookings
from custom_components.room_bookings import PLATFORMS, backends, errors, rooms
from custom_components.room_bookings.const import DOMAIN
from custom_components.room_bookings.event import _EVENT
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    ConflictError,
    NotFoundError,
    NotSupportedError,
    OutdatedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    TooLongError,
)
from custom_components.room_bookings.rooms.privacy import Titles
from custom_components.room_bookings.rooms.state import Availability
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from tests import hassfest

from .house import House

ROOT = Path(room_bookings.__file__).parent
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

TIERS = {
    "bronze": [
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow-test-coverage",
        "config-flow",
        "dependency-transparency",
        "docs-actions",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "docs-triggers",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    ],
    "silver": [
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    ],
    "gold": [
        "devices",
        "diagnostics",
        "discovery-update-info",
        "discovery",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    ],
    "platinum": ["async-dependency", "inject-websession", "strict-typing"],
}


@cache
def english() -> dict[str, Any]:
    """The English texts."""
    texts: dict[str, Any] = json.loads((ROOT / "translations/en.json").read_text())
    return texts


@cache
def icons() -> dict[str, Any]:
    """The icons."""
    found: dict[str, Any] = json.loads((ROOT / "icons.json").read_text())
    return found


def scale() -> dict[str, Any]:
    """The quality scale's rules, with what is said about each."""
    rules: Any = load_yaml_dict(str(ROOT / "quality_scale.yaml"))["rules"]
    return {
        rule: said if isinstance(said, dict) else {"status": said}
        for rule, said in rules.items()
    }


# The quality scale


def test_every_rule_of_the_scale_is_answered() -> None:
    """All 54 rules, none that does not exist."""
    rules = [rule for tier in TIERS.values() for rule in tier]
    assert len(rules) == 54
    assert sorted(scale()) == sorted(rules)


def test_every_exception_to_a_rule_is_explained() -> None:
    """What is not done says why."""
    for rule, said in scale().items():
        assert said["status"] in ("done", "todo", "exempt"), rule
        if said["status"] != "done":
            assert len(said["comment"]) > 10, rule


def test_manifest_claims_what_the_scale_says() -> None:
    """The tier in the manifest is the highest of which, and below, nothing is left to do."""
    reached = "no score"
    for tier, rules in TIERS.items():
        if any(scale()[rule]["status"] == "todo" for rule in rules):
            break
        reached = tier
    manifest = json.loads((ROOT / "manifest.json").read_text())
    assert manifest["quality_scale"] == reached


def test_readme_has_what_the_scale_promises() -> None:
    """Each documentation rule that is done has its part in the README."""
    readme = (ROOT.parent.parent / "README.md").read_text()
    for rule, heading in {
        "docs-actions": "### Actions",
        "docs-conditions": "### Triggers and conditions",
        "docs-configuration-parameters": "### Options",
        "docs-data-update": "## How it keeps up",
        "docs-examples": "### Examples",
        "docs-installation-instructions": "## Installation",
        "docs-known-limitations": "## Known limitations",
        "docs-removal-instructions": "## Removal",
        "docs-supported-functions": "## What you get",
        "docs-triggers": "### Triggers and conditions",
        "docs-troubleshooting": "## Troubleshooting",
        "docs-use-cases": "## What you can do with it",
    }.items():
        assert scale()[rule]["status"] == "done"
        assert f"\n{heading}\n" in readme, rule
    documented = readme.split("### Actions")[1].split("### Examples")[0]
    for action in load_yaml_dict(str(ROOT / "services.yaml")):
        assert f"`{DOMAIN}.{action}`" in documented


def test_platforms_say_how_many_updates_run_at_once() -> None:
    """Rule parallel-updates; and the list of platforms is complete and in order."""
    modules = {
        path.stem
        for path in ROOT.glob("*.py")
        if "AddConfigEntryEntitiesCallback" in path.read_text()
    }
    assert list(PLATFORMS) == sorted(modules)
    for platform in PLATFORMS:
        module = importlib.import_module(f"{room_bookings.__name__}.{platform}")
        assert module.PARALLEL_UPDATES == 0


# Errors and their texts


def room_errors() -> set[type[RoomError]]:
    """Every kind of RoomError that is raised, those of the backends too."""
    for package in (rooms, backends):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)

    def below(kind: type[RoomError]) -> Iterator[type[RoomError]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    return {kind for kind in below(RoomError) if hasattr(kind, "key")}


def named_in_code(argument: str) -> set[str]:
    """The texts that are named in the code, by the argument that names them."""
    return {
        keyword.value.value
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and any(keyword.arg == "translation_domain" for keyword in node.keywords)
        for keyword in node.keywords
        if keyword.arg == argument
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
    }


def test_every_error_has_a_text_and_every_text_an_error() -> None:
    """Nothing fails without words, and no words are left over."""
    keys = {error.key for error in room_errors()} | named_in_code("translation_key")
    assert keys == english()["exceptions"].keys()


WHEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
RAISED: list[RoomError] = [
    ConflictError(WHEN, WHEN),
    ConflictError(),
    NotSupportedError("private bookings"),
    TooLongError(1440),
    PermissionDeniedError("spark:xapi_commands"),
    AuthFailedError(),
    BusyTryLaterError(12.3),
    BusyTryLaterError(),
    RejectedError("not today"),
    NotFoundError("no such booking"),
    OutdatedError(9, 11),
]


def with_words_of_their_own() -> set[type[RoomError]]:
    """The errors that say more than their name."""
    return {
        kind
        for kind in room_errors()
        if PLACEHOLDER.findall(english()["exceptions"][kind.key]["message"])
        not in ([], ["room"])
    }


@pytest.mark.parametrize("error", RAISED, ids=repr)
async def test_errors_are_told_in_full(hass: HomeAssistant, error: RoomError) -> None:
    """Every placeholder of a text is filled in."""
    assert await async_setup_component(hass, DOMAIN, {})
    translated = errors.translate(error, "Fjord")
    text = english()["exceptions"][error.key]["message"]
    assert translated.translation_placeholders is not None
    assert set(PLACEHOLDER.findall(text)) <= translated.translation_placeholders.keys()
    assert "{" not in str(translated)
    assert "Fjord" in str(translated)


def test_no_error_with_words_is_forgotten_above() -> None:
    """The list of examples holds every kind of error that fills in more than the room."""
    keys = {error.key for error in RAISED}
    assert {kind.key for kind in with_words_of_their_own()} == keys


@pytest.mark.parametrize("kind", sorted(room_errors(), key=lambda kind: kind.__name__))
def test_errors_blame_the_right_one(kind: type[RoomError]) -> None:
    """The user's fault is what another wish would cure; all else is the world's."""
    users = {
        "conflict",
        "ends_before_start",
        "in_the_past",
        "no_meeting",
        "not_supported",
        "too_long",
        "unknown_booking",
    }
    assert kind.users_fault is (kind.key in users)


def test_every_error_of_a_form_has_a_text_and_every_text_an_error() -> None:
    """Forms say what is wrong in words, and have no words that nobody says."""
    literals = {
        node.value
        for path in (ROOT / "flows").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    raised = {
        argument.value
        for path in (ROOT / "flows").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "FlowError"
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant)
    }
    texts = english()["config"]["error"].keys()
    assert raised <= texts
    assert texts <= literals


# Entities, actions, options


async def test_every_entity_has_a_name_and_an_icon(house: House) -> None:
    """Names come from the translations, icons from icons.json; the calendar is the room."""
    named, drawn = english()["entity"], icons()["entity"]
    for entry in er.async_entries_for_config_entry(
        er.async_get(house.hass), house.entry.entry_id
    ):
        if entry.domain == "calendar":
            state = house.hass.states.get(entry.entity_id)
            assert state is not None
            assert state.name in ("Aurora", "Birch", "Fjord")
            continue
        assert named[entry.domain][entry.translation_key]["name"]
        assert drawn[entry.domain][entry.translation_key]["default"]


def test_every_state_has_a_word() -> None:
    """Enumerated states, and what happens to bookings, are translated in full."""
    entity = english()["entity"]
    availability = entity["sensor"]["availability"]["state"]
    assert set(availability) == set(Availability)
    assert set(icons()["entity"]["sensor"]["availability"]["state"]) == set(
        Availability
    )
    attributes = entity["event"]["booking"]["state_attributes"]
    assert _EVENT.event_types is not None
    assert set(attributes["event_type"]["state"]) == set(_EVENT.event_types)
    assert set(english()["selector"]["titles"]["options"]) == set(Titles)


async def test_every_attribute_has_a_name(house: House) -> None:
    """What the entities of a room add to their state is named."""
    house.book_at_device("Fjord", "Planning", 0, 30)
    house.book_at_device("Fjord", "Review", 60, 30)
    await house.clock.pass_by(seconds=5)
    for platform, key in (
        ("sensor", "availability"),
        ("sensor", "current_booking"),
        ("sensor", "next_booking"),
        ("event", "booking"),
    ):
        shown = house.shown("Fjord", key).attributes
        standard = {"device_class", "event_types", "friendly_name", "options"}
        assert (
            english()["entity"][platform][key]["state_attributes"].keys()
            - {"dry_run"}  # what is told of no-shows only
            == shown.keys() - standard
        )


async def test_actions_are_described_as_they_are(hass: HomeAssistant) -> None:
    """Every action is described, with the fields that it takes and no others."""
    assert await async_setup_component(hass, DOMAIN, {})
    registered = hass.services.async_services_for_domain(DOMAIN)
    described = load_yaml_dict(str(ROOT / "services.yaml"))
    assert registered.keys() == described.keys()
    for name, service in registered.items():
        fields = dict(hassfest.fields_of(described[name]))
        taken = fields_of(service.schema)
        if "target" in described[name]:
            taken -= fields_of(cv.BASE_ENTITY_SCHEMA)
        assert taken == fields.keys(), name
        texts = english()["services"][name]
        assert texts.get("fields", {}).keys() == fields.keys()
        assert icons()["services"][name]["service"]
    shown = await async_get_all_descriptions(hass)
    assert shown[DOMAIN].keys() == registered.keys()


def fields_of(schema: Any) -> set[str]:
    """All keys that an action takes, the target's too."""
    while not isinstance(schema, dict):
        schema = schema.schema if hasattr(schema, "schema") else schema.validators[0]
    return {str(key) for key in schema}


@pytest.mark.parametrize("language", ["de", "es", "fr", "nb"])
def test_texts_in_other_languages(language: str) -> None:
    """The same texts, and really in another language (hassfest compares placeholders)."""
    texts = json.loads((ROOT / f"translations/{language}.json").read_text())

    def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
        for key, value in tree.items():
            if isinstance(value, dict):
                yield from leaves(value, f"{path}.{key}")
            else:
                yield f"{path}.{key}", value

    ours, theirs = dict(leaves(english())), dict(leaves(texts))
    assert theirs.keys() == ours.keys()
    same = [key for key, text in theirs.items() if text == ours[key]]
    assert len(same) < len(ours) / 10, same
