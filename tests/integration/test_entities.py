"""What a room looks like in Home Assistant (DESIGN section 3)."""

from datetime import timedelta
import json
from pathlib import Path

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from .house import House
from .virtual_time import VirtualTime

KEYS = {
    "bookings": "calendar",
    "availability": "sensor",
    "current_booking": "sensor",
    "next_booking": "sensor",
    "next_change": "sensor",
    "next_start": "sensor",
    "last_sync": "sensor",
    "booked_today": "sensor",
    "released_today": "sensor",
    "booked": "binary_sensor",
    "in_use": "binary_sensor",
    "booking": "event",
    "book_now": "button",
    "end_meeting": "button",
}
_FILES = Path("custom_components/room_bookings")


async def test_a_room_is_a_device_with_these_entities(
    hass: HomeAssistant, house: House
) -> None:
    """Unique ids are the room's id and the key; only `last_sync` has to be switched on."""
    registry = er.async_get(hass)
    for room in house.rooms:
        workspace = house.workspace(room)
        found = {
            entry.unique_id: entry
            for entry in er.async_entries_for_config_entry(
                registry, house.entry.entry_id
            )
            if entry.unique_id.startswith(workspace.id)
        }
        assert set(found) == {f"{workspace.id}_{key}" for key in KEYS}
        for key, domain in KEYS.items():
            entry = found[f"{workspace.id}_{key}"]
            assert entry.domain == domain
            assert entry.translation_key == key
            assert entry.has_entity_name
            assert (entry.disabled_by is not None) is (key == "last_sync")


async def test_every_entity_has_a_name_and_an_icon() -> None:
    """The calendar bears its room's name and Home Assistant's icon for calendars."""
    names = json.loads((_FILES / "translations/en.json").read_text())["entity"]
    icons = json.loads((_FILES / "icons.json").read_text())["entity"]
    for key, domain in KEYS.items():
        if domain != "calendar":
            assert names[domain][key]["name"]
            assert icons[domain][key]["default"]


async def test_the_calendar_is_named_as_the_room(
    hass: HomeAssistant, house: House
) -> None:
    """All other names follow the room's."""
    assert house.entity_id("Fjord", "bookings") == "calendar.fjord"
    assert house.shown("Fjord", "bookings").name == "Fjord"
    assert house.shown("Fjord", "availability").name == "Fjord Availability"
    assert house.shown("Fjord", "booking").name == "Fjord Booking"


async def test_a_device_says_what_stands_in_the_room(
    hass: HomeAssistant, house: House
) -> None:
    """With several devices there is no serial number that would be the room's."""
    fjord, birch = house.device("Fjord"), house.device("Birch")
    assert (fjord.name, fjord.manufacturer, fjord.model) == (
        "Fjord",
        "Cisco",
        "Cisco 9871",
    )
    assert fjord.sw_version == "PhoneOS 3.6.1"
    assert fjord.serial_number == house.phone("Fjord").serial
    assert (birch.serial_number, birch.model) == (None, "Cisco 9871")
    assert fjord.area_id is None


async def test_a_free_room(house: House) -> None:
    """Nothing is booked, nothing will be."""
    for room in house.rooms:
        assert house.state(room, "availability") == "free"
        assert "until" not in house.shown(room, "availability").attributes
        assert house.titles(room) == ("unknown", "unknown")
        assert house.state(room, "next_change") == "unknown"
        assert house.state(room, "next_start") == "unknown"
        assert house.state(room, "bookings") == "off"
        assert house.state(room, "booked") == "off"
        assert house.state(room, "in_use") == "off"
        assert house.state(room, "booking") == "unknown"
        assert float(house.state(room, "booked_today")) == 0
        assert float(house.state(room, "released_today")) == 0


async def test_a_room_with_a_meeting_and_another_one_later(
    closed_house: House, clock: VirtualTime
) -> None:
    """Every entity says its part of the same truth."""
    house = closed_house
    now = house.book_at_device("Fjord", "Standup", -10, 30, organizer="Ada")
    later = house.book_at_device("Fjord", "Review", 60, 45, organizer="Grace")
    await house.open()

    availability = house.shown("Fjord", "availability")
    assert availability.state == "busy"
    assert availability.attributes["until"] == now.end.isoformat()
    assert house.state("Fjord", "next_change") == now.end.isoformat()
    assert house.state("Fjord", "next_start") == later.start.isoformat()
    assert house.titles("Fjord") == ("Standup", "Review")
    shown = house.shown("Fjord", "current_booking").attributes
    assert {key: shown[key] for key in _BOOKING} == {
        "booking_id": now.meeting_id,
        "organizer": "Ada",
        "start": now.start.isoformat(),
        "end": now.end.isoformat(),
        "private": False,
        "checked_in": False,
    }
    shown = house.shown("Fjord", "next_booking").attributes
    assert shown["booking_id"] == later.meeting_id
    assert shown["organizer"] == "Grace"
    assert house.state("Fjord", "booked") == "on"
    assert house.state("Fjord", "in_use") == "on"
    assert house.shown("Fjord", "in_use").attributes["device_class"] == "occupancy"
    calendar = house.shown("Fjord", "bookings")
    assert calendar.state == "on"
    assert calendar.attributes["message"] == "Standup"
    assert float(house.state("Fjord", "booked_today")) == 75
    assert house.state("Aurora", "availability") == "free"


_BOOKING = ("booking_id", "organizer", "start", "end", "private", "checked_in")


async def test_a_title_longer_than_a_state_is_cut(closed_house: House) -> None:
    """A device may hold longer titles than a state may be."""
    house = closed_house
    house.book_at_device("Fjord", "x" * 300, -10, 30)
    await house.open()
    assert house.titles("Fjord")[0] == "x" * 254 + "…"


async def test_a_booking_without_a_title_reads_booked(closed_house: House) -> None:
    """There is something to show."""
    house = closed_house
    house.book_at_device("Fjord", "", -10, 30)
    await house.open()
    assert house.titles("Fjord")[0] == "Booked"


async def test_one_booking_on_two_devices_is_one_booking(
    house: House, clock: VirtualTime
) -> None:
    """Companion devices of a room report the same booking each."""
    with house.recording() as changes:
        booking = house.book_at_device("Birch", "Standup", 10, 30)
        await clock.pass_by(minutes=1)
        assert [b["booking_id"] for b in await house.bookings("Birch")] == [
            booking.meeting_id
        ]
        house.workspace("Birch").delete_locally(booking)
        await clock.pass_by(minutes=1)
    assert changes.kinds("Birch") == [("created", "Standup"), ("cancelled", "Standup")]
    assert await house.bookings("Birch") == []


async def test_before_the_first_listing_a_room_is_unavailable(
    closed_house: House, clock: VirtualTime
) -> None:
    """Nothing is shown that nobody has said; the other rooms do not wait for it."""
    house = closed_house
    house.book_at_device("Fjord", "Standup", -10, 30)
    mute = house.sim.faults.when(
        command="Bookings.List", workspace=house.workspace("Fjord")
    )
    fault = mute.always().status(500)
    await house.open()
    for key in KEYS:
        if key != "last_sync":
            assert house.state("Fjord", key) == "unavailable"
            assert house.state("Aurora", key) != "unavailable"
    fault.remove()
    await clock.until(lambda: house.state("Fjord", "availability") == "busy", 60)
    assert house.titles("Fjord")[0] == "Standup"


async def test_a_room_that_takes_its_time_does_not_hold_up_the_others(
    closed_house: House, clock: VirtualTime
) -> None:
    """Setting up waits ten seconds for first listings, not for ever."""
    house = closed_house
    house.sim.faults.when(
        command="Bookings.List",
        workspace=house.workspace("Fjord"),
        predicate=lambda request: "Days" not in (request.arguments or {}),
    ).latency(15)
    began = clock.now
    await house.open()
    assert clock.now - began < timedelta(seconds=13)
    assert house.state("Aurora", "availability") == "free"
    assert house.state("Fjord", "availability") == "unavailable"
    await clock.until(lambda: house.state("Fjord", "availability") == "free", 20)


async def test_last_sync_is_when_the_room_was_listed(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """Who switches it on sees how old the knowledge is."""
    registry = er.async_get(hass)
    registry.async_update_entity(
        house.entity_id("Fjord", "last_sync"), disabled_by=None
    )
    await hass.config_entries.async_reload(house.entry.entry_id)
    await clock.settle()
    await clock.pass_by(minutes=10)
    await house.sync("Fjord")
    assert (
        house.state("Fjord", "last_sync")
        == clock.now.replace(microsecond=0).isoformat()
    )


async def test_a_masked_title_is_masked_everywhere_but_at_the_device(
    closed_house: House, clock: VirtualTime
) -> None:
    """A private booking shows that the room is taken, and nothing else."""
    house = closed_house
    house.book_at_device("Fjord", "Merger", -10, 30, organizer="Ada", private=True)
    await house.open()
    assert house.titles("Fjord")[0] == "Private"
    shown = house.shown("Fjord", "current_booking").attributes
    assert (shown["organizer"], shown["private"]) == ("Private", True)
    assert house.shown("Fjord", "bookings").attributes["message"] == "Private"


@pytest.mark.parametrize("options", [{"titles": "hide_all"}, {"titles": "show"}])
async def test_titles_are_shown_as_the_options_say(
    closed_house: House, options: dict[str, str]
) -> None:
    """All or none, where somebody wants it so."""
    house = closed_house
    house.book_at_device("Fjord", "Merger", -10, 30, private=True)
    await house.open(**options)
    assert house.titles("Fjord")[0] == (
        "Booked" if options["titles"] == "hide_all" else "Merger"
    )


async def test_a_room_that_is_renamed_keeps_its_entities(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """The new name comes with the hourly list of rooms."""
    house.workspace("Fjord").name = "Fjord (big)"
    before = er.async_get(hass).entities.keys()
    await clock.pass_by(hours=1, minutes=1)
    assert house.device("Fjord (big)").name == "Fjord (big)"
    assert er.async_get(hass).entities.keys() == before


async def test_asking_home_assistant_to_update_an_entity_lists_the_room(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """`homeassistant.update_entity` is the official way to say: look now."""
    assert await async_setup_component(hass, "homeassistant", {})
    lists = house.requests("Bookings.List", "Fjord")
    await house.update("Fjord")
    assert house.requests("Bookings.List", "Fjord") == lists + 1
    await house.sim.down(refuse=True)
    await house.update("Fjord")
    assert house.state("Fjord", "availability") == "free"
