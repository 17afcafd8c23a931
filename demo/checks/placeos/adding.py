"""Adding the server: its key, and what the flow refuses."""

from demo.check import expect, step
from demo.checks.server_adding import AddingServer, nobody_answers
from demo.systems.placeos import PlaceOS


class Adding(AddingServer[PlaceOS]):
    """A person adds the server, with mistakes."""

    @step("the flow offers PlaceOS and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.scene.secrets.add(self.system.api_key)
        await self.open_form("api_key")

    nobody = nobody_answers

    @step("plain http is refused before the server hears the key")
    async def insecure(self) -> None:
        """It would travel in the clear."""
        await self.system.forget_requests()
        await self.refuses("insecure_url", url=self.outward_url)
        expect("requests", await self.system.requests(), [])

    @step("an authority that answers for another host is refused, and not told the key")
    async def another_host(self) -> None:
        """Whether or not its server minds."""
        await self.system.forget_requests()
        try:
            for minds in (True, False):
                await self.system.turn(domain="placeos.example.com", checks_host=minds)
                await self.refuses("cannot_connect")
        finally:
            await self.system.turn(domain=self.system.domain, checks_host=True)
        keys = {request["key"] for request in await self.system.requests()}
        expect("keys that were sent", keys, {None})

    @step("a wrong key is refused")
    async def wrong_key(self) -> None:
        """Nothing more is asked with it."""
        await self.refuses("invalid_auth", api_key="0123456789abcdef.wrong")

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
                await self.system.change_key(scopes=scopes)
                await self.refuses("missing_permission")
                named.append(self.flow.shown["description_placeholders"]["missing"])
        finally:
            await self.system.change_key(
                scopes=["users.read", "systems.read", "control"]
            )
        expect("the scopes", named, ["systems.read", "control.read", "control.write"])
        return ", ".join(named)

    @step("the config entry is created and loaded", needed=True)
    async def entry(self) -> str:
        """A meeting waits for people, and nothing was executed; the lobby is no room."""
        await self.system.book("Under way", start=-5, host="ada@example.com")
        await self.system.forget_requests()
        await self.flow.submit(self.system.credentials())
        await self.created()
        room = self.system.room
        shown = await self.scene.reaches(room, "sensor", "current_booking", "Under way")
        expect("the organiser", shown.attributes["organizer"], "ada@example.com")
        await self.scene.reaches(room, "sensor", "availability", "pending")
        await self.scene.reaches(room, "binary_sensor", "booked", "on")
        await self.scene.reaches(room, "binary_sensor", "in_use", "off")
        expect("what was executed", await self.system.executed(), [])
        asked = await self.system.requests()
        expect("requests", {request["method"] for request in asked}, {"GET"})
        expect("lines", await self.system.connections(), 1)
        return f"{len(asked)} requests"

    @step("device and entities go by the system's id, with what its module can do")
    async def entities(self) -> None:
        """Buttons to book, to end and to check in, and people where there is a sensor."""
        room = self.scene.rooms[self.system.room]
        await self.entities_carry(room, "sys-")
        for key in ("book_now", "end_meeting", "check_in"):
            room.entity("button", key)
        expect("a button to extend", room.find("button", "extend"), None)
        await self.scene.reaches(room.name, "sensor", "people_count", "0")
        features = self.scene.state(room.name, "calendar", "bookings").attributes
        expect("delete and change", features["supported_features"] & (2 | 4), 0)

    @step("the same authority twice is refused")
    async def twice(self) -> None:
        """Under whatever address."""
        await self.is_known(self.system.credentials(url=f"{self.system.url}/"))
