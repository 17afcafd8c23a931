"""End, delete and change, and what becomes of them when an answer is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.room_bookings.backends.signals import (
    BookingMoved,
    BookingRemoved,
    RoomStale,
)
from custom_components.room_bookings.rooms.booking import Booking
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    InThePastError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
    RoomError,
)
from custom_components.room_bookings.rooms.room import EndMethod
from tests.backends.listening import Ear

from .booking import booked
from .conftest import AURORA, FJORD, HOUR, NOW, Rig

# End and delete


async def test_a_running_meeting_ends(rig: Rig) -> None:
    """Now, and the room hears of it."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    await rig.clock.pass_by(hours=1.5)
    async with Ear(backend.listen) as ear:
        await rig.listed(backend)
        assert await backend.end_meeting(AURORA, booking) is EndMethod.ENDED
        assert RoomStale(AURORA) in ear.heard
        rig.took()
        (ended,) = await rig.listed(backend)
        assert ended.end <= rig.clock.now
        assert rig.took() == {}
    with pytest.raises(NotFoundError):
        await backend.end_meeting(AURORA, booking)


async def test_a_meeting_that_does_not_run_cannot_end(rig: Rig) -> None:
    """There is none, then."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    with pytest.raises(NotFoundError):
        await backend.end_meeting(AURORA, booking)
    with pytest.raises(NotFoundError):
        await backend.end_meeting(AURORA, replace(booking, id="elsewhere"))


async def test_a_booking_is_deleted(rig: Rig) -> None:
    """In all of its rooms."""
    backend = await rig.backend()
    booking = await backend.book([AURORA, FJORD], rig.request())
    async with Ear(backend.listen) as ear:
        await rig.listed(backend)
        await backend.delete(AURORA, booking)
        assert ear.of(BookingRemoved) == [
            BookingRemoved(AURORA, booking.id),
            BookingRemoved(FJORD, booking.id),
        ]
        assert await rig.listed(backend, FJORD) == []
        rig.took()
        await rig.clock.pass_by(minutes=6)
        assert rig.took() == {"GetTransactionsSince": 1}
    with pytest.raises(NotFoundError):
        await backend.delete(AURORA, booking)


async def test_to_delete_a_running_meeting_ends_it(rig: Rig) -> None:
    """It did take place (facts 5)."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    await rig.clock.pass_by(hours=1.5)
    await backend.delete(AURORA, booking)
    (ended,) = await rig.listed(backend)
    assert ended.end < booking.end


@pytest.mark.parametrize("operation", ["DeleteConferenceById", "EndConferenceById"])
async def test_a_lost_answer_says_so(rig: Rig, operation: str) -> None:
    """And who asks next sees what was done."""
    rig.sim.settings.session_lifetime = timedelta(hours=8)
    backend = await rig.backend()
    booking = await booked(rig, backend)
    await rig.clock.pass_by(hours=1.5)
    rig.sim.faults.when(operation).drop_answer()
    verb = backend.delete if operation.startswith("Delete") else backend.end_meeting
    with pytest.raises(AnswerLostError):
        await verb(AURORA, booking)
    (ended,) = await rig.listed(backend, urgent=True)
    assert ended.end < booking.end


# Change


async def test_a_booking_moves(rig: Rig) -> None:
    """As it was wanted, and the room hears where to."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    wanted = replace(booking, start=rig.at(3), end=rig.at(5), title="Bob's")
    backend.check_change(AURORA, booking, wanted)
    async with Ear(backend.listen) as ear:
        await rig.listed(backend)
        changed = await backend.change(AURORA, booking, wanted)
        # All of it is told at once, by the listing.
        assert ear.heard == [RoomStale(AURORA)]
        assert changed == replace(wanted, title="Bobs")
        assert await rig.listed(backend) == [changed]
        ear.heard.clear()
        later = replace(changed, end=rig.at(6))
        assert await backend.change(AURORA, changed, later) == later
        assert ear.heard == [
            BookingMoved(AURORA, booking.id, rig.at(3), rig.at(6)),
            RoomStale(AURORA),
        ]


async def test_somebody_elses_change_of_something_else_stays(rig: Rig) -> None:
    """What was read is too old; what is wanted still makes sense."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    rig.sim.faults.when("SaveConferenceWithMode").modified("Theirs")
    changed = await backend.change(
        AURORA, booking, replace(booking, start=rig.at(3), end=rig.at(4))
    )
    assert changed is not None
    assert (changed.title, changed.start) == ("Theirs", rig.at(3))


async def test_somebody_elses_change_of_the_same_wins(rig: Rig) -> None:
    """And it is said what it was."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    rig.sim.faults.when("SaveConferenceWithMode").modified("Theirs")
    with pytest.raises(RejectedError, match="changed its title"):
        await backend.change(AURORA, booking, replace(booking, title="Ours"))
    rig.sim.local.move(int(booking.id), rig.at(5))
    with pytest.raises(RejectedError, match="changed its start meanwhile to .* 15:00"):
        await backend.change(
            AURORA, booking, replace(booking, start=rig.at(3), end=rig.at(4))
        )


async def test_to_be_overtaken_twice_is_enough(rig: Rig) -> None:
    """There is one more try, and not a third."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    rig.sim.faults.when("SaveConferenceWithMode").times(2).modified("Theirs")
    rig.took()
    with pytest.raises(RejectedError):
        await backend.change(AURORA, booking, replace(booking, end=rig.at(3)))
    assert rig.took() == {"GetConferenceById": 2, "SaveConferenceWithMode": 2}


async def test_what_cannot_change_is_refused_at_once(rig: Rig) -> None:
    """The past, and when a running meeting began."""
    backend = await rig.backend()
    past = Booking(id="1", start=NOW - 2 * HOUR, end=NOW - HOUR)
    running = Booking(id="2", start=NOW - HOUR, end=NOW + HOUR)
    longer = replace(running, end=NOW + 2 * HOUR)
    errors: list[tuple[Booking, Booking, type[RoomError]]] = [
        (past, replace(past, end=NOW + HOUR), InThePastError),
        (running, replace(running, start=NOW), NotSupportedError),
        (running, replace(running, title="A" * 256), NotSupportedError),
    ]
    for booking, wanted, error in errors:
        with pytest.raises(error):
            backend.check_change(AURORA, booking, wanted)
    backend.check_change(AURORA, running, longer)
    with pytest.raises(NotSupportedError):
        await backend.check_in(AURORA, running)


async def test_what_is_gone_cannot_change(rig: Rig) -> None:
    """Nor what is no booking any more."""
    backend = await rig.backend()
    booking = await booked(rig, backend)
    rig.sim.local.reject(int(booking.id))
    with pytest.raises(NotFoundError):
        await backend.change(AURORA, booking, replace(booking, title="New"))
