"""Rooms whose devices keep their bookings, through the real cloud client."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    BookingRemoved,
    Connected,
    Disconnected,
    MeetingSeen,
    RoomClaims,
    RoomsChanged,
    RoomStale,
)
from custom_components.room_bookings.backends.xapi.backend import XapiBackend
from custom_components.room_bookings.backends.xapi.capabilities import Capabilities
from custom_components.room_bookings.backends.xapi.transport import (
    Device as WireDevice,
    DeviceEvent,
    DeviceId,
    DeviceStatus,
    EmitTransport,
    EquippedRoom,
    TransportSignal,
)
from custom_components.room_bookings.backends.xapi.wire import Json
from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingRequest,
    RoomId,
)
from custom_components.room_bookings.rooms.claim import Claim
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    TooLongError,
    UnreachableError,
)
from custom_components.room_bookings.rooms.room import EndMethod, Room
from tests.backends.anything import SPOILT_RECORDS, assert_valid
from tests.backends.listening import Ear
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import PROFILES, Device, SimBooking, Workspace

DAY = timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)


def request(rig: Rig, **changes: Any) -> BookingRequest:
    """A wish for half an hour from now."""
    wish: dict[str, Any] = {
        "request_id": "0c1d0000-0000-4000-8000-000000000001",
        "title": "Standup",
        "start": rig.clock(),
        "end": rig.clock() + HALF_HOUR,
    }
    return BookingRequest(**(wish | changes))


@pytest.fixture
def fjord(rig: Rig) -> Workspace:
    """A room with one phone."""
    workspace = rig.sim.add_workspace("Fjord", capacity=4)
    rig.sim.add_device(workspace)
    return workspace


@pytest.fixture
def birch(rig: Rig) -> Workspace:
    """A room with two phones."""
    workspace = rig.sim.add_workspace("Birch")
    rig.sim.add_device(workspace)
    rig.sim.add_device(workspace, name="Birch wall")
    return workspace


async def opened(rig: Rig) -> XapiBackend:
    """A backend that is connected and knows its rooms."""
    backend = rig.backend()
    await backend.connect()
    await backend.rooms()
    return backend


async def listed(
    backend: XapiBackend, rig: Rig, workspace: Workspace, days: int = 30, **how: Any
) -> list[Booking]:
    """The bookings of a room from two hours ago on."""
    start = rig.clock() - timedelta(hours=2)
    room_id = RoomId(workspace.id)
    end = rig.clock() + days * DAY
    return list(await backend.bookings(room_id, start, end, **how))


def lists(rig: Rig) -> list[dict[str, Any]]:
    """The arguments of every Bookings List."""
    found = rig.sim.requests.of(command="Bookings.List")
    return [dict(r.arguments or {}) for r in found]


def as_known(booking: SimBooking) -> tuple[Any, ...]:
    """What two sides must agree on about a booking."""
    return (
        booking.meeting_id,
        booking.start,
        booking.end,
        booking.title,
        booking.private,
    )


def as_found(booking: Booking) -> tuple[Any, ...]:
    """The same of the other side."""
    return (booking.id, booking.start, booking.end, booking.title, booking.private)


# Listing


async def test_what_is_listed_is_what_the_device_keeps(
    rig: Rig, fjord: Workspace
) -> None:
    """Of the time that was asked for."""
    backend = await opened(rig)
    now = rig.clock()
    for title, minutes, private in (
        ("long ago", -180, False),
        ("just over", -60, False),
        ("running", -10, True),
        ("soon", 30, False),
        ("next week", 7 * 24 * 60, False),
        ("after the end", 31 * 24 * 60, False),
    ):
        fjord.book_locally(title, now + timedelta(minutes=minutes), 30, "Ada", private)
    found = await listed(backend, rig, fjord)
    assert [b.title for b in found] == ["just over", "running", "soon", "next week"]
    known = [as_known(b) for b in fjord.bookings[1:5]]
    assert [as_found(b) for b in found] == known
    assert found[0].organizer == "Ada"
    assert lists(rig) == [{"Days": 31, "DayOffset": 0}]


@pytest.mark.parametrize("profile", sorted(PROFILES))
async def test_every_release_is_listed_booked_and_deleted(
    rig: Rig, profile: str
) -> None:
    """Through the same cloud."""
    workspace = rig.sim.add_workspace("Room")
    rig.sim.add_device(workspace, profile)
    backend = await opened(rig)
    room_id = RoomId(workspace.id)
    await backend.book([room_id], request(rig))
    (booking,) = await listed(backend, rig, workspace)
    assert booking.title == "Standup"
    assert (booking.start, booking.end) == (rig.clock(), rig.clock() + HALF_HOUR)
    await backend.delete(room_id, booking)
    assert not workspace.bookings
    assert await listed(backend, rig, workspace) == []


async def test_one_bad_record_costs_only_itself(rig: Rig, fjord: Workspace) -> None:
    """Whatever else the device shows."""
    backend = await opened(rig)
    good = fjord.book_locally("good", rig.clock(), 30)
    fjord.devices[0].records = [None, 5, {}, {"Id": "x", "Time": {}}, [[]], "text"]
    assert [b.id for b in await listed(backend, rig, fjord)] == [good.meeting_id]


@pytest.mark.parametrize("result", [None, {}, {"status": "OK"}])
async def test_a_device_may_answer_nothing_for_an_empty_list(
    rig: Rig, fjord: Workspace, result: Any
) -> None:
    """What a phone answers then is not known."""
    backend = await opened(rig)
    rig.sim.result_filter = lambda *_: result
    assert await listed(backend, rig, fjord) == []


async def test_a_long_list_comes_in_pages(rig: Rig, fjord: Workspace) -> None:
    """Where the device takes an offset; it says how many there are."""
    backend = await opened(rig)
    for number in range(23):
        fjord.book_locally(f"{number}", rig.clock() + number * HALF_HOUR, 30)

    def page(_: Device, name: str, result: dict[str, Any]) -> Any:
        return result | {"Booking": result["Booking"][:10]}

    rig.sim.result_filter = page
    assert len(await listed(backend, rig, fjord)) == 23
    assert [a.get("Offset") for a in lists(rig)] == [None, 10, 20]


async def test_pages_come_to_an_end(rig: Rig, fjord: Workspace) -> None:
    """Whatever the device says about how many there are."""
    backend = await opened(rig)
    fjord.book_locally("one", rig.clock(), 30)

    def endless(_: Device, name: str, result: dict[str, Any]) -> Any:
        record = fjord_record | {"MeetingId": "again"}
        return {"Booking": record, "ResultInfo": {"TotalRows": 10**9}}

    fjord_record: dict[str, Any] = {
        "Time": {"StartTime": "2026-01-01T09:00:00Z", "Duration": 30}
    }
    rig.sim.result_filter = endless
    await listed(backend, rig, fjord)
    assert len(lists(rig)) == 50
    rig.sim.requests.clear()
    rig.sim.result_filter = lambda *_: {"ResultInfo": {"TotalRows": 10**9}}
    assert await listed(backend, rig, fjord) == []
    assert len(lists(rig)) == 1


async def test_a_thousand_bookings_are_a_list(rig: Rig, fjord: Workspace) -> None:
    """Read in portions."""
    backend = await opened(rig)
    now = rig.clock()
    fjord.seed((f"{n}", now + n * timedelta(minutes=30), 30) for n in range(1_000))
    assert len(await listed(backend, rig, fjord)) == 1_000
    assert len(lists(rig)) == 1


@pytest.mark.parametrize(
    ("days", "arguments"),
    [
        (0, {"Days": 1, "DayOffset": 0}),
        (1, {"Days": 2, "DayOffset": 0}),
        (364, {"Days": 365, "DayOffset": 0}),
        (365, {}),
        (4_000, {}),
    ],
)
async def test_days_are_counted_so_that_none_is_missing(
    rig: Rig, fjord: Workspace, days: int, arguments: dict[str, Any]
) -> None:
    """In every time zone; what is further away than a device counts takes the full list."""
    backend = await opened(rig)
    await listed(backend, rig, fjord, days)
    assert lists(rig) == [arguments]


async def test_a_day_is_counted_from_the_past_too(rig: Rig, fjord: Workspace) -> None:
    """A range that is over is at least today."""
    backend = await opened(rig)
    end = rig.clock() - 3 * DAY
    await backend.bookings(RoomId(fjord.id), end - DAY, end)
    assert lists(rig) == [{"Days": 1, "DayOffset": 0}]


async def test_the_most_thorough_list_is_asked_for_all_of_it(
    rig: Rig, fjord: Workspace
) -> None:
    """Without any days."""
    backend = await opened(rig)
    await listed(backend, rig, fjord, expected=None)
    assert lists(rig) == [{}]


async def test_a_meeting_that_began_yesterday_is_not_lost(
    rig: Rig, fjord: Workspace
) -> None:
    """A device's list of today may not have it (assumption `day_offset`)."""
    backend = await opened(rig)
    night = fjord.book_locally("night", rig.clock() - timedelta(hours=10), 1_200)
    today = fjord.book_locally("today", rig.clock() + 12 * 2 * HALF_HOUR, 30)

    def only_today(_: Device, name: str, result: dict[str, Any]) -> Any:
        arguments = rig.sim.requests[-1].arguments or {}
        if "DayOffset" in arguments:
            kept = [r for r in result["Booking"] if r["Title"] == "today"]
            return {"Booking": kept, "ResultInfo": {"TotalRows": 1}}
        return result

    rig.sim.result_filter = only_today
    assert [b.title for b in await listed(backend, rig, fjord)] == ["today"]
    expected = {BookingId(night.meeting_id)}
    found = await listed(backend, rig, fjord, expected=expected)
    assert {b.id for b in found} == {night.meeting_id, today.meeting_id}
    assert len(found) == 2
    assert lists(rig)[1:] == [{"Days": 31, "DayOffset": 0}, {}]
    await listed(backend, rig, fjord, expected={BookingId(today.meeting_id)})
    assert len(lists(rig)) == 4


async def test_a_device_that_counts_no_days_is_listed_in_full(
    rig: Rig, fjord: Workspace
) -> None:
    """It may refuse them where its schema did not tell (assumption `phone_commands`)."""
    rig.sim.faults.when(path="/v1/xapi/schema").always().status(404)
    backend = await opened(rig)
    booking = fjord.book_locally("A", rig.clock(), 30)
    fault = rig.sim.faults.when(
        predicate=lambda r: r.command == "Bookings.List" and bool(r.arguments)
    ).always()
    fault.status(400, "Unknown argument: Days")
    assert [b.id for b in await listed(backend, rig, fjord)] == [booking.meeting_id]
    assert lists(rig) == [{"Days": 31, "DayOffset": 0}, {}]


# Several devices, and none


async def test_the_first_device_that_answers_is_enough(
    rig: Rig, birch: Workspace
) -> None:
    """A booking that both keep is one; the one that is there is asked first."""
    booking = birch.book_locally("A", rig.clock(), 30)
    birch.devices[0].online = False
    birch.devices[1].online = True
    backend = await opened(rig)
    assert [b.id for b in await listed(backend, rig, birch)] == [booking.meeting_id]
    asked = rig.sim.requests.of(command="Bookings.List")
    assert [r.device for r in asked] == [birch.devices[1].id]


@pytest.mark.parametrize("status", [400, 403, 404, 423, 500, 503])
async def test_a_device_that_fails_is_asked_last_from_then_on(
    rig: Rig, birch: Workspace, status: int
) -> None:
    """Until it has answered again."""
    backend = await opened(rig)
    birch.book_locally("A", rig.clock(), 30)
    first, second = sorted(birch.devices, key=lambda d: d.id)
    fault = rig.sim.faults.when(path="/v1/xapi/command", device=first).always()
    armed = fault.status(status)
    for _ in range(3):
        assert len(await listed(backend, rig, birch)) == 1
    assert armed.hits in (1, 2)
    asked = [r.device for r in rig.sim.requests.of(command="Bookings.List")]
    assert asked[-2:] == [second.id, second.id]
    armed.remove()
    rig.sim.faults.when(path="/v1/xapi/command", device=second).status(500)
    await listed(backend, rig, birch)
    await listed(backend, rig, birch)
    asked = [r.device for r in rig.sim.requests.of(command="Bookings.List")]
    assert asked[-3:] == [second.id, first.id, first.id]


async def test_a_room_whose_devices_all_fail_has_no_list(
    rig: Rig, birch: Workspace
) -> None:
    """What the first of them said is told."""
    backend = await opened(rig)
    first = min(birch.devices, key=lambda d: d.id)
    rig.sim.faults.when(command="Bookings.List", device=first).always().status(
        423, retry_after=9
    )
    rig.sim.faults.when(command="Bookings.List").always().status(404)
    with pytest.raises(BusyTryLaterError) as busy:
        await listed(backend, rig, birch)
    assert busy.value.retry_after == 9


async def test_refused_credentials_are_not_tried_on_every_device(
    rig: Rig, birch: Workspace
) -> None:
    """It is not about the device."""
    backend = await opened(rig)
    rig.sim.revoke()
    with pytest.raises(AuthFailedError):
        await listed(backend, rig, birch)
    assert len(lists(rig)) == 1


async def test_a_room_that_is_not_known_has_no_devices(rig: Rig) -> None:
    """It may have gone a moment ago."""
    backend = await opened(rig)
    room_id = RoomId("gone")
    with pytest.raises(UnreachableError):
        await backend.bookings(room_id, rig.clock(), rig.clock() + DAY)
    with pytest.raises(NotSupportedError):
        backend.check_request(room_id, request(rig))
    with pytest.raises(NotSupportedError):
        await backend.book([room_id], request(rig))
    booking = Booking(id=BookingId("x"), start=rig.clock(), end=rig.clock())
    with pytest.raises(NotSupportedError):
        await backend.delete(room_id, booking)
    await backend.prove(room_id)


async def test_a_room_that_goes_while_it_is_listed_is_no_fault(
    rig: Rig, fjord: Workspace
) -> None:
    """Its list comes all the same."""
    backend = await opened(rig)
    rig.sim.faults.when(command="Bookings.List").latency(0.2)
    listing = asyncio.create_task(listed(backend, rig, fjord))
    await asyncio.sleep(0.05)
    rig.sim.faults.when(path="/v1/devices").answer({"items": []})
    assert await backend.rooms() == []
    assert await listing == []


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


# Delete


@pytest.mark.parametrize(
    ("arguments", "used"),
    [
        (("BookingRequestUUID", "MeetingId", "Id"), "BookingRequestUUID"),
        (("MeetingId", "Id"), "MeetingId"),
        (("Id",), "Id"),
    ],
)
async def test_a_booking_is_deleted_by_the_name_that_the_device_takes(
    rig: Rig, arguments: tuple[str, ...], used: str
) -> None:
    """As its schema says (assumption `delete_argument`)."""
    workspace = rig.sim.add_workspace("Room")
    rig.sim.add_device(workspace, PROFILES["phoneos-3.6"].delete_by(*arguments))
    backend = await opened(rig)
    workspace.book_locally("A", rig.clock(), 30)
    (booking,) = await listed(backend, rig, workspace)
    assert await backend.end_meeting(RoomId(workspace.id), booking) is EndMethod.DELETED
    assert not workspace.bookings
    (asked,) = rig.sim.requests.of(command="Bookings.Delete")
    assert list(asked.arguments or {}) == [used]


@pytest.mark.parametrize("with_uuid", [False, True])
async def test_other_names_are_tried_in_turn(
    rig: Rig, fjord: Workspace, with_uuid: bool
) -> None:
    """The request's, the meeting's, the device's own."""
    rig.sim.rules.list_has_uuid = with_uuid
    rig.sim.rules.meeting_id = lambda uuid: f"meeting-{uuid}"
    backend = await opened(rig)
    made = fjord.book_locally("A", rig.clock(), 30)
    (booking,) = await listed(backend, rig, fjord)
    assert booking.request_id == (made.uuid if with_uuid else None)
    rig.sim.faults.when(
        predicate=lambda r: (
            r.command == "Bookings.Delete" and "Id" not in (r.arguments or {})
        )
    ).always().status(400, "Not found")
    await backend.delete(RoomId(fjord.id), booking)
    asked = [r.arguments for r in rig.sim.requests.of(command="Bookings.Delete")]
    assert asked == [
        {"BookingRequestUUID": made.uuid if with_uuid else made.meeting_id},
        {"MeetingId": made.meeting_id},
        {"Id": "webex-1"},
    ]


async def test_what_one_device_refuses_its_companion_is_not_asked(
    rig: Rig, birch: Workspace
) -> None:
    """They keep one calendar, and would say the same."""
    backend = await opened(rig)
    birch.book_locally("A", rig.clock(), 30)
    (booking,) = await listed(backend, rig, birch)
    rig.sim.faults.when(command="Bookings.Delete").always().status(400, "Locked")
    with pytest.raises(RejectedError, match="Locked"):
        await backend.delete(RoomId(birch.id), booking)
    assert len({r.device for r in rig.sim.requests.of(command="Bookings.Delete")}) == 1


async def test_a_lost_answer_tries_no_other_name(rig: Rig, fjord: Workspace) -> None:
    """The first may have done it."""
    backend = await opened(rig)
    fjord.book_locally("A", rig.clock(), 30)
    (booking,) = await listed(backend, rig, fjord)
    rig.sim.faults.when(command="Bookings.Delete").drop_answer()
    with pytest.raises(AnswerLostError):
        await backend.delete(RoomId(fjord.id), booking)
    assert rig.asked(command="Bookings.Delete") == 1
    assert not fjord.bookings


async def test_a_booking_without_a_name_there_is_not_found(rig: Rig) -> None:
    """A device that knows only its own Ids, and was never listed."""
    workspace = rig.sim.add_workspace("Room")
    rig.sim.add_device(workspace, PROFILES["phoneos-3.6"].delete_by("Id"))
    backend = await opened(rig)
    made = workspace.book_locally("A", rig.clock(), 30)
    booking = Booking(id=BookingId(made.meeting_id), start=made.start, end=made.end)
    with pytest.raises(NotFoundError):
        await backend.delete(RoomId(workspace.id), booking)
    assert rig.asked(command="Bookings.Delete") == 0


@pytest.mark.parametrize("how", ["reboot", "outage"])
async def test_a_booking_is_not_deleted_by_an_id_that_may_be_anothers(
    rig: Rig, how: str
) -> None:
    """A device that has restarted gives its Ids to other bookings (facts 9.7)."""
    rig.sim.rules.meeting_id = lambda _: ""
    workspace = rig.sim.add_workspace("Room")
    device = rig.sim.add_device(workspace, PROFILES["phoneos-3.6"].delete_by("Id"))
    backend = await opened(rig)
    workspace.book_locally("A", rig.clock(), 30)
    workspace.book_locally("B", rig.clock() + DAY, 30)
    first, _ = await listed(backend, rig, workspace)
    async with Ear(backend.listen) as ear:
        if how == "reboot":
            device.reboot(reuse_ids=True)
            await ear.until(RoomStale, 2)
        else:
            await rig.sim.wait_for_poll()
            rig.sim.cut_poll()
            device.reboot(reuse_ids=True)
            rig.sim.queue.clear()
            await ear.until(Connected)
        with pytest.raises(NotFoundError):
            await backend.delete(RoomId(workspace.id), first)
    assert len(workspace.bookings) == 2
    again = await listed(backend, rig, workspace)
    await backend.delete(RoomId(workspace.id), again[0])
    assert [b.title for b in workspace.bookings] == ["B"]


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


# Signals


async def test_a_day_in_a_room_is_told(rig: Rig, fjord: Workspace) -> None:
    """Booked, begun, over, booked again, deleted."""
    backend = await opened(rig)
    room_id = RoomId(fjord.id)
    async with Ear(backend.listen) as ear:
        first = fjord.book_locally("A", rig.clock() + HALF_HOUR, 30)
        await ear.until(RoomClaims)
        (booking,) = await listed(backend, rig, fjord)
        rig.clock.pass_by(minutes=30)
        await rig.sim.tick()
        await ear.until(MeetingSeen(room_id, booking.id, running=True), 2)
        assert ear.of(RoomClaims)[-1].claim == Claim(busy=True, until=first.end)
        rig.clock.pass_by(minutes=30)
        await rig.sim.tick()
        await ear.until(MeetingSeen(room_id, booking.id, running=False))
        await ear.until(RoomClaims(room_id, Claim(busy=False)))
        second = fjord.book_locally("B", rig.clock() + DAY, 30)
        fjord.delete_locally(second)
        await ear.until(BookingRemoved(room_id, BookingId(second.meeting_id)))
    added = [s.booking.title for s in ear.of(BookingAdded)]
    assert added == ["A", "B"]


async def test_companions_tell_the_same_by_other_names(
    rig: Rig, birch: Workspace
) -> None:
    """What both say is about one booking."""
    backend = await opened(rig)
    birch.book_locally("first", rig.clock() + DAY, 30)
    birch.devices[0].reboot()
    booking = birch.book_locally("A", rig.clock(), 30)
    assert len({device.id_of(booking) for device in birch.devices}) == 2
    async with Ear(backend.listen) as ear:
        birch.delete_locally(booking)
        await ear.until(BookingRemoved, 2)
    ids = {s.booking.id for s in ear.of(BookingAdded) if s.booking.title == "A"}
    assert ids == {booking.meeting_id}
    assert {s.booking_id for s in ear.of(BookingRemoved)} == ids


async def test_a_booking_without_a_meetings_id_has_the_room_listed(
    rig: Rig, birch: Workspace
) -> None:
    """Each device has a name of its own for it, so an event cannot say which it is."""
    rig.sim.rules.meeting_id = lambda _: ""
    backend = await opened(rig)
    async with Ear(backend.listen) as ear:
        booking = birch.book_locally("A", rig.clock() + DAY, 30)
        await ear.until(RoomStale(RoomId(birch.id)), 2)
        (found,) = await listed(backend, rig, birch)
        birch.delete_locally(booking)
        await ear.until(BookingRemoved(RoomId(birch.id), found.id))
        await ear.until(RoomStale(RoomId(birch.id)), 3)
    assert not ear.of(BookingAdded)


async def test_a_restart_has_the_room_listed(rig: Rig, fjord: Workspace) -> None:
    """And what goes by old Ids is not taken for other bookings."""
    backend = await opened(rig)
    room_id = RoomId(fjord.id)
    first = fjord.book_locally("A", rig.clock(), 30)
    fjord.book_locally("B", rig.clock() + DAY, 30)
    await listed(backend, rig, fjord)
    async with Ear(backend.listen) as ear:
        running = MeetingSeen(room_id, BookingId(first.meeting_id), running=True)
        await ear.until(running, 2)
        claims = len(ear.of(RoomClaims))
        fjord.devices[0].reboot(reuse_ids=True)
        await ear.until(RoomStale(room_id), 2)
        await ear.until(RoomClaims, claims + 1)
        assert ear.of(MeetingSeen) == [running] * 2
        await listed(backend, rig, fjord)
        rig.sim.full_sync()
        await ear.until(running, 3)


async def test_the_running_meeting_is_told_by_its_own_id(
    rig: Rig, fjord: Workspace
) -> None:
    """One that nobody has listed yet is an unknown one."""
    backend = await opened(rig)
    room_id = RoomId(fjord.id)
    await listed(backend, rig, fjord)
    async with Ear(backend.listen) as ear:
        rig.sim.silent = {"Bookings.Start", "Bookings.BookingCreated"}
        fjord.book_locally("A", rig.clock(), 30)
        await ear.until(MeetingSeen(room_id, None, running=True))


async def test_a_status_is_put_together_from_what_changed(
    rig: Rig, fjord: Workspace
) -> None:
    """A device tells only that; a time from before is none for a new state."""
    backend = await opened(rig)
    room_id = RoomId(fjord.id)
    device_id = fjord.devices[0].id

    def say(**updated: Any) -> None:
        leaves = {f"Bookings.Availability.{k}": v for k, v in updated.items()}
        rig.sim.push_message(
            {
                "type": "status",
                "deviceId": device_id,
                "changes": {"updated": leaves or {"Other": 1}},
            }
        )

    async with Ear(backend.listen) as ear:
        say(TimeStamp="2026-01-01T10:00:00Z")
        say(Status="FreeUntil")
        say(TimeStamp="2026-01-01T11:00:00Z")
        say(Status="Tomorrow")
        say()
        say(Status="Free", TimeStamp="")
        await ear.until(RoomClaims, 3)
        later = datetime(2026, 1, 1, 11, tzinfo=UTC)
        assert ear.heard == [
            RoomClaims(room_id, Claim(busy=False, until_known=False)),
            RoomClaims(room_id, Claim(busy=False, until=later)),
            RoomClaims(room_id, Claim(busy=False)),
        ]


async def test_a_stranger_is_told_of_once(rig: Rig, fjord: Workspace) -> None:
    """There may be a new room; but one that is left out is left out."""
    backend = await opened(rig)
    aurora = rig.sim.add_workspace("Aurora")
    device = rig.sim.add_device(aurora)
    async with Ear(backend.listen) as ear:
        rig.sim.push_message(
            {
                "type": "events",
                "deviceId": device.id,
                "events": [{"key": "UserInterface.Message.Prompt.Response"}],
            }
        )
        for number in range(3):
            aurora.book_locally(f"{number}", rig.clock() + number * DAY, 30)
        fjord.book_locally("last", rig.clock(), 30)
        await ear.until(BookingAdded)
        assert ear.of(RoomsChanged) == [RoomsChanged()]
        assert len(await backend.rooms()) == 2
        aurora.book_locally("another", rig.clock() + 9 * DAY, 30)
        await ear.until(BookingAdded, 2)


async def test_a_lost_connection_is_told(rig: Rig, fjord: Workspace) -> None:
    """As it is."""
    backend = await opened(rig)
    async with Ear(backend.listen) as ear:
        await rig.sim.wait_for_poll()
        rig.sim.cut_poll()
        await ear.until(Connected)
    assert ear.heard == [Disconnected("UnreachableError"), Connected()]


async def test_closing_ends_what_waits(rig: Rig, fjord: Workspace) -> None:
    """Nothing is sent after it."""
    backend = await opened(rig)
    await backend.close()
    with pytest.raises(UnreachableError):
        await listed(backend, rig, fjord)


# Anything


class OneRoom:
    """A transport to one device that answers what it is told to."""

    def __init__(self, answer: Json = None) -> None:
        """Answer this to every command."""
        self.answer = answer
        self.say: EmitTransport | None = None

    async def connect(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def listen(self, emit: EmitTransport) -> None:
        """Keep it for the test."""
        self.say = emit

    async def rooms(self) -> list[EquippedRoom]:
        """The room `r` with the device `d`."""
        able = Capabilities()
        room = Room(id=RoomId("r"), name="R", verbs=able.verbs)
        device = WireDevice(id=DeviceId("d"), capabilities=able)
        return [EquippedRoom(room=room, devices=(device,))]

    async def command(self, *_: Any, **__: Any) -> Json:
        """The answer."""
        return self.answer

    async def status(self, *_: Any) -> dict[str, Json]:
        """Nothing."""
        return {}

    async def obstacle(self, *_: Any) -> None:
        """None."""


@contextmanager
def only_room_errors() -> Iterator[None]:
    """Anything else fails the test."""
    try:
        yield
    except RoomError:
        return


@settings(max_examples=60, deadline=None)
@given(
    answer=st.one_of(
        SPOILT_RECORDS,
        st.builds(
            lambda r, total: {"Booking": r, "ResultInfo": {"TotalRows": total}},
            st.lists(SPOILT_RECORDS, max_size=3),
            st.sampled_from([0, 1, 3, 10**9, "3", None, -1, [], "many"]),
        ),
    )
)
async def test_any_answer_of_a_device_is_bookings_or_a_typed_error(answer: Any) -> None:
    """For every verb."""
    transport = OneRoom(answer)
    now = datetime(2026, 1, 1, 9, tzinfo=UTC)
    backend = XapiBackend(transport, lambda: now)
    room_id = (await backend.rooms())[0].id
    wish = BookingRequest(request_id="u", title="T", start=now, end=now + HALF_HOUR)
    booking = Booking(id=BookingId("u"), start=now, end=now + HALF_HOUR)
    for expected in ((), {BookingId("x")}, None):
        with only_room_errors():
            far = datetime(9999, 12, 31, tzinfo=UTC)
            early = datetime(1, 1, 1, tzinfo=UTC)
            for found in await backend.bookings(room_id, early, far, expected):
                assert_valid(found)
            await backend.bookings(room_id, early, now, expected)
    with only_room_errors():
        await backend.prove(room_id)
    with only_room_errors():
        await backend.book([room_id], wish)
    with only_room_errors():
        await backend.end_meeting(room_id, booking)


@settings(max_examples=80, deadline=None)
@given(
    words=st.lists(
        st.one_of(
            st.builds(
                DeviceEvent,
                st.sampled_from(["d", "stranger", ""]),
                st.sampled_from(
                    [
                        "Bookings.BookingCreated",
                        "Bookings.Deleted",
                        "Bookings.Start",
                        "Bookings.SyncRequired",
                        "BootEvent",
                        "Other",
                        "",
                    ]
                ),
                SPOILT_RECORDS,
            ),
            st.builds(
                DeviceStatus,
                st.sampled_from(["d", "stranger"]),
                st.dictionaries(
                    st.sampled_from(
                        [
                            "Bookings.Availability.Status",
                            "bookings.availability.timestamp",
                            "Bookings.Current.Id",
                            "Other",
                        ]
                    ),
                    SPOILT_RECORDS
                    | st.sampled_from(["Free", "BookedUntil", "2026-01-01T10:00:00Z"]),
                ),
            ),
            st.just(Connected()),
        ),
        max_size=6,
    )
)
async def test_any_words_of_devices_are_signals(words: list[TransportSignal]) -> None:
    """In whatever order they come."""
    transport = OneRoom()
    backend = XapiBackend(transport)
    await backend.rooms()
    heard: list[Any] = []
    await backend.listen(heard.append)
    assert transport.say is not None
    for word in words:
        transport.say(word)
    for signal in heard:
        if isinstance(signal, BookingAdded):
            assert_valid(signal.booking)
        assert getattr(signal, "room_id", "r") == "r"
