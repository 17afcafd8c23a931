"""The TMS simulator for other processes: its control API and its program."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
import sys
from typing import Any

import aiohttp
import pytest

from tests.simulators.tms import TmsSimulator
from tests.simulators_tests.conftest import Clock

from .client import DAY, Client, SoapError, connected, names


class Control:
    """A person at another keyboard."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        """Talk to an address."""
        self._url = url
        self._session = session

    async def ask(
        self, method: str, path: str, *, status: int = 200, **body: Any
    ) -> dict[str, Any]:
        """What comes back with that status."""
        async with self._session.request(
            method, f"{self._url}{path}", json=body or None
        ) as answer:
            found: dict[str, Any] = await answer.json()
            assert answer.status == status, found
            return found

    async def get(self, path: str = "") -> dict[str, Any]:
        """GET."""
        return await self.ask("GET", path)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST."""
        return await self.ask("POST", path, **body)


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[TmsSimulator]:
    """A server with the room Fjord."""
    async with TmsSimulator(clock=clock) as simulator:
        simulator.add_system("Fjord", 5)
        await simulator.start_control()
        yield simulator


@pytest.fixture
async def control(sim: TmsSimulator) -> AsyncIterator[Control]:
    """Its control API."""
    async with aiohttp.ClientSession() as session:
        yield Control(sim.control_url, session)


@pytest.fixture
async def client(sim: TmsSimulator) -> AsyncIterator[Client]:
    """A client of the server."""
    async with connected(sim) as one:
        yield one


async def test_summary(sim: TmsSimulator, control: Control, client: Client) -> None:
    """The summary has what a client needs and what clients have done."""
    await client.call("GetDefaultConference")
    summary = await control.get()
    assert summary["url"] == sim.url
    assert summary["username"] == sim.username
    assert summary["password"] == "secret"
    assert summary["systems"] == {"5": "Fjord"}
    assert summary["logons"] == {sim.username: 1}
    assert summary["failed_logons"] == {}
    assert summary["counts"] == {"GetDefaultConference": 1}
    assert summary["most_at_once"] == 1
    assert summary["api_version"] == 23


async def test_systems(sim: TmsSimulator, control: Control) -> None:
    """Systems are added, changed and purged."""
    added = await control.post("/systems", name="Birch", description="4 chairs")
    assert added["system_id"] == 6
    await control.post("/systems/Birch", system_status="InCall")
    found = (await control.get("/systems"))["systems"]
    assert [system["system_status"] for system in found] == ["Idle", "InCall"]
    await control.ask("DELETE", "/systems/6")
    await control.ask("DELETE", "/systems/6", status=404)
    assert [system.system_name for system in sim.systems] == ["Fjord"]


async def test_conferences(sim: TmsSimulator, control: Control, clock: Clock) -> None:
    """People at TMS book, change, end and delete."""
    await control.post("/systems", name="Birch")
    booked = await control.post(
        "/conferences", systems=["Fjord"], start=60, minutes=45, title="Planning"
    )
    path = f"/conferences/{booked['conference_id']}"
    assert booked["start_time_utc"] == "2026-01-01T10:00:00+00:00"
    assert booked["system_ids"] == [5]
    await control.post("/conferences", systems=[5], start=60, title="Late", status=409)
    moved = await control.post(f"{path}/move", start="2026-01-01T12:00:00+01:00")
    assert moved["end_time_utc"] == "2026-01-01T11:45:00+00:00"
    moved = await control.post(f"{path}/move", start=60, minutes=15)
    assert moved["end_time_utc"] == "2026-01-01T10:15:00+00:00"
    renamed = await control.post(f"{path}/rename", title="Other")
    assert renamed["title"] == "Other"
    both = await control.post(f"{path}/participants", systems=["Fjord", "Birch"])
    assert both["system_ids"] == [5, 6]
    clock.pass_by(minutes=61)
    await control.post(f"{path}/end")
    assert (await control.get(path))["conference_state"] == "Finished"
    await control.post(f"{path}/end", status=409)
    running = await control.post("/conferences", systems=["Fjord"], title="Now")
    await control.post(f"/conferences/{running['conference_id']}/delete")
    listed = (await control.get("/conferences"))["conferences"]
    assert len(listed) == 2
    sim.server.check()


async def test_series(control: Control) -> None:
    """A series is booked with a pattern and loses one occurrence."""
    booked = await control.post(
        "/conferences",
        systems=["Fjord"],
        start=60,
        pattern={
            "frequency_type": "Weekly",
            "days_of_week": ["Thursday"],
            "pattern_end_type": "EndByDate",
            "pattern_end_date_utc": "2026-01-31T00:00:00+00:00",
        },
    )
    listed = (await control.get("/conferences"))["conferences"]
    assert len(listed) == 5
    path = f"/conferences/{booked['conference_id']}/delete"
    await control.post(path, occurrence=True)
    listed = (await control.get("/conferences"))["conferences"]
    states = [item["conference_state"] for item in listed]
    assert states == ["Deleted", *["Pending"] * 4]


async def test_what_becomes_of_requests(control: Control) -> None:
    """A meeting that needs approval is approved or rejected; others break."""
    states = []
    for verb in ("approve", "reject"):
        asked = await control.post(
            "/conferences", systems=["Fjord"], start=60, title="Ask", request=True
        )
        assert asked["conference_state"] == "MeetingRequest"
        path = f"/conferences/{asked['conference_id']}"
        states.append((await control.post(f"{path}/{verb}"))["conference_state"])
        await control.post(f"{path}/defective")
        kind = await control.post(f"{path}/defective", kind="conflict")
        states.append(kind["conference_state"])
    assert states == ["Pending", "Defective", "Rejected", "Defective"]


async def test_faults(sim: TmsSimulator, control: Control, client: Client) -> None:
    """Faults are armed, listed and cleared."""
    sim.local.book([5], sim.clock() + timedelta(hours=1))
    wanted = {"SystemIds": 5, **DAY}
    await control.post(
        "/faults",
        match={"operation": "GetConferencesForSystems", "SystemIds": "5"},
        effect="busy",
    )
    with pytest.raises(SoapError):
        await client.call("GetConferencesForSystems", wanted)
    await control.post("/faults", effect="absent", **{"with": {"names": ["Title"]}})
    listed = await client.result("GetConferencesForSystems", wanted)
    assert "Title" not in names(listed[0])
    armed = await control.post(
        "/faults",
        match={"logon": True},
        times=None,
        effect="status",
        **{"with": {"status": 503}},
    )
    assert len(armed["faults"]) == 1
    assert await control.get("/faults") == armed
    await control.ask("DELETE", "/faults")
    assert sim.faults.describe() == []
    await control.post("/faults", effect="before", status=400)
    await control.post("/faults", match={"logon": True}, effect="busy", status=400)


async def test_log(sim: TmsSimulator, control: Control, client: Client) -> None:
    """The log is read and emptied, and so are the violations read."""
    await client.call("GetConferencesForSystems", DAY)
    log = await control.get("/requests")
    assert log["requests"][0]["operation"] == "GetConferencesForSystems"
    assert log["requests"][0]["parameters"] == DAY
    assert [entry["scheme"] for entry in log["challenges"]] == ["", "NTLM"]
    await control.ask("DELETE", "/requests")
    assert (await control.get("/requests"))["requests"] == []
    with pytest.raises(SoapError):
        await client.call("GetConferenceById", {"Id": 1})
    assert len((await control.get("/violations"))["violations"]) > 0


async def test_server(sim: TmsSimulator, control: Control, client: Client) -> None:
    """The clock, sessions, accounts and settings are in the control API's hands."""
    await control.post("/clock", offset=3600)
    assert sim.clock() == datetime(2026, 1, 1, 10, 0, tzinfo=UTC)
    client.client_session = sim.server.sessions.suggest()
    await control.post("/settings", accept_foreign_sessions=False)
    await control.post("/sessions/expire")
    with pytest.raises(SoapError, match="expired"):
        await client.call("EndConferenceById", {"ConferenceId": 1})
    sim.local.book([5], sim.clock() + timedelta(hours=1))
    await control.post("/transactions/forget")
    found = await client.result("GetTransactionsSince", {"CurrentTransactionId": 0})
    assert len(found) == 0
    await control.post("/password", password="other")
    await control.post("/log_off")
    assert (await client.ask("GetDefaultConference")).status_code == 401
    assert (await control.get())["failed_logons"] == {sim.username: 1}
    await control.post(
        "/settings", default_duration=15, billing_codes=["a"], mcu_ports=3
    )
    assert sim.settings.default_duration == timedelta(minutes=15)
    assert sim.settings.billing_codes == {"a"}
    await control.post("/settings", bogus=1, status=404)
    await control.post("/knobs", gzip=True, lenient=True, schemes=["Basic"])
    assert (sim.gzip, sim.lenient, sim.schemes) == (True, True, ("Basic",))
    await control.post("/knobs", password="x", status=404)
    assert await control.post("/certificate") == {"fingerprint": ""}


async def test_down(sim: TmsSimulator, control: Control) -> None:
    """The server goes and comes back; the control API stays."""
    await control.post("/down", refuse=True)
    assert sim.closed
    await control.post("/up")
    assert not sim.closed
    await control.post("/down", seconds=0.01)
    await control.post("/up")


async def test_nonsense(control: Control) -> None:
    """What makes no sense is refused."""
    await control.post("/systems", status=400)
    await control.post("/conferences", systems=["Nowhere"], status=404)
    await control.ask("GET", "/conferences/x", status=400)
    await control.ask("GET", "/conferences/1", status=404)


@pytest.mark.parametrize("options", [[], ["--tls", "--schemes", "NTLM"]])
async def test_program(socket_enabled: None, options: list[str]) -> None:
    """The program prints where it is, has two rooms, and ends on SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulators.tms",
        "--seed-bookings",
        "2",
        *options,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = {}
    async with asyncio.timeout(30):
        for _ in range(5):
            name, _, value = (await process.stdout.readline()).decode().partition(": ")
            said[name] = value.strip()
    assert said["url"].startswith("https" if options else "http:")
    assert said["username"] == "EXAMPLE\\room.bookings"
    assert said["password"] == "secret"
    assert len(said["fingerprint"]) == (64 if options else 0)
    async with aiohttp.ClientSession() as session:
        control = Control(said["control"], session)
        summary = await control.get()
        assert list(summary["systems"].values()) == ["Fjord", "Birch"]
        assert len((await control.get("/conferences"))["conferences"]) == 4
    process.terminate()
    async with asyncio.timeout(10):
        assert await process.wait() == 0
