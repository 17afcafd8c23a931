"""The simulated devices behind the cloud against facts/cisco-xapi.md, literally."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.webex import OccupiedError, WebexSimulator, Workspace
from tests.simulators.xapi import PHONEOS_3_6, Device

from .conftest import Client, Clock

UUID = "0c1d2e3f-0000-4000-8000-000000000001"


@pytest.fixture
def room(phone: Device) -> Workspace:
    """The room of the phone."""
    return phone.workspace


def roomos(sim: WebexSimulator, profile: str = "roomos-26.4") -> Device:
    """A RoomOS device in a room of its own."""
    return sim.add_device(
        sim.add_workspace(f"Room with {profile}"), profile, product="Cisco Room Bar"
    )


# PhoneOS: booking


async def test_book_answers_nothing_and_bookingcreated_confirms(
    integration: Client, phone: Device, room: Workspace
) -> None:
    """0.3, 0.4: the MeetingId is the BookingRequestUUID, Book tells no id."""
    answer = await integration.command(
        phone,
        "Bookings.Book",
        {
            "BookingRequestUUID": UUID,
            "StartTime": "2026-01-01T10:00:00Z",
            "Duration": 45,
            "Title": "Retro",
            "OrganizerName": "Ada",
            "OrganizerEmail": "ada@example.com",
        },
    )
    assert answer.body["result"] == {}
    assert await integration.events() == [
        (
            "Bookings.BookingCreated",
            {
                "BookingRequestUUID": UUID,
                "Duration": 45,
                "Id": "webex-1",
                "MeetingId": UUID,
                "OrganizerEmail": "ada@example.com",
                "OrganizerId": "",
                "OrganizerName": "Ada",
                "StartTime": "2026-01-01T10:00:00Z",
                "Title": "Retro",
            },
        )
    ]
    (booking,) = room.bookings
    assert (booking.minutes, booking.origin) == (45, "integration")


async def test_book_without_arguments_takes_now_and_half_an_hour(
    integration: Client, phone: Device, room: Workspace, clock: Clock
) -> None:
    """The defaults of 1.1; a UUID is made up."""
    clock.pass_by(milliseconds=700)
    await integration.command(phone, "Bookings.Book")
    (booking,) = room.bookings
    assert booking.start == clock().replace(microsecond=0)
    assert booking.minutes == 30
    assert await integration.event_names() == ["BookingCreated", "Start"]


async def test_a_meeting_id_of_its_own(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The equality of 0.3 is a rule that a test can break."""
    sim.rules.meeting_id = lambda uuid: f"meeting-{uuid}"
    await integration.command(phone, "Bookings.Book", {"BookingRequestUUID": UUID})
    ((_, created), *_) = await integration.events()
    assert created["MeetingId"] == f"meeting-{UUID}"
    assert created["BookingRequestUUID"] == UUID


@pytest.mark.parametrize(
    ("start", "minutes"), [("09:45", 30), ("10:10", 5), ("10:00", 30), ("10:29", 60)]
)
async def test_a_conflict_fails_implicitly(
    integration: Client, phone: Device, room: Workspace, start: str, minutes: int
) -> None:
    """200 and `{}`, no BookingCreated, but SyncRequired (SEED, 0.5)."""
    noon = phone.workspace.book_locally(
        "First", room.devices[0].online_since + timedelta(hours=1), 30
    )
    await integration.messages()
    answer = await integration.command(
        phone,
        "Bookings.Book",
        {"StartTime": f"2026-01-01T{start}:00Z", "Duration": minutes},
    )
    assert (answer.status, answer.body["result"]) == (200, {})
    assert await integration.events() == [("Bookings.SyncRequired", {})]
    assert room.bookings == [noon]


async def test_adjacent_bookings_do_not_conflict(
    integration: Client, phone: Device, room: Workspace
) -> None:
    """Half-open intervals."""
    for start in ("10:00", "10:30", "09:30"):
        await integration.command(
            phone, "Bookings.Book", {"StartTime": f"2026-01-01T{start}:00Z"}
        )
    assert [booking.start.strftime("%H:%M") for booking in room.bookings] == [
        "09:30",
        "10:00",
        "10:30",
    ]


async def test_the_same_uuid_twice_is_one_booking(
    integration: Client, phone: Device, room: Workspace
) -> None:
    """A repeated request books nothing more."""
    for start in ("10:00", "10:00", "12:00"):
        await integration.command(
            phone,
            "Bookings.Book",
            {"BookingRequestUUID": UUID, "StartTime": f"2026-01-01T{start}:00Z"},
        )
    assert len(room.bookings) == 1
    assert (await integration.event_names()).count("SyncRequired") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        {"Duration": 0},
        {"Duration": 1441},
        {"Duration": "30"},
        {"Duration": 30.0},
        {"Duration": True},
        {"StartTime": "2026-01-01T10:00:00.000Z"},
        {"StartTime": "2026-01-01T10:00:00+00:00"},
        {"StartTime": "2026-01-01 10:00:00Z"},
        {"StartTime": "2026-13-01T10:00:00Z"},
        {"StartTime": 1},
        {"StartTime": "2025-12-31T10:00:00Z"},
        {"Title": "x" * 129},
        {"Title": None},
        {"BookingRequestUUID": ""},
        {"BookingRequestUUID": "x" * 129},
        {"MeetingPlatform": "Skype"},
        {"EndTime": "2026-01-01T10:00:00Z"},
        {"title": "lower case"},
    ],
)
async def test_arguments_against_the_schema_are_an_error(
    integration: Client, phone: Device, room: Workspace, arguments: dict[str, Any]
) -> None:
    """1.1: lengths, ranges, types, names; 0.6: there is no EndTime."""
    answer = await integration.command(phone, "Bookings.Book", arguments)
    assert answer.status == 400
    assert answer.body["message"]
    assert room.bookings == []


# PhoneOS: deleting


@pytest.mark.parametrize("key", ["BookingRequestUUID", "MeetingId", "Id"])
async def test_delete_by_any_identifier(
    sim: WebexSimulator,
    integration: Client,
    phone: Device,
    room: Workspace,
    clock: Clock,
    key: str,
) -> None:
    """Deleted with every child of facts 2."""
    sim.rules.meeting_id = lambda uuid: f"meeting-{uuid}"
    booking = room.book_locally("Retro", clock(), 30)
    clock.pass_by(minutes=10, seconds=20)
    await integration.messages()
    value = {
        "BookingRequestUUID": booking.uuid,
        "MeetingId": booking.meeting_id,
        "Id": phone.id_of(booking),
    }[key]
    answer = await integration.command(phone, "Bookings.Delete", {key: value})
    assert (answer.status, answer.body["result"]) == (200, {})
    assert await integration.events() == [
        (
            "Bookings.Deleted",
            {
                "Cause": "Deleted",
                "EndTime": "2026-01-01T09:30:00Z",
                "Id": "webex-1",
                "MeetingId": booking.meeting_id,
                "MinutesFreed": 19,
                "OrganizerId": "",
                "ScheduledDuration": 30,
                "StartTime": "2026-01-01T09:00:00Z",
                "TimeStamp": "2026-01-01T09:10:20Z",
            },
        )
    ]
    assert room.bookings == []
    again = await integration.command(phone, "Bookings.Delete", {key: value})
    assert (again.status, again.body["message"]) == (400, "Not found")


async def test_delete_takes_only_what_its_schema_has(
    sim: WebexSimulator, integration: Client, phone: Device, room: Workspace
) -> None:
    """The identifiers of PhoneOS's Delete are configurable (0.3)."""
    phone.profile = PHONEOS_3_6.delete_by("BookingRequestUUID")
    booking = room.book_locally("Retro", sim.clock(), 30)
    by_id = await integration.command(
        phone, "Bookings.Delete", {"MeetingId": booking.meeting_id}
    )
    assert by_id.status == 400
    assert (await integration.command(phone, "Bookings.Delete")).status == 400
    by_uuid = await integration.command(
        phone, "Bookings.Delete", {"BookingRequestUUID": booking.uuid}
    )
    assert by_uuid.status == 200


async def test_a_roomos_device_deletes_by_id_and_meetingid_only(
    sim: WebexSimulator, integration: Client
) -> None:
    """SCH: Delete has Id and MeetingId."""
    device = roomos(sim)
    booking = device.workspace.book_locally("Retro", sim.clock(), 30)
    refused = await integration.command(
        device, "Bookings.Delete", {"BookingRequestUUID": booking.uuid}
    )
    assert refused.status == 400
    answer = await integration.command(
        device, "Bookings.Delete", {"MeetingId": booking.meeting_id}
    )
    assert answer.status == 200


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


# List


async def test_an_empty_list_has_no_booking_key(
    integration: Client, phone: Device
) -> None:
    """`{"LastUpdated", "ResultInfo": {"TotalRows": 0}, "status": "OK"}` (1.4)."""
    answer = await integration.command(phone, "Bookings.List")
    assert answer.body["result"] == {
        "LastUpdated": "2026-01-01T09:00:00Z",
        "ResultInfo": {"TotalRows": 0},
        "status": "OK",
    }


async def test_a_record_is_the_captured_one_leaf_by_leaf(
    integration: Client, phone: Device
) -> None:
    """The types of 1.4: integers, "True" and "False", UTC seconds."""
    await integration.command(
        phone,
        "Bookings.Book",
        {
            "BookingRequestUUID": UUID,
            "StartTime": "2026-01-01T10:00:00Z",
            "Duration": 60,
            "Title": "Retro",
            "Number": "https://meet.example.com/x",
            "Protocol": "WebRTC",
            "MeetingPlatform": "GoogleMeet",
        },
    )
    (record,) = await integration.bookings(phone)
    assert record == {
        "id": 1,
        "Id": "webex-1",
        "MeetingId": UUID,
        "Title": "Retro",
        "Agenda": "",
        "Privacy": "Public",
        "MeetingPlatform": "GoogleMeet",
        "BookingStatus": "OK",
        "BookingStatusMessage": "",
        "Cancellable": "False",
        "MaximumMeetingExtension": 30,
        "MeetingExtensionAvailability": "Guaranteed",
        "Encryption": "BestEffort",
        "Recording": "Disabled",
        "Organizer": {"Email": "", "FirstName": "", "Id": "", "LastName": ""},
        "Time": {
            "StartTime": "2026-01-01T10:00:00Z",
            "StartTimeBuffer": 300,
            "EndTime": "2026-01-01T11:00:00Z",
            "EndTimeBuffer": 0,
        },
        "DialInfo": {
            "Calls": {
                "Call": [
                    {
                        "Number": "https://meet.example.com/x",
                        "Protocol": "WebRTC",
                        "id": 1,
                    }
                ]
            },
            "ConnectMode": "OBTP",
        },
        "Spark": {
            "Alert": "True",
            "LocusActive": "False",
            "MeetingType": "Scheduled",
            "Participants": {},
            "Pending": "False",
        },
        "Webex": {
            "DialInNumbers": {},
            "Enabled": "False",
            "HostKey": "",
            "MeetingNumber": "",
            "Password": "",
            "Url": "",
        },
    }


@pytest.mark.parametrize(
    ("arguments", "titles", "total"),
    [
        ({}, "yesterday earlier now tonight tomorrow week", 6),
        ({"DayOffset": 0}, "earlier now tonight tomorrow week", 5),
        ({"Days": 1}, "earlier now tonight", 3),
        ({"Days": 1, "DayOffset": 1}, "tonight tomorrow", 2),
        ({"Days": 2, "DayOffset": 2}, "", 0),
        ({"Days": 30}, "earlier now tonight tomorrow week", 5),
        ({"Limit": 2}, "yesterday earlier", 6),
        ({"Limit": 2, "Offset": 1}, "earlier now", 6),
        ({"Offset": 5}, "week", 6),
        ({"ScheduleType": "Current"}, "now", 1),
        ({"ScheduleType": "Upcoming", "Days": 2}, "tonight tomorrow", 2),
    ],
)
async def test_list_windows(
    sim: WebexSimulator,
    integration: Client,
    phone: Device,
    room: Workspace,
    clock: Clock,
    arguments: dict[str, Any],
    titles: str,
    total: int,
) -> None:
    """Without parameters past, present and future; DayOffset 0 hides yesterday (1.1)."""
    midnight = clock().replace(hour=0)
    room.seed(
        [
            ("yesterday", midnight - timedelta(hours=2), 60),
            ("earlier", midnight + timedelta(hours=7), 60),
            ("now", midnight + timedelta(hours=8, minutes=30), 60),
            ("tonight", midnight + timedelta(hours=23), 120),
            ("tomorrow", midnight + timedelta(hours=34), 60),
            ("week", midnight + timedelta(days=7), 60),
        ]
    )
    answer = await integration.command(phone, "Bookings.List", arguments)
    records = answer.body["result"].get("Booking", [])
    assert [record["Title"] for record in records] == titles.split()
    assert answer.body["result"]["ResultInfo"]["TotalRows"] == total
    assert ("Booking" in answer.body["result"]) == bool(titles)


@pytest.mark.parametrize(
    "arguments",
    [
        {"Days": 0},
        {"Days": 366},
        {"DayOffset": -1},
        {"DayOffset": 366},
        {"Limit": 0},
        {"Offset": 65535},
        {"ScheduleType": "Past"},
    ],
)
async def test_list_arguments_out_of_range(
    integration: Client, phone: Device, arguments: dict[str, int]
) -> None:
    """The ranges of 1.1."""
    assert (await integration.command(phone, "Bookings.List", arguments)).status == 400


async def test_seeding_is_silent(
    sim: WebexSimulator, integration: Client, phone: Device, room: Workspace
) -> None:
    """Many bookings without a single message, and the timers run."""
    room.seed([("Now", sim.clock(), 30)])
    assert await integration.messages() == []
    assert phone.status["Bookings.Availability.Status"] == "BookedUntil"
    sim.rules.list_has_uuid = True
    (record,) = await integration.bookings(phone)
    assert record["BookingRequestUUID"] == room.bookings[0].uuid


# RoomOS


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("roomos-26.4", ["BookingRequested", "BookingCreated", "Updated", "Start"]),
        ("roomos-11.24", ["BookingRequested", "BookingCreated", "Updated", "Start"]),
        ("roomos-11.14", ["BookingRequested", "Updated", "Start"]),
    ],
)
async def test_roomos_reports_what_its_release_knows(
    sim: WebexSimulator, integration: Client, profile: str, expected: list[str]
) -> None:
    """BookingCreated from 11.23 (1.3)."""
    device = roomos(sim, profile)
    answer = await integration.command(device, "Bookings.Book", {"Title": "T"})
    assert answer.body["result"] == {}
    assert await integration.event_names() == expected


@pytest.mark.parametrize(
    ("profile", "keys"),
    [
        ("roomos-11.14", {"Id"}),
        (
            "roomos-11.24",
            {"Id", "MeetingId", "StartTime", "EndTime", "ScheduledDuration"},
        ),
    ],
)
async def test_end_carried_only_id_before_11_23(
    sim: WebexSimulator,
    integration: Client,
    clock: Clock,
    profile: str,
    keys: set[str],
) -> None:
    """1.3."""
    roomos(sim, profile).workspace.book_locally("T", clock(), 5)
    await integration.messages()
    clock.pass_by(minutes=5)
    await sim.tick()
    ((name, value),) = await integration.events()
    assert (name, set(value)) == ("Bookings.End", keys)


async def test_narrow_book_of_11_14(sim: WebexSimulator, integration: Client) -> None:
    """No organiser, no platform; Get by Id only (1.3)."""
    device = roomos(sim, "roomos-11.14")
    wide = await integration.command(device, "Bookings.Book", {"OrganizerName": "Ada"})
    assert wide.status == 400
    assert (await integration.command(device, "Bookings.Get")).status == 400


async def test_roomos_conflicts_and_switched_off_ad_hoc_booking(
    sim: WebexSimulator, integration: Client
) -> None:
    """1.6: Book needs AdhocBooking Enabled."""
    device = roomos(sim)
    device.workspace.book_locally("First", sim.clock(), 30)
    taken = await integration.command(device, "Bookings.Book")
    assert taken.status == 400
    device.configuration["Bookings.AdhocBooking.Enabled"] = "False"
    off = await integration.command(
        device, "Bookings.Book", {"StartTime": "2026-01-01T12:00:00Z"}
    )
    assert (off.status, off.body["message"]) == (400, "Ad hoc booking is not enabled")
    sim.command_error_status = 409
    assert (await integration.command(device, "Bookings.Book")).status == 409


async def test_edit_moves_a_booking(
    sim: WebexSimulator, integration: Client, clock: Clock
) -> None:
    """BookingMoved{MeetingId, StartTime, Duration} (2)."""
    device = roomos(sim)
    room = device.workspace
    booking = room.book_locally("T", clock() + timedelta(hours=1), 30)
    room.book_locally("Other", clock() + timedelta(hours=4), 30)
    await integration.messages()
    answer = await integration.command(
        device,
        "Bookings.Edit",
        {
            "MeetingId": booking.meeting_id,
            "StartTime": "2026-01-01T11:00:00Z",
            "Duration": 15,
            "Title": "Moved",
        },
    )
    assert (answer.status, answer.body["result"]) == (200, {})
    assert await integration.events() == [
        (
            "Bookings.BookingMoved",
            {
                "Duration": 15,
                "Id": "webex-1",
                "MeetingId": booking.meeting_id,
                "StartTime": "2026-01-01T11:00:00Z",
            },
        ),
        ("Bookings.Updated", {}),
    ]
    assert room.bookings[0].title == "Moved"
    taken = await integration.command(
        device,
        "Bookings.Edit",
        {"Id": "webex-1", "StartTime": "2026-01-01T13:00:00Z"},
    )
    assert taken.status == 400


async def test_extend(sim: WebexSimulator, integration: Client, clock: Clock) -> None:
    """The current booking without an id; ExtensionRequested and BookingMoved."""
    device = roomos(sim)
    none = await integration.command(device, "Bookings.Extend", {"Duration": 15})
    assert none.status == 400
    booking = device.workspace.book_locally("T", clock(), 30)
    await integration.messages()
    await integration.command(device, "Bookings.Extend", {"Duration": 15})
    requested, moved, _ = await integration.events()
    assert requested == (
        "Bookings.ExtensionRequested",
        {
            "Duration": 15,
            "Id": "webex-1",
            "MeetingId": booking.meeting_id,
            "NewEndTime": "2026-01-01T09:45:00Z",
            "OriginalMeetingId": booking.meeting_id,
        },
    )
    assert moved[1]["Duration"] == 45
    assert (await integration.command(device, "Bookings.Extend")).status == 400


async def test_get_tells_the_seconds(
    sim: WebexSimulator, integration: Client, clock: Clock
) -> None:
    """`{"Booking": {…}, "status": "OK"}` (1.4)."""
    device = roomos(sim)
    device.workspace.book_locally("T", clock(), 30)
    clock.pass_by(minutes=10)
    answer = await integration.command(device, "Bookings.Get", {"Id": "webex-1"})
    result = answer.body["result"]
    assert result["status"] == "OK"
    assert result["Booking"]["Time"]["SecondsUntilEnd"] == 1200
    assert result["Booking"]["Time"]["SecondsSinceStart"] == 600
    unknown = await integration.command(device, "Bookings.Get", {"Id": "nothing"})
    assert unknown.body["message"] == "Not found"


async def test_check_in_check_out_and_no_show(
    sim: WebexSimulator, integration: Client, clock: Clock
) -> None:
    """With CheckIn enabled, whoever does not come loses the room."""
    device = roomos(sim)
    room = device.workspace
    device.configuration["Bookings.CheckIn.Enabled"] = "True"
    attended = room.book_locally("Attended", clock(), 30)
    room.book_locally("Missed", clock() + timedelta(minutes=30), 30)
    await integration.messages()
    clock.pass_by(minutes=5)
    await integration.command(
        device, "Bookings.CheckIn", {"MeetingId": attended.meeting_id}
    )
    ((name, value),) = await integration.events()
    assert name == "Bookings.CheckedIn"
    assert set(value) == {"EndTime", "Id", "MeetingId", "MinuteOffset", "StartTime"}
    assert value["MinuteOffset"] == 5
    clock.pass_by(minutes=24)
    await sim.tick()
    assert room.by_uuid(attended.uuid) is not None
    clock.pass_by(minutes=11)
    await sim.tick()
    deleted = dict(await integration.events())["Bookings.Deleted"]
    assert (deleted["Cause"], deleted["MinutesFreed"]) == ("NoShow", 20)
    again = room.book_locally("Again", clock(), 30)
    await integration.messages()
    await integration.command(
        device, "Bookings.CheckOut", {"MeetingId": again.meeting_id}
    )
    deleted = dict(await integration.events())["Bookings.Deleted"]
    assert deleted["Cause"] == "ManualCheckOut"


async def test_the_other_commands_of_roomos(
    sim: WebexSimulator, integration: Client, clock: Clock
) -> None:
    """Respond, NotificationSnooze, Put, Clear."""
    device = roomos(sim)
    room = device.workspace
    booking = room.book_locally("T", clock(), 30)
    by_meeting = {"MeetingId": booking.meeting_id}
    await integration.messages()
    await integration.command(device, "Bookings.NotificationSnooze", by_meeting)
    assert await integration.event_names() == ["NotificationSnoozed"]
    accept = await integration.command(
        device, "Bookings.Respond", by_meeting | {"Type": "Accept"}
    )
    assert accept.status == 200
    await integration.command(
        device, "Bookings.Respond", by_meeting | {"Type": "Decline"}
    )
    assert room.bookings == []
    assert (await integration.command(device, "Bookings.Put")).status == 400
    room.book_locally("T", clock(), 30)
    await integration.messages()
    await integration.command(device, "Bookings.Clear")
    assert room.bookings == []
    assert await integration.event_names() == ["SyncRequired", "Updated"]
    unknown = PHONEOS_3_6.without("Bookings.Delete", "Bookings.End")
    assert "Bookings.Delete" not in unknown.commands
    assert "Bookings.End" not in unknown.events
