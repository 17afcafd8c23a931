"""Adding the system: its user, and what the flow refuses."""

from typing import Any

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.roomz import Roomz


class Adding:
    """A person adds the system, with mistakes."""

    def __init__(self, scene: Scene, roomz: Roomz) -> None:
        """Begin without a flow."""
        self.scene = scene
        self.roomz = roomz
        self.flow: Flow

    @step("the flow offers ROOMZ and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.scene.secrets.add(self.roomz.password)
        self.flow = await Flow.add(self.scene.home.client, DOMAIN)
        await self.flow.choose("roomz")
        expect("the form", (self.flow.type, self.flow.step), ("form", "roomz"))
        for name in ("url", "username", "password", "verify_ssl"):
            self.flow.field(name)
        expect("certificates are verified", self.flow.filled_in("verify_ssl"), True)

    @step("an address where nobody answers is told")
    async def nobody(self) -> None:
        """The form stays filled in."""
        await self._refused("cannot_connect", url="http://127.0.0.1:1")
        expect("the address", self.flow.filled_in("url"), "http://127.0.0.1:1")

    @step("an address that serves no rooms is told")
    async def elsewhere(self) -> None:
        """The path before /rooms counts."""
        await self._refused("cannot_connect", url=f"{self.roomz.url}/else")

    @step("plain http is refused before the server hears a password")
    async def insecure_basic(self) -> None:
        """Basic would travel in the clear."""
        # The same server by an address that is not known to be this machine's.
        url = self.roomz.url.replace("127.0.0.1", "0.0.0.0")
        await self.roomz.forget_requests()
        await self._refused("insecure_basic", url=url)
        expect("requests", await self.roomz.asked(), [])

    @step("a wrong password is refused")
    async def wrong_password(self) -> None:
        """It is tried once."""
        await self.roomz.forget_requests()
        await self._refused("invalid_auth", password="wrong")
        expect("requests", [r["status"] for r in await self.roomz.asked()], [401])

    @step("the config entry is created and loaded", needed=True)
    async def entry(self) -> str:
        """A meeting runs already, and nothing was booked; the only room is not asked about."""
        await self.roomz.book("Under way", start=-5, organizer="Ada Lovelace")
        before = await self.roomz.meetings()
        await self.roomz.forget_requests()
        await self.flow.submit(self.roomz.credentials())
        self.scene.entry_id = self.flow.entry_id
        await self.scene.find_rooms()
        expect("the devices", list(self.scene.rooms), [self.roomz.room])
        await self.scene.ready()
        shown = await self.scene.reaches(
            self.roomz.room, "sensor", "current_booking", "Under way"
        )
        expect("the organiser", shown.attributes["organizer"], "Ada Lovelace")
        expect("what the system holds", await self.roomz.meetings(), before)
        asked = [request["call"] for request in await self.roomz.asked()]
        expect("what was asked", set(asked), {"rooms", "meetings"})
        expect("listings", asked.count("meetings"), 1)
        return f"{len(asked)} requests"

    @step("device and entities carry the entry's id: servers count their rooms alike")
    async def entities(self) -> None:
        """And only what the contract can do has buttons: no check-in."""
        client = self.scene.home.client
        room = self.scene.rooms[self.roomz.room]
        entities = await client.call("config/entity_registry/list")
        ours = [e for e in entities if e["device_id"] == room.device_id]
        expect_that("there are entities", ours)
        for entity in ours:
            unique_id = entity["unique_id"]
            public = f"{self.scene.entry_id}_1_"
            expect_that("the unique id", unique_id.startswith(public), unique_id)
        for key in ("book_now", "end_meeting", "extend"):
            room.entity("button", key)
        expect("a button to check in", room.find("button", "check_in"), None)

    @step("the same address twice is refused")
    async def twice(self) -> None:
        """Whoever the user is."""
        flow = await Flow.add(self.scene.home.client, DOMAIN)
        await flow.choose("roomz")
        url = f"{self.roomz.url}/"
        await flow.submit(self.roomz.credentials(url=url, username="somebody"))
        expect("the flow", (flow.type, flow.reason), ("abort", "already_configured"))

    async def _refused(self, error: str, **changes: Any) -> None:
        await self.flow.submit(self.roomz.credentials(**changes))
        expect("the form again", (self.flow.type, self.flow.step), ("form", "roomz"))
        expect("the error", self.flow.errors, {"base": error})
