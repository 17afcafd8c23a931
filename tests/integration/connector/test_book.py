"""Displays book rooms, through the same verbs as everybody."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from custom_components.room_bookings.connector.refusals import RefusedError
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    ConflictError,
    EndsBeforeStartError,
    InThePastError,
    LicenceError,
    NoMeetingError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
    RoomError,
    TooLongError,
    UnconfirmedError,
    UnknownBookingError,
    UnreachableError,
)
from tests.integration.house import House
from tests.simulators.roomz.strict_client import StrictClient
from tests.simulators.webex import WebexSimulator

from .conftest import AUTHORIZATION
from .writing import BOOK, FJORD, post, slot, written


async def test_book(house: House, display: StrictClient) -> None:
    """It is in the room's system, in Home Assistant and in the ledger, and is answered in full."""
    room = house.workspace(FJORD)
    answer = await display.book(room.id, house.at(60), house.at(90), "Review", "Ada")
    display.check()
    assert answer.status == 201
    (booking,) = room.bookings
    assert answer.value is not None
    assert answer.value.meeting_id == booking.meeting_id
    assert (booking.title, booking.organizer) == ("Review", "Ada")
    assert house.titles(FJORD)[1] == "Review"
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]


async def test_book_for_an_address(house: House, display: StrictClient) -> None:
    """An organiser with an @ in it is reached by mail."""
    body = {**slot(house, 60, 90), "organizerId": "ada@example.com"}
    assert (await post(house, display, FJORD, body))[0] == 201
    (booking,) = house.workspace(FJORD).bookings
    assert booking.organizer_email == "ada@example.com"


async def test_book_without_words(house: House, display: StrictClient) -> None:
    """A subject is optional; unknown fields are ignored, whatever they hold."""
    body = {**slot(house, 60, 90), "colour": {"nested": [None]}, "isPrivate": None}
    status, meeting = await post(house, display, FJORD, body)
    assert status == 201
    assert meeting["subject"] == "Meeting"


async def test_book_at_once(house: House, display: StrictClient) -> None:
    """From now to the next full hour, also in a room whose system knows whole minutes only."""
    await house.clock.move_to(house.at(0.45))
    begin = house.clock.now.replace(microsecond=0)
    answer = await display.book(house.workspace(FJORD).id, begin, house.at(60))
    assert answer.status == 201
    (booking,) = house.workspace(FJORD).bookings
    assert booking.end == house.at(60)
    assert house.state(FJORD, "availability") == "busy"


async def test_twenty_at_once_make_one(house: House, display: StrictClient) -> None:
    """All others hear that it is taken."""
    room_id = house.workspace(FJORD).id
    answers = await asyncio.gather(
        *(
            display.book(room_id, house.at(60), house.at(90), f"Number {number}")
            for number in range(20)
        )
    )
    assert sorted(answer.status for answer in answers) == [201] + 19 * [409]
    assert len(house.workspace(FJORD).bookings) == 1
    display.check()


async def test_neighbours_are_no_conflict(house: House, display: StrictClient) -> None:
    """Half-open: one ends where the next begins. A second of both is one."""
    assert (await post(house, display, FJORD, slot(house, 60, 90)))[0] == 201
    assert (await post(house, display, FJORD, slot(house, 90, 120)))[0] == 201
    assert (await post(house, display, FJORD, slot(house, 30, 60)))[0] == 201
    assert (await post(house, display, FJORD, slot(house, 89, 91)))[0] == 409
    assert (await post(house, display, FJORD, slot(house, 0, 31)))[0] == 409
    assert len(house.truth(FJORD)) == 3


MALFORMED: list[Callable[[House], Any]] = [
    lambda house: b"",
    lambda house: b"{",
    lambda house: b"\xff\xfe",
    lambda house: b"[" * 10_000,
    lambda house: b'{"subject": NaN}',
    lambda house: b"null",
    lambda house: [],
    lambda house: "text",
    lambda house: {},
    lambda house: {"startDateUTC": written(house.at(60))},
    lambda house: {"endDateUTC": written(house.at(60))},
    lambda house: {**slot(house, 60, 90), "subject": None},
    lambda house: {**slot(house, 60, 90), "subject": 7},
    lambda house: {**slot(house, 60, 90), "subject": "a\u0000b"},
    lambda house: {**slot(house, 60, 90), "subject": "a\nb"},
    lambda house: {**slot(house, 60, 90), "organizerId": ["a"]},
    lambda house: {**slot(house, 60, 90), "isCancelled": 0},
    lambda house: {**slot(house, 60, 90), "isCancelled": True},
    lambda house: {**slot(house, 60, 90), "endDateUTC": 1767258000},
    lambda house: {**slot(house, 60, 90), "endDateUTC": "2026-03-03T10:30:00"},
    lambda house: {**slot(house, 60, 90), "startDateUTC": None},
    lambda house: slot(house, 60, 60),
    lambda house: slot(house, 90, 60),
    lambda house: slot(house, -90, -60),
    lambda house: slot(house, -60, 60),
    lambda house: slot(house, 60, 90 + 400 * 1440),
    lambda house: slot(house, 60, 90 + 20 * 1440),
    lambda house: {
        "startDateUTC": "0001-01-01T00:00:00Z",
        "endDateUTC": "9999-12-31T23:59:59Z",
    },
    lambda house: {**slot(house, 60, 90), "subject": "x" * 1000},
    lambda house: {**slot(house, 60, 90), "more": "x" * 20_000},
]


@pytest.mark.parametrize("number", range(len(MALFORMED)))
async def test_malformed_wishes(
    house: House, display: StrictClient, number: int
) -> None:
    """They are the display's fault, and change nothing."""
    body = MALFORMED[number](house)
    answer = await post(house, display, FJORD, body)
    assert answer == (400, {"status": 400})
    assert house.truth(FJORD) == []
    assert house.requests(BOOK) == 0


async def test_a_body_without_end(house: House, display: StrictClient) -> None:
    """A stream is read as far as a meeting may reach."""

    async def stream() -> Any:
        for _ in range(1000):
            yield b" " * 1024

    async with display.session.post(
        f"{display.url}/rooms/{house.workspace(FJORD).id}/meetings",
        data=stream(),
        headers=AUTHORIZATION,
    ) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_encoded_as_it_says(
    house: House, display: StrictClient, encoding: str
) -> None:
    """It is the display's fault."""
    async with display.session.post(
        f"{display.url}/rooms/{house.workspace(FJORD).id}/meetings",
        data=b"no such thing",
        headers={**AUTHORIZATION, "Content-Encoding": encoding},
        compress=False,
    ) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(("expect", "status"), [("100-continue", 201), ("tea", 201)])
async def test_a_display_that_asks_before_it_sends(
    house: House, display: StrictClient, expect: str, status: int
) -> None:
    """It is waved on; what else it expects is of no interest."""
    async with display.session.post(
        f"{display.url}/rooms/{house.workspace(FJORD).id}/meetings",
        json=slot(house, 60, 90),
        headers={**AUTHORIZATION, "Expect": expect},
        expect100=expect == "100-continue",
    ) as answer:
        assert answer.status == status


async def test_a_lost_answer_is_found_in_the_list(
    house: House, display: StrictClient
) -> None:
    """The ledger and the list decide, as for everybody: booked once."""
    house.sim.faults.when(command=BOOK).drop_answer()
    status, _ = await post(house, display, FJORD, slot(house, 60, 90))
    assert status == 201
    assert len(house.truth(FJORD)) == 1


@pytest.mark.parametrize(
    ("break_it", "issues"),
    [
        (
            lambda sim: sim.faults.when(command=BOOK).always().status(503),
            ["unconfirmed_booking"],
        ),
        (
            lambda sim: sim.faults.when(command=BOOK).status(429, retry_after=120),
            [],
        ),
        (
            lambda sim: sim.faults.when(command="Bookings.*").always().drop(),
            ["unconfirmed_booking"],
        ),
    ],
)
async def test_what_the_world_breaks_is_no_fault_of_the_display(
    house: House,
    display: StrictClient,
    break_it: Callable[[WebexSimulator], object],
    issues: list[str],
) -> None:
    """No success, no conflict, nothing unknown: it could not be done."""
    break_it(house.sim)
    answer = await post(house, display, FJORD, slot(house, 60, 90))
    assert answer == (503, {"status": 503})
    assert house.issues == issues


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (ConflictError(), 409, None),
        (UnknownBookingError(), 404, None),
        (NoMeetingError(), 404, None),
        (NotFoundError("x"), 404, None),
        (NotSupportedError("x"), 400, None),
        (InThePastError(), 400, None),
        (TooLongError(1), 400, None),
        (EndsBeforeStartError(), 400, None),
        (RejectedError("x"), 400, None),
        (UnreachableError(), 503, 60),
        (LicenceError(), 503, 60),
        (AuthFailedError(), 503, 60),
        (BusyTryLaterError(), 503, 60),
        (BusyTryLaterError(120.4), 503, 120),
        (UnconfirmedError(), 503, None),
    ],
    ids=repr,
)
def test_what_errors_are_to_a_display(
    error: RoomError, status: int, retry_after: int | None
) -> None:
    """Nobody is told to try again what may have been done."""
    refused = RefusedError.because(error)
    assert (refused.status, refused.retry_after) == (status, retry_after)
