"""The simulated Webex cloud with PhoneOS rooms."""

from base64 import urlsafe_b64decode
import json
from typing import Any, override

from demo.client import Client
from demo.flows import Flow
from demo.homeassistant import DOMAIN

from .simulated import minutes_into_quarter
from .xapi import Devices


class Webex(Devices):
    """An organisation with three rooms."""

    name = "webex"
    arguments = ("--port", "{port}")

    # What an administrator has

    async def credentials(self, **changes: str) -> dict[str, Any]:
        """Return answers to the flow's first form, with a new activation code."""
        code = await self.control("GET", "/activation_code")
        return {
            "client_id": self._about["client_id"],
            "client_secret": self._about["client_secret"],
            "activation_code": code["activation_code"],
            "advanced": {"api_url": self._about["api_url"]},
            **changes,
        }

    def secrets(self, credentials: dict[str, Any]) -> set[str]:
        """Return what of the credentials must never be seen again."""
        code = credentials["activation_code"]
        payload = code.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return {credentials["client_secret"], code, claims["refreshToken"]}

    @override
    async def add_to(self, client: Client) -> str:
        """Add it to Home Assistant through the integration's config flow; the entry's id."""
        forms = (await self.credentials(), {"rooms": await self.room_ids()})
        return (await Flow.through(client, DOMAIN, self.name, *forms)).entry_id

    async def room_ids(self) -> list[str]:
        """Return the ids of all of its rooms."""
        answer = await self.control("GET", "/workspaces")
        return [workspace["id"] for workspace in answer["workspaces"]]

    @override
    async def seed(self) -> None:
        """Book an ordinary day, by the quarter of an hour."""
        first, second, third = self.rooms
        for room, title, quarters, length, more in (
            (first, "Stand-up", 0, 2, {"organizer": "Ada Lovelace"}),
            (first, "Design review", 4, 4, {"organizer": "Grace Hopper"}),
            (second, "Interview", 3, 3, {"private": True}),
            (second, "Roadmap", 8, 6, {"organizer": "Alan Turing"}),
            (third, "Customer call", -3, 5, {"organizer": "Katherine Johnson"}),
            (third, "Retrospective", 2, 4, {"organizer": "Hedy Lamarr"}),
        ):
            minutes = 15 * quarters - minutes_into_quarter()
            await self.book(room, title, start=minutes, minutes=15 * length, **more)
