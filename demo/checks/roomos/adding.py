"""Adding the device: its certificate, and what the flow refuses."""

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.roomos import RoomOS


class Adding:
    """A person adds the device, with mistakes."""

    def __init__(self, scene: Scene, roomos: RoomOS) -> None:
        """Begin without a flow."""
        self.scene = scene
        self.roomos = roomos
        self.flow: Flow

    @step("the flow offers RoomOS and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.scene.secrets.add(self.roomos.password)
        self.flow = await Flow.add(self.scene.home.client, DOMAIN)
        await self.flow.choose("roomos")
        expect("the form", (self.flow.type, self.flow.step), ("form", "roomos"))
        for name in ("host", "username", "password", "verify_ssl"):
            self.flow.field(name)
        expect("certificates are verified", self.flow.filled_in("verify_ssl"), True)

    @step("a host where nobody answers is told")
    async def nobody(self) -> None:
        """The form stays filled in."""
        await self.flow.submit(self.roomos.credentials(host="127.0.0.1:1"))
        self._refused("cannot_connect")
        expect("the host", self.flow.filled_in("host"), "127.0.0.1:1")

    @step("the device's certificate is shown before it hears a password", needed=True)
    async def certificate(self) -> str:
        """By its fingerprint."""
        await self.flow.submit(self.roomos.credentials(password="wrong"))
        expect("the form", (self.flow.type, self.flow.step), ("form", "certificate"))
        shown = self.flow.shown["description_placeholders"]["fingerprint"]
        expect("the fingerprint", shown, await self.roomos.fingerprint())
        expect("who showed a password", await self.roomos.handshakes(), 0)
        return f"{shown[:17]}…"

    @step("a wrong password is refused")
    async def wrong_password(self) -> None:
        """After the certificate was confirmed."""
        await self.flow.submit({})
        self._refused("invalid_auth")

    @step("a user without the right is refused, and the right named")
    async def wrong_role(self) -> None:
        """A role that may not use bookings."""
        await self.roomos.control("POST", "/role", {"roles": ["RoomControl"]})
        try:
            await self.flow.submit(self.roomos.credentials())
        finally:
            await self.roomos.control("POST", "/role", {"roles": ["Admin"]})
        self._refused("missing_permission")
        missing = self.flow.shown["description_placeholders"]["missing"]
        expect_that("the role is named", "User" in missing, missing)

    @step("the config entry is created and loaded", needed=True)
    async def entry(self) -> None:
        """The certificate that was confirmed is not asked about again."""
        await self.roomos.book(self.roomos.room, "Under way", start=-5)
        await self.flow.submit(self.roomos.credentials())
        self.scene.entry_id = self.flow.entry_id
        await self.scene.find_rooms()
        expect("the devices", list(self.scene.rooms), [self.roomos.room])
        await self.scene.ready()
        await self.scene.reaches(
            self.roomos.room, "sensor", "current_booking", "Under way"
        )

    @step("the entities carry the serial number")
    async def entities(self) -> None:
        """And the verbs of this version have their buttons."""
        room = self.scene.rooms[self.roomos.room]
        entities = await self.scene.home.client.call("config/entity_registry/list")
        ours = [e for e in entities if e["device_id"] == room.device_id]
        for entity in ours:
            expect_that(
                "the serial number",
                entity["unique_id"].startswith(f"{self.roomos.serial}_"),
                entity["unique_id"],
            )
        for key in ("book_now", "end_meeting", "extend", "check_in"):
            room.entity("button", key)

    @step("the same device twice is refused")
    async def twice(self) -> None:
        """Another flow ends where the device is known."""
        flow = await Flow.add(self.scene.home.client, DOMAIN)
        await flow.choose("roomos")
        await flow.submit(self.roomos.credentials())
        await flow.submit({})
        expect("the flow", (flow.type, flow.reason), ("abort", "already_configured"))

    def _refused(self, error: str) -> None:
        expect("the form again", (self.flow.type, self.flow.step), ("form", "roomos"))
        expect("the error", self.flow.errors, {"base": error})
