"""What people do to bookings at a device, and what its lists tell."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    BookingCheckedIn,
    BookingMoved,
    Connected,
    Disconnected,
    RoomStale,
)
from custom_components.room_bookings.backends.xapi.local import socket
from custom_components.room_bookings.rooms.booking import Booking, BookingId
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
    TooLongError,
    UnreachableError,
)
from custom_components.room_bookings.rooms.room import EndMethod
from tests.backends.listening import Ear
from tests.simulators.roomos import VARIANTS

from .conftest import Near
from .wishes import DAY, MINUTE, UUID, listed, told, wish, with_one

# Verbs


async def test_a_booking_is_made_changed_and_deleted(near: Near) -> None:
    """And each is told."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        await backend.book([near.room_id], wish(near, organizer_name="Zoë"))
        await ear.until(BookingAdded)
        (booking,) = await listed(backend, near)
        assert booking.id == UUID
        assert (booking.title, booking.organizer) == ("Standup", "Zoë")
        wanted = replace(booking, end=booking.end + 15 * MINUTE)
        backend.check_change(near.room_id, booking, wanted)
        await backend.change(near.room_id, booking, wanted)
        moved = BookingMoved(near.room_id, booking.id, wanted.start, wanted.end)
        await ear.until(moved)
        assert await listed(backend, near) == [wanted]
        renamed = replace(wanted, title="Sit-down")
        await backend.change(near.room_id, wanted, renamed)
        assert await listed(backend, near) == [renamed]
        await backend.delete(near.room_id, renamed)
        assert await listed(backend, near) == []
    assert told(near) == ["Book", "Edit", "Edit", "Delete"]


@pytest.mark.parametrize("variant", sorted(VARIANTS))
async def test_lists_may_be_written_in_other_ways(near: Near, variant: str) -> None:
    """And mean the same (facts 1.4)."""
    backend = await near.backend()
    near.sim.book_locally("A")
    plain = await listed(backend, near)
    near.sim.result_filter = VARIANTS[variant]
    assert await listed(backend, near) == plain != []


async def test_only_what_changes_has_to_fit_the_wire(near: Near) -> None:
    """A title changes whatever the times are; seconds cannot be asked for."""
    backend = await near.backend()
    now = near.clock()
    odd = Booking(id=BookingId("x"), start=now, end=now + 90.5 * MINUTE)
    backend.check_change(near.room_id, odd, replace(odd, title="B"))
    later = replace(odd, end=odd.end + MINUTE)
    with pytest.raises(NotSupportedError):
        backend.check_change(near.room_id, odd, later)
    with pytest.raises(NotSupportedError):
        backend.check_change(near.room_id, odd, replace(odd, title="x" * 129))
    with pytest.raises(TooLongError):
        backend.check_request(near.room_id, wish(near, end=now + 2 * DAY))


@pytest.mark.parametrize("profile", ["roomos-11.14"])
async def test_an_old_release_names_no_organizer(near: Near) -> None:
    """What it cannot carry is refused, not dropped (facts 1.3)."""
    backend = await near.backend()
    with pytest.raises(NotSupportedError, match="OrganizerName"):
        backend.check_request(near.room_id, wish(near, organizer_name="Zoë"))
    backend.check_request(near.room_id, wish(near))
    await backend.book([near.room_id], wish(near))
    (booking,) = await listed(backend, near)
    assert booking.id == UUID
    with pytest.raises(NotSupportedError):
        await backend.check_in(near.room_id, booking)


async def test_booking_that_is_switched_off_names_the_setting(near: Near) -> None:
    """The device's own words do not (facts 1.6)."""
    backend = await near.backend()
    near.sim.configuration["Bookings.AdhocBooking.Enabled"] = "False"
    with pytest.raises(NotSupportedError) as raised:
        await backend.book([near.room_id], wish(near))
    assert raised.value.feature == "Bookings AdhocBooking Enabled = False"
    assert not near.sim.bookings
    # Where nobody may know the setting, or the wire breaks, the refusal stays one.
    for fault in ("error", "drop"):
        getattr(near.sim.faults.when(method="xGet"), fault)()
        with pytest.raises(RejectedError):
            await backend.book([near.room_id], wish(near))


async def test_check_in_that_is_switched_off_names_the_setting(near: Near) -> None:
    """As booking does."""
    backend, booking = await with_one(near)
    with pytest.raises(NotSupportedError, match="CheckIn Enabled = False"):
        await backend.check_in(near.room_id, booking)
    near.sim.faults.when(method="xGet").drop()
    with pytest.raises(RejectedError):
        await backend.check_in(near.room_id, booking)


async def test_a_taken_room_is_refused_in_the_devices_words(near: Near) -> None:
    """The list tells by whom."""
    backend = await near.backend()
    near.sim.book_locally("A")
    with pytest.raises(RejectedError, match="already booked"):
        await backend.book([near.room_id], wish(near))


async def test_a_device_that_starts_is_asked_again_later(near: Near) -> None:
    """Nothing was done."""
    backend = await near.backend()
    near.sim.faults.when(command="Bookings.Book").error(-31997, "System not ready")
    with pytest.raises(BusyTryLaterError):
        await backend.book([near.room_id], wish(near))
    assert not near.sim.bookings


async def test_somebody_checks_in(near: Near) -> None:
    """Here or at the device."""
    near.sim.configuration["Bookings.CheckIn.Enabled"] = "True"
    backend, booking = await with_one(near)
    async with Ear(backend.listen) as ear:
        await backend.check_in(near.room_id, booking)
        await ear.until(BookingCheckedIn(near.room_id, booking.id))
    assert near.sim.bookings[0].checked_in


@pytest.mark.parametrize(
    ("profile", "minutes", "refused", "commands", "method"),
    [
        ("roomos-26.4", 10, (), ["CheckOut"], EndMethod.ENDED),
        ("roomos-26.4", 10, ("CheckOut",), ["CheckOut"] * 2 + ["Edit"], "shortened"),
        ("roomos-26.4", 0.5, ("CheckOut",), ["CheckOut"] * 2 + ["Delete"], "deleted"),
        (
            "roomos-26.4",
            10,
            ("CheckOut", "Edit"),
            ["CheckOut"] * 2 + ["Edit"] * 2 + ["Delete"],
            "deleted",
        ),
        ("roomos-11.24", 10, (), ["Edit"], "shortened"),
        ("roomos-11.14", 10, (), ["Edit"], "shortened"),
        ("roomos-11.14", 0, (), ["Delete"], "deleted"),
        ("mtr", 10, (), ["CheckOut"] * 2 + ["Edit"], "shortened"),
    ],
)
async def test_a_meeting_ends_as_the_device_can(
    near: Near,
    minutes: float,
    refused: tuple[str, ...],
    commands: list[str],
    method: str,
) -> None:
    """Checked out, else shortened, else deleted; free at once."""
    backend = await near.backend()
    near.sim.book_locally("A")
    await near.pass_by(minutes=minutes)
    (booking,) = await listed(backend, near)
    for command in refused:
        near.sim.faults.when(command=f"Bookings.{command}").always().error(1, "No")
    assert await backend.end_meeting(near.room_id, booking) == method
    assert told(near) == commands
    assert near.sim.workspace.current_at(near.clock()) is None


async def test_a_meeting_that_is_gone_cannot_end(near: Near) -> None:
    """The device says so at each try."""
    backend = await near.backend()
    made = near.sim.book_locally("A")
    (booking,) = await listed(backend, near)
    near.sim.delete_locally(made)
    await near.pass_by(minutes=5)
    with pytest.raises(RejectedError, match="Not found"):
        await backend.end_meeting(near.room_id, booking)


async def test_a_lost_answer_tries_no_other_way(near: Near) -> None:
    """The first may have done it."""
    backend = await near.backend()
    near.sim.book_locally("A")
    await near.pass_by(minutes=5)
    (booking,) = await listed(backend, near)
    near.sim.faults.when(command="Bookings.CheckOut").drop_answer()
    with pytest.raises(AnswerLostError):
        await backend.end_meeting(near.room_id, booking)
    assert told(near) == ["CheckOut"]


async def test_after_a_restart_nobody_knows_its_name_until_it_is_listed(
    near: Near,
) -> None:
    """Its old Id would be another's."""
    near.sim.meeting_ids = "none"
    backend, booking = await with_one(near)
    async with Ear(backend.listen) as ear:
        near.sim.disconnect()
        await ear.until(Connected)
    with pytest.raises(NotFoundError, match="no name"):
        await backend.delete(near.room_id, booking)
    assert told(near) == []
    await listed(backend, near)
    await backend.delete(near.room_id, booking)
    assert not near.sim.bookings


async def test_nothing_is_asked_before_everybody_knows_of_the_new_connection(
    near: Near,
) -> None:
    """A booking of before could go by another's Id."""
    near.sim.meeting_ids = "none"
    backend, booking = await with_one(near)
    async with Ear(backend.listen) as ear:
        near.sim.faults.when(
            predicate=lambda r: r.params.get("Query") == ["Status", "RoomAnalytics"]
        ).latency(0.1)
        near.sim.disconnect()
        await near.sim.wait_for_requests(6, method="xFeedback/Subscribe")
        with pytest.raises(UnreachableError) as raised:
            await backend.delete(near.room_id, booking)
        assert not isinstance(raised.value, AnswerLostError)
        await ear.until(Connected)
    assert told(near) == []


# Lists


@pytest.mark.parametrize(
    "kind", ["missing_fields", "null_fields", "wrong_types", "truncated", "no_envelope"]
)
async def test_a_list_that_cannot_be_read_is_no_empty_room(
    near: Near, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Its meetings would all be cancelled."""
    monkeypatch.setattr(socket, "_REQUEST_TIMEOUT", 0.2)
    backend = await near.backend()
    near.sim.book_locally("A")
    near.sim.faults.when(command="Bookings.List").garbage(kind)
    with pytest.raises(UnreachableError):
        await listed(backend, near)
    assert len(await listed(backend, near)) == 1


async def test_bad_records_cost_only_themselves(near: Near) -> None:
    """Also where they are all there is."""
    backend = await near.backend()
    near.sim.device.records = [{"Id": "x"}, 1, None, {"Time": []}]
    assert await listed(backend, near) == []
    near.sim.book_locally("A")
    assert len(await listed(backend, near)) == 1


async def test_what_is_expected_is_known_by_its_lasting_name(near: Near) -> None:
    """Else a room without MeetingIds would be listed twice each time."""
    backend, booking = await with_one(near)
    near.sim.reboot(seconds=0, not_ready=0, meeting_ids="empty")
    await backend.connect()
    await near.pass_by(seconds=2)
    before = near.sim.requests.number_of(command="Bookings.List")
    now = near.clock()
    (again,) = await backend.bookings(near.room_id, now - DAY, now + DAY, {booking.id})
    assert again == booking
    assert near.sim.requests.number_of(command="Bookings.List") == before + 1


# Restarts


@pytest.mark.parametrize("profile", ["roomos-26.4", "roomos-11.14"])
@pytest.mark.parametrize("meeting_ids", ["keep", "empty"])
@pytest.mark.parametrize("reuse_ids", [False, True])
@pytest.mark.parametrize("before", ["same", "none"])
async def test_bookings_keep_their_names_through_restarts(
    near: Near, meeting_ids: Any, reuse_ids: bool, before: Any
) -> None:
    """Whatever the device calls them next; and they can be told to go by them."""
    near.sim.meeting_ids = before
    now = near.clock()
    for number, title in enumerate("ABC"):
        near.sim.book_locally(title, now + number * 60 * MINUTE)
    backend = await near.backend()
    known = await listed(backend, near)
    async with Ear(backend.listen) as ear:
        for round_ in (1, 2):
            near.sim.reboot(meeting_ids=meeting_ids, reuse_ids=reuse_ids)
            await ear.until(Disconnected, round_)
            await near.pass_by(seconds=5)
            await ear.until(Connected, round_)
            assert await listed(backend, near) == known
            ear.heard.append(round_)
        await backend.delete(near.room_id, known[1])
        await ear.until(RoomStale)
        assert await listed(backend, near) == [known[0], known[2]]
