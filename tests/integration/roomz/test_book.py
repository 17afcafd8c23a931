"""Booking rooms of a system that serves the ROOMZ contract: what is sent, and what comes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.components.calendar import CalendarEntityFeature
from homeassistant.exceptions import HomeAssistantError
from tests.integration.house import START
from tests.integration.server_house import HALF_AN_HOUR, iso, refusal, told_by
from tests.simulators.roomz.faults import Fault, RequestFaults
from tests.simulators.roomz.times import wire_time

from .house import RoomzHouse

DAY = 60 * 24
QUOTED = 'Ada\'s "weekly" <review> & Überblick – 日本'


async def book(house: RoomzHouse, **data: Any) -> Any:
    """Book Planning, in an hour, for half an hour."""
    wanted = {"title": "Planning", "start": house.at(60), "duration": HALF_AN_HOUR}
    return await house.do("book", **(wanted | data))


async def not_booked(house: RoomzHouse, **data: Any) -> dict[str, str]:
    """How Planning is refused."""
    return await refusal(book(house, **data))


def posting(house: RoomzHouse) -> RequestFaults:
    """What happens to the next POST."""
    return house.roomz.faults.when(call="book")


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


# Conflicts


async def test_a_conflict_that_is_known(house: RoomzHouse) -> None:
    """The other booking's times are told, and nothing is sent to be booked."""
    house.meet("Review", 75, 60)
    await house.sync("Fjord")
    told = await not_booked(house)
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == ("2026-03-03 02:15", "2026-03-03 03:15")
    assert house.asked["book"] == 0


async def test_a_conflict_that_is_not_known_yet(house: RoomzHouse) -> None:
    """The system only refuses; whose times they are is looked up."""
    house.meet("Review", 75, 60)
    told = await not_booked(house)
    assert house.roomz.requests.number_of("book", status=409) == 1
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == ("2026-03-03 02:15", "2026-03-03 03:15")
    assert house.held() == [("Review", 75, 60)]
    assert house.ledger == []
    assert house.issues == []
    assert house.titles("Fjord")[1] == "Review"


async def test_a_conflict_that_no_list_explains(house: RoomzHouse) -> None:
    """The system has its reasons; times are not made up."""
    posting(house).always().status(409)
    told = await not_booked(house)
    assert (told["key"], told["start"], told["end"]) == ("conflict", "?", "?")
    assert house.ledger == []
    assert house.issues == []


async def test_a_meeting_that_was_cancelled_meanwhile_is_no_conflict(
    house: RoomzHouse,
) -> None:
    """What is known may be old: the system is asked before anybody is refused."""
    review = house.meet("Review", 60)
    await house.sync("Fjord")
    house.room().change(review, cancelled=True)
    await house.clock.pass_by(seconds=3)
    await book(house)
    assert house.held() == [("Planning", 60, 30)]


async def test_back_to_back(house: RoomzHouse) -> None:
    """That is no conflict."""
    house.meet("Before", 30)
    house.meet("After", 90)
    await house.sync("Fjord")
    await book(house)
    assert [title for title, *_ in house.held()] == ["Before", "Planning", "After"]


async def test_further_ahead_than_bookings_are_held(house: RoomzHouse) -> None:
    """A conflict is found there too."""
    house.meet("Review", 40 * DAY)
    told = await not_booked(house, start=house.at(40 * DAY))
    assert told["key"] == "conflict"
    answer = await book(house, start=house.at(41 * DAY))
    assert house.room().meetings[answer["booking_id"]].subject == "Planning"


async def test_one_at_a_time(house: RoomzHouse) -> None:
    """Of two who want the same room one gets it; another room is not waited for."""
    fault = posting(house).latency(3)
    first = house.doing(book(house, title="First"))
    await fault.triggered()
    second = house.doing(not_booked(house, title="Second"))
    elsewhere = house.calling("book", "Aurora", title="There", start=house.at(60))
    began = house.clock.now
    await elsewhere
    assert house.clock.now - began < timedelta(seconds=1)
    await first
    assert (await second)["key"] == "conflict"
    assert house.held() == [("First", 60, 30)]


# Lost answers


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop_answer(), id="hung up"),
        pytest.param(lambda f: f.truncated(), id="truncated"),
        pytest.param(lambda f: f.stalled(), id="stalled"),
        pytest.param(lambda f: f.html(applied=True), id="page"),
        pytest.param(lambda f: f.garbage(applied=True), id="garbage"),
        pytest.param(lambda f: f.huge(applied=True), id="huge"),
        pytest.param(lambda f: f.status(500, applied=True), id="500"),
        pytest.param(lambda f: f.status(502, applied=True), id="502"),
        pytest.param(lambda f: f.silence(applied=True), id="silence"),
    ],
)
async def test_an_answer_that_is_lost(
    house: RoomzHouse, lose: Callable[[RequestFaults], Fault]
) -> None:
    """It was booked: once, and it is confirmed."""
    fault = lose(posting(house))
    with house.recording() as changes:
        answer = await book(house)
    assert fault.hits == 1
    [made] = house.room().held()
    assert answer["booking_id"] == made.meeting_id
    assert house.asked["book"] == 1
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.issues == []
    assert house.titles("Fjord")[1] == "Planning"
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("created", True)]


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop(), id="hung up"),
        pytest.param(lambda f: f.silence(), id="silence"),
        pytest.param(lambda f: f.status(502), id="502"),
        pytest.param(lambda f: f.html(), id="page"),
    ],
)
async def test_a_request_that_is_lost(
    house: RoomzHouse, lose: Callable[[RequestFaults], Fault]
) -> None:
    """It is looked for, and sent once more."""
    fault = lose(posting(house))
    answer = await book(house)
    assert fault.hits == 1
    [made] = house.room().held()
    assert answer["booking_id"] == made.meeting_id
    assert house.asked["book"] == 2
    assert house.issues == []


async def test_a_success_that_is_none(house: RoomzHouse) -> None:
    """Where no Meeting is answered, the list decides: it is sent once more."""
    house.roomz.rules.post_body = False
    posting(house).not_applied()
    answer = await book(house)
    [made] = house.room().held()
    assert answer["booking_id"] == made.meeting_id
    assert house.asked["book"] == 2


async def test_a_request_that_lands_late(house: RoomzHouse) -> None:
    """Sent again, it meets itself: the conflict is the booking that was wanted."""
    lost = posting(house).silence()
    call = house.doing(book(house))
    await lost.triggered()
    before_the_second = house.roomz.faults.when(
        predicate=lambda request: bool(
            request.call == "book"
            and not house.held()
            and house.meet("Planning", 60, api=True)
        )
    ).latency(0)
    answer = await call
    assert before_the_second.hits == 1
    [made] = house.room().held()
    assert answer["booking_id"] == made.meeting_id
    assert house.roomz.requests.number_of("book", status=409) == 1
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.issues == []


async def test_a_rival_while_a_request_is_lost(house: RoomzHouse) -> None:
    """The list shows another meeting there: nothing is sent again."""
    fault = posting(house).drop()
    house.roomz.faults.when(
        predicate=lambda request: bool(
            request.call == "meetings"
            and fault.hits
            and not house.held()
            and house.meet("Review", 45)
        )
    ).latency(0)
    told = await not_booked(house)
    assert (told["key"], told["start"]) == ("conflict", "2026-03-03 01:45")
    assert house.asked["book"] == 1
    assert house.held() == [("Review", 45, 30)]
    assert house.ledger == []


async def test_nobody_knows(house: RoomzHouse) -> None:
    """Two requests are lost: a person is told, and nothing is claimed."""
    posting(house).always().drop()
    told = await not_booked(house)
    assert told["key"] == "unconfirmed"
    assert house.asked["book"] == 2
    assert house.issues == ["unconfirmed_booking"]
    assert [wish["stage"] for wish in house.ledger] == ["unconfirmed"]


async def test_what_nobody_knew_turns_up(house: RoomzHouse) -> None:
    """The next listing that has it settles it, and the issue goes."""
    posting(house).always().drop()
    await not_booked(house)
    house.meet("Planning", 60)
    await house.clock.pass_by(minutes=6)
    assert house.issues == []
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.asked["book"] == 2


async def test_the_system_is_gone_before_anything_is_sent(house: RoomzHouse) -> None:
    """Then nothing was booked, and that is known."""
    await house.roomz.down(refuse=True)
    await house.clock.settle()
    told = await not_booked(house)
    assert told["key"] == "unreachable"
    assert house.issues == []
    assert house.ledger == []
    await house.roomz.up()
    assert house.held() == []


async def test_killed_while_booking(house: RoomzHouse) -> None:
    """After a crash the list decides: found is confirmed, and not sent again."""
    silence = posting(house).silence(applied=True)
    house.doing(book(house))
    await silence.triggered()
    house.keep_disk_as_it_is()
    assert [wish["stage"] for wish in house.ledger] == ["sent"]
    await house.crash()
    house.roomz.requests.clear()
    await house.start()
    await house.clock.pass_by(seconds=2)
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.issues == []
    assert house.asked["book"] == 0
    assert house.held() == [("Planning", 60, 30)]


async def test_killed_before_it_was_booked(house: RoomzHouse) -> None:
    """It is not sent again, but a person is told."""
    silence = posting(house).silence()
    house.doing(book(house))
    await silence.triggered()
    await house.crash()
    house.roomz.requests.clear()
    await house.start()
    assert house.issues == ["unconfirmed_booking"]
    assert house.asked["book"] == 0
    assert house.held() == []


# What the system refuses


@pytest.mark.parametrize(("wait", "booked"), [(20, True), (60, False)])
@pytest.mark.parametrize("status", [429, 503])
async def test_the_system_says_how_long(
    house: RoomzHouse, status: int, wait: int, booked: bool
) -> None:
    """Half a minute is waited for, more is the person's to wait for."""
    posting(house).status(status, retry_after=wait)
    began = house.clock.now
    if booked:
        await book(house)
        assert house.clock.now - began >= timedelta(seconds=wait)
    else:
        told = await not_booked(house)
        assert (told["key"], told["seconds"]) == ("busy_try_later", "60")
        assert house.clock.now - began < timedelta(seconds=1)
        assert house.ledger == []
    assert bool(house.held()) is booked


@pytest.mark.parametrize(
    ("status", "key"),
    [(400, "rejected"), (403, "permission_denied"), (422, "rejected")],
)
async def test_the_systems_own_words(house: RoomzHouse, status: int, key: str) -> None:
    """They are told; the title of the meeting is taken out of them."""
    words = '{"message": "Planning is not what this room is for"}'
    posting(house).status(status, body=words)
    told = await not_booked(house)
    assert told["key"] == key
    assert "… is not what this room is for" in told.values()
    assert house.held() == []
    assert house.ledger == []


async def test_a_room_that_is_gone(house: RoomzHouse) -> None:
    """Whoever books it is told so, and it goes in Home Assistant too."""
    calendar = house.entity_id("Fjord", "bookings")
    house.roomz.remove_room(house.room())
    with pytest.raises(HomeAssistantError) as caught:
        await house.hass.services.async_call(
            "room_bookings",
            "book",
            {"entity_id": calendar},
            blocking=True,
            return_response=True,
        )
    assert told_by(caught.value)["key"] == "rejected"
    await house.clock.pass_by(seconds=1)
    assert house.hass.states.get(calendar) is None
