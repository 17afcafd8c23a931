"""The actions as automations and dashboards call them (DESIGN section 4)."""

from datetime import timedelta
from typing import Any

import pytest
import voluptuous as vol

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceNotSupported,
    ServiceValidationError,
)
from homeassistant.helpers import entity_registry as er

from .house import House
from .virtual_time import VirtualTime

_NOW = timedelta(seconds=2)


# Book


@pytest.mark.parametrize(
    ("data", "minutes"),
    [
        ({"duration": {"minutes": 15}}, 15),
        ({"duration": {"hours": 1, "minutes": 30}}, 90),
        ({"duration": "00:45:00"}, 45),
        ({"duration": 900}, 15),
        ({"duration": {"minutes": 1440}}, 1440),
        ({}, 30),
    ],
)
async def test_book_now_for_so_long(
    house: House, clock: VirtualTime, data: dict[str, Any], minutes: int
) -> None:
    """Whatever Home Assistant's duration selector gives; without one, the default."""
    answer = await house.call("book", "Fjord", title="Standup", **data)
    (booking,) = house.workspace("Fjord").bookings
    assert clock.now - booking.start < _NOW
    assert booking.minutes == minutes
    assert answer == {
        "booking_id": booking.meeting_id,
        "title": "Standup",
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
    }
    assert house.titles("Fjord")[0] == "Standup"


@pytest.mark.parametrize(
    ("data", "start", "minutes"),
    [
        # Home Assistant's zone is the office's: US/Pacific, eight hours behind UTC.
        ({"start": "2026-03-03 02:30:00"}, 90, 30),
        ({"start": "2026-03-03T10:30:00+00:00"}, 90, 30),
        ({"start": "2026-03-03T11:30:00+01:00", "duration": "00:20:00"}, 90, 20),
        ({"start": "2026-03-03 02:30:00", "end": "2026-03-03 03:15:00"}, 90, 45),
        (
            {"start": "2026-03-03 02:30:00", "end": "2026-03-03T11:15:00Z"},
            90,
            45,
        ),
    ],
)
async def test_book_a_time(
    house: House, data: dict[str, Any], start: int, minutes: int
) -> None:
    """A time without a zone is Home Assistant's local time."""
    await house.call("book", "Fjord", **data)
    (booking,) = house.workspace("Fjord").bookings
    assert booking.start == house.at(start)
    assert booking.minutes == minutes


async def test_book_until(house: House, clock: VirtualTime) -> None:
    """From now on: it has begun less than a minute ago, as wires count in minutes."""
    await house.call("book", "Fjord", end="2026-03-03T09:20:30Z")
    (booking,) = house.workspace("Fjord").bookings
    assert booking.end == house.at(20.5)
    assert timedelta(0) <= clock.now - booking.start < timedelta(minutes=1)


async def test_the_default_duration_is_an_option(house: House) -> None:
    """Also of the button."""
    await house.set_options(default_duration=50)
    await house.call("book", "Fjord", start=house.at(60))
    await house.press("Aurora", "book_now")
    assert [b.minutes for b in house.workspace("Fjord").bookings] == [50]
    assert [b.minutes for b in house.workspace("Aurora").bookings] == [50]


async def test_book_for_somebody(house: House) -> None:
    """The organiser is told to the device, and shown."""
    await house.call(
        "book",
        "Fjord",
        title="Review",
        start=house.at(60),
        organizer_name="Ada Lovelace",
        organizer_email="ada@example.com",
    )
    (booking,) = house.workspace("Fjord").bookings
    assert booking.organizer == "Ada Lovelace"
    assert booking.organizer_email == "ada@example.com"
    shown = house.shown("Fjord", "next_booking").attributes
    assert shown["organizer"] == "Ada Lovelace"


async def test_a_booking_of_ours_is_told_as_ours(
    house: House, clock: VirtualTime
) -> None:
    """From its making to its end, also when the device started it."""
    with house.recording() as changes:
        await house.call("book", "Fjord", title="Ours", duration="00:10:00")
        await clock.pass_by(minutes=11)
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [
        ("created", True),
        ("started", True),
        ("ended", True),
    ]


async def test_the_answer_to_book_is_masked_as_everything_is(house: House) -> None:
    """Whoever hides all titles hides those of Home Assistant's own bookings, too."""
    await house.set_options(titles="hide_all")
    answer = await house.call("book", "Fjord", title="Merger")
    assert answer["title"] == "Booked"
    assert house.truth("Fjord") == ["Merger"]


async def test_several_rooms_in_one_call(house: House) -> None:
    """Each answers by its entity id."""
    answer = await house.call("book", *house.rooms, title="All hands")
    assert set(answer) == {house.entity_id(room, "bookings") for room in house.rooms}
    for room in house.rooms:
        assert house.truth(room) == ["All hands"]
        booked = answer[house.entity_id(room, "bookings")]
        assert booked["booking_id"] == house.workspace(room).bookings[0].meeting_id


async def test_of_several_rooms_one_is_taken(house: House, clock: VirtualTime) -> None:
    """The error names it; the others are booked."""
    house.book_at_device("Birch", "Standup", 0, 30)
    await clock.pass_by(seconds=5)
    with pytest.raises(ServiceValidationError) as error:
        await house.call("book", *house.rooms, title="All hands")
    assert error.value.translation_key == "conflict"
    assert (error.value.translation_placeholders or {})["room"] == "Birch"
    assert house.truth("Aurora") == ["All hands"]
    assert house.truth("Birch") == ["Standup"]


async def test_an_area_is_as_good_as_its_rooms(
    hass: HomeAssistant, house: House
) -> None:
    """And so are floors, labels and devices."""
    area = house.area("First floor", "Aurora", "Fjord")
    await hass.services.async_call(
        DOMAIN, "book", {"area_id": [area], "title": "Floor party"}, blocking=True
    )
    assert [house.truth(room) for room in house.rooms] == [
        ["Floor party"],
        [],
        ["Floor party"],
    ]


async def test_a_target_that_is_no_room_is_refused(
    hass: HomeAssistant, house: House
) -> None:
    """Nothing done in silence would look like something done."""
    for target in (
        house.entity_id("Fjord", "availability"),
        "calendar.somebody_else",
    ):
        with pytest.raises(ServiceNotSupported):
            await hass.services.async_call(
                DOMAIN, "book", {"entity_id": target}, blocking=True
            )
    assert house.requests("Bookings.Book") == 0


@pytest.mark.parametrize(
    "data",
    [
        {"duration": "00:10:00", "end": "2026-03-03 03:00:00"},
        {"duration": "-00:10:00"},
        {"start": "whenever"},
        {"flavour": "vanilla"},
        {"private": "perhaps"},
    ],
)
async def test_fields_that_make_no_sense(house: House, data: dict[str, Any]) -> None:
    """Home Assistant's own schema refuses them."""
    with pytest.raises(vol.Invalid):
        await house.call("book", "Fjord", **data)
    assert house.requests("Bookings.Book") == 0


# Look


async def test_get_bookings(closed_house: House, clock: VirtualTime) -> None:
    """All that shares any time with the window, by default of the next 24 hours."""
    house = closed_house
    house.book_at_device("Fjord", "Over", -60, 30)
    running = house.book_at_device("Fjord", "Runs", -10, 30, organizer="Ada")
    house.book_at_device("Fjord", "Today", 60, 30)
    house.book_at_device("Fjord", "Tomorrow", 60 * 24 - 10, 30)
    house.book_at_device("Fjord", "The day after", 60 * 30, 30)
    await house.open()
    found = await house.bookings("Fjord")
    assert [booking["title"] for booking in found] == ["Runs", "Today", "Tomorrow"]
    assert found[0] == {
        "booking_id": running.meeting_id,
        "title": "Runs",
        "organizer": "Ada",
        "start": running.start.isoformat(),
        "end": running.end.isoformat(),
        "private": False,
        "status": "confirmed",
        "checked_in": False,
    }


@pytest.mark.parametrize(
    ("window", "titles"),
    [
        ({"duration": "00:50:00"}, ["Runs"]),
        ({"duration": {"hours": 2}}, ["Runs", "Today"]),
        ({"start": "2026-03-03T09:20:00Z", "duration": "01:00:00"}, ["Today"]),
        (
            {"start": "2026-03-03T08:00:00Z", "end": "2026-03-03T09:00:00Z"},
            ["Over", "Runs"],
        ),
        ({"start": "2026-03-03T11:00:00Z"}, []),
    ],
)
async def test_get_bookings_of_a_window(
    closed_house: House, window: dict[str, Any], titles: list[str]
) -> None:
    """Half-open: what ends as the window begins is outside."""
    house = closed_house
    house.book_at_device("Fjord", "Over", -60, 30)
    house.book_at_device("Fjord", "Runs", -10, 30)
    house.book_at_device("Fjord", "Today", 60, 30)
    await house.open()
    found = await house.bookings("Fjord", **window)
    assert [booking["title"] for booking in found] == titles


async def test_get_bookings_beyond_what_is_held(
    house: House, clock: VirtualTime
) -> None:
    """What is further than thirty days ahead is fetched, once a minute at most."""
    day = 60 * 24
    near = house.book_at_device("Fjord", "Near", 20 * day, 30)
    house.book_at_device("Fjord", "Far", 40 * day, 30, private=True)
    house.book_at_device("Fjord", "Further", 80 * day, 30)
    await clock.pass_by(seconds=5)
    before = house.requests("Bookings.List", "Fjord")
    window = {"start": house.at(10 * day), "end": house.at(60 * day)}
    for _ in range(3):
        found = await house.bookings("Fjord", **window)
        assert [booking["title"] for booking in found] == ["Near", "Private"]
    assert house.requests("Bookings.List", "Fjord") == before + 1
    house.workspace("Fjord").delete_locally(near)
    await clock.pass_by(seconds=1)
    found = await house.bookings("Fjord", **window)
    assert [booking["title"] for booking in found] == ["Private"]


async def test_get_bookings_of_another_window_beyond_is_another_question(
    house: House, clock: VirtualTime
) -> None:
    """What was fetched serves for what lies within it, and for a minute."""
    day = 60 * 24
    before = house.requests("Bookings.List", "Fjord")
    for start, end, asked in (
        (40, 50, 1),
        (41, 49, 1),
        (40, 60, 2),
        (35, 60, 3),
        (36, 59, 3),
    ):
        await house.bookings(
            "Fjord", start=house.at(start * day), end=house.at(end * day)
        )
        assert house.requests("Bookings.List", "Fjord") == before + asked
    await clock.pass_by(minutes=1)
    await house.bookings("Fjord", start=house.at(36 * day), end=house.at(59 * day))
    assert house.requests("Bookings.List", "Fjord") == before + 4


async def test_a_change_beyond_what_is_held_shows_at_once(
    house: House, clock: VirtualTime
) -> None:
    """Whoever looks at next month in the calendar sees what he did there."""
    day = 60 * 24
    window = {"start": house.at(40 * day), "end": house.at(41 * day)}
    assert await house.bookings("Fjord", **window) == []
    answer = await house.call("book", "Fjord", title="Far", start=house.at(40 * day))
    found = await house.bookings("Fjord", **window)
    assert [booking["title"] for booking in found] == ["Far"]
    await house.call("delete", "Fjord", booking_id=answer["booking_id"])
    assert await house.bookings("Fjord", **window) == []


async def test_get_bookings_beyond_what_is_held_may_fail(
    house: House, clock: VirtualTime
) -> None:
    """As everything that asks the system."""
    house.sim.faults.when(command="Bookings.List").times(2).status(500)
    with pytest.raises(HomeAssistantError) as error:
        await house.bookings("Fjord", duration={"days": 60})
    assert error.value.translation_key == "unreachable"


async def test_get_bookings_of_a_window_without_length(house: House) -> None:
    """There is nothing to look at."""
    with pytest.raises(ServiceValidationError) as error:
        await house.bookings(
            "Fjord", start="2026-03-03T09:00:00Z", end="2026-03-03T08:00:00Z"
        )
    assert error.value.translation_key == "ends_before_start"


# Sync


async def test_sync_lists_the_room_and_no_other(
    house: House, clock: VirtualTime
) -> None:
    """Whatever was missed is there when the action is done."""
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    house.book_at_device("Fjord", "Missed", 60, 30)
    await clock.pass_by(seconds=5)
    assert house.titles("Fjord")[1] == "unknown"
    before = house.requests("Bookings.List")
    await house.sync("Fjord")
    assert house.titles("Fjord")[1] == "Missed"
    assert house.requests("Bookings.List") == before + 1


async def test_sync_says_what_went_wrong(house: House) -> None:
    """The list did not come."""
    house.sim.faults.when(command="Bookings.List").times(2).status(429, retry_after=90)
    with pytest.raises(HomeAssistantError) as error:
        await house.sync("Fjord")
    assert error.value.translation_key == "busy_try_later"
    assert (error.value.translation_placeholders or {})["seconds"] == "90"


# Without an entry


async def test_actions_exist_without_an_entry(
    hass: HomeAssistant, house: House
) -> None:
    """Where the entry could not be set up, its rooms are out of reach."""
    entity_id = house.entity_id("Fjord", "bookings")
    await house.stop()
    assert hass.services.has_service(DOMAIN, "book")
    with pytest.raises(HomeAssistantError) as error:
        await hass.services.async_call(
            DOMAIN, "book", {"entity_id": entity_id}, blocking=True
        )
    assert error.value.translation_key == "unreachable"
    assert (error.value.translation_placeholders or {})["room"] == "Fjord"


async def test_an_area_without_a_loaded_entry(
    hass: HomeAssistant, house: House
) -> None:
    """Nothing is done in its rooms, and that is said."""
    area = house.area("Ground floor", "Fjord")
    await house.stop()
    with pytest.raises(HomeAssistantError) as error:
        await hass.services.async_call(DOMAIN, "book", {"area_id": area}, blocking=True)
    assert error.value.translation_key == "unreachable"
    assert (error.value.translation_placeholders or {})["room"] == "Fjord"


async def test_a_disabled_room_is_no_target(hass: HomeAssistant, house: House) -> None:
    """Nothing is booked that nobody can see."""
    entity_id = house.entity_id("Fjord", "bookings")
    er.async_get(hass).async_update_entity(
        entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    await house.clock.pass_by(minutes=1)
    with pytest.raises(ServiceNotSupported):
        await hass.services.async_call(
            DOMAIN, "book", {"entity_id": entity_id}, blocking=True
        )
    assert house.truth("Fjord") == []
