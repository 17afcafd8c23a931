"""Texts that people may not read appear nowhere."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given, strategies as st
import pytest

from custom_components.room_bookings.rooms.booking import Booking
from custom_components.room_bookings.rooms.changes import Memory, receive
from custom_components.room_bookings.rooms.privacy import (
    BOOKED,
    PRIVATE,
    Titles,
    masked,
    masked_timetable,
    reveals_before_listing,
)
from custom_components.room_bookings.rooms.timetable import Timetable
from custom_components.room_bookings.rooms.view import News, Origin, booking_data

from .builders import bookings, instants, meeting, room

# Any text at all, made recognisable.
SECRET = "\N{SNOWMAN}"
secrets = st.text(max_size=20).map(lambda text: f"{text}{SECRET}")
secret_bookings = bookings(texts=secrets)
settings = st.sampled_from(Titles)


def hidden(booking: Booking, titles: Titles) -> bool:
    """Whether people may not read who meets about what."""
    return titles is not Titles.SHOW and booking.private is not False


@given(secret_bookings, settings)
def test_a_booking_is_masked_in_its_texts_and_nothing_else(
    booking: Booking, titles: Titles
) -> None:
    """Times, id, standing and privacy stay."""
    shown = masked(booking, titles)
    assert replace(shown, title="", organizer="") == replace(
        booking, title="", organizer=""
    )


@given(
    secret_bookings.filter(lambda b: b.private is not False),
    st.sampled_from([Titles.HIDE_PRIVATE, Titles.HIDE_ALL]),
)
def test_a_hidden_title_or_organiser_never_appears(
    booking: Booking, titles: Titles
) -> None:
    """Neither where it is private nor where nobody knows yet."""
    shown = masked(booking, titles)
    assert SECRET not in repr(shown)
    assert SECRET not in repr(booking_data(shown))
    assert shown.title in (PRIVATE, BOOKED)
    assert shown.organizer in (PRIVATE, "")


@given(secret_bookings)
def test_where_all_titles_are_hidden_each_reads_booked(booking: Booking) -> None:
    """Whether private or not."""
    assert masked(booking, Titles.HIDE_ALL).title == BOOKED


@given(secret_bookings)
def test_where_all_titles_are_shown_nothing_is_masked(booking: Booking) -> None:
    """As the user chose."""
    assert masked(booking, Titles.SHOW) == booking


@given(secret_bookings, settings)
def test_masking_what_is_masked_changes_nothing(
    booking: Booking, titles: Titles
) -> None:
    """What is kept on disk is masked once, and again when it is told."""
    shown = masked(booking, titles)
    assert masked(shown, titles) == shown


@given(st.lists(secret_bookings, max_size=5), instants(), settings)
def test_no_news_and_no_list_holds_a_hidden_text(
    listed: list[Booking], now: datetime, titles: Titles
) -> None:
    """However the bookings came and went."""
    timetable = Timetable.of(listed)
    allowed = {
        text
        for b in timetable
        if not hidden(b, titles)
        for text in (b.title, b.organizer)
    } | {PRIVATE, BOOKED, ""}
    memory, _ = receive(Memory(), Timetable.of(listed[::2]), now)
    _, changes = receive(memory, timetable, now)
    told = [News.of(c, Origin.ELSEWHERE, titles).change.booking for c in changes]
    for booking in (*masked_timetable(timetable, titles), *told):
        assert {booking.title, booking.organizer} <= allowed


@given(st.lists(secret_bookings, max_size=5), settings)
def test_a_masked_timetable_is_the_same_timetable(
    listed: list[Booking], titles: Titles
) -> None:
    """In the same order."""
    timetable = Timetable.of(listed)
    shown = masked_timetable(timetable, titles)
    assert shown.bookings == tuple(masked(b, titles) for b in timetable)
    assert Timetable.of(shown) == shown


@pytest.mark.parametrize(
    ("titles", "private", "title", "organizer"),
    [
        (Titles.SHOW, True, "Retro", "Ada"),
        (Titles.SHOW, None, "Retro", "Ada"),
        (Titles.SHOW, False, "Retro", "Ada"),
        (Titles.HIDE_PRIVATE, True, "Private", "Private"),
        (Titles.HIDE_PRIVATE, None, "Booked", ""),
        (Titles.HIDE_PRIVATE, False, "Retro", "Ada"),
        (Titles.HIDE_ALL, True, "Booked", "Private"),
        (Titles.HIDE_ALL, None, "Booked", ""),
        (Titles.HIDE_ALL, False, "Booked", "Ada"),
    ],
)
def test_what_people_read(
    titles: Titles, private: bool | None, title: str, organizer: str
) -> None:
    """By setting and privacy."""
    booking = meeting(
        "x", "9:00", "10:00", title="Retro", organizer="Ada", private=private
    )
    shown = masked(booking, titles)
    assert (shown.title, shown.organizer) == (title, organizer)


@pytest.mark.parametrize("titles", Titles)
def test_a_public_meeting_without_a_title_is_just_booked(titles: Titles) -> None:
    """A calendar needs some word for it."""
    assert masked(meeting("x", "9:00", "10:00"), titles).title == BOOKED


def test_news_tells_who_made_it_and_all_else_as_it_was() -> None:
    """Only the texts are other."""
    secret = meeting("x", "9:00", "10:00", title="Retro", private=True)
    memory, _ = receive(Memory(), room(), secret.start)
    _, (created, _) = receive(memory, room(secret), secret.start)
    news = News.of(created, Origin.HOME_ASSISTANT, Titles.HIDE_PRIVATE)
    assert news.origin is Origin.HOME_ASSISTANT
    assert news.change == replace(
        created, booking=replace(secret, title=PRIVATE, organizer=PRIVATE)
    )


@given(bookings(), settings)
def test_what_is_shown_before_the_listing_does_not_depend_on_it(
    booking: Booking, titles: Titles
) -> None:
    """A title waits for the privacy unless that makes no difference to it."""
    readings = {
        masked(replace(booking, private=private), titles).title
        for private in (False, True)
    }
    assert reveals_before_listing(titles) <= (len(readings) == 1)
