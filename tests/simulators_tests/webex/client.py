"""A client of the simulated cloud that knows only HTTP."""

from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Device
from tests.simulators_tests.answer import Answer


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

    def grant(self, **changes: str) -> dict[str, str]:
        """What a token is asked for with."""
        return {
            "grant_type": "refresh_token",
            "client_id": self.sim.client_id,
            "client_secret": self.sim.client_secret,
            "refresh_token": self.sim.tokens.refresh_token,
            **changes,
        }

    async def authorize(self) -> Answer:
        """Fetch an access token with a fresh activation code."""
        self.claims = jwt.decode(
            self.sim.activation_code(), options={"verify_signature": False}
        )
        answer = await self.post(
            self.claims["oauthUrl"],
            self.grant(refresh_token=self.claims["refreshToken"]),
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
