"""The strict client: silent before a server that keeps the contract, and loud before others."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.simulators.roomz import RoomzSimulator
from tests.simulators.roomz.faults import RequestFaults
from tests.simulators.roomz.strict_client import ContractError, StrictClient
from tests.simulators_tests.conftest import Clock

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[RoomzSimulator]:
    """A room with two meetings."""
    async with RoomzSimulator(clock=clock, prefix="/v1") as simulator:
        room = simulator.add_room("Weisshorn", "57")
        room.book("One", clock.now, clock.now + 30 * MINUTE)
        image = "https://someurl.example.com/cool.jpg"
        soon = clock.now + 30 * MINUTE
        room.book("Two", soon, soon + 30 * MINUTE, image_url=image)
        yield simulator


@pytest.fixture
async def client(sim: RoomzSimulator) -> AsyncIterator[StrictClient]:
    """A display."""
    async with aiohttp.ClientSession() as session:
        yield StrictClient(session, sim.url, sim.username, sim.password, timeout=2)


async def test_there_is_nothing_to_complain_about(
    sim: RoomzSimulator, client: StrictClient, clock: Clock
) -> None:
    """Before a server that keeps the contract, whatever it makes of what is left open."""
    await client.audit("57", clock.now + timedelta(hours=2))
    client.check()
    sim.rules.post_status, sim.rules.post_body = 200, False
    sim.rules.put_body, sim.rules.lists_cancelled = False, False
    await client.audit("57", clock.now + timedelta(hours=6))
    client.check()
    assert not sim.check()


async def test_what_it_reads_is_what_there_is(
    sim: RoomzSimulator, client: StrictClient, clock: Clock
) -> None:
    """Rooms, meetings, and what it wrote itself."""
    (room,) = (await client.rooms()).value
    assert (room.room_id, room.name) == ("57", "Weisshorn")
    one, two = (await client.meetings("57")).value
    known = sim.rooms[0].sorted()
    assert (one.meeting_id, one.subject, one.start, one.end, one.created) == (
        known[0].meeting_id,
        "One",
        known[0].start,
        known[0].end,
        known[0].created,
    )
    assert two.image_url.startswith("https://")
    start = clock.now + timedelta(hours=2)
    made = await client.book("57", start, start + 30 * MINUTE, "Mine", "u567")
    assert made.status == 201
    assert made.value is not None
    assert made.value.organizer_name == "John Doe"
    until = start + 20 * MINUTE
    changed = await client.change("57", made.value.meeting_id, start, until)
    assert changed.value is not None
    assert changed.value.end == until
    assert (await client.meetings("99")).status == 404
    client.check()


@pytest.mark.parametrize(
    ("arm", "words"),
    [
        (lambda f: f.nulls("subject"), "null at"),
        (lambda f: f.nulls("imageUrl"), "null at"),
        (lambda f: f.without("isPrivate"), "without isPrivate"),
        (lambda f: f.without("meetingId"), "without meetingId"),
        (lambda f: f.extra(color="red"), "does not know"),
        (lambda f: f.extra(imageUrl="http://x.example.com/"), "imageUrl"),
        (lambda f: f.extra(subject=5), "subject is no str"),
        (lambda f: f.extra(isCancelled="false"), "isCancelled is no bool"),
        (lambda f: f.extra(meetingId=""), "empty meetingId"),
        (lambda f: f.extra(meetingId="m1"), "comes twice"),
        (lambda f: f.extra(endDateUTC="2026-01-01T08:59:59Z"), "before its start"),
        (lambda f: f.extra(endDateUTC="2026-02-30T08:59:59Z"), "endDateUTC is not"),
        (lambda f: f.wrapped("meetings"), "not a bare array"),
        (lambda f: f.records([[]]), "no object"),
        (lambda f: f.typed("text/plain"), "content type"),
        (lambda f: f.typed("application/json; charset=latin-1"), "charset"),
        (lambda f: f.garbage(), "no JSON"),
        (lambda f: f.empty(), "no JSON"),
        (lambda f: f.answer(b"[NaN]"), "no JSON"),
        (lambda f: f.answer(b"\xef\xbb\xbf[]"), "no JSON"),
        (lambda f: f.answer("[" * 100_000), "no JSON"),
        (lambda f: f.answer('[{"a": "", "a": ""}]'), "comes twice"),
        (lambda f: f.status(403), "no status 403"),
        (lambda f: f.status(500), "no status 500"),
        (lambda f: f.status(401), "without asking for Basic"),
        (lambda f: f.redirect("/v1/rooms"), "no status 302"),
        *(
            (lambda f, form=form: f.dates(form), "is not YYYY")
            for form in (
                "fraction",
                "offset",
                "naive",
                "space",
                "lower",
                "minutes",
                "day",
                "basic",
                "padded",
                "other_digits",
                "leap_second",
                "empty",
            )
        ),
        (lambda f: f.dates("epoch"), "startDateUTC is no str"),
    ],
)
async def test_every_deviation_is_a_complaint(
    sim: RoomzSimulator,
    client: StrictClient,
    arm: Callable[[RequestFaults], Any],
    words: str,
) -> None:
    """In a listing."""
    arm(sim.faults.when(call="meetings"))
    await client.meetings("57")
    assert any(words in complaint for complaint in client.complaints)
    with pytest.raises(ContractError, match="meeting"):
        client.check()


async def test_a_window_is_kept(
    sim: RoomzSimulator, client: StrictClient, clock: Clock
) -> None:
    """What is outside is a complaint, also what only touches it."""
    sim.faults.when().records([])
    window = (clock.now + 10 * MINUTE, clock.now + 30 * MINUTE)
    assert len((await client.meetings("57", *window)).value) == 1
    client.check()
    meetings = [m.as_json() for m in sim.rooms[0].sorted()]
    sim.faults.when().answer(meetings)
    await client.meetings("57", *window)
    assert client.complaints == ["meetings: m2 is outside the window"]


async def test_rooms_have_two_fields(sim: RoomzSimulator, client: StrictClient) -> None:
    """No more, no less, and each id once."""
    sim.faults.when().answer(
        [
            {"roomId": 57, "name": "x"},
            {"roomId": "1", "name": "x", "capacity": 4},
            {"roomId": "1", "name": "y"},
            {"roomId": "", "name": "z"},
            {"roomId": "2"},
        ]
    )
    await client.rooms()
    assert sorted(client.complaints) == [
        "a room whose roomId is no str",
        "a room with 'capacity', which the contract does not know",
        "a room without name",
        "rooms: an empty roomId",
        "rooms: roomId '1' comes twice",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"startDateUTC": "2026-01-01T12:00:01Z"}, "other times"),
        ({"subject": "Another"}, "another subject"),
        ({"subject": None}, "null at .subject"),
    ],
)
async def test_an_answer_to_a_post_is_what_was_sent(
    sim: RoomzSimulator,
    client: StrictClient,
    clock: Clock,
    change: dict[str, Any],
    words: str,
) -> None:
    """Or none at all."""
    start = clock.now + timedelta(hours=3)
    sim.faults.when().bent(lambda meeting: {**meeting, **change})
    await client.book("57", start, start + 30 * MINUTE, "Mine")
    assert any(words in complaint for complaint in client.complaints)
    client.complaints.clear()
    sim.faults.when().bent(lambda meeting: [meeting])
    await client.change("57", "m1", clock.now, clock.now + MINUTE)
    assert client.complaints == ["change: the body is no Meeting"]
    client.complaints.clear()
    sim.faults.when().bent(lambda meeting: {**meeting, "meetingId": "x"})
    await client.change("57", "m1", clock.now, clock.now + MINUTE)
    assert client.complaints == [
        "change: another meetingId than the one that was named"
    ]


@pytest.mark.parametrize(
    ("call", "arm"),
    [
        ("book", lambda f: f.not_applied()),
        ("book", lambda f: f.status(409)),
        ("change", lambda f: f.not_applied()),
        ("change", lambda f: f.status(200)),
        ("change", lambda f: f.status(404)),
        ("meetings", lambda f: f.answer([])),
        ("rooms", lambda f: f.answer([])),
    ],
)
async def test_an_audit_sees_what_is_only_said(
    sim: RoomzSimulator,
    client: StrictClient,
    clock: Clock,
    call: str,
    arm: Callable[[RequestFaults], Any],
) -> None:
    """A success that changed nothing, a refusal without a reason, an empty list."""
    arm(
        sim.faults.when(
            call=call,
            predicate=lambda entry: isinstance(entry.body, dict) or not entry.room,
        ).always()
        if call != "meetings"
        else sim.faults.when(call=call).always()
    )
    await client.audit("57", clock.now + timedelta(hours=2))
    assert client.complaints


async def test_an_audit_sees_who_lets_strangers_in(
    sim: RoomzSimulator, client: StrictClient, clock: Clock
) -> None:
    """Or knows every room and reads any date."""
    sim.faults.when(call="meetings").always().answer([])
    await client.audit("57", clock.now + timedelta(hours=2))
    said = "\n".join(client.complaints)
    assert "meetings as a stranger: 200 instead of 401" in said
    assert "meetings of an unknown room: 200 instead of 404" in said
    assert "meetings from 'yesterday': 200 instead of 400" in said
    assert "battery" not in repr(client)
