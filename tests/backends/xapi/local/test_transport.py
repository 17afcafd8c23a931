"""One room over one connection: what is subscribed to and heard, and how it comes back."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.signals import (
    BookingRemoved,
    Connected,
    Disconnected,
    PeopleSeen,
    RoomStale,
)
from custom_components.room_bookings.backends.xapi.local import transport as module
from custom_components.room_bookings.backends.xapi.transport import (
    DeviceEvent,
    DeviceId,
    DeviceStatus,
)
from custom_components.room_bookings.rooms.errors import (
    BusyTryLaterError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from tests.backends.listening import Ear

from .conftest import Near
from .connection import DAY, SUBSCRIPTIONS, queries, word

# Subscriptions


async def test_exactly_what_is_used_is_subscribed_to(near: Near) -> None:
    """And once more on each connection."""
    transport = await near.connected()
    assert queries(near) == SUBSCRIPTIONS
    async with Ear(transport.listen) as ear:
        near.sim.disconnect()
        await ear.until(Connected)
    assert queries(near) == SUBSCRIPTIONS * 2
    assert len(near.sim.connections) == 1
    assert near.sim.requests.number_of() == 6


async def test_what_is_said_before_anybody_listens_is_not_lost(near: Near) -> None:
    """Nor what was so before."""
    near.sim.set_people(4)
    transport = await near.connected()
    made = near.sim.book_locally("A")
    await asyncio.sleep(0.05)
    device = DeviceId(near.sim.host)
    async with Ear(transport.listen) as ear:
        await ear.until(DeviceEvent(device, "Bookings.Updated", {}))
        created = [s for s in ear.of(DeviceEvent) if s.key.endswith("Created")]
        assert [event.value["MeetingId"] for event in created] == [made.meeting_id]
        (count,) = [
            s.updated["RoomAnalytics.PeopleCount.Current"]
            for s in ear.of(DeviceStatus)
            if "RoomAnalytics.PeopleCount.Current" in s.updated
        ]
        assert count == 4


@pytest.mark.parametrize("answer_first", [True, False])
async def test_words_may_come_before_the_answer_to_who_asked(
    near: Near, answer_first: bool
) -> None:
    """That of NotifyCurrentValue does on some devices (facts 4.2)."""
    near.sim.answer_first = answer_first
    near.sim.set_people(4)
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        await ear.until(PeopleSeen(near.room_id, 4, present=True))


async def test_words_of_other_subscriptions_are_dropped(near: Near) -> None:
    """One that overlaps would say everything twice (facts 4.4)."""
    transport = await near.connected()
    near.sim.connections[0].subscribe(("Event", "Bookings", "Start"))
    near.sim.connections[0].subscribe(("Event",))
    async with Ear(transport.listen) as ear:
        near.sim.book_locally("A")
        near.sim.set_people(1)
        await ear.until(
            DeviceStatus(
                DeviceId(near.sim.host), {"RoomAnalytics.PeopleCount.Current": 1}
            )
        )
        keys = [event.key for event in ear.of(DeviceEvent)]
    assert "Bookings.BookingCreated" in keys
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("result", [None, {}, [], 1, {"Id": "x"}, {"id": 1}])
async def test_a_subscription_without_a_number_is_heard(
    near: Near, result: Any
) -> None:
    """Better twice than not at all."""
    near.sim.faults.when(method="xFeedback/Subscribe").answer(result, applied=True)
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.book_locally("A")
        await ear.until(DeviceEvent)


@pytest.mark.parametrize("code", [1, -32602, -31998])
async def test_without_statuses_bookings_are_heard(near: Near, code: int) -> None:
    """A device may have no sensors, or too many who ask."""
    faults = near.sim.faults
    faults.when(
        predicate=lambda r: list(r.params.get("Query", []))[:1] == ["Status"]
    ).times(2).error(code)
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.book_locally("A")
        await ear.until(DeviceEvent)
        assert not ear.of(DeviceStatus)


@pytest.mark.parametrize(
    ("code", "error"), [(-31998, BusyTryLaterError), (1, RejectedError)]
)
async def test_without_events_there_is_no_connection(
    near: Near, code: int, error: type[RoomError]
) -> None:
    """It would look alive and hear nothing."""
    near.sim.faults.when(method="xFeedback/Subscribe").error(code)
    with pytest.raises(error):
        await near.connected()
    await near.sim.wait_until(lambda: not near.sim.connections)


# Coming back


async def test_a_lost_connection_is_made_again_in_order(near: Near) -> None:
    """Lost, connected, and only then what is new there."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        for round_ in range(1, 4):
            near.sim.faults.handshakes().status(502)
            near.sim.disconnect()
            await ear.until(Connected, round_)
    kinds = [type(s) for s in ear.heard]
    assert [k for k in kinds if k in (Connected, Disconnected)] == [
        Disconnected,
        Connected,
    ] * 3
    for place, kind in enumerate(kinds):
        if kind is Disconnected:
            assert kinds[place + 1] is Connected


async def test_a_device_that_restarts_is_asked_until_it_is_ready(near: Near) -> None:
    """502 while it starts, -31997 just after (facts 4.1, 4.3)."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.reboot(seconds=10, not_ready=10)
        await near.sim.wait_until(
            lambda: [h.status for h in near.sim.handshakes].count(502) >= 2
        )
        await near.pass_by(seconds=11)
        await near.sim.wait_until(
            lambda: any(r.error == -31997 for r in near.sim.requests)
        )
        assert not ear.of(Connected)
        await near.pass_by(seconds=11)
        await ear.until(Connected)
        assert len(ear.of(Disconnected)) == 1


async def test_calling_back_takes_longer_each_time(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for a device that lets one in and hangs up; one that lasted is called soon."""
    monkeypatch.setattr(module, "_FIRST_WAIT", 1.0)
    monkeypatch.setattr(module, "_LONGEST_WAIT", 60.0)
    waits: list[float] = []
    wait = Backoff.wait

    def counted_wait(self: Backoff, error: RoomError | None = None) -> float:
        waits.append(wait(self, error))
        return 0.0

    monkeypatch.setattr(Backoff, "wait", counted_wait)
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        for round_ in range(1, 5):
            near.sim.disconnect()
            await ear.until(Connected, round_)
        assert len(waits) == 4
        for number, waited in enumerate(waits):
            assert 2**number / 2 <= waited <= 2**number
        monkeypatch.setattr(module, "_LASTED", 0.0)
        near.sim.faults.handshakes().times(8).status(503)
        near.sim.disconnect()
        await ear.until(Connected, 5)
        assert 0.5 <= waits[4] <= 1
        assert 30 <= waits[-1] <= 60


async def test_what_was_said_while_connecting_fails_is_forgotten(near: Near) -> None:
    """The list tells better."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.set_people(1)
        subscribing = near.sim.faults.when(
            predicate=lambda r: r.params.get("Query") == ["Status", "RoomAnalytics"]
        )
        subscribing.drop_answer()
        near.sim.disconnect()
        await ear.until(Connected)
        await ear.until(
            DeviceStatus(
                DeviceId(near.sim.host),
                {
                    "RoomAnalytics.PeopleCount.Capacity": 8,
                    "RoomAnalytics.PeopleCount.Current": 1,
                    "RoomAnalytics.PeoplePresence": "Yes",
                },
            )
        )
        after = ear.heard[ear.heard.index(Connected()) :]
        assert len([s for s in after if isinstance(s, DeviceStatus)]) == 2


async def test_hanging_up_is_no_lost_connection(near: Near) -> None:
    """Nobody calls back."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        await asyncio.sleep(0)
        await transport.close()
        await ear.ended()
        assert not ear.of(Disconnected)
    await asyncio.sleep(0.1)
    assert not near.sim.connections


async def test_own_ids_of_before_name_nothing_after(near: Near) -> None:
    """Words on the new connection speak of the new Ids (facts 9.7)."""
    near.sim.meeting_ids = "none"
    first = near.sim.book_locally("A", near.clock() + DAY)
    near.sim.book_locally("B", near.clock() + 2 * DAY)
    backend = await near.backend()
    here = near.clock()
    await backend.bookings(near.room_id, here, here + 3 * DAY)
    gone = near.sim.device.id_of(first)
    async with Ear(backend.listen) as ear:
        # Before all is subscribed to, one goes that has another's old Id.
        near.sim.faults.when(
            predicate=lambda r: r.params.get("Query") == ["Status", "RoomAnalytics"]
        ).latency(0.1)
        near.sim.disconnect()
        await near.sim.wait_for_requests(6, method="xFeedback/Subscribe")
        near.sim.send(word({"Event": {"Bookings": {"Deleted": {"Id": gone}}}}))
        await ear.until(RoomStale(near.room_id))
        stale = ear.heard.index(RoomStale(near.room_id))
        assert ear.heard.index(Connected()) < stale
        assert not ear.of(BookingRemoved)


# Errors have types


async def test_connecting_raises_nothing_else(near: Near) -> None:
    """At whatever step the device fails."""
    for step in range(1, 4):
        for fault in ("drop", "drop_answer", "cut_mid_frame", "close"):
            getattr(near.sim.faults.when(predicate=_nth(step)), fault)()
            with pytest.raises(UnreachableError):
                await near.connected()
            near.sim.faults.clear()


def _nth(number: int) -> Callable[[object], bool]:
    """Whether a request is the one of that number, counted from now on."""
    left = iter(range(1, number + 1))
    return lambda _: next(left, None) == number
