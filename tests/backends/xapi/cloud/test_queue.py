"""The cloud's queue: what devices say, and everything that can happen to it on the way."""

import asyncio
from collections.abc import AsyncGenerator
import logging
from typing import Any, override

import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.signals import (
    AuthLost,
    Connected,
    Disconnected,
    Removed,
)
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
from custom_components.room_bookings.rooms.errors import NotFoundError
from tests.backends.listening import Ear
from tests.backends.xapi.conftest import Rig
from tests.simulators.webex.identity import SigningKey
from tests.simulators.webex.messages import action_message
from tests.simulators.xapi import Device

WORD = {
    "type": "events",
    "deviceId": "d",
    "events": [{"key": "Bookings.Start", "value": {"Id": "1"}}],
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for hundredths of what people wait."""
    monkeypatch.setattr(module, "_IDLE_POLL_EVERY", 0.02)
    monkeypatch.setattr(module, "_CHECK_AGAIN", 0.1)
    monkeypatch.setattr(
        module, "Backoff", lambda most: Backoff(first=0.02, most=most / 100)
    )


@pytest.fixture
async def transport(rig: Rig) -> CloudTransport:
    """A transport with a queue."""
    transport = rig.transport()
    await transport.connect()
    return transport


@pytest.fixture
async def ear(transport: CloudTransport) -> AsyncGenerator[Ear]:
    """Somebody who listens to it."""
    async with Ear(transport.listen) as ear:
        yield ear


@pytest.fixture
def phone(rig: Rig) -> Device:
    """A phone in the room Fjord."""
    return rig.sim.add_device(rig.sim.add_workspace("Fjord"))


def polls(rig: Rig) -> int:
    """How often the queue was asked, wherever it is."""
    return sum(1 for r in rig.sim.requests if r.method == "GET" and "/queue" in r.path)


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


# Rights


async def test_a_token_that_ends_is_no_lost_connection(rig: Rig, ear: Ear) -> None:
    """It is renewed."""
    await rig.sim.wait_for_poll()
    rig.sim.expire_tokens()
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent, 2)
    assert not ear.of(Disconnected)
    assert rig.sim.tokens.granted == 2


async def test_credentials_that_are_no_longer_good_end_it(rig: Rig, ear: Ear) -> None:
    """Only a person can bring others."""
    await rig.sim.wait_for_poll()
    rig.sim.revoke()
    await ear.ended()
    assert ear.heard == [AuthLost()]


async def test_a_forbidden_queue_is_a_lost_connection(rig: Rig, ear: Ear) -> None:
    """Rights may come back without a person here."""
    rig.sim.faults.poll().status(403)
    await ear.until(Connected())
    assert ear.heard == [Disconnected("PermissionDeniedError"), Connected()]


# Gone


async def test_a_queue_that_is_gone_is_asked_for_again(rig: Rig, ear: Ear) -> None:
    """The integration is still there, and gets it."""
    await rig.sim.wait_for_poll()
    rig.sim.app.queue_state = "disabled"
    await ear.until(Connected())
    assert rig.sim.app.queue_state == "enabled"
    assert ear.heard == [Disconnected("NotFoundError"), Connected()]


async def test_an_integration_that_is_gone_is_removed(rig: Rig, ear: Ear) -> None:
    """Neither its queue nor itself is known any more."""
    await rig.sim.wait_for_poll()
    rig.sim.deprovision(announce=False)
    await ear.ended()
    assert ear.heard == [Disconnected("NotFoundError"), Removed()]


async def test_a_single_unknown_after_an_outage_is_not_believed(
    rig: Rig, ear: Ear
) -> None:
    """What stands between here and the cloud may not know it yet."""
    await rig.sim.wait_for_poll()
    rig.sim.faults.when(path="/xapi").status(502)
    rig.sim.faults.when(method="PATCH").status(404)
    rig.sim.cut_poll()
    await ear.until(Connected())
    assert not ear.of(Removed)


async def test_a_removal_is_told_by_the_cloud(rig: Rig, ear: Ear) -> None:
    """What devices said before it is heard."""
    await rig.sim.wait_for_poll()
    rig.sim.queue.batch = 10
    rig.sim.faults.poll().latency(0.1)
    rig.sim.queue.release_polls()
    rig.sim.push_message(action_message(rig.sim.action_jwt("deprovision")))
    rig.sim.push_message(WORD)
    await ear.ended()
    assert ear.heard == [
        DeviceEvent("d", "Bookings.Start", {"Id": "1"}),  # type: ignore[arg-type]
        Removed(),
    ]


async def test_connecting_to_nothing_is_an_error(rig: Rig) -> None:
    """A person is there to hear it."""
    transport = rig.transport()
    await transport.connect()
    rig.sim.faults.when(method="PATCH").status(404)
    with pytest.raises(NotFoundError):
        await transport.connect()


# Orders


async def test_a_new_refresh_token_is_kept(rig: Rig, ear: Ear) -> None:
    """And used when the next token is due."""
    await rig.sim.wait_for_poll()
    rig.sim.update(refresh_token="announced")
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    while not rig.replaced:
        await asyncio.sleep(0.01)
    assert rig.replaced[-1].refresh_token == "announced"
    rig.sim.expire_tokens()
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent, 2)
    assert not ear.of(AuthLost, Disconnected)


async def test_an_integration_moves(rig: Rig, ear: Ear) -> None:
    """To another region: its queue is there from now on, whatever the old one says."""
    await rig.sim.wait_for_poll()
    address = f"{rig.sim.base_url}/xapi/api/organizations/other/apps/moved"
    rig.sim.update(app_url=address)
    await ear.until(Connected())
    await rig.sim.wait_for_poll()
    assert rig.replaced[-1].app_url == address
    assert rig.sim.requests[-1].path.endswith("/apps/moved/queue")
    assert rig.asked("/xapi/api/organizations/other", method="PATCH") == 1
    assert not ear.of(Disconnected)


async def test_an_approved_update_may_bring_nothing(rig: Rig, ear: Ear) -> None:
    """A manifest that changed is no other address."""
    await rig.sim.wait_for_poll()
    rig.sim.update_approved()
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    rig.sim.push_message(action_message(rig.sim.action_jwt("healthCheck")))
    rig.sim.update(app_url=rig.sim.app_url)
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent, 2)
    assert not ear.of(Connected)


@pytest.mark.parametrize(
    "forge",
    [
        lambda rig: SigningKey(rig.sim.key.kid).sign(
            {"action": "deprovision", "appId": rig.sim.app.app_id}
        ),
        lambda rig: rig.sim.action_jwt("deprovision", appId="another"),
        lambda rig: rig.sim.action_jwt(
            "deprovision", expiryTime="2020-01-01T00:00:00Z"
        ),
        lambda rig: rig.sim.action_jwt("update", appUrl="https://evil.example.com/"),
        lambda rig: rig.sim.action_jwt(
            "update", refreshToken="x", oauthUrl="https://evil.example.com/"
        ),
        lambda _: "x" * 100_000,
    ],
    ids=["forged", "another app", "old", "foreign app", "foreign oauth", "huge"],
)
async def test_an_order_that_is_not_the_clouds_changes_nothing(
    rig: Rig, ear: Ear, forge: Any
) -> None:
    """Nor one about another integration, an old one, or one that leads elsewhere."""
    await rig.sim.wait_for_poll()
    rig.sim.push_message(action_message(forge(rig)))
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent, 2)
    assert not rig.replaced
    assert not ear.of(Removed, Disconnected, Connected)


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_an_order_that_cannot_be_checked_now_is_checked_later(
    rig: Rig, ear: Ear, status: int
) -> None:
    """For nobody says it again; meanwhile devices are heard."""
    await rig.sim.wait_for_poll()
    fault = rig.sim.faults.when(path="/jwks").times(2).status(status)
    rig.sim.push_message(action_message(rig.sim.action_jwt("deprovision")))
    await fault.triggered()
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    assert fault.hits == 1
    await ear.ended()
    assert fault.hits == 2
    assert ear.heard[-1] == Removed()
    assert not ear.of(AuthLost, Disconnected)


async def test_a_flood_of_orders_is_not_kept(
    rig: Rig, transport: CloudTransport, ear: Ear
) -> None:
    """The newest are."""
    rig.sim.faults.when(path="/jwks").always().status(500)
    await rig.sim.wait_for_poll()
    for _ in range(50):
        rig.sim.push_message(action_message("a.b.c"))
    rig.sim.push_message(WORD)
    await ear.until(DeviceEvent)
    assert len(transport._orders) <= module._MAX_ORDERS


# Secrets


async def test_no_secret_and_no_title_in_any_log(
    rig: Rig, phone: Device, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level, through an outage and an update."""
    caplog.set_level(logging.DEBUG)
    await rig.sim.wait_for_poll()
    phone.workspace.book_locally("Secret meeting", rig.clock(), 30)
    rig.sim.update(refresh_token="announced")
    await ear.until(DeviceStatus)
    await rig.sim.wait_for_poll()
    rig.sim.cut_poll()
    await ear.until(Connected())
    said = [
        f"{record.getMessage()} {record.exc_text}"
        for record in caplog.records
        if record.name.startswith("custom_components")
    ]
    said += [s.reason for s in ear.of(Disconnected)]
    for secret in ("Secret meeting", "announced", *rig.sim.tokens._access):
        assert not [words for words in said if secret in words]
