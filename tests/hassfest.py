"""An offline stand-in for the parts of hassfest that matter to a custom integration.

hassfest itself ships only in Home Assistant's own source tree and as a container. This one restates its
rules, with the schemas that Home Assistant uses at run time, so it never drifts from the one installed;
GitHub's workflow runs the real one.

Usable alone: ``python -m tests.hassfest custom_components/room_bookings`` prints what is wrong, or ``ok``.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
import json
from pathlib import Path
import re
import sys
from typing import Any, NamedTuple
from urllib.parse import urlparse

import probatio

from homeassistant.helpers import condition, service
from homeassistant.helpers.trigger import descriptions as trigger_descriptions
from homeassistant.util.yaml import load_yaml_dict

# A module of its own since 2026.11.
_conditions = getattr(condition, "descriptions", condition)

MANIFEST_REQUIRED = {
    "codeowners",
    "documentation",
    "domain",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "name",
    "requirements",
    "version",
}
MANIFEST_KNOWN = MANIFEST_REQUIRED | {
    "after_dependencies",
    "bluetooth",
    "categories",
    "config_flow",
    "connectivity",
    "dependencies",
    "dhcp",
    "disabled",
    "homekit",
    "import_executor",
    "loggers",
    "mqtt",
    "overwrites",
    "preview_features",
    "quality_scale",
    "single_config_entry",
    "ssdp",
    "usb",
    "zeroconf",
}
PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")
# What a translated text may not hold, and how to say so.
FORBIDDEN_IN_TEXTS = {
    re.compile(r"https?://"): "a URL; use a placeholder",
    re.compile(r"<[a-zA-Z/]"): "HTML",
    re.compile(r"'\{[a-z0-9_]+\}'"): "a quoted placeholder",
    re.compile(r"\[%key:"): "[%key], which is for core only",
    re.compile(r"^\s|\s$|^$"): "nothing, or spaces around it",
}


class Described(NamedTuple):
    """A YAML file that describes actions, triggers or conditions, and where their texts are."""

    file: str
    root: str
    icon: str
    schema: Callable[[Any], Any]


DESCRIBED = (
    Described("services.yaml", "services", "service", service._SERVICES_SCHEMA),
    Described(
        "triggers.yaml",
        "triggers",
        "trigger",
        trigger_descriptions._TRIGGERS_DESCRIPTION_SCHEMA,
    ),
    Described(
        "conditions.yaml",
        "conditions",
        "condition",
        _conditions._CONDITIONS_DESCRIPTION_SCHEMA,
    ),
)


@dataclass(frozen=True)
class Integration:
    """The files of one integration's folder, as far as hassfest reads them."""

    root: Path

    def json(self, name: str) -> dict[str, Any]:
        """Return the content of a JSON file that must hold an object."""
        content: dict[str, Any] = json.loads((self.root / name).read_text())
        return content

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        return self.json("manifest.json")

    @cached_property
    def texts(self) -> dict[str, Any]:
        """The English texts."""
        return self.json("translations/en.json")

    @cached_property
    def icons(self) -> dict[str, Any]:
        """The icons."""
        return self.json("icons.json")


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a tree with its dotted path."""
    for key, value in tree.items():
        where = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            yield from leaves(value, where)
        else:
            yield where, value


def check_manifest(integration: Integration) -> Iterator[str]:
    """Keys, their order, and the values that custom integrations get wrong."""
    manifest = integration.manifest
    keys = list(manifest)
    if keys[:2] != ["domain", "name"] or keys[2:] != sorted(keys[2:]):
        yield "manifest: keys must be domain, name, then alphabetical"
    for key in sorted(MANIFEST_REQUIRED - manifest.keys()):
        yield f"manifest: {key} missing"
    for key in sorted(manifest.keys() - MANIFEST_KNOWN):
        yield f"manifest: {key} unknown"
    if manifest["domain"] != integration.root.name:
        yield "manifest: domain is not the folder"
    url = urlparse(manifest["documentation"])
    if url.scheme != "https" or (
        url.hostname == "www.home-assistant.io" and url.path.startswith("/integrations")
    ):
        yield "manifest: documentation must be an own https page"


def check_files(integration: Integration) -> Iterator[str]:
    """What must be there, and what is for core only."""
    if (integration.root / "strings.json").exists():
        yield "strings.json is for core only"
    if not (integration.root / "brand/icon.png").exists():
        yield "brand/icon.png missing (HACS, Marketplace)"


def check_translations(integration: Integration) -> Iterator[str]:
    """Every language says the same things, in clean texts."""
    english = dict(leaves(integration.texts))
    for file in sorted((integration.root / "translations").glob("*.json")):
        texts = dict(leaves(json.loads(file.read_text())))
        for key in sorted(english.keys() - texts.keys()):
            yield f"{file.name}: {key} missing"
        for key, text in texts.items():
            where = f"{file.name}: {key}"
            if key not in english:
                yield f"{where}: not in en.json"
            elif set(PLACEHOLDER.findall(text)) != set(
                PLACEHOLDER.findall(english[key])
            ):
                yield f"{where}: placeholders differ from en.json"
            for pattern, what in FORBIDDEN_IN_TEXTS.items():
                if pattern.search(text):
                    yield f"{where}: holds {what}"


def check_flows(integration: Integration) -> Iterator[str]:
    """Every field of every form is named and described (bronze)."""
    texts = integration.texts
    subentries = texts.get("config_subentries", {})
    flows = {name: texts.get(name, {}) for name in ("config", "options")} | subentries
    for flow, tree in flows.items():
        for step, form in tree.get("step", {}).items():
            for section, part in {"": form, **form.get("sections", {})}.items():
                named = part.get("data", {}).keys()
                described = part.get("data_description", {}).keys()
                where = f"{flow}.{step}{'.' if section else ''}{section}"
                if extra := sorted(described - named):
                    yield f"{where}: data_description without data: {extra}"
                if missing := sorted(named - described):
                    yield f"{where}: data without data_description: {missing}"
    for subentry, tree in subentries.items():
        if "entry_type" not in tree or "user" not in tree.get("initiate_flow", {}):
            yield f"config_subentries.{subentry}: needs entry_type and initiate_flow.user"


def fields_of(
    description: Mapping[str, Any] | None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields of an action, trigger or condition, those in sections too."""
    for name, field in ((description or {}).get("fields") or {}).items():
        if "fields" in field:
            yield from field["fields"].items()
        else:
            yield name, field


def check_described(integration: Integration) -> Iterator[str]:
    """Actions, triggers and conditions: valid, named, with an icon, and nothing stale."""
    for kind in DESCRIBED:
        texts = integration.texts.get(kind.root, {})
        if not (path := integration.root / kind.file).exists():
            continue
        described = load_yaml_dict(str(path))
        try:
            kind.schema(described)
        except probatio.Invalid as err:
            yield f"{kind.file}: {err}"
        for stale in sorted(texts.keys() - described.keys()):
            yield f"en.json: {kind.root}.{stale} not in {kind.file}"
        for key, description in described.items():
            if key.startswith("."):
                continue
            text = texts.get(key, {})
            if not {"name", "description"} <= text.keys():
                yield f"{kind.file}: {key} has no name and description in en.json"
            if kind.icon not in integration.icons.get(kind.root, {}).get(key, {}):
                yield f"icons.json: {kind.root}.{key}.{kind.icon} missing"
            yield from _check_fields(integration, kind, key, description)


def _check_fields(
    integration: Integration,
    kind: Described,
    key: str,
    description: Mapping[str, Any] | None,
) -> Iterator[str]:
    texts = integration.texts.get(kind.root, {}).get(key, {}).get("fields", {})
    fields = dict(fields_of(description))
    for name, field in fields.items():
        if "name" not in texts.get(name, {}):
            yield f"{kind.file}: {key}.{name} has no name in en.json"
        for selector in (field.get("selector") or {}).values():
            texts_key = (selector or {}).get("translation_key")
            if texts_key and texts_key not in integration.texts.get("selector", {}):
                yield f"{kind.file}: {key}.{name}: selector.{texts_key} missing in en.json"
    for stale in sorted(texts.keys() - fields.keys()):
        yield f"en.json: {kind.root}.{key} describes an unknown field {stale}"


def check_icons(integration: Integration) -> Iterator[str]:
    """Icons exist by name, for entities that exist."""
    for path, icon in leaves(integration.icons):
        if not re.fullmatch(r"mdi:[a-z0-9-]+", icon):
            yield f"icons.json: {path}: {icon}"
    named = integration.texts.get("entity", {})
    for platform, keys in integration.icons.get("entity", {}).items():
        for key in sorted(keys.keys() - named.get(platform, {}).keys()):
            yield f"icons.json: entity.{platform}.{key} has no translation"


def check_exceptions(integration: Integration) -> Iterator[str]:
    """Every translation key that the code names literally has a text."""
    known = {
        key
        for root in ("exceptions", "issues")
        for key in integration.texts.get(root, {})
    }
    for file in sorted(integration.root.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            arguments = {k.arg: k.value for k in node.keywords if k.arg}
            key = arguments.get("translation_key")
            if (
                "translation_domain" in arguments
                and isinstance(key, ast.Constant)
                and key.value not in known
            ):
                yield f"{file.name}:{node.lineno}: exceptions.{key.value!s} missing in en.json"


def check_quality_scale(integration: Integration) -> Iterator[str]:
    """Every rule of the quality scale has a status, and every exemption a reason."""
    if not integration.manifest.get("quality_scale"):
        return
    scale = integration.root / "quality_scale.yaml"
    if not scale.exists():
        yield "quality_scale.yaml missing"
        return
    for rule, status in load_yaml_dict(str(scale)).get("rules", {}).items():
        if isinstance(status, dict):
            if status.get("status") == "exempt" and not status.get("comment"):
                yield f"quality_scale: {rule}: exempt without a comment"
            status = status.get("status")
        if status not in ("done", "exempt", "todo"):
            yield f"quality_scale: {rule}: {status}"


CHECKS = (
    check_manifest,
    check_files,
    check_translations,
    check_flows,
    check_described,
    check_icons,
    check_exceptions,
    check_quality_scale,
)


def check(root: Path) -> list[str]:
    """Return everything that hassfest would say about the integration in this folder."""
    integration = Integration(root.resolve())
    return [error for check_one in CHECKS for error in check_one(integration)]


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    print("\n".join(found) or "ok")
    sys.exit(bool(found))
