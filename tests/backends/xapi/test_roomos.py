"""What RoomOS devices can do beyond phones, through the cloud; and bookings without names."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    BookingCheckedIn,
    BookingMoved,
    PeopleSeen,
    RoomStale,
)
from custom_components.room_bookings.backends.xapi.backend import XapiBackend
from custom_components.room_bookings.backends.xapi.names import Names
from custom_components.room_bookings.backends.xapi.transport import DeviceId
from custom_components.room_bookings.backends.xapi.wire import (
    WireBooking,
    WireIds,
    edit_arguments,
    moved_to,
)
from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingRequest,
    RoomId,
)
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    NotSupportedError,
    RejectedError,
    TooLongError,
)
from custom_components.room_bookings.rooms.room import EndMethod, Verb
from tests.backends.anything import SPOILT_EVENTS
from tests.backends.conftest import Clock
from tests.backends.listening import Ear
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import PROFILES, Device, Workspace

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CHECK_IN = "Bookings.CheckIn.Enabled"


@pytest.fixture
def board(rig: Rig) -> Device:
    """A board with all that 26.4 can do, and check-in enabled."""
    board = rig.sim.add_device(rig.sim.add_workspace("Fjord"), "roomos-26.4")
    board.configuration[CHECK_IN] = "True"
    return board


async def opened(rig: Rig) -> XapiBackend:
    """A backend that is connected and knows its rooms."""
    backend = rig.backend()
    await backend.connect()
    await backend.rooms()
    return backend


async def one(backend: XapiBackend, rig: Rig, workspace: Workspace) -> Booking:
    """The only booking of a room."""
    room_id = RoomId(workspace.id)
    (found,) = await backend.bookings(room_id, rig.clock() - DAY, rig.clock() + 2 * DAY)
    return found


def commands(rig: Rig) -> list[tuple[str, dict[str, Any]]]:
    """What the device was told to do."""
    return [
        (r.command.removeprefix("Bookings."), dict(r.arguments or {}))
        for r in rig.sim.requests
        if r.command and r.command != "Bookings.List"
    ]


def moved(booking: Booking, by: timedelta = MINUTE, **changes: Any) -> Booking:
    """The booking at another time, or called otherwise."""
    kept: dict[str, Any] = {
        "id": booking.id,
        "start": booking.start + by,
        "end": booking.end + by,
        "title": booking.title,
    }
    return Booking(**(kept | changes))


# Verbs


async def test_each_release_has_its_verbs(rig: Rig) -> None:
    """As its schema says."""
    for name in PROFILES:
        rig.sim.add_device(rig.sim.add_workspace(name), name, product=name)
    backend = rig.backend()
    await backend.connect()
    verbs = {room.name: room.verbs for room in await backend.rooms()}
    phone = {Verb.BOOK, Verb.DELETE, Verb.END_MEETING}
    assert verbs["phoneos-3.6"] == phone
    edits = phone | {Verb.EXTEND, Verb.RESCHEDULE}
    assert verbs["roomos-11.14"] == verbs["roomos-11.24"] == edits
    assert verbs["roomos-26.4"] == edits | {Verb.CHECK_IN}


async def test_a_booking_is_changed(rig: Rig, board: Device) -> None:
    """In what is different, and in nothing else."""
    backend = await opened(rig)
    room_id = RoomId(board.workspace.id)
    made = board.workspace.book_locally("A", rig.clock(), 30)
    booking = await one(backend, rig, board.workspace)
    wanted = moved(booking, title="B")
    backend.check_change(room_id, booking, wanted)
    await backend.change(room_id, booking, wanted)
    changed = await one(backend, rig, board.workspace)
    assert (changed.start, changed.end, changed.title) == (
        made.start + MINUTE,
        made.end + MINUTE,
        "B",
    )
    assert commands(rig) == [
        (
            "Edit",
            {
                "MeetingId": made.meeting_id,
                "StartTime": "2026-01-01T09:01:00Z",
                "Duration": 30,
                "Title": "B",
            },
        )
    ]
    assert edit_arguments(booking, moved(booking, 0 * DAY, title="C")) == {"Title": "C"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"minutes": 1_441}, TooLongError),
        ({"minutes": 0.5}, NotSupportedError),
        ({"title": "x" * 129}, NotSupportedError),
        ({"minutes": 1_440}, None),
    ],
)
async def test_a_change_that_the_wire_cannot_carry_is_refused_unsent(
    rig: Rig, board: Device, changes: dict[str, Any], error: type[Exception] | None
) -> None:
    """As a booking would be."""
    backend = await opened(rig)
    room_id = RoomId(board.workspace.id)
    now = rig.clock()
    booking = Booking(id=BookingId("x"), start=now, end=now + 30 * MINUTE)
    minutes = changes.pop("minutes", 30)
    wanted = moved(booking, 0 * DAY, end=now + minutes * MINUTE, **changes)
    if error is None:
        backend.check_change(room_id, booking, wanted)
    else:
        with pytest.raises(error):
            backend.check_change(room_id, booking, wanted)


async def test_phones_change_nothing(rig: Rig) -> None:
    """They can only book and delete (facts 1.2)."""
    phone = rig.sim.add_device(rig.sim.add_workspace("Fjord"))
    backend = await opened(rig)
    room_id = RoomId(phone.workspace.id)
    phone.workspace.book_locally("A", rig.clock(), 30)
    booking = await one(backend, rig, phone.workspace)
    with pytest.raises(NotSupportedError):
        backend.check_change(room_id, booking, moved(booking))
    with pytest.raises(NotSupportedError):
        await backend.change(room_id, booking, moved(booking))
    with pytest.raises(NotSupportedError):
        await backend.check_in(room_id, booking)
    rig.clock.pass_by(minutes=5)
    assert await backend.end_meeting(room_id, booking) is EndMethod.DELETED


async def test_somebody_checks_in(rig: Rig, board: Device) -> None:
    """At the device and here alike; both are told."""
    backend = await opened(rig)
    room_id = RoomId(board.workspace.id)
    board.workspace.book_locally("A", rig.clock(), 30)
    booking = await one(backend, rig, board.workspace)
    async with Ear(backend.listen) as ear:
        await backend.check_in(room_id, booking)
        await ear.until(BookingCheckedIn(room_id, booking.id))
    assert board.workspace.bookings[0].checked_in


async def test_a_check_in_is_refused_in_the_devices_words(
    rig: Rig, board: Device
) -> None:
    """It is a setting of the device."""
    board.configuration[CHECK_IN] = "False"
    backend = await opened(rig)
    board.workspace.book_locally("A", rig.clock(), 30)
    booking = await one(backend, rig, board.workspace)
    with pytest.raises(RejectedError):
        await backend.check_in(RoomId(board.workspace.id), booking)


@pytest.mark.parametrize(
    ("profile", "minutes", "refused", "method"),
    [
        ("roomos-26.4", 10, (), EndMethod.ENDED),
        ("roomos-26.4", 10, ("Bookings.CheckOut",), EndMethod.SHORTENED),
        ("roomos-26.4", 0, ("Bookings.CheckOut",), EndMethod.DELETED),
        ("roomos-26.4", 10, ("Bookings.CheckOut", "Bookings.Edit"), EndMethod.DELETED),
        ("roomos-11.24", 10, (), EndMethod.SHORTENED),
        ("roomos-11.24", 0.9, (), EndMethod.DELETED),
        ("phoneos-3.6", 10, (), EndMethod.DELETED),
    ],
)
async def test_a_meeting_ends_by_what_the_device_can(
    rig: Rig,
    clock: Clock,
    profile: str,
    minutes: float,
    refused: tuple[str, ...],
    method: EndMethod,
) -> None:
    """It leaves the room free at once, and is kept where that is possible."""
    workspace = rig.sim.add_workspace("Fjord")
    rig.sim.add_device(workspace, profile)
    backend = await opened(rig)
    workspace.book_locally("A", clock(), 30)
    clock.pass_by(minutes=minutes)
    booking = await one(backend, rig, workspace)
    for command in refused:
        rig.sim.faults.when(command=command).always().status(400)
    assert await backend.end_meeting(RoomId(workspace.id), booking) is method
    assert workspace.current_at(clock()) is None


async def test_a_lost_answer_tries_no_other_way_to_end(rig: Rig, board: Device) -> None:
    """The first may have done it."""
    backend = await opened(rig)
    board.workspace.book_locally("A", rig.clock(), 30)
    booking = await one(backend, rig, board.workspace)
    rig.sim.faults.when(command="Bookings.CheckOut").status(502)
    with pytest.raises(AnswerLostError):
        await backend.end_meeting(RoomId(board.workspace.id), booking)
    assert [name for name, _ in commands(rig)] == ["CheckOut"]


async def test_a_setting_that_stands_in_the_way_is_named_where_it_is_known(
    rig: Rig, board: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cloud does not tell settings: its words are all there is."""
    board.configuration["Bookings.AdhocBooking.Enabled"] = "False"
    backend = await opened(rig)
    room_id = RoomId(board.workspace.id)
    wish = BookingRequest(
        request_id="u", title="T", start=rig.clock(), end=rig.clock() + 30 * MINUTE
    )
    with pytest.raises(RejectedError):
        await backend.book([room_id], wish)

    async def obstacle(*_: object) -> str:
        return "the setting"

    monkeypatch.setattr(backend._transport, "obstacle", obstacle)
    with pytest.raises(NotSupportedError, match="the setting"):
        await backend.book([room_id], wish)


# Signals


async def test_a_booking_that_moves_is_told(rig: Rig, board: Device) -> None:
    """With its times; without them, or of an unknown one, the room is listed."""
    backend = await opened(rig)
    room_id = RoomId(board.workspace.id)
    async with Ear(backend.listen) as ear:
        made = board.workspace.book_locally("A", rig.clock() + DAY, 30)
        await ear.until(BookingAdded)
        after = board.workspace.edit_locally(
            made, start=made.start + MINUTE, minutes=45
        )
        booking_id = BookingId(made.meeting_id)
        await ear.until(BookingMoved(room_id, booking_id, after.start, after.end))
        stale = len(ear.of(RoomStale))
        rig.sim.push_message(
            {
                "type": "events",
                "deviceId": board.id,
                "events": [
                    {"key": "Bookings.BookingMoved", "value": {"MeetingId": "m"}},
                    {"key": "Bookings.CheckedIn", "value": {"Id": "unknown"}},
                ],
            }
        )
        await ear.until(RoomStale, stale + 2)


@pytest.mark.parametrize(
    ("updated", "seen"),
    [
        ({"RoomAnalytics.PeopleCount.Current": 2}, (2, None)),
        ({"RoomAnalytics.PeopleCount.Current": "3"}, (3, None)),
        ({"RoomAnalytics.PeopleCount.Current": -1}, (None, None)),
        ({"RoomAnalytics.PeoplePresence": "Yes"}, (None, True)),
        ({"RoomAnalytics.PeoplePresence": "No"}, (None, False)),
        ({"RoomAnalytics.PeoplePresence": "Unknown"}, (None, None)),
    ],
)
async def test_people_are_seen(
    rig: Rig, board: Device, updated: dict[str, Any], seen: tuple[Any, Any]
) -> None:
    """By a device that counts them, or that sees whether somebody is there."""
    backend = await opened(rig)
    async with Ear(backend.listen) as ear:
        rig.sim.push_message(
            {"type": "status", "deviceId": board.id, "changes": {"updated": updated}}
        )
        await ear.until(PeopleSeen(RoomId(board.workspace.id), *seen))


@settings(max_examples=80, deadline=None)
@given(SPOILT_EVENTS)
def test_anything_moves_to_times_or_nowhere(value: Any) -> None:
    """And never raises."""
    times = moved_to(value)
    assert times is None or times[0] <= times[1]


# Bookings without a meeting's id


def nameless(
    own_id: str, start: datetime, title: str, minutes: int = 30
) -> WireBooking:
    """A booking as an on-premises calendar pushes it (facts 1.4)."""
    return WireBooking(
        ids=WireIds(id=own_id, meeting_id=""),
        booking=Booking(
            id=BookingId(own_id),
            start=start,
            end=start + minutes * MINUTE,
            title=title,
        ),
    )


def test_a_booking_without_a_name_keeps_the_first_that_it_had(clock: Clock) -> None:
    """Through restarts, at companions, and when it is changed at the device."""
    names, here, there = Names(), DeviceId("here"), DeviceId("there")
    now = clock()

    def ids(device: DeviceId, *found: WireBooking) -> list[str]:
        return [b.id for b in names.listed(device, found)]

    a, b = nameless("1", now, "A"), nameless("2", now + DAY, "B")
    assert ids(here, a, b) == ["1", "2"]
    # A restart exchanged their Ids.
    assert ids(here, nameless("2", now, "A"), nameless("1", now + DAY, "B")) == [
        "1",
        "2",
    ]
    # A companion calls them otherwise.
    assert ids(there, nameless("7", now, "A"), nameless("8", now + DAY, "B")) == [
        "1",
        "2",
    ]
    # Somebody renamed one, and moved the other.
    renamed, later = nameless("7", now, "C"), nameless("8", now + 2 * DAY, "B")
    assert ids(there, renamed, later) == ["1", "2"]
    assert names.at(there, names.listed(there, [renamed])[0]) == WireIds(
        id="7", meeting_id=""
    )
    # The Id of a booking that is gone is another's.
    assert ids(there, nameless("1", now + 5 * DAY, "D")) == ["1@2026-01-06T09:00:00Z"]


@settings(max_examples=80, deadline=None)
@given(
    listings=st.lists(
        st.lists(
            st.tuples(st.sampled_from("123"), st.integers(0, 3), st.sampled_from("AB")),
            max_size=4,
            unique=True,
        ),
        max_size=5,
    ),
    devices=st.lists(st.sampled_from(["x", "y"]), min_size=5, max_size=5),
)
def test_no_two_bookings_of_a_listing_have_one_name(
    listings: list[list[tuple[str, int, str]]], devices: list[str]
) -> None:
    """Whatever the device calls them from one listing to the next."""
    names, clock = Names(), Clock()
    for listing, device in zip(listings, devices, strict=False):
        found = [nameless(i, clock() + n * DAY, title) for i, n, title in listing]
        bookings = names.listed(DeviceId(device), found)
        assert len(bookings) == len(found)
        assert len({b.id for b in bookings}) == len(found)
        own = [item.ids.id for item in found]
        for item in (i for i in found if own.count(i.ids.id) == 1):
            known = names.resolve(DeviceId(device), item.ids)
            (booking,) = (b for b in bookings if b.id == known)
            assert booking.title == item.booking.title
            assert names.at(DeviceId(device), booking).id == item.ids.id
