"""The simulated booking system against facts/roomz.md, literally."""

import asyncio
from typing import Any

import pytest

from tests.simulators.roomz import SimRoom
from tests.simulators_tests.conftest import Clock

from .caller import DAY, MINUTE, WISH, Caller


async def test_rooms_are_listed_as_the_contract_shows_them(ask: Caller) -> None:
    """The literal example of facts C2."""
    answer = await ask("GET", "/rooms")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.body == [
        {"roomId": "57", "name": "Weisshorn"},
        {"roomId": "22", "name": "Moleson"},
    ]


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic cm9vbXo6eA==", "Bearer x", "basic =="]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/rooms"),
        ("GET", "/rooms/57/meetings"),
        ("POST", "/rooms/57/meetings"),
        ("PUT", "/rooms/57/meetings/m1"),
        ("GET", "/elsewhere"),
    ],
)
async def test_strangers_are_refused(
    ask: Caller, header: str, method: str, path: str
) -> None:
    """Everywhere, with 401."""
    headers = {"Authorization": header} if header else {}
    answer = await ask(method, path, headers=headers)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


async def test_a_meeting_has_the_fields_of_the_contract(
    ask: Caller, room: SimRoom, clock: Clock
) -> None:
    """And imageUrl only where there is one: there is no null."""
    room.book("Product Review", clock.now, clock.now + 30 * MINUTE, private=True)
    room.book(
        "Show",
        clock.now + 30 * MINUTE,
        clock.now + 60 * MINUTE,
        organizer_id="u567",
        organizer_name="John Doe",
        image_url="https://someurl.example.com/cool.jpg",
    )
    plain, show = (await ask("GET", "/rooms/57/meetings", params=DAY)).body
    assert plain == {
        "meetingId": "m1",
        "subject": "Product Review",
        "organizerId": "",
        "organizerName": "",
        "startDateUTC": "2026-01-01T09:00:00Z",
        "endDateUTC": "2026-01-01T09:30:00Z",
        "creationDateUTC": "2026-01-01T09:00:00Z",
        "isPrivate": True,
        "isCancelled": False,
    }
    assert show["imageUrl"] == "https://someurl.example.com/cool.jpg"
    assert (show["organizerId"], show["organizerName"]) == ("u567", "John Doe")


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("08:00:00", "09:00:00", []),
        ("08:00:00", "09:00:01", ["m1"]),
        ("09:29:59", "09:30:00", ["m1"]),
        ("09:30:00", "10:00:00", ["m2"]),
        ("09:29:59", "09:30:01", ["m1", "m2"]),
        ("10:00:00", "11:00:00", []),
    ],
)
async def test_the_window_is_half_open(
    ask: Caller, room: SimRoom, clock: Clock, start: str, end: str, found: list[str]
) -> None:
    """It shows what shares any time with it."""
    room.book("one", clock.now, clock.now + 30 * MINUTE)
    room.book("two", clock.now + 30 * MINUTE, clock.now + 60 * MINUTE)
    window = {"from": f"2026-01-01T{start}Z", "to": f"2026-01-01T{end}Z"}
    listed = (await ask("GET", "/rooms/57/meetings", params=window)).body
    assert [meeting["meetingId"] for meeting in listed] == found


@pytest.mark.parametrize(
    "date",
    [
        "",
        "now",
        "2026-01-01",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:00.0Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+00:00",
        "٢026-01-01T00:00:00Z",
    ],
)
async def test_a_malformed_date_is_refused(ask: Caller, date: str) -> None:
    """With 400, wherever it stands."""
    for name in ("from", "to"):
        answer = await ask("GET", "/rooms/57/meetings", params={**DAY, name: date})
        assert answer.status == 400
    for name in ("startDateUTC", "endDateUTC"):
        answer = await ask("POST", "/rooms/57/meetings", {**WISH, name: date})
        assert answer.status == 400


async def test_what_is_unknown_is_404(ask: Caller, room: SimRoom, clock: Clock) -> None:
    """Rooms, meetings, cancelled ones, organisers and paths."""
    gone = room.book("gone", clock.now, clock.now + 30 * MINUTE)
    room.change(gone, cancelled=True)
    for method, path, body in (
        ("GET", "/rooms/99/meetings", None),
        ("GET", "/rooms/57/meetings?organizerId=nobody", None),
        ("POST", "/rooms/99/meetings", WISH),
        ("POST", "/rooms/57/meetings", {**WISH, "organizerId": "nobody"}),
        ("PUT", "/rooms/57/meetings/m99", WISH),
        ("PUT", f"/rooms/57/meetings/{gone.meeting_id}", WISH),
        ("GET", "/room", None),
        ("GET", "/rooms/57/meetings/m1/x", None),
    ):
        assert (await ask(method, path, body)).status == 404
    elsewhere = await ask("GET", "/../../rooms")
    assert elsewhere.status == 404
    assert (await ask("DELETE", "/rooms/57/meetings/m1")).status == 405


async def test_booking_takes_the_slot_once(ask: Caller, room: SimRoom) -> None:
    """201 and the Meeting; then 409; a neighbour is no conflict."""
    made = await ask("POST", "/rooms/57/meetings", WISH)
    assert made.status == 201
    assert made.body["meetingId"] == "m1"
    assert (made.body["organizerId"], made.body["organizerName"]) == ("roomz", "ROOMZ")
    assert (await ask("POST", "/rooms/57/meetings", WISH)).status == 409
    after = {
        "startDateUTC": "2026-01-01T12:30:00Z",
        "endDateUTC": "2026-01-01T12:31:00Z",
    }
    assert (await ask("POST", "/rooms/57/meetings", after)).status == 201
    before = {
        "startDateUTC": "2026-01-01T11:00:00Z",
        "endDateUTC": "2026-01-01T12:00:00Z",
    }
    assert (await ask("POST", "/rooms/57/meetings", before)).status == 201
    assert (await ask("POST", "/rooms/22/meetings", WISH)).status == 201
    assert [m.subject for m in room.sorted()] == ["", "My Subject", ""]
    assert not ask.sim.check()


async def test_twenty_at_once_make_one(ask: Caller, room: SimRoom) -> None:
    """Of the same slot."""
    ask.sim.faults.when().times(20).latency(0.05)
    answers = await asyncio.gather(
        *(ask("POST", "/rooms/57/meetings", WISH) for _ in range(20))
    )
    assert sorted(a.status for a in answers) == [201] + 19 * [409]
    assert len(room.meetings) == 1
    assert ask.sim.counters.most_at_once > 1


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {**WISH, "subject": None},
        {**WISH, "subject": 5},
        {**WISH, "endDateUTC": WISH["startDateUTC"]},
        {**WISH, "endDateUTC": "2026-01-01T11:00:00Z"},
        {"startDateUTC": WISH["startDateUTC"]},
        {**WISH, "isPrivate": "yes"},
    ],
)
async def test_a_malformed_wish_is_refused(
    ask: Caller, room: SimRoom, body: Any
) -> None:
    """With 400; nothing is made."""
    assert (await ask("POST", "/rooms/57/meetings", body)).status == 400
    assert not room.meetings


async def test_only_json_is_read(ask: Caller) -> None:
    """Neither forms nor broken JSON."""
    answer = await ask("POST", "/rooms/57/meetings", data=WISH)
    assert answer.status == 400
    answer = await ask(
        "POST",
        "/rooms/57/meetings",
        data=b'{"subject": ',
        headers={**ask.headers, "Content-Type": "application/json"},
    )
    assert answer.status == 400


async def test_a_put_shortens_extends_and_moves(
    ask: Caller, room: SimRoom, clock: Clock
) -> None:
    """What it does not name stays as it is; the next meeting is in the way."""
    first = room.book("one", clock.now, clock.now + 60 * MINUTE)
    room.book("two", clock.now + 60 * MINUTE, clock.now + 90 * MINUTE)
    path = f"/rooms/57/meetings/{first.meeting_id}"
    answer = await ask("PUT", path, {"endDateUTC": "2026-01-01T09:20:00Z"})
    assert answer.status == 200
    assert answer.body["startDateUTC"] == "2026-01-01T09:00:00Z"
    assert answer.body["endDateUTC"] == "2026-01-01T09:20:00Z"
    assert answer.body["subject"] == "one"
    assert (
        await ask("PUT", path, {"endDateUTC": "2026-01-01T10:00:01Z"})
    ).status == 409
    assert (
        await ask("PUT", path, {"endDateUTC": "2026-01-01T10:00:00Z"})
    ).status == 200
    assert (
        await ask("PUT", path, {"endDateUTC": "2026-01-01T09:00:00Z"})
    ).status == 400
    assert (await ask("PUT", path, {"subject": None})).status == 400
    assert (await ask("PUT", path, {"organizerId": "nobody"})).status == 404
    answer = await ask("PUT", path, {"subject": "new", "organizerId": "u567"})
    assert (answer.body["subject"], answer.body["organizerName"]) == ("new", "John Doe")
    assert (await ask("PUT", path, {"isCancelled": True})).body["isCancelled"] is True
    listed = (await ask("GET", "/rooms/57/meetings", params=DAY)).body
    assert [m["isCancelled"] for m in listed] == [True, False]


async def test_what_the_contract_leaves_open_can_be_turned(
    ask: Caller, room: SimRoom, clock: Clock
) -> None:
    """Answers without a body, 204, a strict PUT, a listing by start."""
    rules = ask.sim.rules
    rules.post_status, rules.post_body = 200, False
    rules.put_status, rules.put_needs_both, rules.put_takes_subject = 204, True, False
    answer = await ask("POST", "/rooms/57/meetings", WISH)
    assert (answer.status, answer.body) == (200, b"")
    assert (await ask("PUT", "/rooms/57/meetings/m1", {"subject": "x"})).status == 400
    answer = await ask("PUT", "/rooms/57/meetings/m1", {**WISH, "subject": "x"})
    assert (answer.status, answer.body) == (204, b"")
    assert room.meetings["m1"].subject == "My Subject"
    rules.needs_window = True
    assert (await ask("GET", "/rooms/57/meetings")).status == 400
    rules.by_start = True
    window = {**DAY, "from": "2026-01-01T12:00:01Z"}
    assert (await ask("GET", "/rooms/57/meetings", params=window)).body == []
    rules.by_start, rules.lists_cancelled = False, False
    assert len((await ask("GET", "/rooms/57/meetings", params=window)).body) == 1
    room.change(room.meetings["m1"], cancelled=True)
    assert (await ask("GET", "/rooms/57/meetings", params=window)).body == []


async def test_ids_are_kept_apart_by_the_path(ask: Caller) -> None:
    """Whatever is in them, percent-encoded."""
    odd = ask.sim.add_room("Odd", "a/b ?#%2F ü")
    made = await ask("POST", "/rooms/a%2Fb%20%3F%23%252F%20%C3%BC/meetings", WISH)
    assert made.status == 201
    assert len(odd.meetings) == 1
