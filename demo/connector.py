"""The door for ROOMZ displays that the demo's Home Assistant opens."""

from collections.abc import Iterable
from typing import Any

import aiohttp

# The judge of the contract is one, whoever is judged.
from tests.simulators.roomz.strict_client import Meeting, StrictClient  # noqa: TID251

from .client import Client
from .flows import Flow
from .homeassistant import DOMAIN

__all__ = ["PASSWORD", "USER", "Connector", "Meeting"]

USER, PASSWORD = "display", "demo-of-displays"


class Connector:
    """Rooms of Home Assistant as displays find them."""

    name = "roomz_connector"

    def __init__(self, session: aiohttp.ClientSession, home_url: str) -> None:
        """Name the place; it serves nothing until it is added."""
        self._session = session
        self.path = f"/api/{DOMAIN}/roomz"
        self.url = f"{home_url}{self.path}"

    def answers(self, **changes: Any) -> dict[str, Any]:
        """Return answers to the flow's form; without rooms it serves all."""
        return {"username": USER, "password": PASSWORD, "rooms": [], **changes}

    async def add_to(self, client: Client) -> str:
        """Add it to Home Assistant through the integration's config flow; the entry's id."""
        flow = await Flow.add(client, DOMAIN)
        await flow.choose(self.name)
        await flow.submit(self.answers())
        return flow.entry_id

    def display(self, password: str = PASSWORD) -> StrictClient:
        """Return a display that complains about everything that the contract does not know."""
        return StrictClient(self._session, self.url, USER, password)

    async def status(
        self,
        path: str = "/rooms",
        query: Iterable[tuple[str, str]] = (),
        password: str = PASSWORD,
    ) -> int:
        """Return the status that a plain request is answered with."""
        authorization = aiohttp.encode_basic_auth(USER, password)
        async with self._session.get(
            f"{self.url}{path}",
            params=[*query],
            headers={"Authorization": authorization},
        ) as answer:
            return answer.status
