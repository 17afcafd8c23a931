"""When a room becomes free, pending or busy, and by which booking."""

from datetime import timedelta

from custom_components.room_bookings.rooms.booking import Booking, RoomId
from custom_components.room_bookings.rooms.changes import Change, ChangeKind, Memory
from custom_components.room_bookings.rooms.privacy import BOOKED, Titles
from custom_components.room_bookings.rooms.room import Room
from custom_components.room_bookings.rooms.state import Availability, Reported, state_at
from custom_components.room_bookings.rooms.turn import Turn, Turns
from custom_components.room_bookings.rooms.view import News, Origin, RoomView

from .builders import at, meeting, room

_NONE = timedelta(0)
_STANDUP = meeting("a", "9:00", "9:30", title="Standup")


def _view(
    clock: str,
    *bookings: Booking,
    available: bool = True,
    reported: Reported | None = None,
) -> RoomView:
    timetable = room(*bookings)
    return RoomView(
        room=Room(id=RoomId("1"), name="Fjord", verbs=frozenset()),
        timetable=timetable,
        state=state_at(timetable, at(clock), reported=reported),
        available=available,
        last_sync=at(clock),
        booked_today=_NONE,
        released_today=_NONE,
        reported=reported,
    )


def _elsewhere(_: Booking) -> Origin:
    return Origin.ELSEWHERE


def _turn(turns: Turns, view: RoomView, *news: News) -> Turn | None:
    return turns.turn(view, news, _elsewhere)


def test_what_is_known_first_is_no_turn() -> None:
    """A room that was never seen before is as it is."""
    turns = Turns(Memory(), Titles.SHOW)
    assert _turn(turns, _view("9:00", _STANDUP)) is None
    turn = _turn(turns, _view("9:30", _STANDUP))
    assert turn == Turn(
        availability=Availability.FREE,
        booking=_STANDUP,
        origin=Origin.ELSEWHERE,
        late=False,
    )


def test_what_is_remembered_is_masked_as_titles_are_now() -> None:
    """A restart may come with other options; what turned meanwhile is told late."""
    turns = Turns(Memory(running=(_STANDUP,), seen=at("9:10")), Titles.HIDE_ALL)
    assert turns.told is Availability.BUSY
    turn = _turn(turns, _view("9:40"))
    assert turn is not None
    assert turn.booking is not None
    assert (turn.booking.title, turn.late) == (BOOKED, True)


def test_what_turned_while_a_room_was_away_is_told_late() -> None:
    """And nothing while it is."""
    turns = Turns(Memory(seen=at("8:00")), Titles.SHOW)
    assert _turn(turns, _view("8:30", _STANDUP)) is None
    assert _turn(turns, _view("9:10", _STANDUP, available=False)) is None
    turn = _turn(turns, _view("9:20", _STANDUP))
    assert turn is not None
    assert (turn.availability, turn.late) == (Availability.BUSY, True)


def test_the_news_says_which_booking_left_and_who_did_it() -> None:
    """It ended early: as it was ended, by whoever ended it."""
    turns = Turns(Memory(), Titles.SHOW)
    _turn(turns, _view("9:10", _STANDUP))
    ended = meeting("a", "9:00", "9:15", title="Standup")
    change = Change(kind=ChangeKind.ENDED, booking=ended, at=at("9:15"))
    news = News(change=change, origin=Origin.HOME_ASSISTANT)
    turn = _turn(turns, _view("9:15"), news)
    assert turn is not None
    assert (turn.booking, turn.origin) == (ended, Origin.HOME_ASSISTANT)


def test_a_room_may_be_busy_by_no_booking() -> None:
    """Its system says so; what comes later has nothing to do with it."""
    turns = Turns(Memory(seen=at("8:00")), Titles.SHOW)
    _turn(turns, _view("8:30"))
    reported = Reported(at=at("8:40"), availability=Availability.BUSY)
    turn = _turn(turns, _view("8:40", _STANDUP, reported=reported))
    assert turn is not None
    assert (turn.availability, turn.booking) == (Availability.BUSY, None)
    turn = _turn(turns, _view("8:50"))
    assert turn is not None
    assert (turn.availability, turn.booking) == (Availability.FREE, None)
