"""The simulated booking system against facts/roomz.md, literally."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
import subprocess
import sys
from typing import Any

import aiohttp
from aiohttp import encode_basic_auth
import pytest

from tests.simulators.roomz import OccupiedError, RoomzSimulator, SimRoom
from tests.simulators.roomz.times import DATE_FORMS
from tests.simulators_tests.answer import Answer
from tests.simulators_tests.conftest import Clock

DAY = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
MINUTE = timedelta(minutes=1)
WISH = {
    "subject": "My Subject",
    "startDateUTC": "2026-01-01T12:00:00Z",
    "endDateUTC": "2026-01-01T12:30:00Z",
}


class Caller:
    """Knows HTTP and the credentials."""

    def __init__(self, sim: RoomzSimulator, session: aiohttp.ClientSession) -> None:
        """Speak to a simulator."""
        self.sim = sim
        self.session = session

    @property
    def headers(self) -> dict[str, str]:
        """The credentials."""
        token = encode_basic_auth(self.sim.username, self.sim.password)
        return {"Authorization": token}

    async def __call__(
        self, method: str, path: str, body: Any = None, **options: Any
    ) -> Answer:
        """Ask for a path below the contract's, or of the control API."""
        base = self.sim.base_url if path.startswith("/_control") else self.sim.url
        options.setdefault("headers", self.headers)
        if body is not None:
            options["json"] = body
        async with self.session.request(method, f"{base}{path}", **options) as answer:
            value: Any = await answer.read()
            if value and answer.content_type == "application/json":
                value = await answer.json()
            return Answer(answer.status, dict(answer.headers), value)


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[RoomzSimulator]:
    """The two rooms of the contract's own example."""
    async with RoomzSimulator(clock=clock, prefix="/connector/v1") as simulator:
        simulator.add_room("Weisshorn", "57")
        simulator.add_room("Moleson", "22")
        yield simulator


@pytest.fixture
def room(sim: RoomzSimulator) -> SimRoom:
    """The first of them."""
    return sim.rooms[0]


@pytest.fixture
async def ask(sim: RoomzSimulator) -> AsyncIterator[Caller]:
    """A way to ask."""
    async with aiohttp.ClientSession() as session:
        yield Caller(sim, session)


# The contract


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


# The truth


async def test_the_check_finds_what_must_not_be(
    sim: RoomzSimulator, clock: Clock
) -> None:
    """An overlap that nobody wanted, and a wish that was carried out twice."""
    room = sim.rooms[0]
    one = room.book("one", clock.now, clock.now + 60 * MINUTE, api=True)
    with pytest.raises(OccupiedError):
        room.book("two", clock.now, clock.now + 30 * MINUTE)
    room.book("two", clock.now, clock.now + 30 * MINUTE, overlap=True)
    assert not sim.check()
    room.delete(one)
    room.book("one", clock.now, clock.now + 60 * MINUTE, api=True, overlap=True)
    room.overlaps_wanted.clear()
    assert sorted(line.partition(": ")[2] for line in sim.check()) == [
        "m1 was made again as m4",
        "m3 overlaps m4",
    ]
    with pytest.raises(ValueError):
        room.book("none", clock.now, clock.now)


async def test_the_log_says_what_was_asked(ask: Caller) -> None:
    """Without credentials, and with what it was answered."""
    await ask("GET", "/rooms")
    await ask("POST", "/rooms/57/meetings", WISH)
    await ask("PUT", "/rooms/57/meetings/m1", WISH)
    await ask("GET", "/rooms/57/meetings", params=DAY)
    await ask("GET", "/elsewhere")
    log = ask.sim.requests
    assert [entry.call for entry in log] == ["rooms", "book", "change", "meetings", ""]
    assert [entry.status for entry in log] == [200, 201, 200, 200, 404]
    assert log.of("book")[0].body == WISH
    assert log.number_of("meetings", room="57", status=200) == 1
    assert "battery" not in repr(log)
    assert ask.sim.counters.calls["book 201"] == 1


# What goes wrong


async def test_faults_happen_as_often_as_they_are_told_to(ask: Caller) -> None:
    """To whom they are meant for."""
    faults = ask.sim.faults
    fault = faults.when(call="rooms").times(2).status(503, retry_after=7)
    assert (await ask("GET", "/rooms/57/meetings")).status == 200
    for _ in range(2):
        answer = await ask("GET", "/rooms")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
    await fault.triggered()
    assert (fault.hits, (await ask("GET", "/rooms")).status) == (2, 200)
    always = faults.when(method="get", path="/rooms/57").always().status(429)
    for _ in range(3):
        assert (await ask("GET", "/rooms/57/meetings")).status == 429
    assert faults.describe()
    always.remove()
    faults.when(room="22").html()
    faults.when(predicate=lambda entry: "from" in entry.query).empty()
    assert (await ask("GET", "/rooms/22/meetings")).body.startswith(b"<!doctype")
    assert (await ask("GET", "/rooms/57/meetings", params=DAY)).body == b""
    faults.when().garbage()
    faults.clear()
    assert (await ask("GET", "/rooms")).status == 200


async def test_answers_can_be_bent(ask: Caller, room: SimRoom, clock: Clock) -> None:
    """Against every sentence of the contract."""
    room.book("one", clock.now, clock.now + 30 * MINUTE)
    faults = ask.sim.faults

    async def listed() -> Any:
        return (await ask("GET", "/rooms/57/meetings", params=DAY)).body

    good = (await listed())[0]
    faults.when().nulls()
    assert (await listed())[0] == {
        k: v if k in ("meetingId", "startDateUTC", "endDateUTC") else None
        for k, v in good.items()
    }
    faults.when().nulls("subject")
    assert (await listed())[0] == {**good, "subject": None}
    faults.when().without("isPrivate", "subject")
    assert good.keys() - (await listed())[0].keys() == {"isPrivate", "subject"}
    faults.when().extra(color="red")
    assert (await listed())[0] == {**good, "color": "red"}
    faults.when().wrapped("meetings")
    assert await listed() == {"meetings": [good]}
    faults.when().records([None, 5])
    assert await listed() == [good, None, 5]
    for form, write in DATE_FORMS.items():
        faults.when().dates(form)
        assert (await listed())[0]["startDateUTC"] == write(good["startDateUTC"])
    faults.when().typed("text/plain")
    answer = await ask("GET", "/rooms")
    assert answer.headers["Content-Type"].startswith("text/plain")
    faults.when().typed(None)
    assert not (await ask("GET", "/rooms")).headers.get("Content-Type")
    faults.when().huge(100_000)
    assert (await ask("GET", "/rooms")).body == []
    faults.when().redirect("https://elsewhere.example.com/")
    answer = await ask("GET", "/rooms", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (
        302,
        "https://elsewhere.example.com/",
    )


async def test_an_answer_can_be_lost(ask: Caller, room: SimRoom) -> None:
    """Before or after the request was carried out, or in the middle of the answer."""
    faults = ask.sim.faults
    path = "/rooms/57/meetings"
    faults.when(call="book").drop()
    with pytest.raises(aiohttp.ClientError):
        await ask("POST", path, WISH)
    assert not room.meetings
    faults.when(call="book").drop_answer()
    with pytest.raises(aiohttp.ClientError):
        await ask("POST", path, WISH)
    assert len(room.meetings) == 1
    assert [e.status for e in ask.sim.requests.of("book")] == [0, 0]
    faults.when(call="meetings").truncated()
    with pytest.raises(aiohttp.ClientPayloadError):
        await ask("GET", path)
    brief = aiohttp.ClientTimeout(total=0.2)
    for arm in ("silence", "stalled"):
        getattr(faults.when(call="meetings"), arm)()
        with pytest.raises(TimeoutError):
            await ask("GET", path, timeout=brief)
    room.meetings.clear()
    faults.when(call="book").silence(applied=True)
    with pytest.raises(TimeoutError):
        await ask("POST", path, WISH, timeout=brief)
    assert len(room.meetings) == 1
    room.meetings.clear()
    faults.when(call="book").status(500, applied=True)
    assert (await ask("POST", path, WISH)).status == 500
    assert len(room.meetings) == 1


async def test_the_world_may_not_be_as_it_answers(ask: Caller, room: SimRoom) -> None:
    """A booking that is never made, a rival that was quicker, an answer that is late."""
    faults = ask.sim.faults
    faults.when(call="book").not_applied()
    assert (await ask("POST", "/rooms/57/meetings", WISH)).status == 201
    assert not room.meetings
    faults.when(call="book").rival("Quick", 15, 10)
    assert (await ask("POST", "/rooms/57/meetings", WISH)).status == 409
    assert [m.subject for m in room.sorted()] == ["Quick"]
    faults.when(call="change").not_applied()
    answer = await ask("PUT", "/rooms/57/meetings/m1", {"subject": "x"})
    assert answer.body["subject"] == "x"
    assert room.meetings["m1"].subject == "Quick"
    faults.when().latency(0.05)
    began = asyncio.get_running_loop().time()
    await ask("GET", "/rooms")
    assert asyncio.get_running_loop().time() - began >= 0.05


async def test_it_can_be_down(ask: Caller) -> None:
    """With connections that are cut, or with nobody there."""
    await ask.sim.down()
    with pytest.raises(aiohttp.ClientError):
        await ask("GET", "/rooms")
    await ask.sim.up()
    assert (await ask("GET", "/rooms")).status == 200
    await ask.sim.down(refuse=True)
    async with aiohttp.ClientSession() as fresh:
        with pytest.raises(aiohttp.ClientConnectorError):
            await Caller(ask.sim, fresh)("GET", "/rooms")
    await ask.sim.up()
    assert (await ask("GET", "/rooms")).status == 200


# Control


async def test_somebody_else_is_a_control_request(ask: Caller, room: SimRoom) -> None:
    """Who books, edits, cancels and deletes."""
    book = {"subject": "Theirs", "minutes": 45, "organizer": "Ada", "private": True}
    made = await ask("POST", "/_control/rooms/Weisshorn/book", book)
    assert (made.status, made.body["state"], made.body["api"]) == (
        200,
        "running",
        False,
    )
    assert (await ask("POST", "/_control/rooms/57/book", book)).status == 409
    later = {"subject": "Later", "start": "2026-01-01T11:00:00Z"}
    assert (await ask("POST", "/_control/rooms/57/book", later)).status == 200
    edit = {"meeting": "current", "minutes": 20, "subject": "New", "private": False}
    edited = (await ask("POST", "/_control/rooms/57/edit", edit)).body
    assert (edited["subject"], edited["endDateUTC"]) == ("New", "2026-01-01T09:20:00Z")
    move = {"meeting": "next", "start": 10}
    assert (await ask("POST", "/_control/rooms/57/edit", move)).status == 409
    cancel = {"meeting": "New"}
    assert (await ask("POST", "/_control/rooms/57/cancel", cancel)).status == 200
    delete = {"meeting": "next"}
    assert (await ask("POST", "/_control/rooms/57/delete", delete)).status == 200
    assert (await ask("POST", "/_control/rooms/57/delete", delete)).status == 404
    shown = (await ask("GET", "/_control/rooms/57")).body
    assert shown["current"] is None
    assert [m["isCancelled"] for m in shown["meetings"]] == [True]
    history = (await ask("GET", "/_control/rooms/57/history")).body["history"]
    assert [change["what"] for change in history] == [
        "created",
        "created",
        "changed",
        "cancelled",
        "deleted",
    ]
    assert len(room.history) == 5
    assert (await ask("GET", "/_control/check")).body == {"violations": []}


async def test_rooms_and_rules_are_control_requests(ask: Caller) -> None:
    """Rooms come and go, credentials change."""
    await ask("POST", "/_control/rooms", {"name": "New", "id": "n"})
    await ask("POST", "/_control/rooms/22/rename", {"name": "Renamed"})
    await ask("DELETE", "/_control/rooms/57")
    assert (await ask("DELETE", "/_control/rooms/57")).status == 404
    listed = (await ask("GET", "/_control/rooms")).body["rooms"]
    assert [(r["id"], r["name"]) for r in listed] == [("22", "Renamed"), ("n", "New")]
    turned = await ask("POST", "/_control/rules", {"post_body": False})
    assert turned.body["post_body"] is False
    assert (await ask("POST", "/_control/rules", {"odd": 1})).status == 404
    await ask("POST", "/_control/credentials", {"password": "new"})
    summary = (await ask("GET", "/_control", headers={})).body
    assert (summary["password"], summary["url"]) == ("new", ask.sim.url)
    assert (await ask("GET", "/rooms")).status == 200
    old = {"Authorization": encode_basic_auth("roomz", "correct horse: battery")}
    assert (await ask("GET", "/rooms", headers=old)).status == 401


async def test_faults_are_control_requests(ask: Caller) -> None:
    """Armed, listed, cleared."""
    fault = {"match": {"call": "rooms"}, "effect": "status", "with": {"status": 403}}
    assert (await ask("POST", "/_control/faults", fault)).status == 200
    assert (await ask("GET", "/rooms")).status == 403
    fault = {"effect": "nulls", "times": None, "with": {"fields": ["name"]}}
    assert (await ask("POST", "/_control/faults", fault)).status == 200
    for _ in range(2):
        assert (await ask("GET", "/rooms")).body[0]["name"] is None
    assert len((await ask("GET", "/_control/faults")).body["faults"]) == 1
    await ask("DELETE", "/_control/faults")
    assert (await ask("GET", "/rooms")).body[0]["name"] == "Weisshorn"
    for odd in ({"effect": "explode"}, {"effect": "status", "with": {"fields": []}}):
        assert (await ask("POST", "/_control/faults", odd)).status == 400
    requests = (await ask("GET", "/_control/requests")).body["requests"]
    assert [entry["status"] for entry in requests] == [403, 200, 200, 200]
    await ask("DELETE", "/_control/requests")
    assert not ask.sim.requests
    counters = (await ask("GET", "/_control/counters")).body
    assert counters["calls"]["rooms 403"] == 1
    assert (await ask("POST", "/_control/down", {"refuse": True})).status == 400
    await ask("POST", "/_control/down", {"seconds": 60})
    with pytest.raises(aiohttp.ClientError):
        await ask("GET", "/rooms")
    await ask("POST", "/_control/up")
    assert (await ask("GET", "/rooms")).status == 200


def test_it_runs_alone() -> None:
    """And says where it is, until it is told to stop."""
    command = [sys.executable, "-m", "tests.simulators.roomz", "--rooms", "3"]
    command += ["--seed-bookings", "--prefix", "/v1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.terminate()
        assert process.wait(20) == 0
    keys = [line.partition(": ")[0] for line in lines]
    assert keys == ["url", "username", "password", "control"]
    assert lines[0].rstrip().endswith("/v1")
