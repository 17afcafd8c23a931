"""Booking rooms of a system that serves the ROOMZ contract: what is sent, and what comes back."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.components.calendar import CalendarEntityFeature
from tests.integration.booking import book, not_booked
from tests.integration.house import START
from tests.integration.server_house import iso
from tests.simulators.roomz.times import wire_time

from .house import RoomzHouse

QUOTED = 'Ada\'s "weekly" <review> & Überblick – 日本'


# What is sent


async def test_book_later(house: RoomzHouse) -> None:
    """It is answered when the system has it, and shown at once."""
    with house.recording() as changes:
        answer = await book(house, title=QUOTED)
        [made] = house.room().held()
        assert answer == {
            "booking_id": made.meeting_id,
            "title": QUOTED,
            "start": iso(60),
            "end": iso(90),
        }
        assert house.titles("Fjord") == ("unknown", QUOTED)
    assert house.held() == [(QUOTED, 60, 30)]
    assert [(t.kind, t.title, t.ours, t.late) for t in changes.told("Fjord")] == [
        ("created", QUOTED, True, False)
    ]
    assert changes.told("Aurora") == []
    [request] = house.roomz.requests.of("book")
    assert request.body == {
        "subject": QUOTED,
        "startDateUTC": wire_time(house.at(60)),
        "endDateUTC": wire_time(house.at(90)),
    }
    # What polling finds of it later is no news.
    with house.recording() as later:
        await house.clock.pass_by(minutes=11)
    assert later.told("Fjord") == []


async def test_book_now(house: RoomzHouse) -> None:
    """The room is busy at once, and free in the second in which the time is over."""
    with house.recording() as changes:
        await house.do("book", duration={"minutes": 15})
        assert house.held() == [("Meeting", 0, 15)]
        assert house.facts() == ("busy", "Meeting", "unknown")
        [made] = house.room().held()
        await house.clock.move_to(made.end)
        assert house.facts() == ("free", "unknown", "unknown")
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [
        ("created", True),
        ("started", True),
        ("ended", True),
    ]


async def test_the_button(house: RoomzHouse) -> None:
    """It books the default duration."""
    await house.press("Fjord", "book_now")
    assert house.held() == [("Meeting", 0, 30)]


async def test_who_booked_is_what_the_system_says(house: RoomzHouse) -> None:
    """There is nobody in particular to name: the connector's user organises."""
    await book(house)
    attributes = house.shown("Fjord", "next_booking").attributes
    assert attributes["organizer"] == "ROOMZ"


async def test_few_questions(house: RoomzHouse) -> None:
    """A booking costs one POST, and one look at what it made of the list."""
    house.roomz.requests.clear()
    await book(house)
    await house.clock.pass_by(seconds=60)
    assert house.asked == {"book": 1, "meetings": 1}


@pytest.mark.parametrize(
    "rules",
    [
        {"post_status": 200},
        {"post_body": False},
        {"post_status": 204, "post_body": False},
    ],
)
async def test_success_is_judged_by_the_status(
    house: RoomzHouse, rules: dict[str, Any]
) -> None:
    """Where no Meeting is answered, the list tells which it is."""
    for rule, value in rules.items():
        setattr(house.roomz.rules, rule, value)
    answer = await book(house)
    [made] = house.room().held()
    assert answer["booking_id"] == made.meeting_id
    assert house.asked["book"] == 1
    assert house.ledger[0]["stage"] == "confirmed"


async def test_a_system_that_keeps_seconds_only(house: RoomzHouse) -> None:
    """What begins now begins at a whole second."""
    await house.clock.pass_by(seconds=10.7)
    await house.do("book")
    [made] = house.room().held()
    assert made.start == START + timedelta(seconds=10)


# What a POST cannot carry


@pytest.mark.parametrize(
    ("data", "feature"),
    [
        ({"private": True}, "private bookings"),
        ({"organizer_name": "Ada"}, "an organizer"),
        ({"organizer_email": "ada@example.com"}, "an organizer"),
        ({"conference_type": "one_button_to_push"}, "conference_type"),
        ({"participants": [{"type": "dial_in"}]}, "participants"),
        ({"dial_string": "a@b.example"}, "dial_string"),
        ({"pin": "4711"}, "pin"),
        ({"record": True}, "record"),
        ({"send_confirmation": True}, "send_confirmation"),
    ],
)
async def test_what_a_post_cannot_carry(
    house: RoomzHouse, data: dict[str, Any], feature: str
) -> None:
    """It is refused by name, and nothing is booked without it."""
    house.roomz.requests.clear()
    told = await not_booked(house, **data)
    assert (told["key"], told["feature"]) == ("not_supported", feature)
    assert house.asked == {}


async def test_a_series_that_could_not_be_taken_back(
    house: RoomzHouse, hass_ws_client: WebSocketGenerator
) -> None:
    """It is refused as a whole: what was booked of it could not be deleted again."""
    house.roomz.requests.clear()
    client = await hass_ws_client(house.hass)
    await client.send_json_auto_id(
        {
            "type": "calendar/event/create",
            "entity_id": house.entity_id("Fjord", "bookings"),
            "event": {
                "summary": "Planning",
                "dtstart": iso(60),
                "dtend": iso(90),
                "rrule": "FREQ=DAILY;COUNT=3",
            },
        }
    )
    answer = await client.receive_json()
    assert not answer["success"]
    assert "a series" in answer["error"]["message"]
    assert house.asked == {}
    assert house.held() == []


async def test_the_calendar_books(
    house: RoomzHouse, hass_ws_client: WebSocketGenerator
) -> None:
    """And offers what the contract can do: no DELETE."""
    calendar = house.shown("Fjord", "bookings")
    assert calendar.attributes["supported_features"] == (
        CalendarEntityFeature.CREATE_EVENT | CalendarEntityFeature.UPDATE_EVENT
    )
    client = await hass_ws_client(house.hass)
    await client.send_json_auto_id(
        {
            "type": "calendar/event/create",
            "entity_id": calendar.entity_id,
            "event": {"summary": "Planning", "dtstart": iso(60), "dtend": iso(90)},
        }
    )
    answer = await client.receive_json()
    assert answer["success"]
    assert house.held() == [("Planning", 60, 30)]
