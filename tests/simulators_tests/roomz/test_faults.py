"""What can go wrong with the simulated booking system."""

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.simulators.roomz import SimRoom
from tests.simulators.roomz.times import DATE_FORMS
from tests.simulators_tests.conftest import Clock

from .caller import DAY, MINUTE, WISH, Caller


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
