"""The `Bookings` configuration of a device: its leaves and their values (facts 1.6)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

_TOGGLE = ("True", "False")


@dataclass(frozen=True, slots=True)
class Setting:
    """One leaf: its default and what it can be (None: any characters).

    Integers also come as digits.
    """

    default: str | int
    values: tuple[str, ...] | tuple[int, ...] | range | None = None

    def parse(self, value: Any) -> str | int:
        """The value as the device keeps it; raises `ValueError`."""
        if self.values is None:
            if isinstance(value, str):
                return value
            raise ValueError("Not a string")
        for allowed in self.values:
            if value in (allowed, str(allowed)) and not isinstance(value, bool):
                return allowed
        raise ValueError("Not one of the values")


SETTINGS: Mapping[str, Setting] = {
    # On here; off by default on a device.
    "Bookings.AdhocBooking.Enabled": Setting("True", _TOGGLE),
    "Bookings.AdhocBooking.BookAhead.Enabled": Setting("False", _TOGGLE),
    "Bookings.AdhocBooking.BookingTimeout": Setting(60, range(60, 301)),
    "Bookings.AdhocBooking.MaxDuration": Setting(0, range(25)),
    "Bookings.CheckIn.AllowDecline": Setting("All", ("All", "InsideOnly", "None")),
    "Bookings.CheckIn.AutoCheckInDuration": Setting(8, range(8, 25)),
    "Bookings.CheckIn.DeclinableBookingType": Setting(
        "AdhocOnly", ("AdhocOnly", "All")
    ),
    "Bookings.CheckIn.Enabled": Setting("False", _TOGGLE),
    "Bookings.CheckIn.WindowDuration": Setting(10, (5, 10, 15, 20, 30, 60)),
    "Bookings.ProtocolPriority": Setting("Auto", ("Auto", "WebRTC")),
}
"""Every leaf of schema 26.4.1."""


class Configuration(dict[str, Any]):
    """Leaves by dotted name; setting one tells whoever listens."""

    def __init__(self, settings: Mapping[str, Setting]) -> None:
        """Have these leaves at their defaults."""
        super().__init__()
        self._settings: dict[str, Setting] = {}
        self.on_change: Callable[[str, Any], None] = lambda _name, _value: None
        self.extend(settings)

    def extend(self, settings: Mapping[str, Setting]) -> None:
        """Have these leaves too, at their defaults."""
        self._settings.update(settings)
        self.update({name: setting.default for name, setting in settings.items()})

    def set(self, name: str, value: Any) -> None:
        """Set a leaf to a value it can have.

        Raises `KeyError` for an unknown leaf, `ValueError` for any other value.
        """
        self[name] = self._settings[name].parse(value)

    @override
    def __setitem__(self, name: str, value: Any) -> None:
        """Set a leaf, whatever its value."""
        super().__setitem__(name, value)
        self.on_change(name, value)
