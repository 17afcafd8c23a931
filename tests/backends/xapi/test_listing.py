"""Listing rooms whose devices keep their bookings, through the real cloud."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from custom_components.room_bookings.rooms.booking import Booking, BookingId, RoomId
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    NotSupportedError,
    UnreachableError,
)
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import PROFILES, Device, Workspace

from .asking import DAY, HALF_HOUR, as_found, as_known, listed, lists, opened, request

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
