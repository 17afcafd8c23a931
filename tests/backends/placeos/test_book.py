"""Booking, with the care that the driver does not take."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.room_bookings.backends.placeos import backend as module, channel
from custom_components.room_bookings.backends.signals import (
    Connected,
    RoomReports,
    RoomStale,
)
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    ConflictError,
    InThePastError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from custom_components.room_bookings.rooms.state import Availability, Reported
from tests.backends.listening import Ear
from tests.simulators.placeos import Room, Settings

from .asking import EVERY_RELEASE, PATIENT, SECOND, book
from .conftest import BUSY, MINUTE, Rig, as_found, as_known


@EVERY_RELEASE
@pytest.mark.parametrize("traits", [{}, PATIENT])
async def test_a_booking_is_what_the_room_made_of_it(rig: Rig, release: str) -> None:
    """And is known by its request from there on."""
    room = rig.sim.add_room("Fjord", settings=BUSY, release=release)
    backend = await rig.ready()
    wish = rig.wish()
    made = await book(backend, room, wish)
    (event,) = room.events
    assert made is not None
    assert as_found(made) == as_known(event)
    assert made.request_id == wish.request_id
    assert made.organizer == "Fjord"
    (found,) = await rig.listed(backend, room, urgent=True)
    assert found == made
    (frame,) = rig.sim.frames.of(cmd="exec", name="book_now")
    assert frame.args == (1800, "Standup", None)


@pytest.mark.parametrize("traits", [PATIENT])
async def test_a_driver_that_has_not_listed_it_yet_is_not_believed(
    rig: Rig, fjord: Room
) -> None:
    """It says that the room is free, until it has polled (facts A2)."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(RoomReports)
        assert await book(backend, fjord, rig.wish()) is not None
        await ear.until(RoomReports, 2)
        _, doubted = ear.of(RoomReports)
        assert doubted.reported == Reported(at=rig.clock())
        (found,) = await rig.listed(backend, fjord)
        assert found.runs_at(rig.clock())
        await rig.pass_by(seconds=2)
        await ear.until(RoomReports, 3)
        said = ear.of(RoomReports)[-1].reported
        assert (said.availability, said.in_use) == (Availability.BUSY, True)


@pytest.mark.parametrize("traits", [PATIENT])
async def test_what_no_list_ever_holds_is_forgotten(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody called it off before the driver looked."""
    monkeypatch.setattr(module, "_LISTED_WITHIN", 0.1)
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale)
        made = await book(backend, fjord, rig.wish())
        assert await rig.listed(backend, fjord) == [made]
        fjord.cancel(fjord.events[0])
        await ear.until(RoomStale, 3)
        assert await rig.listed(backend, fjord) == []


@pytest.mark.parametrize("traits", [PATIENT])
async def test_what_was_just_booked_can_be_ended(rig: Rig, fjord: Room) -> None:
    """Before the driver has listed it by itself."""
    backend = await rig.ready()
    made = await book(backend, fjord, rig.wish())
    assert made is not None
    await backend.end_meeting(RoomId(fjord.id), made)
    assert await rig.listed(backend, fjord, urgent=True) == []
    assert await book(backend, fjord, rig.wish()) is not None


async def test_who_books_is_there(rig: Rig) -> None:
    """Where people check in (facts A2)."""
    room = rig.sim.add_room("Fjord")
    backend = await rig.ready()
    made = await book(backend, room, rig.wish())
    assert made is not None
    assert made.checked_in
    assert await rig.listed(backend, room, urgent=True) == [made]


async def test_a_host_is_named_by_address(rig: Rig) -> None:
    """Who must have a mailbox."""
    room = rig.sim.add_room(
        "Fjord", settings=replace(BUSY, application_permissions=False)
    )
    backend = await rig.ready()
    made = await book(backend, room, rig.wish(organizer_email="ada@example.com"))
    assert made is not None
    assert made.organizer == "ada@example.com"
    room.cancel(room.events[0])
    with pytest.raises(RejectedError) as refused:
        await book(backend, room, rig.wish(organizer_email="eve@example.com"))
    assert "Bad Request" in refused.value.words


async def test_it_ends_when_it_was_asked_to(rig: Rig, fjord: Room) -> None:
    """However late it is by then; forms know minutes only."""
    backend = await rig.ready()
    wish = rig.wish()
    rig.clock.pass_by(seconds=42.7)
    made = await book(backend, fjord, wish)
    assert made is not None
    assert (made.start, made.end) == (wish.start + 42 * SECOND, wish.end)


async def test_it_makes_way_for_the_next_meeting(rig: Rig, fjord: Room) -> None:
    """A second is left out where the server's clock may be ahead."""
    rig.meeting(fjord, "theirs", 30)
    backend = await rig.ready()
    made = await book(backend, fjord, rig.wish())
    assert made is not None
    assert made.end == rig.clock() + 30 * MINUTE - SECOND
    rig.sim.check_invariants()


@EVERY_RELEASE
@pytest.mark.parametrize("begin", [-10, 0, 29])
@pytest.mark.parametrize("settings", [BUSY, Settings()])
@pytest.mark.parametrize("traits", [PATIENT])
async def test_nobody_is_booked_over(
    rig: Rig, release: str, begin: int, settings: Settings
) -> None:
    """Not by a driver that does not look, nor by one that has not heard yet."""
    room = rig.sim.add_room("Fjord", settings=settings, release=release)
    backend = await rig.ready()
    event = rig.meeting(room, "theirs", begin)
    with pytest.raises(ConflictError) as conflict:
        await book(backend, room, rig.wish())
    times = as_known(event)[1:3]
    assert (conflict.value.start, conflict.value.end) == times
    assert rig.asked("book_now") == 0


@pytest.mark.parametrize("status", ["tentative", "confirmed"])
async def test_a_tentative_meeting_is_in_the_way(
    rig: Rig, fjord: Room, status: Any
) -> None:
    """To the driver it is."""
    rig.meeting(fjord, "perhaps", 10, status=status)
    backend = await rig.ready()
    with pytest.raises(ConflictError):
        await book(backend, fjord, rig.wish())


async def test_a_rival_is_a_conflict(rig: Rig, fjord: Room) -> None:
    """Also one who came after the look; his times are looked up."""
    backend = await rig.ready()
    rig.sim.faults.when(name="book_now").rival(offset_minutes=10)
    with pytest.raises(ConflictError) as conflict:
        await book(backend, fjord, rig.wish())
    assert conflict.value.start == rig.clock() + 10 * MINUTE
    rig.sim.check_invariants()


async def test_the_next_meeting_takes_the_room_before_it_begins(rig: Rig) -> None:
    """The driver lets nobody in while it waits for people (facts A2)."""
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "theirs", 4)
    backend = await rig.ready()
    with pytest.raises(ConflictError) as conflict:
        await book(backend, room, rig.wish(minutes=2))
    assert conflict.value.start == rig.clock() + 4 * MINUTE


@pytest.mark.parametrize(
    "words",
    [
        "module raised: the room is currently in use (Exception)",
        "module raised: unable to book due to clash (Exception)",
    ],
)
async def test_a_clash_that_nobody_sees_is_a_conflict(
    rig: Rig, fjord: Room, words: str
) -> None:
    """Of unknown times."""
    backend = await rig.ready()
    rig.sim.faults.when(name="book_now").error(3, words)
    with pytest.raises(ConflictError) as conflict:
        await book(backend, fjord, rig.wish())
    assert conflict.value.start is None


@pytest.mark.parametrize(
    "more",
    [
        {"private": True},
        {"organizer_name": "Ada"},
        {"extras": {"conference": True}},
        {"title": "half \ud83d"},
        {"start": "later"},
    ],
)
async def test_what_the_room_cannot_carry_is_refused(
    rig: Rig, fjord: Room, more: dict[str, Any]
) -> None:
    """Without asking."""
    backend = await rig.ready()
    if "start" in more:
        more = {"start": rig.clock() + MINUTE}
    with pytest.raises(NotSupportedError):
        backend.check_request(RoomId(fjord.id), rig.wish(**more))
    with pytest.raises(NotSupportedError):
        await book(backend, fjord, rig.wish(**more))
    assert rig.asked("poll_events") == rig.asked("book_now") == 0


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"disable_book_now": True}, "disable_book_now = true"),
        ({"not_bookable": True}, "bookable = false"),
    ],
)
async def test_a_room_that_is_not_for_that_says_so(
    rig: Rig, fjord: Room, settings: dict[str, Any], word: str
) -> None:
    """By the setting, also one of just now."""
    backend = await rig.ready()
    backend.check_request(RoomId(fjord.id), rig.wish())
    async with Ear(backend.listen) as ear:
        rig.sim.configure(fjord, **settings)
        rig.meeting(fjord, "theirs", 90)
        await ear.until(RoomStale, 2)
    with pytest.raises(NotSupportedError) as refused:
        backend.check_request(RoomId(fjord.id), rig.wish())
    assert refused.value.feature == word


async def test_what_is_over_is_not_booked(rig: Rig, fjord: Room) -> None:
    """Should it have taken so long."""
    backend = await rig.ready()
    wish = rig.wish(minutes=1)
    rig.clock.pass_by(minutes=1)
    with pytest.raises(InThePastError):
        await book(backend, fjord, wish)


@pytest.mark.parametrize("how", ["apply_then_drop", "close", "cut_mid_frame", "no_answer"])  # fmt: skip
@pytest.mark.parametrize("traits", [{}, PATIENT])
async def test_a_lost_answer_is_found_in_the_list(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """By the request, though its times are the server's; and is not asked for again."""
    monkeypatch.setattr(channel, "_EXECUTE_TIMEOUT", 0.3)
    backend = await rig.ready()
    wish = rig.wish()
    rig.clock.pass_by(seconds=3)
    async with Ear(backend.listen) as ear:
        more = {"applied": True} if how == "close" else {}
        getattr(rig.sim.faults.when(name="book_now"), how)(**more)
        with pytest.raises(AnswerLostError):
            await book(backend, fjord, wish)
        if how != "no_answer":
            await ear.until(Connected)
        (found,) = await rig.listed(backend, fjord, urgent=True)
        assert found.request_id == wish.request_id
        assert await book(backend, fjord, wish) == found
    assert rig.asked("book_now") == 1


async def test_a_lost_request_is_not_taken_for_somebody_elses(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is what was there before, or is called otherwise."""
    monkeypatch.setattr(channel, "_EXECUTE_TIMEOUT", 0.3)
    backend = await rig.ready()
    rig.sim.faults.when(name="book_now").no_answer(applied=False)
    with pytest.raises(AnswerLostError):
        await book(backend, fjord, rig.wish())
    rig.meeting(fjord, "theirs")
    (found,) = await rig.listed(backend, fjord, urgent=True)
    assert found.request_id is None
    with pytest.raises(ConflictError):
        await book(backend, fjord, rig.wish())


@pytest.mark.parametrize(
    "answer",
    [None, {}, [], 7, "OK", {"id": "x", "event_start": 0, "event_end": 60}],
)
async def test_an_answer_about_something_else_decides_nothing(
    rig: Rig, fjord: Room, answer: Any
) -> None:
    """The list does."""
    backend = await rig.ready()
    number = rig.sim.frames[-1].id or 0
    # After a look: poll, unbind, bind.
    frame = {"id": number + 4, "type": "success", "value": answer}
    rig.sim.faults.when(name="book_now").frame(frame)
    wish = rig.wish()
    assert await book(backend, fjord, wish) is None
    (found,) = await rig.listed(backend, fjord, urgent=True)
    assert found.request_id == wish.request_id


async def test_clocks_may_differ(rig: Rig, fjord: Room) -> None:
    """What the answer names is ours, whenever the server thinks that it is."""
    backend = await rig.ready()
    rig.clock.pass_by(minutes=3)
    behind: Any = backend
    behind._keeper._clock = lambda: rig.clock() - 3 * MINUTE
    wish = rig.wish(-3)
    made = await book(backend, fjord, wish)
    assert made is not None
    assert made.start == rig.clock()
    (found,) = await rig.listed(backend, fjord, urgent=True)
    assert found.request_id == wish.request_id


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (0, RejectedError),
        (1, RejectedError),
        (2, PermissionDeniedError),
        (3, RejectedError),
        (4, RejectedError),
        (5, NotFoundError),
        (6, NotFoundError),
        (7, AnswerLostError),
        (99, RejectedError),
    ],
)
async def test_each_refusal_is_typed_and_tells_no_secrets(
    rig: Rig, fjord: Room, code: int, error: type[RoomError]
) -> None:
    """The room's words may repeat what was sent."""
    backend = await rig.ready()
    words = "module raised: no \nStandup of ada@example.com"
    rig.sim.faults.when(name="book_now").error(code, words)
    with pytest.raises(error) as refused:
        await book(backend, fjord, rig.wish(organizer_email="ada@example.com"))
    assert "Standup" not in str(refused.value)
    assert "ada" not in str(refused.value)
    if isinstance(refused.value, RejectedError):
        assert refused.value.words == "no  … of …"


async def test_without_a_look_nothing_is_booked(rig: Rig, fjord: Room) -> None:
    """Nor is a lost look a lost booking."""
    backend = await rig.ready()
    rig.sim.faults.when(name="poll_events").drop()
    with pytest.raises(UnreachableError) as lost:
        await book(backend, fjord, rig.wish())
    assert not isinstance(lost.value, AnswerLostError)
    assert rig.asked("book_now") == 0
