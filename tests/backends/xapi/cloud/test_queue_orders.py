"""The cloud's queue: rights, removals, and orders of the cloud."""

import asyncio
import logging
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import (
    AuthLost,
    Connected,
    Disconnected,
    Removed,
)
from custom_components.room_bookings.backends.xapi.cloud import transport as module
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

from .polling import WORD

pytestmark = pytest.mark.usefixtures("quick")


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
