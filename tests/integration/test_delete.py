"""Deleting bookings of phones: it is told truly, whatever dies."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from homeassistant.exceptions import ServiceValidationError
from tests.simulators.webex import WebexSimulator
from tests.simulators.webex.faults import RequestFaults
from tests.simulators.xapi import PHONEOS_3_6, SimBooking

from .house import House
from .refused import refused
from .virtual_time import VirtualTime

DELETE = "Bookings.Delete"
DELETED = "Bookings.Deleted"

type Arm = Callable[[WebexSimulator], object]


def deletions(sim: WebexSimulator) -> RequestFaults:
    """What happens to the next request to delete."""
    return sim.faults.when(command=DELETE)


@pytest.fixture
async def review(house: House, clock: VirtualTime) -> SimBooking:
    """A booking in Fjord, in an hour, of which Home Assistant knows."""
    booking = house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    return booking


async def test_delete(house: House, review: SimBooking) -> None:
    """It returns when the device has confirmed it."""
    with house.recording() as changes:
        answer = await house.call("delete", "Fjord", booking_id=review.meeting_id)
        assert house.truth("Fjord") == []
    assert answer == {"booking_id": review.meeting_id}
    assert house.titles("Fjord")[1] == "unknown"
    (told,) = changes.told("Fjord")
    assert (told.kind, told.title, told.ours) == ("cancelled", "Review", True)


async def test_delete_a_booking_that_nobody_has_heard_of_yet(
    house: House, clock: VirtualTime
) -> None:
    """Before it says that there is none, it looks."""
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    booking = house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    await house.call("delete", "Fjord", booking_id=booking.meeting_id)
    assert house.truth("Fjord") == []


async def test_delete_a_booking_in_two_months(house: House, clock: VirtualTime) -> None:
    """It is further ahead than rooms are held, but the calendar shows it."""
    house.sim.faults.events(DELETED).always().drop()
    booking = house.book_at_device("Fjord", "Offsite", 60 * 24 * 60, 30)
    await clock.pass_by(minutes=1)
    await house.call("delete", "Fjord", booking_id=booking.meeting_id)
    assert house.truth("Fjord") == []


@pytest.mark.parametrize("key", ["BookingRequestUUID", "MeetingId", "Id"])
async def test_delete_by_whatever_name_the_phone_takes(
    closed_house: House, clock: VirtualTime, key: str
) -> None:
    """Also after a restart, with which its own Ids changed."""
    house = closed_house
    for device in house.workspace("Fjord").devices:
        device.profile = PHONEOS_3_6.delete_by(key)
    first = house.book_at_device("Fjord", "First", 60, 30)
    second = house.book_at_device("Fjord", "Second", 120, 30)
    await house.open()
    await house.call("delete", "Fjord", booking_id=first.meeting_id)
    house.phone("Fjord").reboot()
    await clock.pass_by(seconds=5)
    await house.call("delete", "Fjord", booking_id=second.meeting_id)
    assert house.truth("Fjord") == []


@pytest.mark.parametrize(
    ("arm", "deletes", "within"),
    [
        pytest.param(
            lambda sim: sim.faults.events(DELETED).always().drop(),
            1,
            3,
            id="the event is lost",
        ),
        pytest.param(
            lambda sim: sim.faults.events(DELETED).always().delay(60),
            1,
            3,
            id="the event is late",
        ),
        pytest.param(
            lambda sim: deletions(sim).drop_answer(),
            1,
            1,
            id="the answer is lost",
        ),
        pytest.param(
            lambda sim: deletions(sim).drop(),
            2,
            5,
            id="the request is lost",
        ),
        pytest.param(
            lambda sim: deletions(sim).not_applied(),
            2,
            15,
            id="the device does nothing",
        ),
        pytest.param(
            lambda sim: deletions(sim).applied_late(5),
            1,
            6,
            id="the device is slow",
        ),
        pytest.param(
            lambda sim: deletions(sim).status(429, retry_after=20),
            2,
            25,
            id="the cloud is busy",
        ),
        pytest.param(
            lambda sim: (
                deletions(sim).drop_answer(),
                sim.faults.events(DELETED).drop(),
                sim.faults.when(command="Bookings.List").times(2).status(500),
            ),
            1,
            10,
            id="the answer is lost and the list fails",
        ),
    ],
)
async def test_delete_whatever_dies(
    house: House,
    review: SimBooking,
    clock: VirtualTime,
    arm: Arm,
    deletes: int,
    within: float,
) -> None:
    """The list decides, and what happened is told once."""
    arm(house.sim)
    began = clock.now
    with house.recording() as changes:
        await house.call("delete", "Fjord", booking_id=review.meeting_id)
        assert clock.now - began <= timedelta(seconds=within)
        assert house.truth("Fjord") == []
        await clock.pass_by(minutes=2)
    assert house.requests(DELETE) == deletes
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("cancelled", True)]


@pytest.mark.parametrize(
    ("arm", "key"),
    [
        pytest.param(
            lambda sim: deletions(sim).always().not_applied(),
            "unconfirmed",
            id="the device never does it",
        ),
        pytest.param(
            lambda sim: deletions(sim).always().status(400, "No"),
            "rejected",
            id="the device refuses",
        ),
        pytest.param(
            lambda sim: (
                deletions(sim).drop(),
                deletions(sim).always().status(400, "No"),
            ),
            "rejected",
            id="the request is lost, the next one refused",
        ),
        pytest.param(
            lambda sim: (
                deletions(sim).drop(),
                deletions(sim).always().status(429),
            ),
            "unconfirmed",
            id="the request is lost, then the cloud is busy",
        ),
        pytest.param(
            lambda sim: deletions(sim).always().status(429),
            "busy_try_later",
            id="the cloud stays busy",
        ),
    ],
)
async def test_delete_that_fails(
    house: House, review: SimBooking, clock: VirtualTime, arm: Arm, key: str
) -> None:
    """Who deletes it later at the device is somebody else."""
    arm(house.sim)
    error = await refused(house, "delete", booking_id=review.meeting_id)
    assert error.translation_key == key
    assert house.truth("Fjord") == ["Review"]
    house.sim.faults.clear()
    with house.recording() as changes:
        house.workspace("Fjord").delete_locally(review)
        await clock.pass_by(seconds=5)
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("cancelled", False)]


async def test_delete_what_is_not_there(house: House) -> None:
    """The user's fault."""
    error = await refused(house, "delete", booking_id="nothing")
    assert error.translation_key == "unknown_booking"
    assert isinstance(error, ServiceValidationError)
    assert house.requests(DELETE) == 0


async def test_delete_what_somebody_else_has_just_deleted(
    house: House, review: SimBooking
) -> None:
    """The device does not know it any more."""
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    house.workspace("Fjord").delete_locally(review)
    error = await refused(house, "delete", booking_id=review.meeting_id)
    assert error.translation_key == "unknown_booking"


async def test_delete_what_is_over(house: House, clock: VirtualTime) -> None:
    """What was held cannot be undone."""
    booking = house.book_at_device("Fjord", "Standup", 1, 5)
    await clock.move_to(house.at(10))
    error = await refused(house, "delete", booking_id=booking.meeting_id)
    assert error.translation_key == "in_the_past"
    assert isinstance(error, ServiceValidationError)
