"""Whoever did something for a booking hears when it began before, and can undo it."""

from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .ears import Ears


async def test_what_was_moved_is_told_with_its_previous_start(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Of a new title that is the same start; what is new has none."""
    await ears.listen(
        "booking_created",
        "booking_changed",
        entity_id=[house.entity_id("Fjord", "bookings")],
    )
    booking = house.book_at_device("Fjord", "Review", 10, 10)
    await clock.pass_by(minutes=1)
    moved = house.workspace("Fjord").edit_locally(booking, start=house.at(30))
    await clock.pass_by(minutes=1)
    house.workspace("Fjord").edit_locally(moved, title="Retro")
    await clock.pass_by(minutes=1)
    assert [h.booking and h.booking.get("previous_start") for h in ears.heard] == [
        None,
        house.at(10).isoformat(),
        house.at(30).isoformat(),
    ]
