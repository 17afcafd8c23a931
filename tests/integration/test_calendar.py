"""The room's calendar through Home Assistant's own dialogs and interfaces."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from homeassistant.core import HomeAssistant

from .house import House
from .virtual_time import VirtualTime

DAY = 60 * 24

type Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def ask(house: House, hass_ws_client: WebSocketGenerator) -> Ask:
    """A person at the calendar panel."""
    client = await hass_ws_client(house.hass)

    async def ask(kind: str, room: str = "Fjord", **data: Any) -> dict[str, Any]:
        await client.send_json_auto_id(
            {
                "type": f"calendar/event/{kind}",
                "entity_id": house.entity_id(room, "bookings"),
                **data,
            }
        )
        answer: dict[str, Any] = await client.receive_json()
        return answer

    return ask


async def _create(ask: Ask, start: Any, end: Any, **data: Any) -> dict[str, Any]:
    event = {"summary": "Review", "dtstart": start, "dtend": end, **data}
    return await ask("create", event=event)


# Create


async def test_create(house: House, ask: Ask) -> None:
    """The dialog gives local times; the answer comes when the device has confirmed."""
    answer = await _create(
        ask, "2026-03-03T02:30:00-08:00", "2026-03-03T03:15:00-08:00"
    )
    assert answer["success"]
    (booking,) = house.workspace("Fjord").bookings
    assert (booking.title, booking.start, booking.minutes) == (
        "Review",
        house.at(90),
        45,
    )
    assert house.titles("Fjord")[1] == "Review"


async def test_create_with_the_empty_fields_of_the_dialog(
    house: House, ask: Ask
) -> None:
    """What is empty asks for nothing."""
    answer = await _create(
        ask,
        "2026-03-03T02:30:00-08:00",
        "2026-03-03T03:00:00-08:00",
        description="",
        location="",
    )
    assert answer["success"]


async def test_create_all_day(house: House, ask: Ask) -> None:
    """From one local midnight to the next."""
    assert (await _create(ask, "2026-03-05", "2026-03-06"))["success"]
    (booking,) = house.workspace("Fjord").bookings
    midnight = datetime(2026, 3, 5, tzinfo=ZoneInfo("US/Pacific"))
    assert (booking.start, booking.minutes) == (midnight, DAY)


async def test_create_on_the_day_when_the_clocks_change(house: House, ask: Ask) -> None:
    """It has 23 hours in spring; the one in autumn is longer than a phone can book."""
    assert (await _create(ask, "2026-03-08", "2026-03-09"))["success"]
    assert house.workspace("Fjord").bookings[0].minutes == 23 * 60
    answer = await _create(ask, "2026-11-01", "2026-11-02")
    assert not answer["success"]
    assert "1440" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("start", "end", "data", "words"),
    [
        ("2026-03-05", "2026-03-07", {}, "1440 minutes"),
        (
            "2026-03-03T02:30:00-08:00",
            "2026-03-03T03:00:00-08:00",
            {"description": "Bring biscuits"},
            "cannot do this: description",
        ),
        (
            "2026-03-03T02:30:00-08:00",
            "2026-03-03T03:00:00-08:00",
            {"location": "Here"},
            "cannot do this: location",
        ),
        (
            "2026-03-02T02:30:00-08:00",
            "2026-03-02T03:00:00-08:00",
            {},
            "That time is over",
        ),
    ],
)
async def test_create_what_a_phone_cannot(
    house: House, ask: Ask, start: str, end: str, data: dict[str, str], words: str
) -> None:
    """The dialog shows why."""
    answer = await _create(ask, start, end, **data)
    assert not answer["success"]
    assert words in answer["error"]["message"]
    assert house.requests("Bookings.Book") == 0


async def test_create_where_the_room_is_taken(
    house: House, clock: VirtualTime, ask: Ask
) -> None:
    """The dialog shows by what time."""
    house.book_at_device("Fjord", "Standup", 60, 30)
    await clock.pass_by(seconds=5)
    answer = await _create(
        ask, "2026-03-03T02:00:00-08:00", "2026-03-03T02:30:00-08:00"
    )
    assert not answer["success"]
    assert "Fjord is taken from 2026-03-03 02:00" in answer["error"]["message"]


# Series


async def test_create_a_series(house: House, ask: Ask, clock: VirtualTime) -> None:
    """Separate bookings at the same wall time, also over a change of the clocks."""
    answer = await _create(
        ask,
        "2026-03-04T09:00:00-08:00",
        "2026-03-04T09:30:00-08:00",
        rrule="FREQ=WEEKLY;COUNT=8",
    )
    assert answer["success"]
    bookings = house.workspace("Fjord").bookings
    local = [b.start.astimezone(ZoneInfo("US/Pacific")) for b in bookings]
    assert [(at.hour, at.minute) for at in local] == [(9, 0)] * 8
    assert {later - at for at, later in pairwise(local)} == {timedelta(weeks=1)}
    with house.recording() as changes:
        await clock.pass_by(minutes=40)
    assert changes.told("Fjord") == []


@pytest.mark.parametrize("known", [True, False])
async def test_a_series_is_booked_whole_or_not_at_all(
    house: House, ask: Ask, clock: VirtualTime, known: bool
) -> None:
    """One occurrence in the way, within what is known or far beyond."""
    blocked = DAY + 8 * 60 if known else DAY + 8 * 60 + 42 * DAY - 60
    house.book_at_device("Fjord", "In the way", blocked, 30)
    await clock.pass_by(minutes=1)
    answer = await _create(
        ask,
        "2026-03-04T09:00:00-08:00",
        "2026-03-04T09:30:00-08:00",
        rrule="FREQ=WEEKLY;COUNT=8",
    )
    assert not answer["success"]
    assert "is taken" in answer["error"]["message"]
    assert house.truth("Fjord") == ["In the way"]
    assert house.requests("Bookings.Book") == 0


async def test_a_series_that_fails_in_the_middle_is_taken_back(
    house: House, ask: Ask, clock: VirtualTime
) -> None:
    """Somebody has deleted the first one meanwhile: so much the better."""
    sent = 0

    def third(_: Any) -> bool:
        nonlocal sent
        sent += 1
        if sent == 3:
            house.workspace("Fjord").delete_locally(
                house.workspace("Fjord").bookings[0]
            )
        return sent == 3

    house.sim.faults.when(command="Bookings.Book", predicate=third).status(400, "No")
    answer = await _create(
        ask,
        "2026-03-04T09:00:00-08:00",
        "2026-03-04T09:30:00-08:00",
        rrule="FREQ=DAILY;COUNT=4",
    )
    assert "refused: No" in answer["error"]["message"]
    assert house.truth("Fjord") == []


async def test_a_series_that_can_neither_be_finished_nor_taken_back(
    house: House, ask: Ask
) -> None:
    """Somebody has to look."""
    book = house.sim.faults.when(
        command="Bookings.Book", predicate=lambda r: house.requests("Bookings.Book") > 1
    )
    book.always().status(400, "No")
    house.sim.faults.when(command="Bookings.Delete").always().status(400, "No")
    answer = await _create(
        ask,
        "2026-03-04T09:00:00-08:00",
        "2026-03-04T09:30:00-08:00",
        rrule="FREQ=DAILY;COUNT=4",
    )
    assert "did not confirm" in answer["error"]["message"]
    assert house.truth("Fjord") == ["Review"]


# Delete


async def test_delete(house: House, clock: VirtualTime, ask: Ask) -> None:
    """By the uid that the calendar gave."""
    house.book_at_device("Fjord", "Standup", 60, 30)
    await clock.pass_by(seconds=5)
    (event,) = await _rest(house, ask)
    answer = await ask("delete", uid=event["uid"])
    assert answer["success"]
    assert house.truth("Fjord") == []


async def _rest(house: House, ask: Ask) -> list[dict[str, Any]]:
    found = await house.bookings("Fjord")
    return [{"uid": booking["booking_id"]} for booking in found]


async def test_delete_what_is_not_there(house: House, ask: Ask) -> None:
    """The dialog shows why."""
    answer = await ask("delete", uid="nothing")
    assert not answer["success"]
    assert answer["error"]["message"] == "Fjord has no such booking"


async def test_update_is_not_offered(house: House, ask: Ask) -> None:
    """PhoneOS cannot edit, so the dialog cannot either."""
    features = house.shown("Fjord", "bookings").attributes["supported_features"]
    assert features == 1 | 2
    answer = await ask("update", uid="x", event={"summary": "y"})
    assert not answer["success"]


# Look


async def test_the_rest_view(
    house: House,
    clock: VirtualTime,
    hass_client: ClientSessionGenerator,
) -> None:
    """Title, times, uid and status; nothing that would not be shown elsewhere."""
    booking = house.book_at_device("Fjord", "Standup", 60, 30)
    house.book_at_device("Fjord", "Secret", 120, 30, private=True)
    house.book_at_device("Fjord", "Offsite", 45 * DAY, 30)
    await clock.pass_by(seconds=5)
    client = await hass_client()
    response = await client.get(
        f"/api/calendars/{house.entity_id('Fjord', 'bookings')}",
        params={
            "start": "2026-03-03T00:00:00Z",
            "end": "2026-05-01T00:00:00Z",
        },
    )
    assert response.status == HTTPStatus.OK
    events = await response.json()
    assert [event["summary"] for event in events] == ["Standup", "Private", "Offsite"]
    assert events[0]["uid"] == booking.meeting_id
    assert events[0]["start"] == {"dateTime": "2026-03-03T02:00:00-08:00"}
    assert events[0]["end"] == {"dateTime": "2026-03-03T02:30:00-08:00"}
    assert events[0]["status"] == "confirmed"


async def test_the_action_of_the_calendar_itself(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """`calendar.get_events` and `get_bookings` agree."""
    house.book_at_device("Fjord", "Standup", 60, 30)
    house.book_at_device("Fjord", "Review", 120, 30)
    await clock.pass_by(seconds=5)
    entity_id = house.entity_id("Fjord", "bookings")
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": entity_id, "duration": {"hours": 24}},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    assert [
        (event["summary"], datetime.fromisoformat(event["start"]))
        for event in answer[entity_id]["events"]
    ] == [
        (booking["title"], datetime.fromisoformat(booking["start"]))
        for booking in await house.bookings("Fjord")
    ]


async def test_the_calendar_panel_is_told_of_changes(
    house: House, clock: VirtualTime, hass_ws_client: WebSocketGenerator
) -> None:
    """Within a second, and also beyond the time that rooms are held."""
    client = await hass_ws_client(house.hass)
    await client.send_json_auto_id(
        {
            "type": "calendar/event/subscribe",
            "entity_id": house.entity_id("Fjord", "bookings"),
            "start": "2026-05-01T00:00:00Z",
            "end": "2026-06-01T00:00:00Z",
        }
    )
    assert (await client.receive_json())["success"]
    assert (await client.receive_json())["event"]["events"] == []
    house.book_at_device("Fjord", "Offsite", 80 * DAY, 30)
    found: list[dict[str, Any]] = []
    began = clock.now
    while not found:
        found = (await client.receive_json())["event"]["events"]
    assert clock.now - began <= timedelta(seconds=1)
    assert [event["summary"] for event in found] == ["Offsite"]


async def test_the_calendar_says_what_runs_or_comes_next(
    house: House, clock: VirtualTime
) -> None:
    """Its own state agrees with the sensors at every boundary."""
    house.book_at_device("Fjord", "First", 1, 10)
    house.book_at_device("Fjord", "Second", 20, 10)
    for minute, state, message in (
        (0.5, "off", "First"),
        (1, "on", "First"),
        (11, "off", "Second"),
        (20, "on", "Second"),
        (30, "off", None),
    ):
        await clock.move_to(house.at(minute))
        calendar = house.shown("Fjord", "bookings")
        assert calendar.state == state
        assert calendar.attributes.get("message") == message
        assert house.state("Fjord", "booked") == state
