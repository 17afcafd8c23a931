"""Which booking goes by which names: at a device, in an event, from one listing to the next.

A booking's MeetingId lasts. Bookings that an on-premises calendar pushed have none; then
the device's own Id is all there is, and a restart gives it to other bookings (facts 1.4,
9.7). Such a booking keeps the name that it was first listed by, for as long as its time
and title, or its Id and one of them, say that it is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...rooms.booking import Booking, BookingId
from .transport import DeviceId
from .wire import WireBooking, WireIds, wire_time


@dataclass(slots=True)
class Names:
    """The names of one room's bookings; `own` holds each device's own Ids."""

    ids: dict[BookingId, WireIds] = field(default_factory=dict)
    own: dict[DeviceId, dict[str, BookingId]] = field(default_factory=dict)
    _nameless: dict[BookingId, Booking] = field(default_factory=dict)

    def listed(
        self, device_id: DeviceId, found: Sequence[WireBooking]
    ) -> list[Booking]:
        """The bookings of a listing under their lasting names."""
        nameless = [b for b in found if not b.ids.meeting_id]
        given = iter(self._given(nameless, self.own.get(device_id, {})))
        bookings: list[Booking] = []
        self.ids, self._nameless, own = {}, {}, {}
        for item in found:
            booking = item.booking
            if not item.ids.meeting_id:
                booking = replace(booking, id=next(given))
                self._nameless[booking.id] = booking
            self.ids[booking.id] = item.ids
            if item.ids.id:
                own[item.ids.id] = booking.id
            bookings.append(booking)
        self.own = {device_id: own}
        return bookings

    def resolve(self, device_id: DeviceId, ids: WireIds) -> BookingId | None:
        """The booking that goes by these names at this device."""
        if ids.meeting_id:
            return BookingId(ids.meeting_id)
        return self.own.get(device_id, {}).get(ids.id)

    def at(self, device_id: DeviceId, booking: Booking) -> WireIds:
        """What a booking is called at a device; empty for what it is not called there."""
        ids = self.ids.get(booking.id) or WireIds(
            id="", meeting_id=booking.id, request_id=booking.request_id
        )
        own = self.own.get(device_id, {})
        here = next((name for name, known in own.items() if known == booking.id), "")
        return replace(ids, id=here)

    def _given(
        self, nameless: Sequence[WireBooking], before: dict[str, BookingId]
    ) -> list[BookingId]:
        """The lasting name of each booking without a MeetingId; no two have the same."""
        free = dict(self._nameless)
        given: dict[int, BookingId] = {}
        for place, item in enumerate(nameless):
            same = next((k for k, b in free.items() if _same(b, item.booking)), None)
            if same is not None:
                del free[same]
                given[place] = same
        taken = set(self._nameless)
        for place, item in enumerate(nameless):
            if place in given:
                continue
            known = before.get(item.ids.id)
            if known in free and _alike(free[known], item.booking):
                del free[known]
                given[place] = known
                continue
            name = item.ids.id
            if name in taken:
                # The device gave an old name to another booking.
                name = f"{name}@{wire_time(item.booking.start)}"
            while name in taken:
                name += "+"
            taken.add(given.setdefault(place, BookingId(name)))
        return [given[place] for place in range(len(nameless))]


def _same(one: Booking, other: Booking) -> bool:
    return (one.start, one.end, one.title) == (other.start, other.end, other.title)


def _alike(one: Booking, other: Booking) -> bool:
    return one.title == other.title or one.overlaps(other.start, other.end)
