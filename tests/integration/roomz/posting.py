"""What happens to bookings that are posted."""

from tests.simulators.roomz.faults import RequestFaults

from .house import RoomzHouse


def posting(house: RoomzHouse) -> RequestFaults:
    """What happens to the next POST."""
    return house.roomz.faults.when(call="book")
