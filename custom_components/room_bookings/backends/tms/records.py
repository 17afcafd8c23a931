"""One way to look at a record of TMS, whether zeep read it or lxml."""

from collections.abc import Iterator
from typing import Any, Protocol

from .document import Element


class Record(Protocol):
    """An object of the wire, by the names of its elements."""

    @property
    def raw(self) -> Any:
        """What is sent back to change it; None where that is not known."""

    def text(self, name: str) -> str:
        """The text of an element; empty where there is none."""

    def texts(self, name: str) -> Iterator[str]:
        """The texts of a repeated element."""

    def child(self, name: str) -> Record | None:
        """An element that has elements."""

    def children(self, name: str) -> Iterator[Record]:
        """A repeated element that has elements."""


class _Names(dict[str, str]):
    """Local names by tags, which are few and come often."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        # Their number is the server's to choose.
        if len(self) < 1000:
            self[tag] = name
        return name


_NAMES = _Names()


class ElementRecord:
    """As lxml read it."""

    __slots__ = ("_element", "_fields")

    raw = None

    def __init__(self, element: Element) -> None:
        """Look once at each child."""
        self._element = element
        self._fields: dict[str, Element] = {
            _NAMES[child.tag]: child for child in element
        }

    def text(self, name: str) -> str:
        """The text of an element; empty where there is none."""
        field = self._fields.get(name)
        return "" if field is None else field.text or ""

    def texts(self, name: str) -> Iterator[str]:
        """The texts of a repeated element."""
        return (
            child.text or "" for child in self._element if _NAMES[child.tag] == name
        )

    def child(self, name: str) -> ElementRecord | None:
        """An element that has elements."""
        field = self._fields.get(name)
        return None if field is None or not len(field) else ElementRecord(field)

    def children(self, name: str) -> Iterator[ElementRecord]:
        """A repeated element that has elements."""
        return (
            ElementRecord(child)
            for child in self._element
            if len(child) and _NAMES[child.tag] == name
        )

    def only_text(self, name: str) -> str:
        """The text of an element, or of the first element within it, whatever its name."""
        field = self._fields.get(name)
        return (
            self.text(name) if field is None or not len(field) else field[0].text or ""
        )


class ValueRecord:
    """As zeep read it; its leaves are all texts."""

    __slots__ = ("raw",)

    def __init__(self, value: Any) -> None:
        """Look at a value of zeep."""
        self.raw = value

    def text(self, name: str) -> str:
        """The text of an element; empty where there is none."""
        value = getattr(self.raw, name, None)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> Iterator[str]:
        """The texts of a repeated element."""
        return (value or "" for value in getattr(self.raw, name, None) or ())

    def child(self, name: str) -> ValueRecord | None:
        """An element that has elements."""
        value = getattr(self.raw, name, None)
        return None if value is None else ValueRecord(value)

    def children(self, name: str) -> Iterator[ValueRecord]:
        """A repeated element that has elements."""
        return (
            ValueRecord(value)
            for value in getattr(self.raw, name, None) or ()
            if value is not None
        )
