"""What a RoomOS device becomes in Home Assistant."""

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.components.calendar import CalendarEntityFeature
from homeassistant.helpers import device_registry as dr

from .room import NAME, Room

ALWAYS = {
    "availability",
    "booked",
    "booked_today",
    "booking",
    "bookings",
    "current_booking",
    "in_use",
    "last_sync",
    "next_booking",
    "next_change",
    "next_start",
    "people_count",
    "people_present",
    "released_today",
    "book_now",
    "end_meeting",
}


async def test_the_device_is_described(room: Room) -> None:
    """By its serial number, with what it is and what it runs."""
    [device] = dr.async_entries_for_config_entry(
        dr.async_get(room.hass), room.entry.entry_id
    )
    assert device.identifiers == {(DOMAIN, room.device.serial)}
    assert device.name == NAME
    assert device.manufacturer == "Cisco"
    assert device.model == "Cisco Codec Room Kit"
    assert device.serial_number == room.device.serial
    assert device.sw_version == "ce26.4.1.1"
    assert device.area_id is None
    assert room.entry.unique_id == room.device.serial
    assert room.entry.title == NAME


@pytest.mark.parametrize(
    ("software", "buttons"),
    [
        ("roomos-26.4", {"extend", "check_in"}),
        ("mtr", {"extend", "check_in"}),
        ("roomos-11.24", {"extend"}),
        ("roomos-11.14", {"extend"}),
    ],
)
async def test_buttons_are_what_the_version_can(room: Room, buttons: set[str]) -> None:
    """Each entity's unique id is the serial number with its key."""
    assert room.keys == ALWAYS | buttons


@pytest.mark.parametrize(
    "software", ["roomos-26.4", "mtr", "roomos-11.24", "roomos-11.14"]
)
async def test_the_calendar_can_be_edited(room: Room) -> None:
    """RoomOS has had Edit for as long as it has had Delete by either name."""
    features = room.shown(NAME, "bookings").attributes["supported_features"]
    assert features == (
        CalendarEntityFeature.CREATE_EVENT
        | CalendarEntityFeature.DELETE_EVENT
        | CalendarEntityFeature.UPDATE_EVENT
    )


async def test_people(room: Room) -> None:
    """The camera's count and presence arrive by push."""
    assert room.now("people_count") == "0"
    assert room.now("people_present") == "off"
    room.device.set_people(3)
    await room.clock.settle()
    assert room.now("people_count") == "3"
    assert room.now("people_present") == "on"
    room.device.set_people(None)
    await room.clock.settle()
    assert room.now("people_count") == "unknown"
    assert room.now("people_present") == "unknown"


async def test_unloading_is_no_lost_connection(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is complained about, and nobody calls the device again."""
    await room.stop()
    await room.clock.pass_by(minutes=1)
    assert room.device.connections == []
    assert len(room.device.handshakes) == 2  # the flow's and the entry's
    assert "lost" not in caplog.text
