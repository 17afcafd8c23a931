"""What the simulated services of Cisco TMS answer, and what they remember."""

import asyncio
from datetime import timedelta
import time

from lxml import etree
import pytest

from tests.simulators.tms import RecurrencePattern, TmsSimulator
from tests.simulators.tms.operations import OPERATIONS
from tests.simulators.tms.validation import schema
from tests.simulators_tests.conftest import Clock

from .client import BOOKING, DAY, REMOTE_SETUP, Client, at, connected, new_conference

# Its own answers


def test_schemas_know_all_operations() -> None:
    """Each operation has its two elements in the schema of its service."""
    for namespace, operations in OPERATIONS.items():
        for name in operations:
            empty = etree.Element(f"{{{namespace}}}{name}Response")
            schema(namespace).validate(empty)
            assert "No matching global declaration" not in str(
                schema(namespace).error_log
            )


async def test_answers_are_valid(sim: TmsSimulator, client: Client) -> None:
    """What the server says fits the types that it holds clients to."""
    pattern = RecurrencePattern(
        "Daily", 1, pattern_end_type="EndByInstances", pattern_instances=3
    )
    booked = sim.local.book([5], at(sim, 1), title="x", recurrence_pattern=pattern)
    sim.local.rename(booked.conference_id, "y")
    by_id = {"ConferenceId": booked.conference_id}
    client.client_session = sim.server.sessions.suggest()
    for operation, parameters in (
        ("GetConferencesForSystems", {"SystemIds": 5, **DAY}),
        ("GetConferencesForUser", {"UserName": "", **DAY}),
        ("GetConferenceById", by_id),
        ("GetRecurrentConferenceById", by_id),
        ("GetDefaultConference", None),
        ("GetTransactionsSince", {"CurrentTransactionId": 0}),
        ("GetRecordingAliases", {"UserName": ""}),
        ("GetTimeZoneRulesById", {"idString": "W. Europe Standard Time"}),
        (
            "SaveConference",
            new_conference("2026-03-01 10:00:00Z", "2026-03-01 11:00:00Z", 5),
        ),
        ("DeleteConferenceById", by_id),
    ):
        schema(BOOKING).assertValid(await client.call(operation, parameters))
    for operation in ("GetSystems", "GetSystemsForUser", "GetUsers", "IsAlive"):
        schema(REMOTE_SETUP).assertValid(
            await client.call(operation, namespace=REMOTE_SETUP)
        )
    assert sim.violations == []


async def test_forbidden_characters(sim: TmsSimulator, client: Client) -> None:
    """A title from Outlook can make the whole list unreadable."""
    sim.local.book([5], at(sim, 1), title="Tab\x0bbed & <more>")
    answer = await client.ask("GetConferencesForSystems", {"SystemIds": 5, **DAY})
    assert b"<Title>Tab&#xB;bed &amp; &lt;more&gt;</Title>" in answer.content
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.content)


async def test_compression(sim: TmsSimulator, client: Client) -> None:
    """Answers are compressed for those who accept it, where it is on."""
    assert "Content-Encoding" not in (await client.ask("GetDefaultConference")).headers
    sim.gzip = True
    answer = await client.ask("GetDefaultConference")
    assert answer.headers["Content-Encoding"] in ("gzip", "deflate")
    assert etree.fromstring(answer.content) is not None


async def test_a_large_list_is_quick(clock: Clock, socket_enabled: None) -> None:
    """4,000 conferences are answered in about a second."""
    async with TmsSimulator(clock=clock) as sim:
        sim.add_system("Fjord", 5)
        daily = RecurrencePattern(
            "Daily", 1, pattern_end_type="EndByInstances", pattern_instances=86
        )
        for index in range(47):
            start = at(sim, 1 + index / 2)
            end = start + timedelta(minutes=30)
            sim.local.book([5], start, end, recurrence_pattern=daily)
        async with connected(sim) as client:
            window = {**DAY, "EndTime": "2027-01-01T00:00:00Z"}
            await client.ask("GetDefaultConference")
            begin = time.perf_counter()
            listed = await client.result(
                "GetConferencesForSystems", {"SystemIds": 5, **window}
            )
            assert time.perf_counter() - begin < 3
            assert len(listed) == 47 * 86


# What it remembers


async def test_log(sim: TmsSimulator, client: Client, clock: Clock) -> None:
    """Requests are kept with all that they said."""
    sim.add_system("Birch", 6)
    client.client_session = "3f1c1c9e-0000-4000-8000-000000000000"
    await client.call("GetConferencesForSystems", {"SystemIds": [5, 6], **DAY})
    await client.call("GetSystems", namespace=REMOTE_SETUP)
    first, second = sim.requests
    assert (first.service, first.operation) == ("booking", "GetConferencesForSystems")
    assert (second.service, second.operation) == ("remotesetup", "GetSystems")
    assert first.parameters == {"SystemIds": ["5", "6"], **DAY}
    assert (first.user, first.version, first.soap) == (sim.username, 23, "1.1")
    assert first.session == client.client_session
    assert (first.status, first.time) == (200, clock.now)
    assert first.body.startswith(b"<?xml")
    assert first.answer_size > 0
    assert first.connection == second.connection
    assert sim.requests.counts == {"GetConferencesForSystems": 1, "GetSystems": 1}
    assert sim.requests.number_of("GetSystems", service="remotesetup") == 1
    assert sim.requests.number_of(SystemIds=["5", "6"]) == 1
    assert sim.requests.number_of(user="nobody") == 0
    assert sim.requests.of(since=clock.now) == [first, second]
    sim.clear_log()
    assert (sim.requests, sim.challenges, sim.most_at_once) == ([], [], 0)


async def test_most_at_once(sim: TmsSimulator, client: Client) -> None:
    """The server counts how many ask at the same time."""
    await client.call("GetDefaultConference")
    assert sim.most_at_once == 1
    sim.faults.when("GetTransactionsSince").always().latency(0.2)
    async with connected(sim) as other:
        await asyncio.gather(
            *(
                one.call("GetTransactionsSince", {"CurrentTransactionId": 0})
                for one in (client, other)
            )
        )
    assert sim.most_at_once == 2
    assert sim.at_once == 0
