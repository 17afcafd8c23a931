"""Adding the device: its certificate, and what the flow refuses."""

from demo.check import expect, expect_that, step
from demo.checks.adding import AddingSystem
from demo.systems.roomos import RoomOS


class Adding(AddingSystem[RoomOS]):
    """A person adds the device, with mistakes."""

    @step("the flow offers RoomOS and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.scene.secrets.add(self.system.password)
        await self.open_form("host", "username", "password", "verify_ssl")
        expect("certificates are verified", self.flow.filled_in("verify_ssl"), True)

    @step("a host where nobody answers is told")
    async def nobody(self) -> None:
        """The form stays filled in."""
        await self.flow.submit(self.system.credentials(host="127.0.0.1:1"))
        self.complains("cannot_connect")
        expect("the host", self.flow.filled_in("host"), "127.0.0.1:1")

    @step("the device's certificate is shown before it hears a password", needed=True)
    async def certificate(self) -> str:
        """By its fingerprint."""
        await self.flow.submit(self.system.credentials(password="wrong"))
        self.shows("certificate")
        shown = self.flow.shown["description_placeholders"]["fingerprint"]
        expect("the fingerprint", shown, await self.system.fingerprint())
        expect("who showed a password", await self.system.handshakes(), 0)
        return f"{shown[:17]}…"

    @step("a wrong password is refused")
    async def wrong_password(self) -> None:
        """After the certificate was confirmed."""
        await self.flow.submit({})
        self.complains("invalid_auth")

    @step("a user without the right is refused, and the right named")
    async def wrong_role(self) -> None:
        """A role that may not use bookings."""
        await self.system.control("POST", "/role", {"roles": ["RoomControl"]})
        try:
            await self.flow.submit(self.system.credentials())
        finally:
            await self.system.control("POST", "/role", {"roles": ["Admin"]})
        self.complains("missing_permission")
        missing = self.flow.shown["description_placeholders"]["missing"]
        expect_that("the role is named", "User" in missing, missing)

    @step("the config entry is created and loaded", needed=True)
    async def entry(self) -> None:
        """The certificate that was confirmed is not asked about again."""
        await self.system.book(self.system.room, "Under way", start=-5)
        await self.flow.submit(self.system.credentials())
        await self.created()
        await self.scene.reaches(
            self.system.room, "sensor", "current_booking", "Under way"
        )

    @step("the entities carry the serial number")
    async def entities(self) -> None:
        """And the verbs of this version have their buttons."""
        room = self.scene.rooms[self.system.room]
        await self.entities_carry(room, f"{self.system.serial}_")
        for key in ("book_now", "end_meeting", "extend", "check_in"):
            room.entity("button", key)

    @step("the same device twice is refused")
    async def twice(self) -> None:
        """Another flow ends where the device is known."""
        await self.is_known(self.system.credentials(), {})
