"""What the simulated servers have in common: an address, rooms that are added to them, a log."""

from abc import abstractmethod
from typing import Any, override

from demo.client import Client
from demo.flows import Flow
from demo.homeassistant import DOMAIN

from .simulated import Account, Simulated


class Server(Simulated):
    """A server that begins without rooms."""

    @override
    async def start(self) -> None:
        """Start the simulator and add the rooms."""
        await super().start()
        await self._furnish()
        self._about = await self.control("GET", "")

    @abstractmethod
    async def _furnish(self) -> None:
        """Add the rooms."""

    @property
    @override
    def rooms(self) -> list[str]:
        """The names of its rooms."""
        return list(self._about["rooms"])

    @property
    def url(self) -> str:
        """Its address, as an administrator enters it."""
        return self._told("url")

    @abstractmethod
    def credentials(self, **changes: Any) -> dict[str, Any]:
        """Return answers to the flow's first form."""

    @override
    async def add_to(self, client: Client) -> str:
        """Add it to Home Assistant through the integration's config flow; the entry's id."""
        flow = await Flow.through(client, DOMAIN, self.name, self.credentials())
        return flow.entry_id

    async def forget_requests(self) -> None:
        """Clear the logs of what was asked."""
        await self.control("DELETE", "/requests")


class AccountServer(Account, Server):
    """A server that a user with a password works with."""

    @override
    def credentials(self, **changes: Any) -> dict[str, Any]:
        """Return answers to the flow's first form."""
        return {
            "url": self.url,
            "username": self.username,
            "password": self.password,
            "verify_ssl": True,
            **changes,
        }
