"""Series of a Cisco TMS through Home Assistant's calendar."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from .house import TmsHouse

DAY = 60 * 24
WEEK = 7 * DAY
# Ten o'clock in the room's zone (W. Europe), two weeks before its clocks change.
FIRST = ("2026-03-17T10:00:00+01:00", "2026-03-17T10:30:00+01:00")
WEEKLY = "FREQ=WEEKLY;COUNT=4"
# In minutes after the house was built: the same time on the wall.
WALL = [2 * WEEK, 3 * WEEK, 4 * WEEK - 60, 5 * WEEK - 60]

type Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def ask(house: TmsHouse, hass_ws_client: WebSocketGenerator) -> Ask:
    """A person at the calendar panel."""
    client = await hass_ws_client(house.hass)

    async def ask(kind: str, **data: Any) -> dict[str, Any]:
        await client.send_json_auto_id(
            {
                "type": f"calendar/event/{kind}",
                "entity_id": house.entity_id("Fjord", "bookings"),
                **data,
            }
        )
        answer: dict[str, Any] = await client.receive_json()
        await house.clock.settle()
        return answer

    return ask


async def create(
    ask: Ask, rrule: str, start: str = FIRST[0], end: str = FIRST[1]
) -> dict[str, Any]:
    """Make a series in the dialog."""
    event = {"summary": "Stand-up", "dtstart": start, "dtend": end, "rrule": rrule}
    return await ask("create", event=event)


@pytest.fixture
async def series(house: TmsHouse, ask: Ask) -> list[str]:
    """The ids of the occurrences of a weekly series, of which all is known."""
    assert (await create(ask, WEEKLY))["success"]
    ids = [str(conference.conference_id) for conference in house.living()]
    house.tms.clear_log()
    return ids


def held(house: TmsHouse) -> list[float]:
    """When its occurrences begin, in minutes after the house was built."""
    return [start for _, start, _ in house.held()]


def event(start: float, title: str = "Stand-up", length: int = 30) -> dict[str, str]:
    """What the dialog sends of a changed event."""
    begin = datetime(2026, 3, 3, 1, tzinfo=None) + timedelta(minutes=start)
    zone = "-08:00"
    return {
        "summary": title,
        "dtstart": f"{begin.isoformat()}{zone}",
        "dtend": f"{(begin + timedelta(minutes=length)).isoformat()}{zone}",
    }


# Create


async def test_create(house: TmsHouse, ask: Ask) -> None:
    """One native series; at the same time on the room's wall on both sides of the change."""
    with house.recording() as changes:
        assert (await create(ask, WEEKLY))["success"]
    assert held(house) == WALL
    conferences = house.living()
    assert len({conference.conference_id for conference in conferences}) == 4
    saved = house.saved()
    assert len(saved) == 2  # the first is sent back for want of a session
    pattern = saved[-1]["RecurrencePattern"]
    assert pattern["FrequencyType"] == "Weekly"
    rules = saved[-1]["ConferenceTimeZoneRules"]["TimeZoneRule"]
    rules = rules if isinstance(rules, list) else [rules]
    assert {rule["Id"] for rule in rules} == {"W. Europe Standard Time"}
    # Two of them are within what is held; the third is a day short of it.
    assert [(t.kind, t.ours) for t in changes.told("Fjord")][:3] == [
        ("created", True)
    ] * 3
    with house.recording() as later:
        await house.poll()
        await house.poll()
    assert later.told("Fjord") == []


async def test_create_in_the_zone_of_the_room(house: TmsHouse, ask: Ask) -> None:
    """Not in that of Home Assistant, nor of the server."""
    house.tms.local.change_system(
        house.system("Fjord"), time_zone="Eastern Standard Time"
    )
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    start, end = "2026-03-04T10:00:00-05:00", "2026-03-04T10:30:00-05:00"
    assert (await create(ask, WEEKLY, start, end))["success"]
    first = DAY + 6 * 60
    # Clocks change on 8 March there.
    assert held(house) == [first] + [first + n * WEEK - 60 for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", [14, 16, 18]),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", [14, 16, 21, 23]),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260321T000000Z", [14, 15, 16, 17]),
    ],
)
async def test_other_rules(
    house: TmsHouse, ask: Ask, rule: str, days: list[int]
) -> None:
    """Each takes place on the days meant."""
    assert (await create(ask, rule))["success"]
    assert held(house) == [day * DAY for day in days]


async def test_the_calendar_names_each(
    house: TmsHouse, series: list[str], hass_client: ClientSessionGenerator
) -> None:
    """By its booking's id, also further ahead than bookings are held."""
    client = await hass_client()
    response = await client.get(
        f"/api/calendars/{house.entity_id('Fjord', 'bookings')}",
        params={
            "start": "2026-03-10T00:00:00.000Z",
            "end": "2026-04-20T00:00:00.000Z",
        },
    )
    assert response.status == HTTPStatus.OK
    events = [e for e in await response.json() if e["summary"] == "Stand-up"]
    assert [event["uid"] for event in events] == series
    assert all(event["recurrence_id"] for event in events)


async def test_a_single_booking_has_no_recurrence_id(
    house: TmsHouse, hass_client: ClientSessionGenerator
) -> None:
    """But its booking's id."""
    answer = await house.do("book", title="Planning", start=house.at(60))
    client = await hass_client()
    response = await client.get(
        f"/api/calendars/{house.entity_id('Fjord', 'bookings')}",
        params={
            "start": "2026-03-03T00:00:00.000Z",
            "end": "2026-03-04T00:00:00.000Z",
        },
    )
    [event] = await response.json()
    assert event["uid"] == answer["booking_id"]
    assert event["recurrence_id"] is None


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=YEARLY;COUNT=3", "YEARLY"),
        ("FREQ=DAILY;COUNT=101", "100"),
        ("FREQ=WEEKLY", "end"),
        ("FREQ=DAILY;COUNT=4;BYHOUR=9,15", "one day"),
        ("FREQ=WEEKLY;BYMONTH=3;COUNT=3", "BYMONTH"),
    ],
)
async def test_what_tms_cannot_do(
    house: TmsHouse, ask: Ask, rule: str, words: str
) -> None:
    """It is named, and nothing is sent to be saved."""
    house.tms.clear_log()
    answer = await create(ask, rule)
    assert not answer["success"]
    assert words.lower() in answer["error"]["message"].lower()
    assert house.saved() == []
    assert house.held() == []
    assert house.ledger == []


async def test_one_of_the_series_is_taken(house: TmsHouse, ask: Ask) -> None:
    """None of it is made."""
    house.meet("Review", 4 * WEEK - 60)
    answer = await create(ask, WEEKLY)
    assert not answer["success"]
    assert "taken" in answer["error"]["message"]
    assert house.held() == [("Review", 4 * WEEK - 60, 30)]
    assert house.ledger == []


@pytest.mark.parametrize("applied", [True, False])
async def test_an_answer_that_is_lost(house: TmsHouse, ask: Ask, applied: bool) -> None:
    """It is one series."""
    faults = house.tms.faults.when(
        "SaveConferenceWithMode", predicate=lambda request: bool(request.session)
    )
    _ = faults.drop_answer() if applied else faults.drop()
    assert (await create(ask, WEEKLY))["success"]
    assert held(house) == WALL
    assert house.issues == []


async def test_a_series_that_runs_into_the_future(house: TmsHouse, ask: Ask) -> None:
    """The part of it that comes within reach is no news."""
    start, end = "2026-03-04T10:00:00+01:00", "2026-03-04T10:30:00+01:00"
    assert (await create(ask, "FREQ=DAILY;COUNT=40", start, end))["success"]
    with house.recording() as changes:
        await house.clock.pass_by(hours=31)
    found = await house.bookings("Fjord", duration={"days": 35})
    assert len(found) > 32
    assert [t.kind for t in changes.told("Fjord")] == ["started", "ended"]


# Delete


async def test_delete_one(house: TmsHouse, ask: Ask, series: list[str]) -> None:
    """The others stay."""
    with house.recording() as changes:
        answer = await ask("delete", uid=series[1], recurrence_id=series[1])
    assert answer["success"], answer
    assert held(house) == [WALL[0], *WALL[2:]]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("cancelled", True)]
    assert house.asked["DeleteConferenceById"] == 0


async def test_delete_this_and_future(
    house: TmsHouse, ask: Ask, series: list[str]
) -> None:
    """Those before stay."""
    answer = await ask(
        "delete",
        uid=series[1],
        recurrence_id=series[1],
        recurrence_range="THISANDFUTURE",
    )
    assert answer["success"], answer
    assert held(house) == WALL[:1]
    assert house.titles("Fjord")[1] == "Stand-up"


async def test_delete_all(house: TmsHouse, ask: Ask, series: list[str]) -> None:
    """Nothing of it is left."""
    with house.recording() as changes:
        answer = await ask("delete", uid=series[1])
    assert answer["success"], answer
    assert house.held() == []
    assert house.titles("Fjord")[1] == "unknown"
    assert {(t.kind, t.ours) for t in changes.told("Fjord")} == {("cancelled", True)}


async def test_delete_by_the_action(house: TmsHouse, series: list[str]) -> None:
    """One occurrence, unless the dialog says otherwise."""
    await house.do("delete", booking_id=series[0])
    assert held(house) == WALL[1:]


# Change


async def test_move_one(house: TmsHouse, ask: Ask, series: list[str]) -> None:
    """The others stay."""
    with house.recording() as changes:
        answer = await ask(
            "update",
            uid=series[1],
            recurrence_id=series[1],
            event=event(WALL[1] + 90, "Review"),
        )
    assert answer["success"], answer
    assert house.held()[:3] == [
        ("Stand-up", WALL[0], 30),
        ("Review", WALL[1] + 90, 30),
        ("Stand-up", WALL[2], 30),
    ]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("changed", True)]
    assert house.asked["SaveConferenceRecInstance"] == 1


async def test_move_this_and_future(
    house: TmsHouse, ask: Ask, series: list[str]
) -> None:
    """Those before stay; all others move by as much on the wall."""
    answer = await ask(
        "update",
        uid=series[1],
        recurrence_id=series[1],
        recurrence_range="THISANDFUTURE",
        event=event(WALL[1] + 90),
    )
    assert answer["success"], answer
    assert held(house) == [WALL[0], *(start + 90 for start in WALL[1:])]


async def test_move_all(house: TmsHouse, ask: Ask, series: list[str]) -> None:
    """Each moves by as much on the wall, and has the new title."""
    answer = await ask("update", uid=series[1], event=event(WALL[1] + 90, "Review", 45))
    assert answer["success"], answer
    assert house.held() == [("Review", start + 90, 45) for start in WALL]
    assert house.titles("Fjord")[1] == "Review"
    # One more time, with the ids that it has now.
    ids = [str(conference.conference_id) for conference in house.living()]
    answer = await ask("update", uid=ids[0], event=event(WALL[0], "Budget", 45))
    assert answer["success"], answer
    assert house.held() == [("Budget", start, 45) for start in WALL]


async def test_move_into_another_meeting(
    house: TmsHouse, ask: Ask, series: list[str]
) -> None:
    """Nothing moves."""
    house.meet("Lunch", WALL[2] + 90)
    answer = await ask("update", uid=series[1], event=event(WALL[1] + 90))
    assert not answer["success"]
    assert "taken" in answer["error"]["message"]
    assert [b for b in house.held() if b[0] == "Stand-up"] == [
        ("Stand-up", start, 30) for start in WALL
    ]


async def test_somebody_else_changes_the_series_meanwhile(
    house: TmsHouse, ask: Ask, series: list[str]
) -> None:
    """What does not contradict is kept."""
    house.tms.faults.when("SaveConferenceWithMode").before(
        lambda _: house.tms.local.delete(int(series[3]), occurrence=True)
    )
    answer = await ask("update", uid=series[0], event=event(WALL[0] + 90))
    assert answer["success"], answer
    assert held(house) == [start + 90 for start in WALL[:3]]
