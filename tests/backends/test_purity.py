"""Each line knows its room: what may be imported where."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
import re
from types import ModuleType

import pytest

from custom_components.room_bookings.backends import placeos, tms, xapi

ROOT = Path(__file__).parents[2] / "custom_components" / "room_bookings"
PACKAGE = ("custom_components", "room_bookings")
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
PURE = [name for name in FILES if name.startswith(("rooms/", "backends/"))]
# What knows the systems by name.
REGISTRY = ("systems.py", "flows/")


def imports(name: str) -> Iterator[tuple[str, ...]]:
    """Everything that a file imports, as absolute dotted names; also inside functions."""
    here = (*PACKAGE, *Path(name).parts[:-1])
    for node in ast.walk(ast.parse((ROOT / name).read_text())):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield tuple(alias.name.split("."))
            case ast.ImportFrom(module=module, names=names, level=level):
                base = here[: len(here) - level + 1] if level else ()
                source = (*base, *(module.split(".") if module else ()))
                for alias in names:
                    yield (*source, alias.name)


def test_there_is_something_to_look_at() -> None:
    """And relative imports are followed."""
    assert "backends/xapi/cloud/client.py" in PURE
    found = set(imports("backends/xapi/cloud/client.py"))
    assert (*PACKAGE, "rooms", "errors", "RoomError") in found
    assert (*PACKAGE, "backends", "xapi", "wire", "Json") in found
    assert (*PACKAGE, "backends", "parsing", "parsed") in found


@pytest.mark.parametrize("name", PURE)
def test_rooms_and_backends_know_nothing_of_home_assistant(name: str) -> None:
    """Neither directly nor by the integration's own files, which do."""
    for imported in imports(name):
        assert imported[0] not in ("homeassistant", "voluptuous")
        if imported[:2] == PACKAGE:
            assert imported[2] in ("rooms", "backends")


@pytest.mark.parametrize("name", [n for n in PURE if n.startswith("rooms/")])
def test_rooms_know_nothing_of_the_network(name: str) -> None:
    """They are pure."""
    for imported in imports(name):
        assert imported[0] not in ("aiohttp", "asyncio", "orjson", "jwt", "yarl")
        assert imported[:3] != (*PACKAGE, "backends")


@pytest.mark.parametrize(
    "name",
    [n for n in FILES if not n.startswith(("backends/", *REGISTRY))],
)
def test_only_the_registry_and_the_flows_know_the_systems(name: str) -> None:
    """Everybody else sees a `Backend`, its signals and its errors."""
    for imported in imports(name):
        if imported[:3] == (*PACKAGE, "backends"):
            assert imported[3] in ("addresses", "backend", "backoff", "signals")
        if imported[:3] != (*PACKAGE, "flows"):
            assert not {"webex", "xapi"} & {part.lower() for part in imported}


@pytest.mark.parametrize("name", [n for n in PURE if n.startswith("backends/")])
def test_a_backend_knows_nothing_of_the_others(name: str) -> None:
    """What they share lies beside them."""
    own = Path(name).parts[1]
    systems = {Path(n).parts[1] for n in PURE if len(Path(n).parts) > 2} - {own}
    for imported in imports(name):
        if imported[:3] == (*PACKAGE, "backends"):
            assert imported[3] not in systems


@pytest.mark.parametrize("name", [n for n in PURE if "/cloud/" in n])
def test_the_cloud_makes_no_tls_context_and_writes_no_log(name: str) -> None:
    """The session brings its own, made off the loop; and nobody logs secrets who never logs."""
    for imported in imports(name):
        assert imported[0] not in ("ssl", "logging")


@pytest.mark.parametrize("name", PURE)
def test_nothing_is_caught_that_cannot_be_handled(name: str) -> None:
    """No bare or broad except."""
    for node in ast.walk(ast.parse((ROOT / name).read_text())):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None
            caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
            assert not caught & {"Exception", "BaseException"}


@pytest.mark.parametrize(
    "system", [placeos, tms, xapi], ids=lambda system: system.__name__
)
def test_each_assumption_sits_where_it_is_said_to(system: ModuleType) -> None:
    """So that whoever learns better finds the line."""
    assert system.__doc__ is not None
    listed = system.__doc__.partition("----\n")[2]
    places = re.findall(r"\(`([\w.]+)`\)", listed)
    names = re.findall(r"^(\w+)  +\S", listed, re.MULTILINE)
    assert len(places) == len(names) == len(set(names)) > 10
    for place in places:
        parts = place.split(".")
        base = PACKAGE if parts[0] == "rooms" else system.__name__.split(".")
        folders = parts[: 2 if parts[0] in ("rooms", "cloud", "local") else 1]
        found: object = import_module(".".join((*base, *folders)))
        for part in parts[len(folders) :]:
            found = getattr(found, part)
