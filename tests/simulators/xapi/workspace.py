"""A room: one local calendar that its devices share and keep in step."""

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, override

from tests.simulators.common.times import whole_second

from . import events
from .booking import Change, Origin, SimBooking
from .device import Device
from .timers import Timer
from .world import World


class OccupiedError(Exception):
    """A person tried to book a slot that is taken."""


@dataclass(frozen=True, slots=True)
class _CheckIn:
    """How long after its start a booking waits, and which need not be attended."""

    window: timedelta
    automatic_from: timedelta

    def lapses(self, booking: SimBooking) -> datetime | None:
        lapse = booking.start + self.window
        if (
            booking.checked_in
            or lapse >= booking.end
            or booking.end - booking.start >= self.automatic_from
        ):
            return None
        return lapse


def _order(booking: SimBooking) -> tuple[datetime, str]:
    return (booking.start, booking.uuid)


class Workspace:
    """The truth about one room.

    Changes are made by `book_locally`, `edit_locally` and `delete_locally` (a person
    at one of its devices) or by xCommands; every device of the workspace reports each
    of them (facts 2, companion devices).
    """

    def __init__(
        self,
        world: World,
        *,
        workspace_id: str,
        name: str,
        capacity: int | None = None,
        calendar: str = "none",
    ) -> None:
        """Start with an empty calendar and no devices."""
        self._world = world
        self._bookings: list[SimBooking] = []
        self._by_uuid: dict[str, SimBooking] = {}
        self._seen = world.clock()
        self._timer: Timer | None = None
        self.id = workspace_id
        self.name = name
        self.capacity = capacity
        self.calendar = calendar
        self.devices: list[Device] = []
        self.history: list[Change] = []
        """Everything that ever happened to its bookings, in order."""

    @override
    def __repr__(self) -> str:
        """Name it in test output."""
        return f"<Workspace {self.name}>"

    # Reading

    @property
    def bookings(self) -> list[SimBooking]:
        """The bookings in the calendar, past ones too, sorted by start. Do not change it."""
        return self._bookings

    def by_uuid(self, uuid: str) -> SimBooking | None:
        """The booking with that BookingRequestUUID."""
        return self._by_uuid.get(uuid)

    def current_at(self, instant: datetime) -> SimBooking | None:
        """The booking that runs then; of several the one that started first."""
        return next((b for b in self._bookings if b.runs_at(instant)), None)

    def next_after(self, instant: datetime) -> SimBooking | None:
        """The first booking that starts after that instant."""
        return next((b for b in self._bookings if b.start > instant), None)

    def occupied(
        self, start: datetime, end: datetime, *, ignoring: str = ""
    ) -> SimBooking | None:
        """A booking that overlaps the interval, other than the one to ignore."""
        return next(
            (
                b
                for b in self._bookings
                if b.overlaps(start, end) and b.uuid != ignoring
            ),
            None,
        )

    # A person at a device

    def book_locally(
        self,
        title: str,
        start: datetime,
        minutes: int,
        organizer: str = "",
        private: bool = False,
        *,
        organizer_email: str = "",
        uuid: str | None = None,
        meeting_id: str | None = None,
        overlap: bool = False,
    ) -> SimBooking:
        """Book at a device.

        Raises `OccupiedError` where the slot is taken, unless `overlap` allows it.
        """
        self.catch_up(self._world.clock())
        start = whole_second(start)
        end = start + timedelta(minutes=minutes)
        if not overlap and self.occupied(start, end):
            raise OccupiedError(f"{self.name} is taken")
        uuid = uuid or self._world.new_uuid()
        booking = SimBooking(
            uuid=uuid,
            meeting_id=(
                self._world.rules.meeting_id(uuid) if meeting_id is None else meeting_id
            ),
            title=title,
            start=start,
            end=end,
            organizer=organizer,
            organizer_email=organizer_email,
            private=private,
            origin=Origin.DEVICE,
        )
        self.add(booking)
        return booking

    def edit_locally(
        self,
        booking: SimBooking,
        *,
        start: datetime | None = None,
        minutes: int | None = None,
        title: str | None = None,
        private: bool | None = None,
    ) -> SimBooking:
        """Move, resize, rename or hide a booking at a device."""
        booking = self._by_uuid[booking.uuid]
        new_start = booking.start if start is None else whole_second(start)
        length = (
            booking.end - booking.start
            if minutes is None
            else timedelta(minutes=minutes)
        )
        changed = replace(
            booking,
            start=new_start,
            end=new_start + length,
            title=booking.title if title is None else title,
            private=booking.private if private is None else private,
        )
        self.change(changed)
        return changed

    def delete_locally(self, booking: SimBooking, cause: str = "Deleted") -> None:
        """Delete a booking at a device; `KeyError` if it is not in the calendar."""
        self.remove(self._by_uuid[booking.uuid], cause)

    def check_in_locally(self, booking: SimBooking) -> SimBooking:
        """Check in at a device."""
        self.check_in(self._by_uuid[booking.uuid])
        return self._by_uuid[booking.uuid]

    def forget_meeting_ids(self) -> None:
        """Leave every booking without a MeetingId, and tell nobody (facts 9.7)."""
        for index, booking in enumerate(self._bookings):
            self._bookings[index] = replace(booking, meeting_id="")
            self._by_uuid[booking.uuid] = self._bookings[index]

    def seed(self, bookings: Iterable[tuple[str, datetime, int]]) -> None:
        """Put (title, start, minutes) into the calendar without any report."""
        now = self._world.clock()
        self.catch_up(now)
        for title, start, minutes in bookings:
            uuid = self._world.new_uuid()
            begin = whole_second(start)
            booking = SimBooking(
                uuid=uuid,
                meeting_id=self._world.rules.meeting_id(uuid),
                title=title,
                start=begin,
                end=begin + timedelta(minutes=minutes),
            )
            self._put(booking)
            self.history.append(Change(now, "created", booking))
        for device in self.devices:
            for booking in self._bookings:
                device.id_of(booking)
            device.status = device.read_status(now)
            device.reported_status = dict(device.status)
        self._schedule()

    # Changes, reported by every device

    def add(self, booking: SimBooking) -> None:
        """Put a booking into the calendar; one that runs already starts at once."""
        now = self._world.clock()
        self.catch_up(now)
        self._put(booking)
        self.history.append(Change(now, "created", booking))
        self._report(
            "Bookings.BookingRequested", lambda _: events.requested(booking), now
        )
        self._report(
            "Bookings.BookingCreated",
            lambda d: events.created(booking, d.id_of(booking)),
            now,
        )
        self._list_changed(now)
        if booking.runs_at(now):
            self._start(booking, now)
        self._settle(now)

    def change(self, booking: SimBooking) -> None:
        """Replace the booking with the same uuid; it starts or ends as its times say."""
        now = self._world.clock()
        self.catch_up(now)
        before = self._by_uuid[booking.uuid]
        self._bookings.remove(before)
        self._put(booking)
        self.history.append(Change(now, "changed", booking))
        for device in self.devices:
            if "Bookings.BookingMoved" in device.profile.events:
                name, value = (
                    "Bookings.BookingMoved",
                    events.moved(booking, device.id_of(booking)),
                )
            else:
                name, value = "Bookings.SyncRequired", {}
            device.report(name, value, now)
        self._list_changed(now)
        if before.runs_at(now) and not booking.runs_at(now):
            self._end(booking, now)
        if booking.runs_at(now) and not before.runs_at(now):
            self._start(booking, now)
        self._settle(now)

    def remove(self, booking: SimBooking, cause: str = "Deleted") -> None:
        """Take a booking out of the calendar."""
        now = self._world.clock()
        self.catch_up(now)
        self._remove(booking, cause, now)
        self._list_changed(now)
        self._settle(now)

    def clear(self) -> None:
        """Take all bookings out of the calendar."""
        now = self._world.clock()
        self.catch_up(now)
        for booking in self._bookings:
            self.history.append(Change(now, "deleted", booking))
        self._bookings.clear()
        self._by_uuid.clear()
        self._report("Bookings.SyncRequired", lambda _: {}, now)
        self._list_changed(now)
        self._settle(now)

    def check_in(self, booking: SimBooking) -> None:
        """Mark a booking as attended."""
        now = self._world.clock()
        self.catch_up(now)
        checked = replace(booking, checked_in=True)
        self._bookings[self._bookings.index(booking)] = checked
        self._by_uuid[booking.uuid] = checked
        self.history.append(Change(now, "checked_in", checked))
        self._report(
            "Bookings.CheckedIn",
            lambda d: events.checked_in(checked, d.id_of(checked), now),
            now,
        )
        self._settle(now)

    def adopt(self, device: Device) -> None:
        """Take a device in."""
        self.devices.append(device)
        self._schedule()

    def start_again(self, at: datetime) -> None:
        """Report the running booking as started once more (facts 2: spurious Start)."""
        current = self.current_at(at)
        if current is not None:
            self._start(current, at)

    # Time

    def rules_changed(self, now: datetime) -> None:
        """Wait for what is due by the configuration as it is now."""
        self.catch_up(now)
        self._schedule()

    def catch_up(self, now: datetime) -> None:
        """Let bookings start, end and lapse, each at its own instant, up to now."""
        while (instant := self._next_boundary()) is not None and instant <= now:
            self._seen = instant
            for booking in [b for b in self._bookings if b.end == instant]:
                self._end(booking, instant)
            for booking in [b for b in self._bookings if b.start == instant]:
                self._start(booking, instant)
            check_in = self._check_in()
            if check_in is not None:
                for booking in [
                    b for b in self._bookings if check_in.lapses(b) == instant
                ]:
                    self._remove(booking, "NoShow", instant)
                    self._list_changed(instant)
            self._refresh(instant)
        self._seen = max(self._seen, now)

    def _next_boundary(self) -> datetime | None:
        seen = self._seen
        check_in = self._check_in()
        boundary: datetime | None = None
        for booking in self._bookings:
            if boundary is not None and booking.start >= boundary:
                break
            lapse = None if check_in is None else check_in.lapses(booking)
            for instant in (booking.start, lapse, booking.end):
                if instant is not None and instant > seen:
                    if boundary is None or instant < boundary:
                        boundary = instant
                    break
        return boundary

    def _check_in(self) -> _CheckIn | None:
        """What is asked of a booking, if one of the devices asks it (facts 1.6)."""
        for device in self.devices:
            settings = device.configuration
            if settings.get("Bookings.CheckIn.Enabled") == "True":
                return _CheckIn(
                    timedelta(minutes=settings["Bookings.CheckIn.WindowDuration"]),
                    timedelta(
                        hours=settings.get("Bookings.CheckIn.AutoCheckInDuration", 8)
                    ),
                )
        return None

    def _schedule(self) -> None:
        boundary = self._next_boundary()
        if self._timer is not None:
            if self._timer.when == boundary and not self._timer.cancelled:
                return
            self._timer.cancel()
            self._timer = None
        if boundary is not None:
            self._timer = self._world.timers.at(boundary, self._on_time)

    def _on_time(self, instant: datetime) -> None:
        self._timer = None
        self.catch_up(instant)
        self._schedule()

    # Parts of a change

    def _put(self, booking: SimBooking) -> None:
        insort(self._bookings, booking, key=_order)
        self._by_uuid[booking.uuid] = booking
        for device in self.devices:
            device.id_of(booking)

    def _remove(self, booking: SimBooking, cause: str, at: datetime) -> None:
        self._bookings.remove(booking)
        del self._by_uuid[booking.uuid]
        self.history.append(Change(at, "deleted", booking))
        self._report(
            "Bookings.Deleted",
            lambda d: events.deleted(booking, d.id_of(booking), cause, at),
            at,
        )

    def _start(self, booking: SimBooking, at: datetime) -> None:
        self._report(
            "Bookings.Start", lambda d: events.started(booking, d.id_of(booking)), at
        )

    def _end(self, booking: SimBooking, at: datetime) -> None:
        self._report(
            "Bookings.End",
            lambda d: events.ended(
                booking, d.id_of(booking), wide=d.profile.wide_end_event
            ),
            at,
        )

    def _list_changed(self, at: datetime) -> None:
        self._report("Bookings.Updated", lambda _: {}, at)

    def _report(
        self,
        name: str,
        value: Callable[[Device], dict[str, Any]],
        at: datetime,
    ) -> None:
        for device in self.devices:
            device.report(name, value(device), at)

    def _refresh(self, at: datetime) -> None:
        for device in self.devices:
            device.refresh(at)

    def _settle(self, at: datetime) -> None:
        self._refresh(at)
        self._schedule()
