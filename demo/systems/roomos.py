"""A simulated RoomOS device on the local network."""

from typing import Any, override

from demo.client import Client
from demo.flows import Flow
from demo.homeassistant import DOMAIN

from .simulated import Account, minutes_into_quarter
from .xapi import Devices


class RoomOS(Account, Devices):
    """One device in one room, with check-in switched on."""

    name = "roomos"
    arguments = ("--control-port", "{port}", "--name", "Glacier")

    # What an administrator has

    @property
    def serial(self) -> str:
        """The device's serial number."""
        return self._told("serial")

    def credentials(self, **changes: Any) -> dict[str, Any]:
        """Return answers to the flow's first form."""
        return {
            "host": self._about["host"],
            "username": self.username,
            "password": self.password,
            "verify_ssl": True,
            **changes,
        }

    async def fingerprint(self) -> str:
        """Return its certificate's fingerprint, as the device's own web page shows it."""
        digits: str = (await self.control("GET", ""))["fingerprint"]
        return bytes.fromhex(digits).hex(":").upper()

    async def renew_certificate(self) -> None:
        """Give the device another certificate, and have everybody connect anew."""
        await self.control("POST", "/certificate")
        await self.control("POST", "/disconnect")

    async def configure(self, **settings: str) -> None:
        """Change settings of the device below `Bookings`, dots written as `_`."""
        await self.control(
            "POST",
            f"/devices/{self.room}/configuration",
            {f"Bookings.{k.replace('_', '.')}": v for k, v in settings.items()},
        )

    async def people(self, number: int | None) -> None:
        """Let so many people stand before the camera."""
        await self.control("POST", f"/devices/{self.room}/people", {"people": number})

    async def handshakes(self) -> int:
        """Return how often somebody showed credentials to the device."""
        return len((await self.control("GET", "/handshakes"))["handshakes"])

    @override
    async def add_to(self, client: Client) -> str:
        """Add it to Home Assistant through the integration's config flow; the entry's id."""
        forms: tuple[dict[str, Any], ...] = (self.credentials(), {})
        return (await Flow.through(client, DOMAIN, self.name, *forms)).entry_id

    @override
    async def seed(self) -> None:
        """Book an ordinary day, by the quarter of an hour; people have to check in."""
        await self.configure(CheckIn_Enabled="True", CheckIn_WindowDuration="15")
        for title, quarters, length, organizer in (
            ("Sprint planning", 1, 3, "Margaret Hamilton"),
            ("Interview", 6, 4, "Radia Perlman"),
        ):
            minutes = 15 * quarters - minutes_into_quarter()
            await self.book(
                self.room,
                title,
                start=minutes,
                minutes=15 * length,
                organizer=organizer,
            )
        await self.people(0)
