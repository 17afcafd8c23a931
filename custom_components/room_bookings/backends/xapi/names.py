"""Which booking goes by which names: at a device, in an event, from one listing to the next.

A booking's MeetingId lasts. Bookings that an on-premises calendar pushed have none; then
the device's own Id is all there is, and a restart gives it to other bookings (facts 1.4,
9.7). A booking keeps the name that it was first listed by, whatever the device calls it
next, for as long as its MeetingId, its times and title, or its own Id and some of them,
say that it is the same.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from ...rooms.booking import Booking, BookingId
from .transport import DeviceId
from .wire import WireBooking, WireIds, wire_time


@dataclass(slots=True)
class Names:
    """The names of one room's bookings; `own` holds each device's own Ids."""

    ids: dict[BookingId, WireIds] = field(default_factory=dict)
    own: dict[DeviceId, dict[str, BookingId]] = field(default_factory=dict)
    _known: dict[BookingId, Booking] = field(default_factory=dict)
    # Bookings that are not called as their meeting: they had no MeetingId at first.
    _meetings: dict[str, BookingId] = field(default_factory=dict)

    def listed(
        self, device_id: DeviceId, found: Sequence[WireBooking]
    ) -> list[Booking]:
        """The bookings of a listing under their lasting names, and what to call them next."""
        named = self.named(device_id, found)
        self.ids = {name: item.ids for name, item in named.items()}
        self.own = {
            device_id: {i.ids.id: name for name, i in named.items() if i.ids.id}
        }
        self._meetings = {
            item.ids.meeting_id: name
            for name, item in named.items()
            if item.ids.meeting_id and item.ids.meeting_id not in named
        }
        self._known = {
            name: b if (b := item.booking).id == name else replace(b, id=name)
            for name, item in named.items()
        }
        return list(self._known.values())

    def named(
        self, device_id: DeviceId, found: Sequence[WireBooking]
    ) -> dict[BookingId, WireBooking]:
        """The bookings of a listing by their lasting names; what it repeats counts once."""
        items = list(dict.fromkeys(found))
        own = self.own.get(device_id, {})
        meetings = _grouped((ids.meeting_id, name) for name, ids in self.ids.items())
        alike = _grouped((_looks(b), name) for name, b in self._known.items())
        free = dict(self._known)
        given: dict[int, BookingId] = {}

        def give(names: Callable[[WireBooking], Iterable[BookingId]]) -> None:
            for place, item in enumerate(items):
                if place not in given:
                    for name in names(item):
                        if name in free and not self._another(name, item):
                            del free[name]
                            given[place] = name
                            break

        def looking_so(item: WireBooking) -> list[BookingId]:
            names = alike.get(_looks(item.booking), [])
            return sorted(names, key=lambda name: name != own.get(item.ids.id))

        def of_its_meeting(item: WireBooking) -> list[BookingId]:
            meeting_id = item.ids.meeting_id
            return meetings.get(meeting_id, []) if meeting_id else []

        def of_its_own(item: WireBooking) -> Iterator[BookingId]:
            name = own.get(item.ids.id)
            if name is not None and _much_alike(self._known[name], item.booking):
                yield name

        give(lambda item: [n for n in looking_so(item) if n in of_its_meeting(item)])
        give(of_its_meeting)
        give(looking_so)
        give(of_its_own)
        taken = {*self._known, *given.values()}
        for place, item in enumerate(items):
            if place not in given:
                given[place] = next(n for n in _new_names(item) if n not in taken)
                taken.add(given[place])
        return {given[place]: item for place, item in enumerate(items)}

    def resolve(self, device_id: DeviceId, ids: WireIds) -> BookingId | None:
        """The booking that goes by these names at this device."""
        if ids.meeting_id:
            return self._of_meeting(ids.meeting_id)
        return self.own.get(device_id, {}).get(ids.id)

    def at(self, device_id: DeviceId, booking: Booking) -> WireIds:
        """What a booking is called at a device; empty for what it is not called there."""
        ids = self.ids.get(booking.id) or WireIds(
            id="", meeting_id=booking.id, request_id=booking.request_id
        )
        own = self.own.get(device_id, {})
        here = next((name for name, known in own.items() if known == booking.id), "")
        return replace(ids, id=here)

    def _of_meeting(self, meeting_id: str) -> BookingId:
        return self._meetings.get(meeting_id) or BookingId(meeting_id)

    def _another(self, name: BookingId, item: WireBooking) -> bool:
        """Whether the booking of that name is of another meeting."""
        return bool(
            item.ids.meeting_id
            and self.ids[name].meeting_id not in ("", item.ids.meeting_id)
        )


def _grouped[K](pairs: Iterable[tuple[K, BookingId]]) -> dict[K, list[BookingId]]:
    groups: dict[K, list[BookingId]] = {}
    for key, name in pairs:
        groups.setdefault(key, []).append(name)
    return groups


def _looks(booking: Booking) -> Hashable:
    return booking.start, booking.end, booking.title


def _much_alike(one: Booking, other: Booking) -> bool:
    return one.title == other.title or one.overlaps(other.start, other.end)


def _new_names(item: WireBooking) -> Iterator[BookingId]:
    """Names for a booking that nobody knew, the plainest first."""
    plain = item.ids.booking_id
    yield plain
    # The device gave an old name to another booking.
    longer = f"{plain}@{wire_time(item.booking.start)}"
    yield BookingId(longer)
    for number in count(2):
        yield BookingId(f"{longer}#{number}")
