"""Adding the server: its key, and what the flow refuses."""

from typing import Any

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.placeos import PlaceOS


class Adding:
    """A person adds the server, with mistakes."""

    def __init__(self, scene: Scene, placeos: PlaceOS) -> None:
        """Begin without a flow."""
        self.scene = scene
        self.placeos = placeos
        self.flow: Flow

    @step("the flow offers PlaceOS and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.scene.secrets.add(self.placeos.api_key)
        self.flow = await Flow.add(self.scene.home.client, DOMAIN)
        await self.flow.choose("placeos")
        expect("the form", (self.flow.type, self.flow.step), ("form", "placeos"))
        for name in ("url", "api_key", "verify_ssl"):
            self.flow.field(name)
        expect("certificates are verified", self.flow.filled_in("verify_ssl"), True)

    @step("an address where nobody answers is told")
    async def nobody(self) -> None:
        """The form stays filled in."""
        await self._refused("cannot_connect", url="http://127.0.0.1:1")
        expect("the address", self.flow.filled_in("url"), "http://127.0.0.1:1")

    @step("plain http is refused before the server hears the key")
    async def insecure(self) -> None:
        """It would travel in the clear."""
        # The same server by an address that is not known to be this machine's.
        url = self.placeos.url.replace("127.0.0.1", "0.0.0.0")
        await self.placeos.forget_requests()
        await self._refused("insecure_url", url=url)
        expect("requests", await self.placeos.requests(), [])

    @step("an authority that answers for another host is refused, and not told the key")
    async def another_host(self) -> None:
        """Whether or not its server minds."""
        await self.placeos.forget_requests()
        try:
            for minds in (True, False):
                await self.placeos.turn(domain="placeos.example.com", checks_host=minds)
                await self._refused("cannot_connect")
        finally:
            await self.placeos.turn(domain=self.placeos.domain, checks_host=True)
        keys = {request["key"] for request in await self.placeos.requests()}
        expect("keys that were sent", keys, {None})

    @step("a wrong key is refused")
    async def wrong_key(self) -> None:
        """Nothing more is asked with it."""
        await self._refused("invalid_auth", api_key="0123456789abcdef.wrong")

    @step("a scope that is missing is named")
    async def missing_scope(self) -> str:
        """Each of the three that are needed."""
        named: list[str] = []
        try:
            for scopes in (
                ["users.read", "control"],
                ["systems", "control.write"],
                ["systems.read", "control.read"],
            ):
                await self.placeos.change_key(scopes=scopes)
                await self._refused("missing_permission")
                named.append(self.flow.shown["description_placeholders"]["missing"])
        finally:
            await self.placeos.change_key(
                scopes=["users.read", "systems.read", "control"]
            )
        expect("the scopes", named, ["systems.read", "control.read", "control.write"])
        return ", ".join(named)

    @step("the config entry is created and loaded", needed=True)
    async def entry(self) -> str:
        """A meeting waits for people, and nothing was executed; the lobby is no room."""
        await self.placeos.book("Under way", start=-5, host="ada@example.com")
        await self.placeos.forget_requests()
        await self.flow.submit(self.placeos.credentials())
        self.scene.entry_id = self.flow.entry_id
        await self.scene.find_rooms()
        expect("the devices", list(self.scene.rooms), [self.placeos.room])
        await self.scene.ready()
        room = self.placeos.room
        shown = await self.scene.reaches(room, "sensor", "current_booking", "Under way")
        expect("the organiser", shown.attributes["organizer"], "ada@example.com")
        await self.scene.reaches(room, "sensor", "availability", "pending")
        await self.scene.reaches(room, "binary_sensor", "booked", "on")
        await self.scene.reaches(room, "binary_sensor", "in_use", "off")
        expect("what was executed", await self.placeos.executed(), [])
        asked = await self.placeos.requests()
        expect("requests", {request["method"] for request in asked}, {"GET"})
        expect("lines", await self.placeos.connections(), 1)
        return f"{len(asked)} requests"

    @step("device and entities go by the system's id, with what its module can do")
    async def entities(self) -> None:
        """Buttons to book, to end and to check in, and people where there is a sensor."""
        client = self.scene.home.client
        room = self.scene.rooms[self.placeos.room]
        entities = await client.call("config/entity_registry/list")
        ours = [e for e in entities if e["device_id"] == room.device_id]
        expect_that("there are entities", ours)
        for entity in ours:
            unique_id = entity["unique_id"]
            expect_that("the unique id", unique_id.startswith("sys-"), unique_id)
        for key in ("book_now", "end_meeting", "check_in"):
            room.entity("button", key)
        expect("a button to extend", room.find("button", "extend"), None)
        await self.scene.reaches(room.name, "sensor", "people_count", "0")
        features = self.scene.state(room.name, "calendar", "bookings").attributes
        expect("delete and change", features["supported_features"] & (2 | 4), 0)

    @step("the same authority twice is refused")
    async def twice(self) -> None:
        """Under whatever address."""
        flow = await Flow.add(self.scene.home.client, DOMAIN)
        await flow.choose("placeos")
        await flow.submit(self.placeos.credentials(url=f"{self.placeos.url}/"))
        expect("the flow", (flow.type, flow.reason), ("abort", "already_configured"))

    async def _refused(self, error: str, **changes: Any) -> None:
        await self.flow.submit(self.placeos.credentials(**changes))
        expect("the form again", (self.flow.type, self.flow.step), ("form", "placeos"))
        expect("the error", self.flow.errors, {"base": error})
