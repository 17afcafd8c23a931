"""A booking keeps its name, whatever a device calls it from one listing to the next."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from custom_components.room_bookings.backends.xapi.names import Names
from custom_components.room_bookings.backends.xapi.transport import DeviceId
from custom_components.room_bookings.backends.xapi.wire import WireBooking, WireIds
from custom_components.room_bookings.rooms.booking import Booking, BookingId

NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE, THERE = DeviceId("here"), DeviceId("there")


def listed(
    own_id: str, meeting_id: str = "", hours: int = 0, title: str = "A"
) -> WireBooking:
    """A booking as a device lists it."""
    ids = WireIds(id=own_id, meeting_id=meeting_id)
    start = NOW + hours * HOUR
    booking = Booking(id=ids.booking_id, start=start, end=start + HOUR, title=title)
    return WireBooking(ids=ids, booking=booking)


def ids(names: Names, *found: WireBooking, device: DeviceId = HERE) -> list[str]:
    """The names that the bookings of a listing get."""
    return [booking.id for booking in names.listed(device, found)]


def test_the_name_of_a_booking_is_its_meetings() -> None:
    """Else the device's own (facts 1.4)."""
    assert ids(Names(), listed("1", "m"), listed("2", hours=1)) == ["m", "2"]


def test_a_booking_that_loses_its_meeting_id_keeps_its_name() -> None:
    """As it may in a restart; what is done to it then goes by the device's own Id."""
    names = Names()
    ids(names, listed("1", "m"))
    names.own.clear()
    (booking,) = names.listed(HERE, [listed("7")])
    assert booking.id == "m"
    assert names.at(HERE, booking) == WireIds(id="7", meeting_id="")
    assert names.resolve(HERE, WireIds(id="7", meeting_id="")) == "m"


def test_a_booking_that_gains_a_meeting_id_keeps_its_name() -> None:
    """Events name it by the new one from there on."""
    names = Names()
    ids(names, listed("1"))
    (booking,) = names.listed(HERE, [listed("1", "m")])
    assert booking.id == "1"
    assert names.at(HERE, booking) == WireIds(id="1", meeting_id="m")
    assert names.resolve(HERE, WireIds(id="1", meeting_id="m")) == "1"
    # It moves, and it is renamed: the MeetingId stays.
    assert ids(names, listed("9", "m", 5, "B")) == ["1"]


def test_another_meeting_is_another_booking() -> None:
    """However alike they look, and whatever the device calls them."""
    names = Names()
    ids(names, listed("1", "m"))
    assert ids(names, listed("1", "n")) == ["n"]


def test_meetings_that_share_an_id_are_all_there() -> None:
    """Each keeps its name when the one before is over."""
    names = Names()
    later = "m@2026-01-02T09:00:00Z"
    found = listed("1", "m"), listed("2", "m", 24), listed("3", "m", 24, "B")
    assert ids(names, *found) == ["m", later, f"{later}#2"]
    assert names.resolve(HERE, WireIds(id="1", meeting_id="m")) == "m"
    assert ids(names, *found[1:]) == [later, f"{later}#2"]


def test_what_a_listing_repeats_counts_once() -> None:
    """Pages may overlap."""
    found = [listed("1", "m"), listed("2"), listed("1", "m"), listed("2")]
    assert ids(Names(), *found) == ["m", "2"]


def test_two_that_look_the_same_are_told_apart_by_the_devices_ids() -> None:
    """Where it has not restarted."""
    names = Names()
    assert ids(names, listed("1"), listed("2")) == ["1", "2"]
    assert ids(names, listed("2"), listed("1")) == ["2", "1"]
    assert ids(names, listed("2")) == ["2"]


def test_an_old_name_is_not_given_to_another_booking() -> None:
    """The Id of one that is gone comes again after a restart."""
    names = Names()
    ids(names, listed("1"), listed("2", hours=1))
    names.own.clear()
    again = listed("1", hours=5, title="New"), listed("2")
    assert ids(names, *again) == ["1@2026-01-01T14:00:00Z", "1"]
    names.own.clear()
    other = listed("1", hours=5, title="Newer"), listed("3", hours=5, title="New")
    assert ids(names, *other, listed("2")) == [
        "1@2026-01-01T14:00:00Z#2",
        "1@2026-01-01T14:00:00Z",
        "1",
    ]


def test_what_was_never_listed_goes_by_its_meeting() -> None:
    """It was told by an event."""
    names = Names()
    booking = Booking(id=BookingId("m"), start=NOW, end=NOW + HOUR, request_id="r")
    assert names.at(HERE, booking) == WireIds(id="", meeting_id="m", request_id="r")
    assert names.resolve(HERE, WireIds(id="", meeting_id="m")) == "m"
    assert names.resolve(HERE, WireIds(id="1", meeting_id="")) is None


def test_a_companion_calls_bookings_otherwise() -> None:
    """Its own Ids are its own."""
    names = Names()
    ids(names, listed("1"), listed("2", hours=1))
    assert ids(names, listed("2"), listed("1", hours=1), device=THERE) == ["1", "2"]
    assert names.resolve(THERE, WireIds(id="2", meeting_id="")) == "1"
    assert names.resolve(HERE, WireIds(id="2", meeting_id="")) is None


@dataclass
class Meeting:
    """A booking as its device knows it; `changed` since it was listed last.

    `name` is the one that it was listed by, `lost` whether it cannot be known again, `once`
    the MeetingId that it had before the device forgot it.
    """

    own_id: str
    meeting_id: str
    hours: int
    title: str
    changed: bool = False
    name: BookingId | None = None
    gained: bool = False
    lost: bool = False
    once: str = ""

    @property
    def vague(self) -> bool:
        """Whether only how it looks, and the device's own Id, say which it is."""
        return self.gained or not self.meeting_id

    @property
    def wire(self) -> WireBooking:
        """As it is listed."""
        return listed(self.own_id, self.meeting_id, self.hours, self.title)


class Calendar(RuleBasedStateMachine):
    """A device that books, changes, deletes, restarts and forgets; somebody who lists."""

    @initialize()
    def begin(self) -> None:
        """Nothing is known."""
        self.names = Names()
        self.meetings: list[Meeting] = []
        self.given: set[BookingId] = set()
        self.counter = self.titles = 0
        self.restarted = False

    def own_id(self) -> str:
        """The next Id of the device."""
        self.counter += 1
        return str(self.counter)

    def title(self) -> str:
        """A title that no other booking has."""
        self.titles += 1
        return f"T{self.titles}"

    @rule(named=st.booleans(), hours=st.integers(0, 5))
    def book(self, named: bool, hours: int) -> None:
        """Somebody books."""
        title = self.title()
        meeting_id = f"m-{title}" if named else ""
        self.meetings.append(Meeting(self.own_id(), meeting_id, hours, title))

    @precondition(lambda self: self.meetings)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Somebody deletes."""
        meeting = data.draw(st.sampled_from(self.meetings))
        self.meetings = [m for m in self.meetings if m is not meeting]

    @precondition(lambda self: any(not m.changed for m in self.meetings))
    @rule(data=st.data(), hours=st.integers(0, 5), rename=st.booleans())
    def change(self, data: st.DataObject, hours: int, rename: bool) -> None:
        """Somebody moves a booking, or renames it."""
        meeting = data.draw(
            st.sampled_from([m for m in self.meetings if not m.changed])
        )
        meeting.changed = True
        meeting.lost |= self.restarted and meeting.vague
        if rename:
            meeting.title = self.title()
        else:
            meeting.hours = hours

    @rule(empty=st.booleans(), reuse=st.booleans())
    def restart(self, empty: bool, reuse: bool) -> None:
        """The device gives new Ids, old ones perhaps, and may forget MeetingIds."""
        if reuse:
            self.counter = 0
        for meeting in reversed(self.meetings):
            meeting.own_id = self.own_id()
            if empty:
                meeting.once = meeting.meeting_id or meeting.once
                meeting.meeting_id = ""
            if meeting.changed and meeting.vague:
                # Nothing is left that would say that it is the same.
                meeting.lost = True
        self.restarted = True
        self.names.own.clear()

    @precondition(lambda self: any(not m.meeting_id for m in self.meetings))
    @rule(data=st.data())
    def gain(self, data: st.DataObject) -> None:
        """A booking gets a MeetingId after all."""
        meeting = data.draw(
            st.sampled_from([m for m in self.meetings if not m.meeting_id])
        )
        meeting.meeting_id = meeting.once or f"m-{self.title()}"
        meeting.gained = True
        meeting.lost |= meeting.changed

    @rule(order=st.randoms(use_true_random=False))
    def look(self, order: Random) -> None:
        """The room is listed."""
        meetings = list(self.meetings)
        order.shuffle(meetings)
        bookings = self.names.listed(HERE, [m.wire for m in meetings])
        names = [b.id for b in bookings]
        assert len(set(names)) == len(names) == len(meetings)
        for meeting, booking in zip(meetings, bookings, strict=True):
            wire = meeting.wire
            assert (booking.start, booking.end, booking.title) == (
                wire.booking.start,
                wire.booking.end,
                wire.booking.title,
            )
            if meeting.name is None:
                assert booking.id not in self.given
            elif not meeting.lost:
                assert booking.id == meeting.name
            assert self.names.resolve(HERE, wire.ids) == booking.id
            assert self.names.at(HERE, booking) == wire.ids
            meeting.changed = meeting.gained = meeting.lost = False
            meeting.name = booking.id
        self.given = set(names)
        self.restarted = False


Calendar.TestCase.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None
)
TestCalendar = Calendar.TestCase
