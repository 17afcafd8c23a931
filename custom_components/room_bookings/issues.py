"""Repair issues: what only a person can put right."""

from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .rooms.booking import Booking, BookingId, RoomId
from .rooms.ledger import Entry
from .rooms.room import Room

CERTIFICATE: Final = "certificate_changed"
DEFECTIVE: Final = "defective_booking"
UNCONFIRMED: Final = "unconfirmed_booking"
REMOVED: Final = "integration_removed"


def _removed_id(entry: ConfigEntry) -> str:
    return f"{REMOVED}_{entry.entry_id}"


def report_removed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Somebody removed the integration in the booking system."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _removed_id(entry),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        data={"entry_id": entry.entry_id},
        translation_key=REMOVED,
        translation_placeholders={"title": entry.title},
    )


def clear_removed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The integration is accepted again."""
    ir.async_delete_issue(hass, DOMAIN, _removed_id(entry))


def report_unconfirmed(
    hass: HomeAssistant, config_entry: ConfigEntry, wish: Entry, room: str
) -> None:
    """Nobody knows whether a booking was made; somebody has to look."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{UNCONFIRMED}_{wish.request_id}",
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=UNCONFIRMED,
        translation_placeholders={
            "room": room,
            "start": _local(wish.start),
            "end": _local(wish.end),
        },
        data={"entry_id": config_entry.entry_id, "request_id": wish.request_id},
    )


def clear_unconfirmed(hass: HomeAssistant, wish: Entry) -> None:
    """It is known by now what became of the booking, or it does not matter any more."""
    ir.async_delete_issue(hass, DOMAIN, f"{UNCONFIRMED}_{wish.request_id}")


def _defective_id(entry: ConfigEntry, room_id: RoomId, booking_id: BookingId) -> str:
    return f"{DEFECTIVE}_{entry.entry_id}_{room_id}_{booking_id}"


def report_defective(
    hass: HomeAssistant, entry: ConfigEntry, room: Room, booking: Booking
) -> None:
    """The system keeps a booking that does not hold its room."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _defective_id(entry, room.id, booking.id),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=DEFECTIVE,
        translation_placeholders={
            "room": room.name,
            "start": _local(booking.start),
            "end": _local(booking.end),
            "words": booking.defect,
        },
        data={"entry_id": entry.entry_id},
    )


def clear_defective(
    hass: HomeAssistant, entry: ConfigEntry, room_id: RoomId, booking_id: BookingId
) -> None:
    """The booking is in order, gone or over."""
    ir.async_delete_issue(hass, DOMAIN, _defective_id(entry, room_id, booking_id))


def _certificate_id(entry: ConfigEntry) -> str:
    return f"{CERTIFICATE}_{entry.entry_id}"


def report_certificate(
    hass: HomeAssistant, entry: ConfigEntry, fingerprint: str
) -> None:
    """The system shows another certificate: a person has to say whether it is the right one."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _certificate_id(entry),
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=CERTIFICATE,
        translation_placeholders={
            "title": entry.title,
            "fingerprint": readable(fingerprint),
        },
        data={"entry_id": entry.entry_id, "fingerprint": fingerprint},
    )


def clear_certificate(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The system shows the certificate that was confirmed."""
    ir.async_delete_issue(hass, DOMAIN, _certificate_id(entry))


def readable(fingerprint: str) -> str:
    """A fingerprint as browsers show it: pairs of upper-case hex digits with colons."""
    return ":".join(
        fingerprint[i : i + 2].upper() for i in range(0, len(fingerprint), 2)
    )


def clear_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The entry is gone, and its issues with it."""
    for domain, issue_id in tuple(ir.async_get(hass).issues):
        issue = ir.async_get(hass).async_get_issue(domain, issue_id)
        if (
            domain == DOMAIN
            and issue
            and (issue.data or {}).get("entry_id") == entry.entry_id
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _local(when: datetime) -> str:
    return dt_util.as_local(when).strftime("%Y-%m-%d %H:%M")
