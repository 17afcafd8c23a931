"""What the simulated devices behind the cloud tell as time passes, restarts happen and people come."""

from datetime import timedelta

import pytest

from tests.simulators.webex import OccupiedError, WebexSimulator, Workspace
from tests.simulators.xapi import Device
from tests.simulators_tests.conftest import Clock

from .client import Client

# Time


async def test_a_booking_starts_and_ends_at_its_own_instants(
    sim: WebexSimulator, integration: Client, room: Workspace, clock: Clock
) -> None:
    """Start and End with the children of 2, Availability and Current of 3."""
    booking = room.book_locally("Retro", clock() + timedelta(minutes=5), 30)
    await integration.messages()
    clock.pass_by(minutes=4, seconds=59)
    assert await sim.tick() == 0
    assert await integration.messages() == []
    clock.pass_by(seconds=1)
    await sim.tick()
    start, status = await integration.messages()
    assert start["events"] == [
        {
            "key": "Bookings.Start",
            "value": {"Id": "webex-1", "MeetingId": booking.meeting_id},
            "timestamp": "2026-01-01T09:05:00.000Z",
        }
    ]
    assert status["changes"]["updated"] == {
        "Bookings.Availability.Status": "BookedUntil",
        "Bookings.Availability.TimeStamp": "2026-01-01T09:35:00Z",
        "Bookings.Current.Id": "webex-1",
    }
    clock.pass_by(minutes=45)
    await sim.tick()
    end, status = await integration.messages()
    assert end["events"] == [
        {
            "key": "Bookings.End",
            "value": {
                "EndTime": "2026-01-01T09:35:00Z",
                "Id": "webex-1",
                "MeetingId": booking.meeting_id,
                "ScheduledDuration": 30,
                "StartTime": "2026-01-01T09:05:00Z",
            },
            "timestamp": "2026-01-01T09:35:00.000Z",
        }
    ]
    assert status["changes"]["updated"] == {
        "Bookings.Availability.Status": "Free",
        "Bookings.Availability.TimeStamp": "",
        "Bookings.Current.Id": "",
    }


async def test_back_to_back_the_first_ends_before_the_second_starts(
    sim: WebexSimulator, integration: Client, room: Workspace, clock: Clock
) -> None:
    """One status change in between, BookedUntil throughout."""
    room.book_locally("A", clock(), 30)
    room.book_locally("B", clock() + timedelta(minutes=30), 30)
    await integration.messages()
    clock.pass_by(minutes=30)
    await sim.tick()
    end, start, status = await integration.messages()
    assert end["events"][0]["key"] == "Bookings.End"
    assert start["events"][0]["key"] == "Bookings.Start"
    assert status["changes"]["updated"] == {
        "Bookings.Availability.TimeStamp": "2026-01-01T10:00:00Z",
        "Bookings.Current.Id": "webex-2",
    }


async def test_availability_between_meetings(
    sim: WebexSimulator, phone: Device, room: Workspace, clock: Clock
) -> None:
    """FreeUntil names the start of the next one."""
    room.book_locally("Later", clock() + timedelta(hours=3), 30)
    running = room.book_locally("Now", clock(), 30)
    assert phone.status["Bookings.Availability.Status"] == "BookedUntil"
    room.delete_locally(running)
    assert phone.status == {
        "Bookings.Availability.Status": "FreeUntil",
        "Bookings.Availability.TimeStamp": "2026-01-01T12:00:00Z",
        "Bookings.Current.Id": "",
    }


# Several devices, reboots, connections


async def test_every_device_of_a_room_reports_with_its_own_id(
    sim: WebexSimulator, integration: Client, phone: Device, room: Workspace
) -> None:
    """Companion devices synchronise; each reports (2)."""
    room.book_locally("Old", sim.clock() + timedelta(hours=5), 30)
    other = sim.add_device(room, name="Wall")
    phone.reboot()
    await integration.messages()
    await integration.command(phone, "Bookings.Book", {"Title": "New"})
    created = [
        (message["deviceId"], event["value"]["Id"], event["value"]["MeetingId"])
        for message in await integration.messages()
        if message["type"] == "events"
        for event in message["events"]
        if event["key"] == "Bookings.BookingCreated"
    ]
    (booking,) = [b for b in room.bookings if b.title == "New"]
    assert created == [
        (phone.id, "webex-3", booking.meeting_id),
        (other.id, "webex-2", booking.meeting_id),
    ]
    for device in (phone, other):
        assert {
            record["MeetingId"] for record in await integration.bookings(device)
        } == {b.meeting_id for b in room.bookings}


@pytest.mark.parametrize("reuse_ids", [False, True])
async def test_ids_change_with_a_reboot(
    integration: Client, phone: Device, room: Workspace, clock: Clock, reuse_ids: bool
) -> None:
    """SyncRequired, BootEvent, and other Ids for the same MeetingIds (2, 9.7)."""
    first = room.book_locally("A", clock() + timedelta(hours=1), 30)
    second = room.book_locally("B", clock() + timedelta(hours=2), 30)
    before = (phone.id_of(first), phone.id_of(second))
    await integration.messages()
    phone.reboot(reuse_ids=reuse_ids)
    sync, boot, status = await integration.messages()
    assert sync["events"][0]["key"] == "Bookings.SyncRequired"
    assert boot["events"][0] | {"timestamp": ""} == {
        "key": "BootEvent",
        "value": {},
        "timestamp": "",
    }
    assert status["isFullSync"] is True
    after = (phone.id_of(first), phone.id_of(second))
    assert after == (before[::-1] if reuse_ids else ("webex-3", "webex-4"))
    records = await integration.bookings(phone)
    assert [(r["Id"], r["MeetingId"]) for r in records] == [
        (after[0], first.meeting_id),
        (after[1], second.meeting_id),
    ]


async def test_what_happens_offline_is_unheard_until_syncrequired(
    integration: Client, phone: Device, room: Workspace, clock: Clock
) -> None:
    """Connection lost: nothing is told; back again: SyncRequired and the status."""
    phone.online = False
    room.book_locally("Unheard", clock(), 30)
    assert await integration.messages() == []
    phone.online = True
    assert phone.connection_status == "connected"
    sync, change, full = await integration.messages()
    assert sync["events"][0]["key"] == "Bookings.SyncRequired"
    assert change["changes"]["updated"]["Bookings.Availability.Status"] == "BookedUntil"
    assert full["isFullSync"] is True
    phone.online = True
    assert await integration.messages() == []


# A person at the device


async def test_a_person_books_privately_at_the_device(
    integration: Client, phone: Device, room: Workspace, clock: Clock
) -> None:
    """The event carries a title and no privacy; the list has both (9.8)."""
    room.book_locally("Salaries", clock(), 30, organizer="Ada", private=True)
    ((name, created), *_) = await integration.events()
    assert name == "Bookings.BookingCreated"
    assert created["Title"] == "Salaries"
    assert "Privacy" not in created
    (record,) = await integration.bookings(phone)
    assert record["Privacy"] == "Private"
    assert record["Organizer"] == {
        "Email": "",
        "FirstName": "Ada",
        "Id": "",
        "LastName": "",
    }
    with pytest.raises(OccupiedError):
        room.book_locally("Clash", clock(), 30)
    room.book_locally("Overlap", clock(), 30, overlap=True)
    assert [change.what for change in room.history] == ["created", "created"]


async def test_a_person_moves_and_ends_a_booking_at_a_phone(
    integration: Client, room: Workspace, clock: Clock
) -> None:
    """PhoneOS has no BookingMoved: only SyncRequired tells (1.2)."""
    booking = room.book_locally("Retro", clock() + timedelta(hours=1), 30)
    await integration.messages()
    booking = room.edit_locally(booking, start=clock())
    assert await integration.event_names() == ["SyncRequired", "Start"]
    clock.pass_by(minutes=10)
    room.edit_locally(booking, minutes=10)
    assert await integration.event_names() == ["SyncRequired", "End"]
