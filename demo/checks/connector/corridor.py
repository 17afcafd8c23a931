"""What the checks of the connector share: rooms of two systems, and a display before their doors."""

from dataclasses import dataclass, field
from datetime import datetime

from demo.check import expect, present
from demo.checks.scene import Scene
from demo.connector import Connector, Meeting
from demo.systems.roomos import RoomOS
from demo.systems.tms import Tms


@dataclass(kw_only=True)
class Corridor(Scene):
    """The connector's entry, the rooms of a device and of a server, and what displays call them."""

    connector: Connector
    roomos: RoomOS
    tms: Tms
    systems: list[str] = field(default_factory=list)
    room_ids: dict[str, str] = field(default_factory=dict)

    @property
    def pushed(self) -> str:
        """The room of the device, which tells at once what happens."""
        return self.roomos.room

    @property
    def asked(self) -> str:
        """The room of the server, which has to be asked."""
        return self.tms.rooms[0]

    @property
    def left_out(self) -> str:
        """The server's other room, which no display gets."""
        return self.tms.rooms[1]

    async def listed(self, room: str, start: datetime, end: datetime) -> list[Meeting]:
        """Return what a display is told about a room. Raises ContractError."""
        display = self.connector.display()
        answer = await display.meetings(self.room_ids[room], start, end)
        display.check()
        expect("the list's status", answer.status, 200)
        return answer.value

    async def found(
        self, room: str, subject: str, start: datetime, end: datetime
    ) -> Meeting:
        """Return a meeting that a display is told about. Raises Mismatch."""
        meetings = await self.listed(room, start, end)
        fitting = (meeting for meeting in meetings if meeting.subject == subject)
        return present(f"{subject} at the display", next(fitting, None))
