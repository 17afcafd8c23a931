"""Adding the connector: what displays have to know, and which rooms they get."""

from typing import Any

from demo.check import expect, step
from demo.checks.scene import in_minutes
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.rooms import rooms_of

from .corridor import Corridor


class Adding:
    """A person opens the door to displays, with mistakes."""

    def __init__(self, corridor: Corridor) -> None:
        """Begin without a flow."""
        self.corridor = corridor
        self.flow: Flow

    @step("rooms of a device and of a server are there", needed=True)
    async def rooms(self) -> str:
        """With the passwords of the first day, without check-in, and with a meeting."""
        corridor, client = self.corridor, self.corridor.home.client
        roomos, tms = corridor.roomos, corridor.tms
        await roomos.control("POST", "/password", {"password": roomos.password})
        await roomos.configure(CheckIn_Enabled="False")
        await roomos.clear(roomos.room)
        await tms.control("POST", "/password", {"password": tms.password})
        await tms.clear()
        await tms.book(corridor.asked, title="Budget", start=in_minutes(30))
        for system in (roomos, tms):
            entry_id = await system.add_to(client)
            corridor.systems.append(entry_id)
            corridor.rooms |= await rooms_of(client, entry_id)
        expect("rooms", sorted(corridor.rooms), sorted([*roomos.rooms, *tms.rooms]))
        await corridor.ready()
        return ", ".join(corridor.rooms)

    @step("without a connector there is nothing to find")
    async def closed(self) -> None:
        """Whatever the password."""
        expect("the status", await self.corridor.connector.status(), 404)

    @step("the flow offers it, and says what address displays need", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        connector = self.corridor.connector
        self.corridor.secrets.add(connector.answers()["password"])
        self.flow = await Flow.add(self.corridor.home.client, DOMAIN)
        await self.flow.choose(connector.name)
        expect("the form", (self.flow.type, self.flow.step), ("form", connector.name))
        for name in ("username", "password", "rooms"):
            self.flow.field(name)
        path = self.flow.shown["description_placeholders"]["path"]
        expect("the address", path, connector.path)

    @step("a user name with a colon is refused: Basic ends it there")
    async def colon(self) -> None:
        """The form stays filled in."""
        await self._refused("invalid_credentials", username="first:floor")
        expect("the user name", self.flow.filled_in("username"), "first:floor")

    @step("an empty password is refused")
    async def no_password(self) -> None:
        """Everybody would know it."""
        await self._refused("invalid_credentials", password="")

    @step("a calendar that is no room is refused")
    async def no_room(self) -> None:
        """There is nothing behind it."""
        await self._refused("not_a_room", rooms=["calendar.nowhere"])

    @step("the config entry is created, with two of three rooms", needed=True)
    async def entry(self) -> None:
        """They are served at once."""
        corridor = self.corridor
        chosen = (corridor.pushed, corridor.asked)
        rooms = [corridor.rooms[name].calendar for name in chosen]
        await self.flow.submit(corridor.connector.answers(rooms=rooms))
        corridor.entry_id = self.flow.entry_id
        display = corridor.connector.display()
        answer = await display.rooms()
        display.check()
        expect("the status", answer.status, 200)
        expect("the rooms", [r.name for r in answer.value], sorted(chosen))
        corridor.room_ids = {room.name: room.room_id for room in answer.value}

    @step("a second connector is refused")
    async def twice(self) -> None:
        """Another flow ends before it asks for anything."""
        flow = await Flow.add(self.corridor.home.client, DOMAIN)
        await flow.choose(self.corridor.connector.name)
        expect("the flow", (flow.type, flow.reason), ("abort", "already_configured"))

    async def _refused(self, error: str, **changes: Any) -> None:
        connector = self.corridor.connector
        await self.flow.submit(connector.answers(**changes))
        expect("the form", (self.flow.type, self.flow.step), ("form", connector.name))
        expect("the error", self.flow.errors, {"base": error})
