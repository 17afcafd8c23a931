"""What is assumed of the contract is written down, and where."""

from importlib import import_module
import re

from custom_components.room_bookings.backends import roomz

PACKAGE = roomz.__name__


def test_each_assumption_sits_where_it_is_said_to() -> None:
    """So that whoever learns better finds the line."""
    assert roomz.__doc__ is not None
    places = re.findall(r"\(`([\w.]+)`\)", roomz.__doc__)
    names = re.findall(r"^(\w+)  +\S", roomz.__doc__, re.MULTILINE)
    assert len(places) == len(names) > 5
    for place in places:
        module, *parts = place.split(".")
        found: object = import_module(f"{PACKAGE}.{module}")
        for part in parts:
            found = getattr(found, part)
