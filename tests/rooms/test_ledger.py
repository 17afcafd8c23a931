"""What was asked of a system, and what became of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingRequest,
    BookingStatus,
    RoomId,
)
from custom_components.room_bookings.rooms.ledger import (
    Clash,
    Entry,
    Found,
    Ledger,
    Missing,
    Stage,
    verdict,
)
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import (
    MOMENT,
    at,
    bookings,
    instants,
    meeting,
    minutes,
    room,
    steps,
    timetables,
)

FJORD, FELL = RoomId("fjord"), RoomId("fell")
REQUEST = BookingRequest(
    request_id="wish", title="Retro", start=at("9:00"), end=at("10:00")
)
WISH = Entry.of([FJORD], REQUEST)
# The booking that was wished for, as systems list it.
BY_ID = meeting("wish", "9:00", "10:00", title="Retro")
BY_REQUEST = meeting("webex-1", "9:00", "10:00", title="Retro", request_id="wish")
BY_LOOK = meeting("webex-1", "9:00", "10:00", title="Retro")
STRANGER = meeting("webex-2", "9:30", "10:30", title="Review")


def wishes() -> st.SearchStrategy[Entry]:
    """Wishes of a few names, for two rooms."""
    return st.builds(
        lambda request_id, room_id, like: Entry.of(
            room_id,
            BookingRequest(
                request_id=request_id, title=like.title, start=like.start, end=like.end
            ),
        ),
        st.sampled_from("abc"),
        st.sampled_from([FJORD, FELL]),
        bookings(lengths=steps(24, 1)),
    )


# What the list says


@pytest.mark.parametrize("booking", [BY_ID, BY_REQUEST, BY_LOOK])
def test_a_wish_is_found_in_the_list(booking: Booking) -> None:
    """By its id, the id it was asked for under, or its time and title."""
    assert verdict(WISH, room(STRANGER, booking)) == Found(booking)


def test_a_wish_is_found_by_its_id_wherever_the_system_put_it() -> None:
    """Some round the times, some change the title."""
    moved = replace(BY_ID, start=at("9:05"), end=at("9:55"), title="Ada's meeting")
    assert verdict(WISH, room(moved)) == Found(moved)


@pytest.mark.parametrize(
    "other",
    [
        replace(BY_LOOK, title="Review"),
        replace(BY_LOOK, start=at("9:05")),
        replace(BY_LOOK, end=at("9:55")),
        replace(BY_LOOK, request_id="another wish"),
        STRANGER,
    ],
)
def test_another_booking_at_that_time_is_a_conflict(other: Booking) -> None:
    """Even one that looks alike, if it is somebody else's wish."""
    assert verdict(WISH, room(other)) == Clash(other)


@pytest.mark.parametrize(
    "other",
    [
        meeting("before", "8:00", "9:00"),
        meeting("after", "10:00", "11:00"),
        replace(STRANGER, status=BookingStatus.TENTATIVE),
        meeting("empty", "9:30", "9:30"),
    ],
)
def test_what_does_not_take_the_room_at_that_time_is_no_conflict(
    other: Booking,
) -> None:
    """The wish is just not there."""
    assert verdict(WISH, room(other)) == Missing()


@given(wishes(), timetables())
def test_a_verdict_is_never_wrong(wish: Entry, timetable: Timetable) -> None:
    """Found goes before conflict, and conflict before missing."""
    found = [b for b in timetable if wish.asked_for(b)]
    in_the_way = [
        b for b in timetable if b.holds and b.start < wish.end and wish.start < b.end
    ]
    expected: list[Found | Clash | Missing] = [
        *map(Found, found),
        *map(Clash, in_the_way),
        Missing(),
    ]
    assert verdict(wish, timetable) == expected[0]


any_text = st.text(st.characters())


@given(any_text, any_text)
def test_a_title_is_kept_to_compare_with_and_not_to_read(
    title: str, other: str
) -> None:
    """Blanks around it, which wires drop, do not count."""
    wish = Entry.of([FJORD], replace(REQUEST, title=title))
    assert wish.asked_for(replace(BY_LOOK, title=f" {title}\n"))
    assert wish.asked_for(replace(BY_LOOK, title=other)) is (
        title.strip() == other.strip()
    )
    assert len(wish.title_digest) == 64


# What is written down


def test_a_wish_is_written_before_it_is_sent() -> None:
    """With all that is needed to recognise it."""
    assert WISH.stage is Stage.SENT
    assert (WISH.request_id, WISH.room_id) == ("wish", FJORD)
    assert (WISH.start, WISH.end, WISH.booking_id) == (at("9:00"), at("10:00"), None)


def test_a_wish_is_unsettled_until_it_is_confirmed() -> None:
    """Also when nobody could learn what became of it, and for its own room only."""
    sent = Ledger().with_entry(WISH)
    unsure = sent.unconfirmed(WISH)
    confirmed = unsure.confirmed(WISH, BY_ID.id)
    assert [e.stage for e in sent.unsettled(FJORD)] == [Stage.SENT]
    assert [e.stage for e in unsure.unsettled(FJORD)] == [Stage.UNCONFIRMED]
    assert confirmed.unsettled(FJORD) == ()
    assert sent.unsettled(FELL) == ()
    assert [e.booking_id for e in confirmed.entries] == [BY_ID.id]


@given(st.lists(wishes(), max_size=5), wishes())
def test_a_wish_is_in_the_ledger_once(written: list[Entry], wish: Entry) -> None:
    """Written again it replaces itself; taken out it is as if it had never been."""
    ledger = Ledger()
    for entry in written:
        ledger = ledger.with_entry(entry)
    others = [e for e in ledger.entries if e.request_id != wish.request_id]
    for after in (
        ledger.with_entry(wish),
        ledger.unconfirmed(wish),
        ledger.confirmed(wish, BookingId("x")),
    ):
        mine = [e for e in after.entries if e.request_id == wish.request_id]
        assert [replace(e, stage=Stage.SENT, booking_id=None) for e in mine] == [wish]
        assert [e for e in after.entries if e not in mine] == others
        assert list(after.without(wish.request_id).entries) == others


@pytest.mark.parametrize(
    ("ledger", "booking", "ours"),
    [
        (Ledger(), BY_ID, False),
        (Ledger((WISH,)), BY_ID, True),
        (Ledger((WISH,)), BY_REQUEST, True),
        (Ledger((WISH,)), BY_LOOK, True),
        (Ledger((WISH,)), STRANGER, False),
        (Ledger().unconfirmed(WISH), BY_LOOK, True),
        (Ledger().confirmed(WISH, BookingId("webex-1")), BY_LOOK, True),
        (
            Ledger().confirmed(WISH, BookingId("webex-1")),
            replace(BY_LOOK, start=at("9:30"), title="Moved"),
            True,
        ),
        (
            Ledger().confirmed(WISH, BookingId("webex-1")),
            replace(BY_LOOK, id=BookingId("webex-2")),
            False,
        ),
        (Ledger((replace(WISH, room_id=FELL),)), BY_ID, False),
    ],
)
def test_a_booking_was_made_here_if_it_was_wished_for_here(
    ledger: Ledger, booking: Booking, ours: bool
) -> None:
    """Once confirmed only that very booking is meant, wherever it was moved."""
    assert ledger.made(FJORD, booking) is ours


@given(st.lists(wishes(), max_size=5, unique_by=lambda e: e.request_id), instants())
def test_what_is_long_over_is_forgotten(written: list[Entry], now: datetime) -> None:
    """Nothing else, and not while its events may still be told."""
    pruned = Ledger(tuple(written)).pruned(now)
    assert set(written) - set(pruned.entries) == {
        e for e in written if e.end + timedelta(hours=1) <= now
    }
    assert Ledger((WISH,)).pruned(WISH.end + minutes(60) - MOMENT).entries == (WISH,)
    assert Ledger((WISH,)).pruned(WISH.end + minutes(60)).entries == ()
