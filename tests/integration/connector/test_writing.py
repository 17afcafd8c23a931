"""Displays book, change and release rooms, through the same verbs as everybody."""

import asyncio
from collections.abc import Callable
from datetime import datetime
import json
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
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz.strict_client import StrictClient
from tests.simulators.webex import WebexSimulator

from .conftest import AUTHORIZATION

STUDIO, FJORD = "Studio", "Fjord"
BOOK = "Bookings.Book"


def written(when: datetime) -> str:
    """A time as the contract has it."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


async def send(
    display: StrictClient, method: str, path: str, body: Any
) -> tuple[int, Any]:
    """Send a body, or bytes that are none; the status and the content of the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with display.session.request(
        method, f"{display.url}/rooms/{path}", data=data, headers=AUTHORIZATION
    ) as answer:
        return answer.status, await answer.json()


async def put(
    house: House, display: StrictClient, room: str, meeting_id: str, **body: Any
) -> tuple[int, Any]:
    """Change a meeting."""
    path = f"{house.workspace(room).id}/meetings/{meeting_id}"
    return await send(display, "PUT", path, body)


async def post(
    house: House, display: StrictClient, room: str, body: Any
) -> tuple[int, Any]:
    """Book a room."""
    path = f"{house.workspace(room).id}/meetings"
    return await send(display, "POST", path, body)


def slot(house: House, start: float, end: float) -> dict[str, str]:
    """The times of a body."""
    return {
        "startDateUTC": written(house.at(start)),
        "endDateUTC": written(house.at(end)),
    }


# Book


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


# Change


async def test_extend_and_shorten(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """As far as the next meeting, and no further."""
    house.book_at_device(STUDIO, "Now", 0, 30)
    house.book_at_device(STUDIO, "Next", 60, 30)
    await clock.pass_by(minutes=5)
    room = house.workspace(STUDIO)
    running = room.bookings[0].meeting_id
    for end, status in ((45, 200), (60, 200), (61, 409), (20, 200)):
        answer = await display.change(room.id, running, house.at(0), house.at(end))
        assert answer.status == status
    display.check()
    assert house.workspace(STUDIO).bookings[0].end == house.at(20)
    assert house.shown(STUDIO, "current_booking").attributes["end"] == (
        house.at(20).isoformat()
    )


async def test_what_is_not_named_stays(house: House, display: StrictClient) -> None:
    """Any of start, end and subject; nothing at all changes nothing."""
    booked = house.book_at_device(STUDIO, "Plan", 60, 30, organizer="Ada")
    await house.clock.pass_by(seconds=5)
    meeting_id = booked.meeting_id
    status, meeting = await put(house, display, STUDIO, meeting_id)
    assert (status, meeting["subject"], meeting["organizerName"]) == (
        200,
        "Plan",
        "Ada",
    )
    assert house.requests("Bookings.Edit") == 0
    for changes, start, end, subject in (
        ({"endDateUTC": written(house.at(100))}, 60, 100, "Plan"),
        ({"startDateUTC": written(house.at(70))}, 70, 100, "Plan"),
        ({"subject": "Other", "organizerId": "Ada"}, 70, 100, "Other"),
        ({**slot(house, 120, 150), "subject": "Both"}, 120, 150, "Both"),
        ({"isCancelled": False}, 120, 150, "Both"),
    ):
        status, meeting = await put(house, display, STUDIO, meeting_id, **changes)
        assert status == 200
        assert meeting["meetingId"] == meeting_id
        assert (meeting["startDateUTC"], meeting["endDateUTC"]) == (
            written(house.at(start)),
            written(house.at(end)),
        )
        assert meeting["subject"] == subject
        assert house.truth(STUDIO) == [subject]


async def test_a_masked_subject_that_comes_back(
    house: House, display: StrictClient
) -> None:
    """A display that sends back what it was shown does not rename the meeting."""
    booked = house.book_at_device(
        STUDIO, "Merger", 60, 30, organizer="Ada", private=True
    )
    await house.clock.pass_by(seconds=5)
    (shown,) = (await display.meetings(house.workspace(STUDIO).id)).value
    status, meeting = await put(
        house,
        display,
        STUDIO,
        booked.meeting_id,
        **slot(house, 60, 100),
        subject=shown.subject,
        organizerId=shown.organizer_id,
        isPrivate=shown.private,
    )
    assert (status, meeting["subject"]) == (200, "Private")
    assert house.truth(STUDIO) == ["Merger"]
    assert house.workspace(STUDIO).bookings[0].end == house.at(100)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"startDateUTC": "soon"}, 400),
        ({"startDateUTC": None}, 400),
        ({"startDateUTC": "2026-03-03T10:30:00Z"}, 400),
        ({"endDateUTC": "2026-03-03T10:00:00Z"}, 400),
        ({"endDateUTC": "2026-03-03T08:30:00Z"}, 400),
        ({"endDateUTC": "2028-03-03T08:30:00Z"}, 400),
        ({"startDateUTC": "2026-03-03T08:30:00Z"}, 400),
        ({"organizerId": "Somebody else"}, 400),
        ({"isCancelled": "yes"}, 400),
        ({"startDateUTC": "2026-03-03T11:15:00Z"}, 400),
        ({"endDateUTC": "2026-03-03T11:15:00Z"}, 409),
    ],
)
async def test_changes_that_are_refused(
    house: House, display: StrictClient, changes: dict[str, Any], status: int
) -> None:
    """Malformed, in the past, or in the way of the next."""
    booked = house.book_at_device(STUDIO, "Plan", 60, 30)
    house.book_at_device(STUDIO, "Next", 120, 30)
    await house.clock.pass_by(seconds=5)
    answer = await put(house, display, STUDIO, booked.meeting_id, **changes)
    assert answer == (status, {"status": status})
    assert house.workspace(STUDIO).bookings[0].start == house.at(60)
    assert house.workspace(STUDIO).bookings[0].end == house.at(90)


async def test_a_room_that_cannot_change_bookings(
    house: House, display: StrictClient
) -> None:
    """A phone has no such command; that is no conflict, and nothing is unknown."""
    booked = house.book_at_device(FJORD, "Plan", 60, 30)
    await house.clock.pass_by(seconds=5)
    times = slot(house, 60, 100)
    assert (await put(house, display, FJORD, booked.meeting_id, **times))[0] == 400


async def test_unknown_meetings(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """One that there never was, one of another room, one that was cancelled."""
    booked = house.book_at_device(FJORD, "Plan", 60, 30)
    await clock.pass_by(seconds=5)
    times = slot(house, 60, 100)
    assert (await put(house, display, STUDIO, "nothing", **times))[0] == 404
    assert (await put(house, display, STUDIO, "~eA", **times))[0] == 404
    assert (await put(house, display, STUDIO, booked.meeting_id, **times))[0] == 404
    await house.call("delete", FJORD, booking_id=booked.meeting_id)
    assert (await put(house, display, FJORD, booked.meeting_id, **times))[0] == 404


async def test_a_meeting_beyond_what_is_held(
    house: House, display: StrictClient
) -> None:
    """Displays may have been told of it: it can be changed."""
    start = 40 * 1440
    booked = house.book_at_device(STUDIO, "Far away", start, 30)
    times = slot(house, start, start + 60)
    status, meeting = await put(house, display, STUDIO, booked.meeting_id, **times)
    assert (status, meeting["endDateUTC"]) == (200, times["endDateUTC"])


# Release


@pytest.mark.parametrize("room", [STUDIO, FJORD])
@pytest.mark.parametrize("seconds", [0, -2, 40])
async def test_release(
    house: House,
    display: StrictClient,
    clock: VirtualTime,
    room: str,
    seconds: int,
) -> None:
    """The running meeting is over now, in whatever way its system can do that."""
    house.book_at_device(room, "Now", 0, 60)
    await clock.pass_by(minutes=10)
    workspace = house.workspace(room)
    now = house.at(10 + seconds / 60)
    (running,) = (await display.meetings(workspace.id, now)).value
    answer = await display.change(workspace.id, running.meeting_id, running.start, now)
    assert answer.status == 200
    display.check()
    assert house.state(room, "availability") == "free"
    await clock.pass_by(minutes=2)
    assert (await display.meetings(workspace.id, house.at(11))).value == []


async def test_nobody_came(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """What the portal releases after a quarter of an hour arrives late; it ends now."""
    house.book_at_device(STUDIO, "Ghost", 0, 60)
    await clock.pass_by(minutes=20)
    booked = house.workspace(STUDIO).bookings[0].meeting_id
    status, meeting = await put(house, display, STUDIO, booked, **slot(house, 0, 15))
    assert status == 200
    assert meeting["endDateUTC"] == written(clock.now)
    assert house.state(STUDIO, "availability") == "free"


async def test_release_after_the_end(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """It must not end the meeting that has begun meanwhile."""
    first = house.book_at_device(STUDIO, "First", 0, 30)
    house.book_at_device(STUDIO, "Second", 30, 30)
    await clock.pass_by(minutes=31)
    status, _ = await put(
        house, display, STUDIO, first.meeting_id, **slot(house, 0, 31)
    )
    assert status in (400, 404, 409)
    assert house.titles(STUDIO)[0] == "Second"


async def test_release_at_the_very_end(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """While it waits for its turn the next one begins: that goes on."""
    first = house.book_at_device(STUDIO, "First", 0, 30)
    house.book_at_device(STUDIO, "Second", 30, 30)
    await clock.move_to(house.at(29.99))
    keeper = house.hub.coordinators[house.workspace(STUDIO).id].keeper
    async with keeper.lock:
        releasing = house.doing(
            put(house, display, STUDIO, first.meeting_id, **slot(house, 0, 29.9))
        )
        await clock.move_to(house.at(30.1))
    assert (await releasing)[0] == 404
    assert house.titles(STUDIO)[0] == "Second"
    assert house.truth(STUDIO) == ["First", "Second"]


# Cancel


@pytest.mark.parametrize("room", [STUDIO, FJORD])
async def test_cancel(house: House, display: StrictClient, room: str) -> None:
    """Where the room can delete it is gone, and no longer listed."""
    booked = house.book_at_device(room, "Plan", 60, 30)
    await house.clock.pass_by(seconds=5)
    status, meeting = await put(
        house, display, room, booked.meeting_id, isCancelled=True
    )
    assert (status, meeting["isCancelled"]) == (200, True)
    assert (await display.meetings(house.workspace(room).id)).value == []


@pytest.mark.parametrize(("start", "status"), [(0, 200), (60, 400)])
async def test_cancel_where_nothing_can_be_deleted(
    house: House,
    display: StrictClient,
    clock: VirtualTime,
    start: int,
    status: int,
) -> None:
    """The running meeting can be ended all the same."""
    booked = house.book_at_device(STUDIO, "Plan", start, 30)
    await clock.pass_by(minutes=1)
    coordinator = house.hub.coordinators[house.workspace(STUDIO).id]
    able = coordinator.room.verbs
    object.__setattr__(coordinator.room, "verbs", able - {"delete"})
    answer, _ = await put(house, display, STUDIO, booked.meeting_id, isCancelled=True)
    assert answer == status
    state = {0: "free", 60: "free"}[start]
    assert house.state(STUDIO, "availability") == state
