"""Ending, extending and moving meetings of a system that serves the ROOMZ contract."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.house import START
from tests.integration.server_house import HALF_AN_HOUR, iso
from tests.simulators.roomz import SimMeeting
from tests.simulators.roomz.faults import Fault, RequestFaults
from tests.simulators.roomz.times import wire_time

from .house import RoomzHouse


async def booked(house: RoomzHouse, start: float = 60) -> str:
    """The id of a booking of our own, Planning, of half an hour."""
    answer = await house.do(
        "book", title="Planning", start=house.at(start), duration=HALF_AN_HOUR
    )
    booking_id: str = answer["booking_id"]
    house.roomz.requests.clear()
    return booking_id


async def met(house: RoomzHouse, start: float = 60) -> SimMeeting:
    """A meeting of somebody else, Planning, of half an hour, that is known here."""
    meeting = house.meet("Planning", start)
    await house.sync("Fjord")
    house.roomz.requests.clear()
    return meeting


def putting(house: RoomzHouse) -> RequestFaults:
    """What happens to the next PUT."""
    return house.roomz.faults.when(call="change")


LOST = [
    pytest.param(lambda f: f.drop_answer(), id="hung up"),
    pytest.param(lambda f: f.truncated(), id="truncated"),
    pytest.param(lambda f: f.html(applied=True), id="page"),
    pytest.param(lambda f: f.status(502, applied=True), id="502"),
    pytest.param(lambda f: f.silence(applied=True), id="silence"),
    pytest.param(lambda f: f.drop(), id="not done"),
    pytest.param(lambda f: f.silence(), id="not heard"),
    pytest.param(lambda f: f.not_applied(), id="a lie"),
    pytest.param(lambda f: f.status(503, retry_after=5), id="busy"),
]


# End


@pytest.mark.parametrize("ours", [True, False])
async def test_end_meeting(house: RoomzHouse, ours: bool) -> None:
    """It is shortened to now; the room is free at once, and what comes later stays."""
    booking_id = await booked(house, 0) if ours else (await met(house, 0)).meeting_id
    await booked(house, 60)
    await house.clock.move_to(house.at(10))
    with house.recording() as changes:
        answer = await house.do("end_meeting")
        assert house.facts() == ("free", "unknown", "Planning")
    assert answer == {
        "booking_id": booking_id,
        "ended_at": iso(10),
        "method": "shortened",
    }
    [request] = house.roomz.requests.of("change")
    assert (request.meeting, request.body) == (
        booking_id,
        {
            "startDateUTC": wire_time(START),
            "endDateUTC": wire_time(house.at(10)),
        },
    )
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("ended", True)]
    assert house.held() == [("Planning", 0, 10), ("Planning", 60, 30)]
    with house.recording() as later:
        await house.clock.pass_by(minutes=11)
    assert later.told("Fjord") == []


async def test_end_what_has_just_begun(house: RoomzHouse) -> None:
    """A meeting without length is none: it keeps a second, in which the room is not free."""
    await house.do("book")
    [made] = house.room().held()
    await house.press("Fjord", "end_meeting")
    [ended] = house.room().held()
    assert ended.meeting_id == made.meeting_id
    assert ended.end - ended.start == timedelta(seconds=1)
    await house.clock.pass_by(seconds=1)
    assert house.facts() == ("free", "unknown", "unknown")


async def test_end_without_a_meeting(house: RoomzHouse) -> None:
    """The next one is not touched."""
    await booked(house, 10)
    assert (await house.refused("end_meeting"))["key"] == "no_meeting"
    assert house.asked["change"] == 0
    assert house.held() == [("Planning", 10, 30)]


@pytest.mark.parametrize("how", ["cancelled", "deleted"])
async def test_end_what_somebody_else_ended(house: RoomzHouse, how: str) -> None:
    """There is no meeting any more, and the room is free."""
    meeting = await met(house, 0)
    if how == "deleted":
        house.room().delete(meeting)
    else:
        house.room().change(meeting, cancelled=True)
    assert (await house.refused("end_meeting"))["key"] == "no_meeting"
    assert house.state("Fjord", "availability") == "free"


@pytest.mark.parametrize("lose", LOST)
async def test_an_end_that_is_lost(
    house: RoomzHouse, lose: Callable[[RequestFaults], Fault]
) -> None:
    """It is found to have ended, or ended then."""
    await booked(house, 0)
    await house.clock.move_to(house.at(10))
    fault = lose(putting(house))
    assert (await house.do("end_meeting"))["method"] == "shortened"
    assert fault.hits
    [ended] = house.room().held()
    assert house.at(10) <= ended.end <= house.clock.now
    assert house.facts() == ("free", "unknown", "unknown")


async def test_what_cannot_be_told_at_the_end(house: RoomzHouse) -> None:
    """The contract carries no comment."""
    await booked(house, 0)
    told = await house.refused("end_meeting", comment="Sorry")
    assert (told["key"], told["feature"]) == ("not_supported", "comment")
    assert house.asked["change"] == 0


# Extend


async def test_extend(house: RoomzHouse) -> None:
    """By a quarter of an hour, unless somebody says otherwise."""
    booking_id = await booked(house, 0)
    with house.recording() as changes:
        answer = await house.do("extend")
        assert answer == {"booking_id": booking_id, "end": iso(45)}
        assert house.held() == [("Planning", 0, 45)]
        answer = await house.do("extend", duration=HALF_AN_HOUR)
        assert answer == {"booking_id": booking_id, "end": iso(75)}
        await house.press("Fjord", "extend")
        await house.clock.pass_by(minutes=6)
    assert house.held() == [("Planning", 0, 90)]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("changed", True)] * 3
    assert house.shown("Fjord", "current_booking").attributes["end"] == iso(90)


async def test_extend_into_the_next_meeting(house: RoomzHouse) -> None:
    """Nothing is sent."""
    await booked(house, 0)
    await booked(house, 40)
    told = await house.refused("extend")
    assert (told["key"], told["start"]) == ("conflict", "2026-03-03 01:40")
    assert house.asked["change"] == 0


async def test_extend_up_to_the_next_meeting(house: RoomzHouse) -> None:
    """Back to back is no conflict."""
    await booked(house, 0)
    await booked(house, 45)
    assert (await house.do("extend"))["end"] == iso(45)


async def test_extend_into_a_meeting_that_is_not_known_yet(house: RoomzHouse) -> None:
    """The system only refuses; when it is taken is looked up."""
    await booked(house, 0)
    house.meet("Review", 40)
    told = await house.refused("extend")
    assert house.roomz.requests.number_of("change", status=409) == 1
    assert (told["key"], told["start"]) == ("conflict", "2026-03-03 01:40")
    assert house.held() == [("Planning", 0, 30), ("Review", 40, 30)]
    assert house.titles("Fjord") == ("Planning", "Review")


async def test_extend_without_a_meeting(house: RoomzHouse) -> None:
    """Nothing is changed."""
    await booked(house, 10)
    assert (await house.refused("extend"))["key"] == "no_meeting"
    assert house.asked["change"] == 0


# Reschedule


async def test_reschedule(house: RoomzHouse) -> None:
    """A new start alone keeps the duration; a new end alone keeps the start."""
    booking_id = await booked(house)
    with house.recording() as changes:
        answer = await house.do("reschedule", booking_id=booking_id, start=house.at(90))
        assert (answer["booking_id"], answer["title"]) == (booking_id, "Planning")
        assert (answer["start"], answer["end"]) == (iso(90), iso(120))
        assert house.held() == [("Planning", 90, 30)]
        await house.do("reschedule", booking_id=booking_id, end=house.at(150))
        assert house.held() == [("Planning", 90, 60)]
        await house.clock.pass_by(minutes=11)
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("changed", True)] * 2
    assert all(r.body.keys() == {"startDateUTC", "endDateUTC"} for r in puts(house))
    attributes = house.shown("Fjord", "next_booking").attributes
    assert (attributes["start"], attributes["end"]) == (iso(90), iso(150))


def puts(house: RoomzHouse) -> list[Any]:
    """The PUTs that were sent."""
    return house.roomz.requests.of("change")


@pytest.mark.parametrize("rules", [{"put_body": False}, {"put_status": 204}])
async def test_success_is_judged_by_the_status(
    house: RoomzHouse, rules: dict[str, Any]
) -> None:
    """A public connector answers nothing."""
    booking_id = await booked(house)
    for rule, value in {"put_needs_both": True, **rules}.items():
        setattr(house.roomz.rules, rule, value)
    answer = await house.do("reschedule", booking_id=booking_id, start=house.at(90))
    assert answer["start"] == iso(90)
    assert len(puts(house)) == 1


async def test_another_title(house: RoomzHouse) -> None:
    """A PUT carries times alone: nothing is sent, and no other title claimed."""
    booking_id = await booked(house)
    told = await house.refused("reschedule", booking_id=booking_id, title="Review")
    assert (told["key"], told["feature"]) == ("not_supported", "another title")
    told = await house.refused(
        "reschedule", booking_id=booking_id, title="Review", start=house.at(90)
    )
    assert told["key"] == "not_supported"
    assert puts(house) == []
    assert house.titles("Fjord")[1] == "Planning"


async def test_the_same_title(house: RoomzHouse) -> None:
    """That is no change of it."""
    booking_id = await booked(house)
    await house.do(
        "reschedule", booking_id=booking_id, title="Planning", start=house.at(90)
    )
    assert house.held() == [("Planning", 90, 30)]


async def test_the_calendar_moves(
    house: RoomzHouse, hass_ws_client: WebSocketGenerator
) -> None:
    """Also a private meeting, whose masked title comes back unchanged."""
    meeting = house.meet("Salaries", 60, private=True)
    await house.sync("Fjord")
    client = await hass_ws_client(house.hass)
    await client.send_json_auto_id(
        {
            "type": "calendar/event/update",
            "entity_id": house.entity_id("Fjord", "bookings"),
            "uid": meeting.meeting_id,
            "event": {"summary": "Private", "dtstart": iso(90), "dtend": iso(150)},
        }
    )
    answer = await client.receive_json()
    assert answer["success"], answer
    assert house.held() == [("Salaries", 90, 60)]


async def test_reschedule_into_another_meeting(house: RoomzHouse) -> None:
    """Nothing is sent."""
    booking_id = await booked(house)
    house.meet("Review", 120)
    await house.sync("Fjord")
    told = await house.refused("reschedule", booking_id=booking_id, start=house.at(130))
    assert (told["key"], told["end"]) == ("conflict", "2026-03-03 03:30")
    assert puts(house) == []


async def test_reschedule_by_a_little(house: RoomzHouse) -> None:
    """A meeting is not in its own way."""
    booking_id = await booked(house)
    await house.do("reschedule", booking_id=booking_id, start=house.at(70))
    assert house.held() == [("Planning", 70, 30)]


@pytest.mark.parametrize("lose", LOST)
async def test_a_change_that_is_lost(
    house: RoomzHouse, lose: Callable[[RequestFaults], Fault]
) -> None:
    """The list tells that it was done, or it is sent once more."""
    booking_id = await booked(house)
    fault = lose(putting(house))
    with house.recording() as changes:
        answer = await house.do(
            "reschedule", booking_id=booking_id, start=house.at(120)
        )
    assert fault.hits
    assert answer["start"] == iso(120)
    assert house.held() == [("Planning", 120, 30)]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("changed", True)]


async def test_a_change_that_nobody_confirms(house: RoomzHouse) -> None:
    """It is not claimed."""
    booking_id = await booked(house)
    putting(house).always().drop()
    told = await house.refused("reschedule", booking_id=booking_id, start=house.at(120))
    assert told["key"] == "unconfirmed"
    assert house.titles("Fjord")[1] == "Planning"
    assert house.shown("Fjord", "next_booking").attributes["start"] == iso(60)


@pytest.mark.parametrize("how", ["cancelled", "deleted"])
async def test_a_change_of_what_is_gone_meanwhile(house: RoomzHouse, how: str) -> None:
    """It does not come back."""
    meeting = await met(house)
    if how == "deleted":
        house.room().delete(meeting)
    else:
        house.room().change(meeting, cancelled=True)
    told = await house.refused(
        "reschedule", booking_id=meeting.meeting_id, start=house.at(120)
    )
    assert told["key"] == "unknown_booking"
    assert house.held() == []
    assert house.titles("Fjord")[1] == "unknown"


async def test_one_of_several_of_one_id(house: RoomzHouse) -> None:
    """A PUT to that id could change all of them: none is sent."""
    meeting = house.meet("Planning", 60)
    other = meeting.as_json() | {
        "startDateUTC": wire_time(house.at(120)),
        "endDateUTC": wire_time(house.at(150)),
    }
    house.roomz.faults.when(call="meetings").always().records([other])
    await house.sync("Fjord")
    shown = await house.bookings("Fjord")
    assert [b["start"] for b in shown] == [iso(60), iso(120)]
    told = await house.refused(
        "reschedule", booking_id=shown[0]["booking_id"], start=house.at(200)
    )
    assert (told["key"], told["feature"]) == (
        "not_supported",
        "changes to a recurring booking",
    )
    assert house.asked["change"] == 0


# What the contract lacks


async def test_delete(house: RoomzHouse, hass_ws_client: WebSocketGenerator) -> None:
    """There is no DELETE: neither the action nor the calendar dialog does something else."""
    booking_id = await booked(house)
    told = await house.refused("delete", booking_id=booking_id)
    assert (told["key"], told["feature"]) == ("not_supported", "delete")
    client = await hass_ws_client(house.hass)
    await client.send_json_auto_id(
        {
            "type": "calendar/event/delete",
            "entity_id": house.entity_id("Fjord", "bookings"),
            "uid": booking_id,
        }
    )
    assert not (await client.receive_json())["success"]
    assert {request.method for request in house.roomz.requests} <= {"GET"}
    assert house.held() == [("Planning", 60, 30)]


async def test_check_in(house: RoomzHouse) -> None:
    """It is refused by name, and no button offers it."""
    await booked(house, 0)
    told = await house.refused("check_in")
    assert (told["key"], told["feature"]) == ("not_supported", "check_in")
    buttons = house.hass.states.async_entity_ids("button")
    assert not [button for button in buttons if "check_in" in button]
    assert {button for button in buttons if "fjord" in button} == {
        "button.fjord_book_now",
        "button.fjord_end_meeting",
        "button.fjord_extend",
    }
