"""Booking rooms whose devices keep their bookings, and proving that they can be."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import BookingAdded
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    TooLongError,
)
from tests.backends.listening import Ear
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Workspace

from .asking import listed, lists, opened, request

# Book


async def test_a_booking_is_confirmed_by_its_event(rig: Rig, fjord: Workspace) -> None:
    """The call itself answers nothing (facts 0.4)."""
    backend = await opened(rig)
    async with Ear(backend.listen) as ear:
        wish = request(rig, organizer_name="Ada", organizer_email="a@b.c")
        backend.check_request(RoomId(fjord.id), wish)
        assert await backend.book([RoomId(fjord.id)], wish) is None  # type: ignore[func-returns-value]
        await ear.until(BookingAdded)
    (made,) = fjord.bookings
    assert (made.uuid, made.title, made.organizer) == (wish.request_id, "Standup", "Ada")  # fmt: skip
    (added,) = ear.of(BookingAdded)
    assert added.booking.request_id == wish.request_id
    assert added.booking.private is None
    assert (added.booking.start, added.booking.end) == (made.start, made.end)


@pytest.mark.parametrize(
    ("changes", "error", "about"),
    [
        ({"minutes": 1_441}, TooLongError, "1440"),
        ({"minutes": 1_440}, None, ""),
        ({"minutes": 1}, None, ""),
        ({"minutes": 1.5}, NotSupportedError, "whole minutes"),
        ({"private": True}, NotSupportedError, "private"),
        ({"title": "x" * 128}, None, ""),
        ({"title": "x" * 129}, NotSupportedError, "128"),
        ({"organizer_name": "x" * 129}, NotSupportedError, "128"),
        ({"organizer_email": "x" * 129}, NotSupportedError, "128"),
        ({"organizer_email": "a@b"}, None, ""),
    ],
)
async def test_what_the_wire_cannot_carry_is_refused_unsent(
    rig: Rig,
    fjord: Workspace,
    changes: dict[str, Any],
    error: type[RoomError] | None,
    about: str,
) -> None:
    """And never dropped."""
    backend = await opened(rig)
    minutes = changes.pop("minutes", 30)
    wish = request(rig, end=rig.clock() + timedelta(minutes=minutes), **changes)
    if error is None:
        backend.check_request(RoomId(fjord.id), wish)
    else:
        with pytest.raises(error, match=about):
            backend.check_request(RoomId(fjord.id), wish)


@pytest.mark.parametrize("who", ["organizer_name", "organizer_email"])
async def test_an_organiser_needs_a_device_that_takes_one(rig: Rig, who: str) -> None:
    """Older releases do not (facts 1.3)."""
    workspace = rig.sim.add_workspace("Old")
    rig.sim.add_device(workspace, "roomos-11.14")
    backend = await opened(rig)
    backend.check_request(RoomId(workspace.id), request(rig))
    with pytest.raises(NotSupportedError, match="Organizer"):
        backend.check_request(RoomId(workspace.id), request(rig, **{who: "Ada"}))


async def test_a_room_that_may_only_be_read_is_only_read(
    rig: Rig, fjord: Workspace
) -> None:
    """It is listed, and no more."""
    fjord.devices[0].permissions = ["xapi:readonly"]
    backend = await opened(rig)
    booking = fjord.book_locally("A", rig.clock(), 30)
    (found,) = await listed(backend, rig, fjord)
    assert found.id == booking.meeting_id
    with pytest.raises(NotSupportedError):
        backend.check_request(RoomId(fjord.id), request(rig))
    with pytest.raises(NotSupportedError):
        await backend.delete(RoomId(fjord.id), found)


async def test_a_device_that_is_gone_leaves_the_booking_to_its_companion(
    rig: Rig, birch: Workspace
) -> None:
    """They keep one calendar."""
    backend = await opened(rig)
    first, second = sorted(birch.devices, key=lambda d: d.id)
    rig.sim.faults.when(path="/v1/xapi/command", device=first).always().status(404)
    await backend.book([RoomId(birch.id)], request(rig))
    (found,) = await listed(backend, rig, birch)
    await backend.delete(RoomId(birch.id), found)
    assert not birch.bookings
    rig.sim.faults.when(path="/v1/xapi/command", device=second).always().status(404)
    with pytest.raises(NotFoundError):
        await backend.book([RoomId(birch.id)], request(rig))
    with pytest.raises(NotFoundError):
        await backend.delete(RoomId(birch.id), found)


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, RejectedError), (403, PermissionDeniedError), (500, AnswerLostError), (423, BusyTryLaterError)],
)  # fmt: skip
async def test_no_other_device_is_asked_to_book_after_an_answer(
    rig: Rig, birch: Workspace, status: int, error: type[RoomError]
) -> None:
    """Nothing may be booked twice."""
    backend = await opened(rig)
    rig.sim.faults.when(command="Bookings.Book").status(status)
    with pytest.raises(error):
        await backend.book([RoomId(birch.id)], request(rig))
    assert rig.asked(command="Bookings.Book") == 1


async def test_a_conflict_is_refused_in_the_devices_words(rig: Rig) -> None:
    """Where it does refuse; a phone answers that all is well (facts 0.5)."""
    board = rig.sim.add_workspace("Board")
    rig.sim.add_device(board, "roomos-26.4")
    backend = await opened(rig)
    board.book_locally("A", rig.clock(), 30)
    with pytest.raises(RejectedError, match="already booked"):
        await backend.book([RoomId(board.id)], request(rig))


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"status": "Error", "Description": "Taken"}, "Taken"),
        ({"status": "Error", "Reason": {"Value": "Unknown command"}}, "Unknown command"),
        ({"status": "error", "Error": {"Value": "No option key"}}, "No option key"),
        ({"status": "ParameterError", "Type": {"Value": "Invalid value"}}, "Invalid value"),
        ({"status": "Error", "Reason": "Two\nlines\x00" + "x" * 400}, "Two lines"),
        ({"status": "Error", "Cause": 21}, "the device refused"),
        ({"status": "Error", "Reason": "No Standup here"}, "No … here"),
        ({"status": "Error", "Reason": {"Value": ["odd"]}}, "the device refused"),
    ],
)  # fmt: skip
async def test_a_refusal_inside_the_answer_is_one(
    rig: Rig, fjord: Workspace, result: dict[str, Any], words: str
) -> None:
    """In the device's words, wherever they stand (facts 1.5)."""
    backend = await opened(rig)
    rig.sim.result_filter = lambda *_: result
    with pytest.raises(RejectedError) as rejected:
        await backend.book([RoomId(fjord.id)], request(rig))
    assert rejected.value.words.startswith(words)
    assert len(rejected.value.words) <= 300
    assert rejected.value.words.isprintable()


# Proving


async def test_a_room_that_can_be_read_is_proven(rig: Rig, fjord: Workspace) -> None:
    """Its status and its list."""
    backend = await opened(rig)
    await backend.prove(RoomId(fjord.id))
    assert rig.asked("/v1/xapi/status") == 1
    assert len(lists(rig)) == 1


@pytest.mark.parametrize("status", [400, 404, 423, 429, 500, 502, 503])
async def test_a_device_that_sleeps_proves_enough(
    rig: Rig, fjord: Workspace, status: int
) -> None:
    """Other credentials would not wake it."""
    backend = await opened(rig)
    rig.sim.faults.when(path="/v1/xapi").always().status(status)
    await backend.prove(RoomId(fjord.id))


@pytest.mark.parametrize("scope", ["spark:xapi_statuses", "spark:xapi_commands"])
async def test_a_right_that_is_missing_is_found_out(
    rig: Rig, fjord: Workspace, scope: str
) -> None:
    """And named; the credentials themselves are good."""
    backend = await opened(rig)
    rig.sim.app.scopes = tuple(s for s in rig.sim.app.scopes if s != scope)
    with pytest.raises(PermissionDeniedError) as denied:
        await backend.prove(RoomId(fjord.id))
    assert denied.value.missing == scope
