"""Status and Configuration as a tree of leaves, and the queries on it (facts 4.2).

A path is a tuple of names, with an integer for the item of an array.
"""

from collections.abc import Mapping
from typing import Any

type Path = tuple[str | int, ...]
type Leaves = Mapping[Path, Any]


def path_of(root: str, name: str) -> Path:
    """`Network.1.Ethernet` below a root as a path."""
    return (root, *(int(p) if p.isdigit() else p for p in name.split(".")))


def covers(query: Path, path: Path) -> bool:
    """Whether a query matches a path or something above it.

    `*` stands for one part, `**` for any number of them.
    """
    if not query:
        return True
    first, rest = query[0], query[1:]
    if first == "**":
        return any(covers(rest, path[skip:]) for skip in range(len(path) + 1))
    if not path or (first not in ("*", path[0])):
        return False
    return covers(rest, path[1:])


def select(leaves: Leaves, query: Path) -> Leaves:
    """The leaves that a query matches."""
    return {path: value for path, value in leaves.items() if covers(query, path)}


def tree_of(leaves: Leaves) -> Any:
    """The leaves as nested objects, arrays as lists whose items carry `id`."""
    root: dict[str | int, Any] = {}
    for path, value in leaves.items():
        node = root
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value
    return _with_lists(root)


def _with_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(isinstance(key, int) for key in node):
        return [
            {"id": number, **_with_lists(item)} for number, item in sorted(node.items())
        ]
    return {key: _with_lists(value) for key, value in node.items()}


def value_at(leaves: Leaves, path: Path) -> Any:
    """The leaf or the tree at a path; raises `KeyError` where there is none."""
    if path in leaves:
        return leaves[path]
    depth = len(path)
    below = {p[depth:]: v for p, v in leaves.items() if p[:depth] == path}
    if not below or not path:
        raise KeyError(path)
    return tree_of(below)
