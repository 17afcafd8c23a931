"""The calendar dialog sends every title back: one that is masked is not meant as the title."""

from datetime import timedelta

import pytest

from .room import Room

DAY = 24 * 60
TITLE = "Salaries"


@pytest.mark.parametrize("days", [1, 40], ids=["soon", "further than rooms are held"])
@pytest.mark.parametrize(
    ("titles", "private", "shown"),
    [("hide_private", True, "Private"), ("hide_all", False, "Booked")],
)
async def test_a_moved_booking_keeps_its_title(
    closed_room: Room, titles: str, private: bool, shown: str, days: int
) -> None:
    """An hour later, and nothing else."""
    room = closed_room
    await room.open(titles=titles)
    room.meet(TITLE, days * DAY, 30, private=private)
    await room.clock.pass_by(minutes=1)
    calendar = room.hass.data["calendar"].get_entity(
        room.entity_id("Fjord", "bookings")
    )
    (event,) = await calendar.async_get_events(
        room.hass, room.at((days - 1) * DAY), room.at((days + 1) * DAY)
    )
    assert event.summary == shown
    hour = timedelta(hours=1)
    await calendar.async_update_event(
        event.uid,
        {
            "summary": event.summary,
            "dtstart": event.start + hour,
            "dtend": event.end + hour,
        },
    )
    assert room.held == [(TITLE, days * DAY + 60, 30)]
