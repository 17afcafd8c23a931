"""Displays change meetings, through the same verbs as everybody."""

from typing import Any

import pytest

from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz.strict_client import StrictClient

from .writing import FJORD, STUDIO, put, slot, written


async def test_extend_and_shorten(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """As far as the next meeting, and no further."""
    house.book_at_device(STUDIO, "Now", 0, 30)
    house.book_at_device(STUDIO, "Next", 60, 30)
    await clock.pass_by(minutes=5)
    room = house.workspace(STUDIO)
    running = room.bookings[0].meeting_id
    for end, status in ((45, 200), (60, 200), (61, 409), (20, 200)):
        answer = await display.change(room.id, running, house.at(0), house.at(end))
        assert answer.status == status
    display.check()
    assert house.workspace(STUDIO).bookings[0].end == house.at(20)
    assert house.shown(STUDIO, "current_booking").attributes["end"] == (
        house.at(20).isoformat()
    )


async def test_what_is_not_named_stays(house: House, display: StrictClient) -> None:
    """Any of start, end and subject; nothing at all changes nothing."""
    booked = house.book_at_device(STUDIO, "Plan", 60, 30, organizer="Ada")
    await house.clock.pass_by(seconds=5)
    meeting_id = booked.meeting_id
    status, meeting = await put(house, display, STUDIO, meeting_id)
    assert (status, meeting["subject"], meeting["organizerName"]) == (
        200,
        "Plan",
        "Ada",
    )
    assert house.requests("Bookings.Edit") == 0
    for changes, start, end, subject in (
        ({"endDateUTC": written(house.at(100))}, 60, 100, "Plan"),
        ({"startDateUTC": written(house.at(70))}, 70, 100, "Plan"),
        ({"subject": "Other", "organizerId": "Ada"}, 70, 100, "Other"),
        ({**slot(house, 120, 150), "subject": "Both"}, 120, 150, "Both"),
        ({"isCancelled": False}, 120, 150, "Both"),
    ):
        status, meeting = await put(house, display, STUDIO, meeting_id, **changes)
        assert status == 200
        assert meeting["meetingId"] == meeting_id
        assert (meeting["startDateUTC"], meeting["endDateUTC"]) == (
            written(house.at(start)),
            written(house.at(end)),
        )
        assert meeting["subject"] == subject
        assert house.truth(STUDIO) == [subject]


async def test_a_masked_subject_that_comes_back(
    house: House, display: StrictClient
) -> None:
    """A display that sends back what it was shown does not rename the meeting."""
    booked = house.book_at_device(
        STUDIO, "Merger", 60, 30, organizer="Ada", private=True
    )
    await house.clock.pass_by(seconds=5)
    (shown,) = (await display.meetings(house.workspace(STUDIO).id)).value
    status, meeting = await put(
        house,
        display,
        STUDIO,
        booked.meeting_id,
        **slot(house, 60, 100),
        subject=shown.subject,
        organizerId=shown.organizer_id,
        isPrivate=shown.private,
    )
    assert (status, meeting["subject"]) == (200, "Private")
    assert house.truth(STUDIO) == ["Merger"]
    assert house.workspace(STUDIO).bookings[0].end == house.at(100)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"startDateUTC": "soon"}, 400),
        ({"startDateUTC": None}, 400),
        ({"startDateUTC": "2026-03-03T10:30:00Z"}, 400),
        ({"endDateUTC": "2026-03-03T10:00:00Z"}, 400),
        ({"endDateUTC": "2026-03-03T08:30:00Z"}, 400),
        ({"endDateUTC": "2028-03-03T08:30:00Z"}, 400),
        ({"startDateUTC": "2026-03-03T08:30:00Z"}, 400),
        ({"organizerId": "Somebody else"}, 400),
        ({"isCancelled": "yes"}, 400),
        ({"startDateUTC": "2026-03-03T11:15:00Z"}, 400),
        ({"endDateUTC": "2026-03-03T11:15:00Z"}, 409),
    ],
)
async def test_changes_that_are_refused(
    house: House, display: StrictClient, changes: dict[str, Any], status: int
) -> None:
    """Malformed, in the past, or in the way of the next."""
    booked = house.book_at_device(STUDIO, "Plan", 60, 30)
    house.book_at_device(STUDIO, "Next", 120, 30)
    await house.clock.pass_by(seconds=5)
    answer = await put(house, display, STUDIO, booked.meeting_id, **changes)
    assert answer == (status, {"status": status})
    assert house.workspace(STUDIO).bookings[0].start == house.at(60)
    assert house.workspace(STUDIO).bookings[0].end == house.at(90)


async def test_a_room_that_cannot_change_bookings(
    house: House, display: StrictClient
) -> None:
    """A phone has no such command; that is no conflict, and nothing is unknown."""
    booked = house.book_at_device(FJORD, "Plan", 60, 30)
    await house.clock.pass_by(seconds=5)
    times = slot(house, 60, 100)
    assert (await put(house, display, FJORD, booked.meeting_id, **times))[0] == 400


async def test_unknown_meetings(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """One that there never was, one of another room, one that was cancelled."""
    booked = house.book_at_device(FJORD, "Plan", 60, 30)
    await clock.pass_by(seconds=5)
    times = slot(house, 60, 100)
    assert (await put(house, display, STUDIO, "nothing", **times))[0] == 404
    assert (await put(house, display, STUDIO, "~eA", **times))[0] == 404
    assert (await put(house, display, STUDIO, booked.meeting_id, **times))[0] == 404
    await house.call("delete", FJORD, booking_id=booked.meeting_id)
    assert (await put(house, display, FJORD, booked.meeting_id, **times))[0] == 404


async def test_a_meeting_beyond_what_is_held(
    house: House, display: StrictClient
) -> None:
    """Displays may have been told of it: it can be changed."""
    start = 40 * 1440
    booked = house.book_at_device(STUDIO, "Far away", start, 30)
    times = slot(house, start, start + 60)
    status, meeting = await put(house, display, STUDIO, booked.meeting_id, **times)
    assert (status, meeting["endDateUTC"]) == (200, times["endDateUTC"])
