"""Each trigger fires for what it says, within a second, with the booking and its calendar."""

from datetime import timedelta

import pytest

from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .ears import Ears

_PROMPT = timedelta(seconds=1)
_EVENTS = (
    "booking_created",
    "booking_changed",
    "booking_cancelled",
    "meeting_started",
    "meeting_ended",
)


def _calendar(house: House, *rooms: str) -> list[str]:
    return [house.entity_id(room, "bookings") for room in rooms]


async def test_a_walk_up_booking_starts_a_meeting_within_a_second(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """The trigger has the booking as `get_bookings` answers, who made it, and the calendar."""
    await ears.listen("meeting_started", entity_id=_calendar(house, "Fjord"))
    began = clock.now
    house.book_at_device("Fjord", "Standup", 0, 30, organizer="Ada")
    await clock.until(lambda: ears.heard, within=1)
    (heard,) = ears.heard
    assert heard.at - began <= _PROMPT
    assert heard.entity_id == "calendar.fjord"
    (listed,) = await house.bookings("Fjord")
    assert heard.booking == {**listed, "origin": "elsewhere", "late": False}


async def test_core_never_tells_of_a_walk_up_booking(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Home Assistant's own trigger reads a calendar every 15 minutes, and ahead only."""
    calendar = _calendar(house, "Fjord")
    await ears.listen("meeting_started", "calendar.event_started", entity_id=calendar)
    house.book_at_device("Fjord", "Walk-up", 0, 30)
    house.book_at_device("Fjord", "In a moment", 32, 5)
    await clock.pass_by(minutes=20)
    house.book_at_device("Fjord", "Between two scans", 21, 5, overlap=True)
    await clock.pass_by(minutes=70)
    core = [h for h in ears.heard if h.trigger == "calendar.event_started"]
    assert [h.variables["calendar_event"]["summary"] for h in core] == ["In a moment"]
    assert ears.titles("meeting_started") == [
        "Walk-up",
        "Between two scans",
        "In a moment",
    ]


async def test_the_life_of_a_booking(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Created, changed, started, ended; and one that is cancelled."""
    await ears.listen(*_EVENTS, entity_id=_calendar(house, "Fjord"))
    kept = house.book_at_device("Fjord", "Kept", 10, 10)
    gone = house.book_at_device("Fjord", "Gone", 60, 10)
    await clock.pass_by(minutes=1)
    house.workspace("Fjord").edit_locally(kept, start=house.at(5))
    await clock.pass_by(minutes=1)
    house.workspace("Fjord").delete_locally(gone)
    await clock.pass_by(minutes=30)
    assert ears.told() == [
        ("booking_created", "Kept"),
        ("booking_created", "Gone"),
        ("booking_changed", "Kept"),
        ("booking_cancelled", "Gone"),
        ("meeting_started", "Kept"),
        ("meeting_ended", "Kept"),
    ]


async def test_what_home_assistant_does_is_told_as_its_own(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """`origin` tells an automation what it did itself."""
    await ears.listen(*_EVENTS, entity_id=_calendar(house, "Birch"))
    await house.call("book", "Birch", title="Ours", duration="00:30:00")
    await clock.pass_by(seconds=2)
    await house.call("end_meeting", "Birch")
    await clock.pass_by(seconds=2)
    assert ears.told() == [
        ("booking_created", "Ours"),
        ("meeting_started", "Ours"),
        ("meeting_ended", "Ours"),
    ]
    assert {h.booking and h.booking["origin"] for h in ears.heard} == {"home_assistant"}


async def test_a_room_becomes_busy_and_free_once_for_meetings_back_to_back(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Nothing blinks between them; the first makes the room busy, the last had it."""
    await ears.listen(
        "became_busy", "became_free", entity_id=_calendar(house, "Fjord", "Birch")
    )
    house.book_at_device("Fjord", "First", 5, 10)
    house.book_at_device("Fjord", "Second", 15, 10)
    await clock.pass_by(minutes=40)
    assert [(h.trigger, h.title, h.at.minute) for h in ears.heard] == [
        ("became_busy", "First", 5),
        ("became_free", "Second", 25),
    ]
    assert {h.entity_id for h in ears.heard} == {"calendar.fjord"}


async def test_a_meeting_that_is_ended_early_frees_the_room(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """At once, and with the meeting as it was ended."""
    booking = house.book_at_device("Fjord", "Short after all", 0, 30)
    await clock.pass_by(minutes=2)
    await ears.listen("became_free", entity_id=_calendar(house, "Fjord"))
    house.workspace("Fjord").delete_locally(booking)
    await clock.until(lambda: ears.heard, within=1)
    (heard,) = ears.heard
    assert heard.title == "Short after all"
    assert heard.booking is not None
    assert not heard.booking["late"]


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [
        ("each", [("calendar.fjord", 10), ("calendar.birch", 20)]),
        ("first", [("calendar.fjord", 10)]),
        ("all", [("calendar.birch", 20)]),
    ],
)
async def test_of_several_rooms_each_the_first_or_the_last_counts(
    house: House,
    clock: VirtualTime,
    ears: Ears,
    behavior: str,
    expected: list[tuple[str, int]],
) -> None:
    """As Home Assistant's own triggers do it."""
    await ears.listen(
        "became_busy",
        entity_id=_calendar(house, "Fjord", "Birch"),
        options={"behavior": behavior},
    )
    house.book_at_device("Fjord", "Early", 10, 60)
    house.book_at_device("Birch", "Late", 20, 60)
    house.book_at_device("Aurora", "Not meant", 15, 60)
    await clock.pass_by(minutes=30)
    assert [(h.entity_id, h.at.minute) for h in ears.heard] == expected


async def test_any_target_means_the_calendars_of_its_rooms_alone(
    hass: HomeAssistant, house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Device, area, floor and label; a foreign calendar in the area says nothing."""
    floor = fr.async_get(hass).async_create("Ground floor")
    area = house.area("West", "Fjord")
    ar.async_get(hass).async_update(area, floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Board")
    registry = er.async_get(hass)
    registry.async_update_entity(
        house.entity_id("Fjord", "bookings"), labels={label.label_id}
    )
    foreign = registry.async_get_or_create("calendar", "other", "x")
    registry.async_update_entity(foreign.entity_id, area_id=area)
    for name, target in {
        "device_id": house.device("Fjord").id,
        "area_id": area,
        "floor_id": floor.floor_id,
        "label_id": label.label_id,
        CONF_ENTITY_ID: [*_calendar(house, "Fjord"), foreign.entity_id],
    }.items():
        await ears.listen(
            "meeting_started",
            "became_busy",
            **{name: [target]} if isinstance(target, str) else {name: target},
        )
    hass.states.async_set(foreign.entity_id, "on")
    house.book_at_device("Fjord", "Standup", 1, 10)
    house.book_at_device("Birch", "Elsewhere", 1, 10)
    await clock.pass_by(minutes=2)
    assert sorted(ears.told()) == sorted(
        [("meeting_started", "Standup"), ("became_busy", "Standup")] * 5
    )


async def test_other_entities_of_a_room_are_no_target(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """The calendar is the room."""
    await ears.listen(
        "meeting_started", entity_id=[house.entity_id("Fjord", "availability")]
    )
    house.book_at_device("Fjord", "Standup", 0, 10)
    await clock.pass_by(minutes=1)
    assert ears.heard == []


async def test_a_room_that_comes_into_the_area_counts_from_then_on(
    hass: HomeAssistant, house: House, clock: VirtualTime, ears: Ears
) -> None:
    """And one that leaves it no longer; a new name changes nothing."""
    area = house.area("West", "Fjord")
    other = house.area("East")
    await ears.listen("meeting_started", area_id=area)
    house.book_at_device("Birch", "Before", 1, 5)
    await clock.pass_by(minutes=2)
    registry = er.async_get(hass)
    devices = dr.async_get(hass)
    devices.async_update_device(house.device("Birch").id, area_id=area)
    devices.async_update_device(house.device("Fjord").id, area_id=other)
    registry.async_update_entity("calendar.birch", new_entity_id="calendar.renamed")
    await clock.settle()
    house.book_at_device("Birch", "After", 10, 5)
    house.book_at_device("Fjord", "Not meant", 10, 5)
    await clock.pass_by(minutes=10)
    assert [(h.title, h.entity_id) for h in ears.heard] == [
        ("After", "calendar.renamed")
    ]


async def test_a_room_that_is_new_counts_too(
    hass: HomeAssistant, closed_house: House, clock: VirtualTime, ears: Ears
) -> None:
    """The label of a floor's new room is known before its first meeting."""
    house = closed_house
    await house.open()
    workspace = house.sim.add_workspace("Lagoon")
    house.sim.add_device(workspace)
    await clock.pass_by(hours=2)
    area = house.area("West", "Lagoon")
    await ears.listen("meeting_started", "became_busy", area_id=area)
    house.book_at_device("Lagoon", "First ever", 121, 10)
    await clock.pass_by(minutes=5)
    assert ears.told() == [
        ("meeting_started", "First ever"),
        ("became_busy", "First ever"),
    ]


async def test_triggers_survive_a_reload(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Each thing once: what happened before, between and after it."""
    await ears.listen(
        *_EVENTS, "became_busy", "became_free", entity_id=_calendar(house, "Fjord")
    )
    house.book_at_device("Fjord", "Before", 1, 10)
    house.book_at_device("Fjord", "Between", 20, 10)
    await clock.pass_by(minutes=15)
    await house.stop()
    await clock.pass_by(minutes=7)
    await house.start()
    house.book_at_device("Fjord", "After", 40, 10)
    await clock.pass_by(hours=1)
    assert [(h.trigger, h.title, h.booking and h.booking["late"]) for h in ears.heard][
        2:
    ] == [
        ("meeting_started", "Before", False),
        ("became_busy", "Before", False),
        ("meeting_ended", "Before", False),
        ("became_free", "Before", False),
        ("meeting_started", "Between", True),
        ("became_busy", "Between", True),
        ("booking_created", "After", False),
        ("meeting_ended", "Between", False),
        ("became_free", "Between", False),
        ("meeting_started", "After", False),
        ("became_busy", "After", False),
        ("meeting_ended", "After", False),
        ("became_free", "After", False),
    ]


async def test_a_triggers_texts_are_masked(
    closed_house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Also in what was remembered from before titles were hidden."""
    house = closed_house
    house.book_at_device("Fjord", "Merger", 0, 20, private=False)
    await house.open(titles="show")
    calendar = _calendar(house, "Fjord")
    await ears.listen(*_EVENTS, "became_busy", "became_free", entity_id=calendar)
    await ears.listen("meeting_starting", entity_id=calendar)
    await house.set_options(titles="hide_all")
    house.book_at_device("Fjord", "Layoffs", 40, 20, private=True, organizer="Ada")
    await clock.pass_by(hours=2)
    assert {h.trigger for h in ears.heard} == {
        "booking_created",
        "meeting_started",
        "meeting_ended",
        "meeting_starting",
        "became_busy",
        "became_free",
    }
    for heard in ears.heard:
        assert not {"Merger", "Layoffs", "Ada"} & set(
            map(str, heard.variables["booking"].values())
        )


async def test_an_automation_runs_as_people_write_it(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """A trigger and a condition in one automation, with what the trigger says in a template."""
    area = house.area("West", "Fjord", "Birch")
    said: list[str] = []
    hass.bus.async_listen("said", lambda event: said.append(event.data["text"]))
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {
                    "trigger": "room_bookings.meeting_started",
                    "target": {"area_id": area},
                },
                "conditions": {
                    "condition": "room_bookings.is_free_for",
                    "target": {"entity_id": "calendar.birch"},
                    "options": {"duration": "00:30:00"},
                },
                "actions": {
                    "event": "said",
                    "event_data": {
                        "text": "{{ trigger.booking.title }} in {{ trigger.entity_id }}"
                    },
                },
            }
        },
    )
    house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(seconds=2)
    house.book_at_device("Birch", "Review", 0, 30)
    await clock.pass_by(seconds=2)
    assert said == ["Standup in calendar.fjord"]
