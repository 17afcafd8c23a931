"""One of the demo's rooms as a test has it: what happens at its device, and what is true there."""

from dataclasses import dataclass
from typing import Any

from demo.homeassistant import HomeAssistant
from demo.rooms import Room
from demo.states import State
from demo.systems.xapi import Booking, Devices

# Home Assistant hears of everything at a device by push.
HEARD_SECONDS = 10
# A lost device is looked for less and less often.
BACK_SECONDS = 60
NO_STATE = ("unavailable", "unknown")


@dataclass(frozen=True)
class DeviceRoom:
    """A room with a Cisco device that keeps its bookings."""

    home: HomeAssistant
    system: Devices
    room: Room

    @property
    def name(self) -> str:
        """What the room is called."""
        return self.room.name

    @property
    def calendar(self) -> str:
        """The calendar, which is what cards are configured with."""
        return self.room.calendar

    @property
    def view(self) -> str:
        """The path of its view in the strategy's dashboard."""
        return self.calendar.split(".")[1]

    # What people do at the device, and what they see there

    async def book_at_device(
        self,
        title: str = "Meeting",
        *,
        start: float = 0,
        minutes: float = 30,
        **more: Any,
    ) -> None:
        """Book, from so many minutes from now; more as `organizer`, `private`."""
        await self.system.book(self.name, title, start=start, minutes=minutes, **more)

    async def edit_at_device(self, booking: str, **changes: Any) -> None:
        """Change a booking, by its title, `current` or `next`: `title`, `start`, `minutes`, `private`."""
        await self.system.edit(self.name, booking, **changes)

    async def delete_at_device(self, booking: str = "current") -> None:
        """Delete a booking, by its title, `current` or `next`."""
        await self.system.delete(self.name, booking)

    async def check_in_at_device(self, booking: str = "current") -> None:
        """Somebody touches "check in" there."""
        path = f"/workspaces/{self.name}/check_in"
        await self.system.control("POST", path, {"booking": booking})

    async def bookings(self) -> list[Booking]:
        """Return the truth: what is booked from now on, by starts."""
        now = await self.system.now()
        kept = [b for b in await self.system.bookings(self.name) if b.end > now]
        return sorted(kept, key=lambda booking: booking.start)

    # What goes wrong

    async def be_quicker(self, title: str = "Quicker") -> None:
        """Let somebody book at the device just before the next booking comes, which is refused.

        What else can go wrong is armed by `system.fault`.
        """
        await self.system.fault("Bookings.Book", "rival", title=title)

    async def answer_late(self, command: str, seconds: float) -> None:
        """Let the device take its time for the next call of a command, such as `Bookings.Book`."""
        await self.system.fault(command, "latency", seconds=seconds)

    async def lose_connection(self) -> None:
        """Cut the room's whole system off from Home Assistant, until it comes back."""
        await self.system.control("POST", "/down")

    async def come_back(self) -> None:
        """Put the connection to the system right."""
        await self.system.control("POST", "/up")

    # Home Assistant's side

    async def says(
        self, platform: str, key: str, *wanted: str, seconds: float = HEARD_SECONDS
    ) -> State:
        """Wait until one of the room's entities says one of what is wanted. Raises TooLate."""
        entity_id = self.room.entity(platform, key)

        def probe() -> State | None:
            state = self.home.states.get(entity_id)
            return state if state and state.state in wanted else None

        what = f"{entity_id} is {' or '.join(wanted)}"
        return await self.home.states.until(what, probe, seconds)

    async def clear(self) -> None:
        """Bring the room back, empty and without faults, and wait until Home Assistant knows."""
        await self.come_back()
        await self.system.control("DELETE", "/faults")
        await self.system.clear(self.name)
        await self.says("sensor", "availability", "free", seconds=BACK_SECONDS)
        await self.says("sensor", "next_booking", *NO_STATE, seconds=BACK_SECONDS)
