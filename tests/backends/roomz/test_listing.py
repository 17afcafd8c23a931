"""Rooms and meetings as they are read, whatever the server makes of the contract."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.roomz import wire
from custom_components.room_bookings.backends.roomz.backend import RoomzBackend
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.errors import UnreachableError
from custom_components.room_bookings.rooms.room import Room, Verb
from tests.simulators.roomz import SimRoom
from tests.simulators.roomz.times import DATE_FORMS

from .conftest import MINUTE, Rig, as_found, as_known
from .records import RECORD

# Rooms


async def test_rooms_are_those_of_the_list(rig: Rig, backend: RoomzBackend) -> None:
    """They can be booked, and their meetings changed, but not deleted."""
    rig.sim.add_room("Moleson", "22")
    verbs = frozenset({Verb.BOOK, Verb.END_MEETING, Verb.EXTEND, Verb.RESCHEDULE})
    await backend.connect()
    assert await backend.rooms() == [
        Room(id=RoomId("57"), name="Fjord", verbs=verbs),
        Room(id=RoomId("22"), name="Moleson", verbs=verbs),
    ]


async def test_a_bad_room_costs_only_itself(rig: Rig, backend: RoomzBackend) -> None:
    """Whatever else is in the list; each id is one room."""
    rig.sim.faults.when(call="rooms").records(
        [
            None,
            "room",
            {},
            {"roomId": None, "name": "x"},
            {"roomId": "..", "name": "x"},
            {"roomId": " ", "name": "x"},
            {"roomId": True, "name": "x"},
            {"roomId": 22, "name": None},
            {"roomId": "57", "name": "Again"},
        ]
    )
    rooms = await backend.rooms()
    assert [(r.id, r.name) for r in rooms] == [("57", "Fjord"), ("22", "22")]


@pytest.mark.parametrize(
    "body", [{"rooms": []}, [{}], [None], {}, "null", "5", b"", b" ", b"[", b"\xff"]
)
async def test_what_is_no_list_of_rooms_is_no_answer(
    rig: Rig, backend: RoomzBackend, body: Any
) -> None:
    """Rooms go when a list says so, not when there is none."""
    rig.sim.faults.when(call="rooms").answer(body)
    with pytest.raises(UnreachableError):
        await backend.rooms()


async def test_there_may_be_no_rooms(rig: Rig) -> None:
    """An empty list is one."""
    assert await rig.backend().rooms() == []


@pytest.mark.parametrize("room_id", ["a/b", "a b?c#d", "100%", "ü", "%2F", "a:b@c"])
async def test_any_id_finds_its_room(rig: Rig, room_id: str) -> None:
    """It is one segment of the path, whatever is in it."""
    room = rig.sim.add_room("Odd", room_id)
    backend = rig.backend()
    (found,) = await backend.rooms()
    made = await backend.book([found.id], rig.wish())
    assert made is not None
    await backend.end_meeting(found.id, made)
    (listed,) = await rig.listed(backend, room)
    assert listed.id == made.id


# Meetings


async def test_what_is_listed_is_what_the_system_keeps(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Of the time that was asked for, cancelled ones left out."""
    for title, begin in (
        ("long ago", -3 * 1440),
        ("over", -60),
        ("running", -10),
        ("cancelled", 30),
        ("soon", 60),
        ("next week", 7 * 1440),
        ("after the end", 31 * 1440),
    ):
        made = rig.meeting(fjord, title, begin)
        fjord.change(made, organizer_name="Ada", private=title == "soon")
        if title == "cancelled":
            fjord.change(made, cancelled=True)
    found = await rig.listed(backend, fjord)
    assert [b.title for b in found] == ["over", "running", "soon", "next week"]
    known = [as_known(m) for m in fjord.held() if m.subject in {b.title for b in found}]
    assert [as_found(b) for b in found] == known
    assert [b.private for b in found] == [False, False, True, False]
    assert {b.organizer for b in found} == {"Ada"}


async def test_the_window_is_written_as_the_contract_has_it(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Whole seconds, UTC; wide enough for what began long ago, and one for all readers."""
    rig.clock.pass_by(seconds=0.75)
    await rig.listed(backend, fjord, days=1)
    (entry,) = rig.sim.requests
    assert entry.path == "/rooms/57/meetings"
    window = {"from": "2025-12-31T07:00:00Z", "to": "2026-02-01T09:00:00Z"}
    assert entry.query == window
    await rig.listed(backend, fjord, days=60)
    assert rig.sim.requests[-1].query == {**window, "to": "2026-03-02T09:00:00Z"}


async def test_what_began_long_ago_is_found_by_its_start(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Where the window is about starts (assumption `window`)."""
    rig.sim.rules.by_start = True
    rig.meeting(fjord, "all day", -20 * 60, 24 * 60)
    assert [b.title for b in await rig.listed(backend, fjord)] == ["all day"]


async def test_a_bad_record_costs_only_itself(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Whatever else is listed."""
    rig.meeting(fjord, "good")
    rig.sim.faults.when().records(
        [
            None,
            5,
            [],
            {},
            {**RECORD, "meetingId": ""},
            {**RECORD, "meetingId": ".."},
            {**RECORD, "meetingId": None},
            {**RECORD, "meetingId": 10**20},
            {**RECORD, "startDateUTC": None},
            {**RECORD, "startDateUTC": "soon"},
            {**RECORD, "endDateUTC": "2026-01-01T14:29:59Z"},
        ]
    )
    assert [b.title for b in await rig.listed(backend, fjord)] == ["good"]


@pytest.mark.parametrize("body", [{"meetings": []}, [{}], [None, 5], "{}", b"", b"[,]"])
async def test_what_is_no_list_of_meetings_is_no_answer(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, body: Any
) -> None:
    """A room is free when a list says so, not when there is none."""
    rig.sim.faults.when(call="meetings").answer(body)
    with pytest.raises(UnreachableError):
        await rig.listed(backend, fjord)


async def test_cancelled_meetings_alone_are_an_empty_list(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """They can be read."""
    fjord.change(rig.meeting(fjord, "one"), cancelled=True)
    assert await rig.listed(backend, fjord) == []


@pytest.mark.parametrize(
    ("form", "read"),
    [
        *((form, True) for form in ("fraction", "long_fraction", "offset", "naive")),
        *((form, True) for form in ("space", "lower", "minutes", "padded")),
        *((form, False) for form in ("day", "basic", "leap_second", "year_0")),
        *((form, False) for form in ("year_1", "year_9999", "other_digits", "epoch")),
        *((form, False) for form in ("null", "empty", "object")),
    ],
)
async def test_dates_are_read_in_any_form_that_is_clear(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, form: str, read: bool
) -> None:
    """All that is not is of no use, and says so."""
    known = rig.meeting(fjord, "one")
    rig.sim.faults.when(call="meetings").dates(form)
    if read:
        (found,) = await rig.listed(backend, fjord)
        assert as_found(found) == as_known(known)
    else:
        with pytest.raises(UnreachableError):
            await rig.listed(backend, fjord)
    assert form in DATE_FORMS


@pytest.mark.parametrize(
    ("value", "private"),
    [
        *((value, False) for value in (False, None, "false", " False ", 0)),
        *((value, True) for value in (True, "yes", 1, "", {}, [], 7, 0.0)),
    ],
)
def test_what_is_not_clearly_public_is_private(value: Any, private: bool) -> None:
    """Missing and null mean false (assumption `privacy`)."""
    booking = wire.meeting({**RECORD, "isPrivate": value})
    assert booking is not None
    assert booking.private is private
    without = wire.meeting({k: v for k, v in RECORD.items() if k != "isPrivate"})
    assert without is not None
    assert without.private is False


async def test_missing_extra_and_null_fields_are_borne(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """As long as it is clear which meeting is when."""
    known = rig.meeting(fjord, "one")
    faults = rig.sim.faults
    faults.when().nulls()
    (found,) = await rig.listed(backend, fjord, urgent=True)
    assert (found.title, found.organizer, found.private) == ("", "", False)
    faults.when().without("subject", "organizerName", "isPrivate", "isCancelled")
    assert len(await rig.listed(backend, fjord, urgent=True)) == 1
    faults.when().extra(meetingId=1234)
    assert (await rig.listed(backend, fjord, urgent=True))[0].id == "1234"
    faults.when().extra()
    (found,) = await rig.listed(backend, fjord, urgent=True)
    assert as_found(found) == as_known(known)


async def test_occurrences_of_one_id_are_kept_apart(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Each takes the room; what is listed twice is there once (assumption `same_id`)."""
    daily = [
        {
            **RECORD,
            "meetingId": "daily",
            "startDateUTC": f"2026-01-0{day}T10:00:00Z",
            "endDateUTC": f"2026-01-0{day}T10:15:00Z",
        }
        for day in (1, 2)
    ]
    rig.sim.faults.when().records([*daily, daily[0], RECORD, RECORD])
    found = await rig.listed(backend, fjord)
    assert [(b.id, b.series) for b in found] == [
        ("daily 2026-01-01T10:00:00Z", "daily"),
        ("daily 2026-01-02T10:00:00Z", "daily"),
        ("m1234", None),
    ]


async def test_a_long_list_leaves_others_their_turn(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Thousands of meetings are read in parts."""
    start = datetime(2026, 1, 2, tzinfo=UTC)
    records = [
        {
            **RECORD,
            "meetingId": f"m{n}",
            "startDateUTC": wire.wire_time(start + n * MINUTE),
            "endDateUTC": wire.wire_time(start + (n + 1) * MINUTE),
        }
        for n in range(3000)
    ]
    rig.sim.faults.when().answer(records)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.ensure_future(others())
    assert len(await rig.listed(backend, fjord)) == 3000
    other.cancel()
    assert turns > 10


# From memory


async def test_a_listing_that_is_not_urgent_is_what_was_last_read(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """For as long as a room is not due; an urgent or thorough one always asks."""
    rig.meeting(fjord, "one")
    await rig.listed(backend, fjord)
    rig.meeting(fjord, "two", 60)
    rig.clock.pass_by(minutes=5)
    assert len(await rig.listed(backend, fjord)) == 1
    assert rig.asked("meetings") == 1
    assert len(await rig.listed(backend, fjord, urgent=True)) == 2
    assert len(await rig.listed(backend, fjord)) == 2
    assert rig.asked("meetings") == 2
    await rig.listed(backend, fjord, expected=None)
    assert rig.asked("meetings") == 3
    rig.clock.pass_by(minutes=5, seconds=1)
    await rig.listed(backend, fjord)
    assert rig.asked("meetings") == 4


async def test_what_was_not_looked_at_is_asked_for(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Further ahead, or further back."""
    rig.meeting(fjord, "far", 50 * 1440)
    assert await rig.listed(backend, fjord) == []
    assert len(await rig.listed(backend, fjord, days=60)) == 1
    long_ago = rig.clock() - timedelta(days=9)
    await backend.bookings(RoomId("57"), long_ago, rig.clock())
    assert rig.asked("meetings") == 3


async def test_a_list_that_is_the_same_is_not_parsed_again(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bytes are compared."""
    rig.meeting(fjord, "one")
    first = await rig.listed(backend, fjord, urgent=True)
    parsed = 0

    async def counted(body: bytes) -> Any:
        nonlocal parsed
        parsed += 1
        return []

    monkeypatch.setattr(
        "custom_components.room_bookings.backends.roomz.readings.parsed", counted
    )
    assert await rig.listed(backend, fjord, urgent=True) == first
    assert (parsed, rig.asked("meetings")) == (0, 2)
    rig.meeting(fjord, "two", 60)
    await rig.listed(backend, fjord, urgent=True)
    assert parsed == 1


async def test_a_room_that_is_gone_is_forgotten(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """By the next list of rooms."""
    await rig.listed(backend, fjord)
    rig.sim.remove_room(fjord)
    assert await backend.rooms() == []
    rig.sim.rooms.append(fjord)
    await rig.listed(backend, fjord)
    assert rig.asked("meetings") == 2
