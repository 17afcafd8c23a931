"""The cloud's queue: what devices say, and everything that can happen to it on the way."""

import asyncio
from typing import Any, override

import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.signals import Connected, Disconnected
from custom_components.room_bookings.backends.xapi.cloud import (
    client as client_module,
    transport as module,
)
from custom_components.room_bookings.backends.xapi.cloud.addresses import (
    UntrustedAddressError,
)
from custom_components.room_bookings.backends.xapi.cloud.transport import CloudTransport
from custom_components.room_bookings.backends.xapi.transport import (
    DeviceEvent,
    DeviceStatus,
)
from tests.backends.listening import Ear
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Device

from .polling import WORD, polls

pytestmark = pytest.mark.usefixtures("quick")


async def test_what_devices_say_arrives(rig: Rig, phone: Device, ear: Ear) -> None:
    """Events and statuses, in their order, as soon as they are said."""
    await rig.sim.wait_for_poll()
    phone.workspace.book_locally("Secret meeting", rig.clock(), 30)
    await ear.until(DeviceStatus)
    assert [s.key for s in ear.of(DeviceEvent)] == [
        "Bookings.BookingCreated",
        "Bookings.Start",
    ]
    assert ear.heard[0].value["Title"] == "Secret meeting"
    assert ear.of(DeviceStatus)[0].updated["Bookings.Availability.Status"] == "BookedUntil"  # fmt: skip
    assert {s.device_id for s in ear.heard} == {phone.id}


async def test_nothing_is_lost_between_connecting_and_listening(
    rig: Rig, transport: CloudTransport, phone: Device
) -> None:
    """The queue keeps it."""
    phone.workspace.book_locally("A", rig.clock(), 30)
    async with Ear(transport.listen) as ear:
        await ear.until(DeviceStatus)
    assert rig.sim.queue.most_pollers <= 1


async def test_listening_connects_if_nobody_has(rig: Rig) -> None:
    """And says so."""
    transport = rig.transport()
    async with Ear(transport.listen) as ear:
        await ear.until(Connected())
        await rig.sim.wait_for_poll()


async def test_other_messages_are_passed_over(rig: Rig, ear: Ear) -> None:
    """Of whatever kind."""
    messages: list[Any] = [
        {"type": "healthCheck"},
        {"type": "tomorrow", "deviceId": "d", "events": 5},
        {"type": None},
        {"deviceId": []},
        None,
        5,
        "text",
        [],
        {"type": "events", "deviceId": "d", "events": {"key": "a"}},
        {"type": "action"},
        {"type": "action", "jwt": 5},
        {"type": "action", "jwt": "a.b.c"},
    ]
    for message in messages:
        rig.sim.push_message(message)
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent("d", "Bookings.Start", {"Id": "1"}))  # type: ignore[arg-type]
    assert ear.heard == [
        DeviceEvent("d", "a", None),  # type: ignore[arg-type]
        DeviceEvent("d", "Bookings.Start", {"Id": "1"}),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"5",
        b'"text"',
        b'{"messages": 5}',
        b'{"messages": "text"}',
        b'{"messages": {}}',
        b'{"messages": [[[]]]}',
        b'{"queue": 5}',
        b'{"queue": {"pollUrl": 5}}',
    ],
)
async def test_a_poll_that_brings_nothing_is_no_fault(
    rig: Rig, ear: Ear, body: bytes
) -> None:
    """The next one may bring something."""
    rig.sim.faults.poll().times(3).answer(body)
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    assert not ear.of(Disconnected, Connected)


@pytest.mark.parametrize("effect", ["html", "garbage", "huge"])
async def test_a_poll_that_is_not_understood_is_a_lost_connection(
    rig: Rig, ear: Ear, effect: str
) -> None:
    """Nobody knows what it said."""
    getattr(rig.sim.faults.poll(), effect)()
    await ear.until(Connected())
    assert ear.heard == [Disconnected("UnreachableError"), Connected()]


# Where the queue is


async def test_the_queue_moves(rig: Rig, ear: Ear) -> None:
    """The answer says where to."""
    await rig.sim.wait_for_poll()
    address = rig.sim.move_queue()
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    rig.sim.app.retired.update(rig.sim.app.poll_paths[:-1])
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent, 2)
    assert address.endswith(rig.sim.requests[-1].path)
    assert not ear.of(Disconnected)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.com/queue",
        "http://user:secret@127.0.0.1/queue",
        "http://127.0.0.1:1/queue",
        "//",
        "http://[::1",
    ],
)
async def test_a_queue_elsewhere_is_not_asked(rig: Rig, ear: Ear, address: str) -> None:
    """But what the answer brought is heard, and the old one is asked on."""
    await rig.sim.wait_for_poll()
    rig.sim.faults.poll().answer({"messages": [WORD], "queue": {"pollUrl": address}})
    rig.sim.queue.release_polls()
    await ear.until(DeviceEvent)
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent, 2)
    assert not ear.of(Disconnected)


async def test_a_foreign_queue_is_not_connected_to(rig: Rig) -> None:
    """There is no other then."""
    rig.sim.faults.when(method="PATCH").answer({"queue": {"pollUrl": "https://x.y/"}})
    with pytest.raises(UntrustedAddressError):
        await rig.transport().connect()


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"queue": null}', b"[]"])
async def test_a_queue_that_is_not_named_is_below_the_app(
    rig: Rig, answer: bytes
) -> None:
    """Assumption `poll_url`."""
    rig.sim.app.patch(
        {"provisioningState": "completed", "queue": {"state": "enabled"}}, rig.clock()
    )
    rig.sim.faults.when(method="PATCH").answer(answer)
    transport = rig.transport()
    await transport.connect()
    rig.sim.push_message(WORD)
    async with Ear(transport.listen) as ear:
        await ear.until(DeviceEvent)


# The way there


@pytest.mark.parametrize("lose", [False, True])
async def test_a_connection_that_is_cut_comes_back(
    rig: Rig, ear: Ear, lose: bool
) -> None:
    """Whoever listens hears of both, for something may be lost."""
    await rig.sim.wait_for_poll()
    rig.sim.cut_poll(lose=lose)
    await ear.until(Connected())
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    assert ear.heard[:2] == [Disconnected("UnreachableError"), Connected()]


async def test_an_outage_is_one_loss_and_one_return(rig: Rig, ear: Ear) -> None:
    """However often it is tried meanwhile."""
    await rig.sim.wait_for_poll()
    await rig.sim.down(refuse=True)
    await ear.until(Disconnected)
    await asyncio.sleep(0.3)
    await rig.sim.up()
    await ear.until(Connected)
    await rig.sim.wait_for_poll()
    assert ear.heard == [Disconnected("UnreachableError"), Connected()]


async def test_a_poll_that_hangs_is_found(
    rig: Rig, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-open connection never says a word; connecting anew proves the way at once."""
    await rig.sim.wait_for_poll()
    monkeypatch.setattr(client_module, "_POLL_TIMEOUT", 0.3)
    rig.sim.faults.poll().latency(5)
    rig.sim.queue.release_polls()
    await ear.until(Connected())
    assert ear.heard == [Disconnected("UnreachableError"), Connected()]


async def test_a_queue_that_never_works_is_not_announced_again_and_again(
    rig: Rig, ear: Ear
) -> None:
    """Each return has all rooms listed anew; the second needs a poll that succeeds."""
    fault = rig.sim.faults.poll().always().status(500)
    while fault.hits < 6:
        await asyncio.sleep(0.02)
    assert len(ear.of(Connected)) == 1
    assert len(ear.of(Disconnected)) == 2
    fault.remove()
    await ear.until(Connected, 2)
    assert len(ear.of(Disconnected)) == 2


async def test_the_waits_grow_and_start_over_after_a_success(
    rig: Rig, transport: CloudTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is retried without back-off."""
    waits: list[float] = []

    class Noted(Backoff):
        @override
        def wait(self, error: Any = None) -> float:
            waits.append(super().wait(error))
            return waits[-1] / 100

    monkeypatch.setattr(module, "Backoff", lambda most: Noted(most=most))
    rig.sim.faults.when(path="/xapi").times(8).status(500)
    async with Ear(transport.listen) as ear:
        await ear.until(Connected())
        assert len(waits) == 8
        for number, wait in enumerate(waits):
            longest = min(2**number, 30)
            assert longest / 2 <= wait <= longest
        rig.sim.push_message(WORD)
        await ear.until(DeviceEvent)
        await rig.sim.wait_for_poll()
        rig.sim.cut_poll()
        await ear.until(Disconnected, 2)
        assert waits[8] <= 1


async def test_empty_answers_at_once_are_no_tight_loop(
    rig: Rig, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second lies between two polls that bring nothing."""
    await rig.sim.wait_for_poll()
    monkeypatch.setattr(module, "_IDLE_POLL_EVERY", 0.2)
    rig.sim.faults.poll().always().answer({"messages": [{"type": "healthCheck"}]})
    rig.sim.queue.release_polls()
    before = polls(rig)
    await asyncio.sleep(0.9)
    assert polls(rig) - before <= 6


async def test_news_are_fetched_without_a_break(
    rig: Rig, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is one there may be more."""
    await rig.sim.wait_for_poll()
    monkeypatch.setattr(module, "_IDLE_POLL_EVERY", 60)
    rig.sim.queue.batch = 1
    for _ in range(20):
        rig.sim.push_message(WORD)
    await ear.until(DeviceEvent, 20)


async def test_patience_is_no_lost_connection(rig: Rig, ear: Ear) -> None:
    """The queue goes on holding what is said."""
    fault = rig.sim.faults.poll().times(2).status(429, retry_after=0)
    await rig.sim.wait_for_poll()
    rig.sim.queue.release_polls()
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    rig.sim.push_message(WORD)
    await fault.triggered()
    await ear.until(DeviceEvent, 2)
    assert not ear.of(Disconnected, Connected)


async def test_patience_without_end_is_one(
    rig: Rig, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is known to be one as soon as it is asked for."""
    monkeypatch.setattr(module, "_PATIENCE", 0.1)
    rig.sim.faults.poll().always().status(429, retry_after=7)
    await ear.until(Disconnected("BusyTryLaterError"))
    before = polls(rig)
    await asyncio.sleep(0.2)
    assert polls(rig) == before
