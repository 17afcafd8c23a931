"""The queue of the simulated cloud, literally (facts/cisco-xapi.md 7.5, 7.6)."""

import asyncio
from datetime import timedelta
import re

import jwt

from tests.simulators.webex import Access, WebexSimulator
from tests.simulators.xapi import Device
from tests.simulators_tests.answer import Answer
from tests.simulators_tests.conftest import Clock

from .client import Client

MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def held_poll(sim: WebexSimulator, integration: Client) -> asyncio.Task[Answer]:
    """A poll that the cloud has, and does not answer before something happens."""
    sim.hold = 20
    poll = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    return poll


async def test_an_empty_poll_is_held_and_then_answers_no_messages(
    integration: Client,
) -> None:
    """`{"messages": []}`."""
    answer = await integration.get(integration.poll_url)
    assert (answer.status, answer.body) == (200, {"messages": []})


async def test_a_held_poll_gets_the_event_when_it_happens(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The envelope and the event of facts 7.6 and 2."""
    poll = await held_poll(sim, integration)
    booking = phone.workspace.book_locally(
        "Retro", sim.clock() + timedelta(hours=1), 30, organizer="Ada"
    )
    messages = (await poll).body["messages"]
    event, status = messages
    assert list(event) == [
        "type",
        "deviceId",
        "workspaceId",
        "orgId",
        "appId",
        "timestamp",
        "events",
    ]
    assert event["deviceId"] == phone.id
    assert event["workspaceId"] == phone.workspace.id
    assert MILLISECONDS.fullmatch(event["timestamp"])
    assert event["events"] == [
        {
            "key": "Bookings.BookingCreated",
            "value": {
                "BookingRequestUUID": booking.uuid,
                "Duration": 30,
                "Id": phone.id_of(booking),
                "MeetingId": booking.uuid,
                "OrganizerEmail": "",
                "OrganizerId": "",
                "OrganizerName": "Ada",
                "StartTime": "2026-01-01T10:00:00Z",
                "Title": "Retro",
            },
            "timestamp": event["timestamp"],
        }
    ]
    assert status["type"] == "status"
    assert status["changes"] == {
        "updated": {
            "Bookings.Availability.Status": "FreeUntil",
            "Bookings.Availability.TimeStamp": "2026-01-01T10:00:00Z",
        },
        "removed": [],
    }
    assert status["isFullSync"] is False


async def test_what_was_handed_out_is_gone(
    sim: WebexSimulator, integration: Client
) -> None:
    """At most once."""
    sim.push_message({"type": "unheard-of", "n": 1})
    sim.push_message({"type": "unheard-of", "n": 2})
    answer = await integration.get(integration.poll_url)
    assert [message["n"] for message in answer.body["messages"]] == [1, 2]
    assert (await integration.get(integration.poll_url)).body == {"messages": []}


async def test_two_pollers_steal_from_each_other(
    sim: WebexSimulator, integration: Client
) -> None:
    """Single consumer: the one that waited longest gets the message."""
    first = await held_poll(sim, integration)
    second = asyncio.create_task(integration.get(integration.poll_url))
    while sim.queue.waiting < 2:
        await asyncio.sleep(0)
    assert sim.queue.most_pollers == 2
    sim.push_message({"type": "one"})
    assert (await first).body["messages"] == [{"type": "one"}]
    sim.push_message({"type": "two"})
    assert (await second).body["messages"] == [{"type": "two"}]


async def test_a_poll_whose_client_went_away_takes_nothing(
    sim: WebexSimulator, integration: Client
) -> None:
    """The message is there for the next poll."""
    poll = await held_poll(sim, integration)
    poll.cancel()
    while sim.queue.waiting:
        await asyncio.sleep(0)
    sim.push_message({"type": "kept"})
    assert await integration.messages() == [{"type": "kept"}]


async def test_a_poll_with_an_expired_token_is_401(
    sim: WebexSimulator, integration: Client
) -> None:
    """7.5: 401 → refresh."""
    sim.expire_tokens()
    assert (await integration.get(integration.poll_url)).status == 401


async def test_deprovisioning_is_announced_and_then_404(
    sim: WebexSimulator, integration: Client
) -> None:
    """The action is a signed JWT (7.6)."""
    sim.deprovision()
    (message,) = await integration.messages()
    assert set(message) == {"type", "jwt"}
    assert message["type"] == "action"
    claims = jwt.decode(
        message["jwt"],
        jwt.PyJWK(sim.key.jwk()),
        algorithms=["ES256"],
        options={"verify_iat": False},
    )
    assert claims["action"] == "deprovision"
    assert (await integration.get(integration.poll_url)).status == 404
    assert (await integration.get(integration.claims["appUrl"])).status == 404


async def test_deprovisioning_ends_a_held_poll(
    sim: WebexSimulator, integration: Client
) -> None:
    """Without an announcement the next poll finds out."""
    poll = await held_poll(sim, integration)
    sim.deprovision(announce=False)
    assert (await poll).body == {"messages": []}
    assert (await integration.get(integration.poll_url)).status == 404


async def test_an_update_brings_a_refresh_token_and_an_address(
    sim: WebexSimulator, integration: Client
) -> None:
    """Region migration (7.2, 7.3)."""
    moved = f"{sim.base_url}/xapi/api/organizations/elsewhere/apps/{sim.app.app_id}"
    sim.update(refresh_token="next", app_url=moved, retire=True)
    (message,) = await integration.messages()
    claims = jwt.decode(message["jwt"], options={"verify_signature": False})
    assert claims["action"] == "update"
    assert (claims["refreshToken"], claims["appUrl"]) == ("next", moved)
    assert sim.tokens.refresh_token == "next"
    assert (await integration.get(integration.claims["appUrl"])).status == 404
    assert (await integration.get(integration.poll_url)).status == 404
    answer = await integration.get(moved)
    assert answer.body["queue"]["pollUrl"] == f"{moved}/queue"
    assert (await integration.get(f"{moved}/queue")).status == 200


async def test_a_changed_poll_url_is_told_in_the_answer(
    sim: WebexSimulator, integration: Client
) -> None:
    """`{"messages": [], "queue": {"pollUrl"}}` (7.5)."""
    url = sim.move_queue()
    answer = await integration.get(integration.poll_url)
    assert answer.body == {"messages": [], "queue": {"pollUrl": url}}
    assert (await integration.get(url)).body == {"messages": []}


async def test_health_check_and_approved_update(
    sim: WebexSimulator, integration: Client
) -> None:
    """The other messages of 7.6."""
    sim.health_check()
    sim.update_approved()
    check, approved = await integration.messages()
    assert set(check) == {"type", "orgId", "appId", "timestamp"}
    assert check["type"] == "healthCheck"
    claims = jwt.decode(approved["jwt"], options={"verify_signature": False})
    assert claims["action"] == "updateApproved"
    assert claims["manifestVersion"] == 2
    assert isinstance(claims["xapiAccess"], str)


async def test_a_full_sync_comes_every_hour(
    sim: WebexSimulator, integration: Client, phone: Device, clock: Clock
) -> None:
    """All leaves, isFullSync true, also when nothing changed (7.6)."""
    clock.pass_by(minutes=59)
    await sim.tick()
    assert await integration.messages() == []
    clock.pass_by(minutes=1)
    await sim.tick()
    (message,) = await integration.messages()
    assert message["isFullSync"] is True
    assert message["changes"] == {
        "updated": {
            "Bookings.Availability.Status": "Free",
            "Bookings.Availability.TimeStamp": "",
            "Bookings.Current.Id": "",
        },
        "removed": [],
    }


async def test_only_what_the_manifest_and_webex_notify_is_queued(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Notifications are a subset (0.7)."""
    sim.app.access = Access(
        statuses=("Bookings.Availability.Status",), events=("Bookings.*",)
    )
    sim.silent = {"Bookings.BookingCreated"}
    phone.workspace.book_locally("Now", sim.clock(), 30)
    event, status = await integration.messages()
    assert event["events"][0]["key"] == "Bookings.Start"
    assert status["changes"]["updated"] == {
        "Bookings.Availability.Status": "BookedUntil"
    }


async def test_queue_variants(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Merged events, childless values and removed keys are knobs."""
    sim.queue.merge_events = True
    sim.childless_value = [None]
    sim.empty_is_removed = True
    booking = phone.workspace.book_locally("Now", sim.clock(), 30)
    await integration.messages()
    phone.workspace.delete_locally(booking)
    phone.report("Bookings.SyncRequired", {}, sim.clock())
    phone.report("Bookings.SyncRequired", {}, sim.clock())
    deleted, status, syncs = await integration.messages()
    assert deleted["type"] == "events"
    assert status["changes"]["removed"] == ["Bookings.Current.Id"]
    assert [event["value"] for event in syncs["events"]] == [[None], [None]]
