"""What can be done to meetings by POST and PUT, and what cannot."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.roomz.backend import RoomzBackend
from custom_components.room_bookings.backends.signals import RoomStale
from custom_components.room_bookings.rooms.booking import (
    BookingId,
    BookingRequest,
    RoomId,
    SeriesId,
)
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    ConflictError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from custom_components.room_bookings.rooms.room import EndMethod
from tests.backends.listening import Ear
from tests.simulators.roomz import SimRoom

from .conftest import MINUTE, Rig, as_found, as_known

FJORD = RoomId("57")


async def book(backend: RoomzBackend, request: BookingRequest) -> Any:
    """Ask for a booking in the room Fjord."""
    return await backend.book([FJORD], request)


# Book


async def test_a_booking_is_what_the_system_made_of_it(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Its answer says so."""
    made = await book(backend, rig.wish())
    (known,) = fjord.held()
    assert as_found(made) == as_known(known)
    assert (made.organizer, made.private) == ("ROOMZ", False)
    (entry,) = rig.sim.requests
    assert entry.body == {
        "subject": "Standup",
        "startDateUTC": "2026-01-01T09:00:00Z",
        "endDateUTC": "2026-01-01T09:30:00Z",
    }
    assert await rig.listed(backend, fjord) == [made]


@pytest.mark.parametrize("title", ["", " a  b ", "ü🎉", 'quo"te\n', "x" * 900])
async def test_any_title_arrives_and_comes_back(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, title: str
) -> None:
    """As it was written."""
    made = await book(backend, rig.wish(title=title))
    assert made is None or made.title == title
    (known,) = fjord.held()
    assert known.subject == title


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_an_answer_needs_no_body(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, status: int
) -> None:
    """The list decides then (assumption `post_answer`)."""
    rig.sim.rules.post_status, rig.sim.rules.post_body = status, False
    assert await book(backend, rig.wish()) is None
    assert len(await rig.listed(backend, fjord)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"startDateUTC": "2026-01-01T09:00:01Z"},
        {"endDateUTC": None},
        {"subject": "Another"},
        {"meetingId": ""},
        {"isCancelled": True},
    ],
)
async def test_an_answer_about_something_else_decides_nothing(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, change: dict[str, Any]
) -> None:
    """Nor does one that is no Meeting."""
    rig.sim.faults.when(call="book").extra(**change)
    assert await book(backend, rig.wish()) is None
    rig.sim.faults.when(call="book").bent(lambda meeting: [meeting])
    assert await book(backend, rig.wish(60)) is None
    assert len(fjord.meetings) == 2


async def test_a_slot_that_is_taken_is_a_conflict(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """And a neighbour is none."""
    rig.meeting(fjord, "theirs", 0, 30)
    with pytest.raises(ConflictError):
        await book(backend, rig.wish(29))
    assert await book(backend, rig.wish(30)) is not None


async def test_what_a_post_cannot_carry_is_refused(
    rig: Rig, backend: RoomzBackend
) -> None:
    """Without asking."""
    for more in (
        {"private": True},
        {"organizer_name": "Ada"},
        {"organizer_email": "ada@example.com"},
        {"extras": {"licence": 1}},
        {"title": "half a character: \ud83d"},
    ):
        with pytest.raises(NotSupportedError) as caught:
            backend.check_request(FJORD, rig.wish(**more))
        assert caught.value.feature
    backend.check_request(FJORD, rig.wish())
    assert not rig.sim.requests


# End, extend, reschedule


async def test_a_running_meeting_is_shortened_to_now(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """As a display does."""
    made = await book(backend, rig.wish())
    rig.clock.pass_by(minutes=10, seconds=0.9)
    assert await backend.end_meeting(FJORD, made) is EndMethod.SHORTENED
    (known,) = fjord.held()
    assert known.end == made.start + 10 * MINUTE
    assert rig.sim.requests[-1].body == {
        "startDateUTC": "2026-01-01T09:00:00Z",
        "endDateUTC": "2026-01-01T09:10:00Z",
    }


async def test_a_meeting_that_just_began_keeps_a_second(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Nobody says what one without length would be."""
    made = await book(backend, rig.wish())
    await backend.end_meeting(FJORD, made)
    (known,) = fjord.held()
    assert known.end == made.start + timedelta(seconds=1)


@pytest.mark.parametrize(("put_status", "put_body"), [(200, True), (204, False)])
async def test_times_change_by_put(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, put_status: int, put_body: bool
) -> None:
    """Longer, shorter, earlier, later; both times are always named."""
    rules = rig.sim.rules
    rules.put_status, rules.put_body, rules.put_needs_both = put_status, put_body, True
    booking = await book(backend, rig.wish(60))
    for begin, end in ((60, 120), (60, 70), (10, 40), (200, 260)):
        wanted = replace(
            booking,
            start=rig.clock() + begin * MINUTE,
            end=rig.clock() + end * MINUTE,
        )
        backend.check_change(FJORD, booking, wanted)
        await backend.change(FJORD, booking, wanted)
        (booking,) = await rig.listed(backend, fjord)
        assert booking == wanted


async def test_a_change_meets_the_next_meeting(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """A conflict; up to it is none. A meeting that is gone is not found."""
    rig.meeting(fjord, "next", 30)
    made = await book(backend, rig.wish(0, 20))
    with pytest.raises(ConflictError):
        await backend.change(FJORD, made, replace(made, end=made.end + 11 * MINUTE))
    await backend.change(FJORD, made, replace(made, end=made.end + 10 * MINUTE))
    fjord.delete(fjord.meetings[made.id])
    with pytest.raises(NotFoundError):
        await backend.end_meeting(FJORD, made)


async def test_what_a_put_cannot_carry_is_refused(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Another title, and one of several meetings of the same id."""
    made = await book(backend, rig.wish())
    with pytest.raises(NotSupportedError, match="title"):
        backend.check_change(FJORD, made, replace(made, title="New"))
    one = replace(made, series=SeriesId("m1"))
    later = replace(one, end=one.end + MINUTE)
    for refused in (
        backend.change(FJORD, one, later),
        backend.end_meeting(FJORD, one),
        backend.change(FJORD, made, replace(made, title="New")),
    ):
        with pytest.raises(NotSupportedError):
            await refused
    assert rig.asked("change") == 0


async def test_what_the_contract_lacks_is_not_supported(
    rig: Rig, backend: RoomzBackend
) -> None:
    """It has no DELETE, no check-in and no series."""
    made = await book(backend, rig.wish())
    for refused in (
        backend.delete(FJORD, made),
        backend.check_in(FJORD, made),
        backend.book_series([FJORD], rig.wish(), "FREQ=DAILY;COUNT=2"),
    ):
        with pytest.raises(NotSupportedError):
            await refused
    assert len(rig.sim.requests) == 1
    assert backend.traits.local_ids
    assert backend.traits.bookings_every >= timedelta(hours=6)
    assert backend.traits.rooms_every == timedelta(hours=1)
    assert not backend.traits.joins_rooms
    assert not backend.traits.keeps_series


# What goes wrong


ARMED: list[tuple[str, dict[str, Any], type[RoomError], bool]] = [
    ("drop", {}, AnswerLostError, False),
    ("drop_answer", {}, AnswerLostError, True),
    ("truncated", {}, AnswerLostError, True),
    ("status", {"status": 500}, AnswerLostError, False),
    ("status", {"status": 502, "applied": True}, AnswerLostError, True),
    ("status", {"status": 503}, AnswerLostError, False),
    ("status", {"status": 503, "retry_after": 0}, BusyTryLaterError, False),
    ("status", {"status": 429}, BusyTryLaterError, False),
    ("status", {"status": 401}, AuthFailedError, False),
    ("status", {"status": 403}, PermissionDeniedError, False),
    ("status", {"status": 404}, NotFoundError, False),
    ("status", {"status": 410}, NotFoundError, False),
    ("status", {"status": 409}, ConflictError, False),
    ("status", {"status": 400}, RejectedError, False),
    ("status", {"status": 405}, RejectedError, False),
    ("status", {"status": 422}, RejectedError, False),
    ("redirect", {"location": "/rooms"}, UnreachableError, False),
    ("garbage", {"applied": True}, AnswerLostError, True),
    ("html", {}, AnswerLostError, False),
    ("huge", {}, AnswerLostError, False),
    ("typed", {"content_type": "text/html"}, AnswerLostError, True),
]


@pytest.mark.parametrize(("effect", "arguments", "error", "applied"), ARMED)
async def test_every_answer_to_a_wish_is_a_booking_or_an_error(
    rig: Rig,
    backend: RoomzBackend,
    fjord: SimRoom,
    effect: str,
    arguments: dict[str, Any],
    error: type[RoomError],
    applied: bool,
) -> None:
    """What may have been done says so; all else was not done, and nothing is sent twice."""
    getattr(rig.sim.faults.when(call="book"), effect)(**arguments)
    with pytest.raises(error) as caught:
        await book(backend, rig.wish())
    assert type(caught.value) is error
    assert len(fjord.meetings) == applied
    assert rig.asked("book") == 1


@pytest.mark.parametrize(("effect", "arguments", "error", "applied"), ARMED)
async def test_every_answer_to_a_change_is_one_or_an_error(
    rig: Rig,
    backend: RoomzBackend,
    fjord: SimRoom,
    effect: str,
    arguments: dict[str, Any],
    error: type[RoomError],
    applied: bool,
) -> None:
    """The same of a PUT, which aiohttp would say twice by itself."""
    made = await book(backend, rig.wish())
    getattr(rig.sim.faults.when(call="change"), effect)(**arguments)
    with pytest.raises(error) as caught:
        await backend.end_meeting(FJORD, made)
    assert type(caught.value) is error
    assert (fjord.meetings[made.id].end < made.end) == applied
    assert rig.asked("change") == 1


async def test_a_silent_system_may_have_heard(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who was never reached has not."""
    client = "custom_components.room_bookings.backends.roomz.client"
    monkeypatch.setattr(f"{client}._TIMEOUT", 0.3)
    rig.sim.faults.when(call="book").silence(applied=True)
    with pytest.raises(AnswerLostError):
        await book(backend, rig.wish())
    assert len(fjord.meetings) == 1
    await rig.sim.down(refuse=True)
    with pytest.raises(UnreachableError) as caught:
        await book(backend, rig.wish(60))
    assert type(caught.value) is UnreachableError
    await rig.sim.up()


async def test_the_systems_words_are_quoted_without_texts_of_people(
    rig: Rig, backend: RoomzBackend
) -> None:
    """Nor secrets, nor for ever."""
    said = f"No Standup for {rig.sim.password}:\n" + "x" * 400
    rig.sim.faults.when(call="book").answer({"message": said}, status=400)
    with pytest.raises(RejectedError) as caught:
        await book(backend, rig.wish())
    assert caught.value.words.startswith("No … for …: xxx")
    assert len(caught.value.words) <= 300
    for body in (b"\xff", b"[]", '{"message": 5}', "{" + " " * 100_000 + "}"):
        rig.sim.faults.when(call="book").answer(body, status=400)
        with pytest.raises(RejectedError) as caught:
            await book(backend, rig.wish())
        assert caught.value.words == "HTTP 400"


async def test_what_is_known_of_a_room_is_outdated_by_a_verb(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Also by one whose answer was lost, or that met somebody else's booking."""
    await rig.listed(backend, fjord)
    async with Ear(backend.listen) as ear:
        await asyncio.sleep(0)
        made = await book(backend, rig.wish())
        assert ear.of(RoomStale) == [RoomStale(FJORD)]
        assert await rig.listed(backend, fjord) == [made]
        for count, arm in enumerate(("drop_answer", "rival"), 3):
            getattr(rig.sim.faults.when(call="book"), arm)()
            with pytest.raises(RoomError):
                await book(backend, rig.wish(60 * count))
            stale = len(ear.of(RoomStale))
            assert len(await rig.listed(backend, fjord)) == count - 1
            assert stale >= 2
        before = rig.asked("meetings")
        rig.sim.faults.when(call="book").status(503, retry_after=0)
        with pytest.raises(BusyTryLaterError):
            await book(backend, rig.wish(600))
        await rig.listed(backend, fjord)
        assert rig.asked("meetings") == before


async def test_a_reading_that_began_before_a_verb_is_not_kept(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """What it found is older than what was done."""
    slow = rig.sim.faults.when(call="meetings").latency(0.2)
    reading = asyncio.ensure_future(rig.listed(backend, fjord))
    await slow.triggered()
    rig.sim.faults.when(call="meetings").answer([])
    made = await book(backend, rig.wish())
    await reading
    rig.sim.faults.clear()
    assert await rig.listed(backend, fjord) == [made]


async def test_a_booking_of_an_unknown_id_is_not_found(
    rig: Rig, backend: RoomzBackend
) -> None:
    """However odd it is."""
    made = await book(backend, rig.wish())
    for odd in ("m/../1", "?", "#", "a b", "%31"):
        with pytest.raises(NotFoundError):
            await backend.end_meeting(FJORD, replace(made, id=BookingId(odd)))
