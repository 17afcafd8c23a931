"""A simulator on a clock that the test moves, and a client that knows only HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import pytest

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Device


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        """Start at a quiet hour."""
        self.now = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def pass_by(self, **interval: float) -> datetime:
        """Move it on."""
        self.now += timedelta(**interval)
        return self.now


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Client:
    """A Workspace Integration in its simplest form."""

    sim: WebexSimulator
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    poll_url: str = ""

    async def request(self, method: str, url: str, **options: Any) -> Answer:
        """Ask for an address, or a path of the simulator, with the bearer token."""
        if url.startswith("/"):
            url = f"{self.sim.base_url}{url}"
        options.setdefault("headers", self.headers)
        async with self.session.request(method, url, **options) as response:
            body = (
                await response.json()
                if response.content_type == "application/json"
                else await response.read()
            )
            return Answer(response.status, dict(response.headers), body)

    async def get(self, url: str, **options: Any) -> Answer:
        """GET."""
        return await self.request("GET", url, **options)

    async def post(self, url: str, body: Any = None, **options: Any) -> Answer:
        """POST JSON."""
        return await self.request("POST", url, json=body, **options)

    async def authorize(self) -> Answer:
        """Fetch an access token with a fresh activation code."""
        self.claims = jwt.decode(
            self.sim.activation_code(), options={"verify_signature": False}
        )
        answer = await self.post(
            self.claims["oauthUrl"],
            {
                "grant_type": "refresh_token",
                "client_id": self.sim.client_id,
                "client_secret": self.sim.client_secret,
                "refresh_token": self.claims["refreshToken"],
            },
        )
        self.headers = {"Authorization": f"Bearer {answer.body['access_token']}"}
        return answer

    async def provision(self) -> Answer:
        """Complete the provisioning with a queue."""
        await self.authorize()
        answer = await self.request(
            "PATCH",
            self.claims["appUrl"],
            json={"provisioningState": "completed", "queue": {"state": "enabled"}},
        )
        self.poll_url = answer.body["queue"]["pollUrl"]
        return answer

    async def command(
        self, device: Device, name: str, arguments: dict[str, Any] | None = None
    ) -> Answer:
        """Run an xCommand."""
        return await self.post(
            f"/v1/xapi/command/{name}",
            {"deviceId": device.id, "arguments": arguments or {}},
        )

    async def bookings(self, device: Device, **arguments: Any) -> list[dict[str, Any]]:
        """The records of Bookings List."""
        answer = await self.command(device, "Bookings.List", arguments)
        assert answer.status == 200
        found: list[dict[str, Any]] = answer.body["result"].get("Booking", [])
        return found

    async def messages(self) -> list[dict[str, Any]]:
        """What the queue holds; none if it is empty."""
        if not len(self.sim.queue):
            return []
        answer = await self.get(self.poll_url)
        assert answer.status == 200
        found: list[dict[str, Any]] = answer.body["messages"]
        return found

    async def events(self) -> list[tuple[str, Any]]:
        """The (name, value) of the events in the queue."""
        return [
            (event["key"], event["value"])
            for message in await self.messages()
            if message["type"] == "events"
            for event in message["events"]
        ]

    async def event_names(self) -> list[str]:
        """The names of the events in the queue."""
        return [name.removeprefix("Bookings.") for name, _ in await self.events()]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[WebexSimulator]:
    """An empty organisation."""
    async with WebexSimulator(clock=clock, hold=0.05) as simulator:
        yield simulator


@pytest.fixture
async def client(sim: WebexSimulator) -> AsyncIterator[Client]:
    """A client that has not authorized yet."""
    async with aiohttp.ClientSession() as session:
        yield Client(sim, session)


@pytest.fixture
async def integration(client: Client) -> Client:
    """A client with a token and a queue."""
    await client.provision()
    return client


@pytest.fixture
def phone(sim: WebexSimulator) -> Device:
    """A phone in the room Fjord."""
    return sim.add_device(sim.add_workspace("Fjord", capacity=4))
