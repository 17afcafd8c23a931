"""Rooms as devices: their entities, and what happens at a phone reaches them at once."""

from time import monotonic

from demo.check import expect, expect_that, present, step
from demo.checks.part import Part
from demo.checks.scene import Scene, prompt
from demo.systems.webex import Webex

ENTITIES = {
    ("calendar", "bookings"),
    ("sensor", "availability"),
    ("sensor", "current_booking"),
    ("sensor", "next_booking"),
    ("sensor", "next_change"),
    ("sensor", "next_start"),
    ("sensor", "last_sync"),
    ("sensor", "booked_today"),
    ("sensor", "released_today"),
    ("binary_sensor", "booked"),
    ("binary_sensor", "in_use"),
    ("event", "booking"),
    ("button", "book_now"),
    ("button", "end_meeting"),
}


class Devices(Part[Webex]):
    """Somebody books, renames and deletes at the phones."""

    def __init__(self, scene: Scene, system: Webex) -> None:
        """Use the first two rooms; the second one has two devices."""
        super().__init__(scene, system)
        self.room, self.twin, self.busy = system.rooms

    @step("each room is a device with the contract's entities")
    async def entities(self) -> str:
        """All there, enabled but last_sync, none about what PhoneOS cannot do."""
        for room in self.scene.rooms.values():
            for platform, key in sorted(ENTITIES):
                room.entity(platform, key)
            expect_that("the manufacturer is Cisco", room.manufacturer == "Cisco")
            expect_that("the model is known", room.model)
            expect(
                "off by default", room.disabled, [room.entity("sensor", "last_sync")]
            )
            expect("an extend button", room.find("button", "extend"), None)
        return f"{len(ENTITIES)} each, {room.manufacturer} {room.model}"

    @step("a meeting under way at the start is shown, and not reported as new")
    async def baseline(self) -> None:
        """The first listing is a baseline."""
        await self.scene.reaches(self.busy, "sensor", "current_booking", "Under way")
        await self.scene.reaches(self.busy, "calendar", "bookings", "on")
        expect("events", self.scene.events(self.busy, 0), [])

    @step("a walk-up booking at the phone appears within a second")
    async def walk_up(self) -> str:
        """Calendar, sensors and event follow the device."""
        mark, started = await self.scene.mark(), monotonic()
        await self.system.book(self.room, "Walk-up", minutes=20, organizer="Ada")
        on = await self.scene.reaches(self.room, "calendar", "bookings", "on")
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        await self.scene.reaches(self.room, "binary_sensor", "booked", "on")
        await self.scene.reaches(self.room, "binary_sensor", "in_use", "on")
        event = await self.scene.event(self.room, mark, "started")
        expect("the event's origin", event["origin"], "elsewhere")
        expect("the event's lateness", event["late"], False)
        expect("the event's title", event["title"], "Walk-up")
        return f"calendar on after {prompt(on.at - started)}"

    @step("the booking's details are the device's")
    async def details(self) -> None:
        """Organiser, times and privacy."""
        truth = present("at the device", await self.system.current(self.room))
        state = await self.scene.reaches(
            self.room, "sensor", "current_booking", "Walk-up"
        )
        expect("organizer", state.attributes["organizer"], "Ada")
        expect("private", state.attributes["private"], False)
        expect("start", state.attributes["start"], truth.start.isoformat())
        expect("end", state.attributes["end"], truth.end.isoformat())

    @step("a change at the phone is followed")
    async def change(self) -> str:
        """Its title and its end."""
        mark, started = await self.scene.mark(), monotonic()
        await self.system.edit(self.room, "current", title="Longer", minutes=40)
        state = await self.scene.reaches(
            self.room, "sensor", "current_booking", "Longer"
        )
        truth = present("at the device", await self.system.current(self.room))
        expect("end", state.attributes["end"], truth.end.isoformat())
        await self.scene.event(self.room, mark, "changed")
        return f"after {prompt(state.at - started)}"

    @step("a booking deleted at the phone frees the room within a second")
    async def deleted(self) -> str:
        """The running meeting has ended."""
        mark, started = await self.scene.mark(), monotonic()
        await self.system.delete(self.room, "current")
        off = await self.scene.reaches(self.room, "calendar", "bookings", "off")
        await self.scene.event(self.room, mark, "ended")
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        return f"calendar off after {prompt(off.at - started)}"

    @step("two devices in one room report a booking once")
    async def twins(self) -> None:
        """Both tell of it; people hear it once."""
        mark = await self.scene.mark()
        await self.system.book(self.twin, "Twins", start=30)
        await self.scene.reaches(self.twin, "sensor", "next_booking", "Twins")
        await self.system.delete(self.twin, "Twins")
        await self.scene.event(self.twin, mark, "cancelled")
        await self.scene.home.states.quiet()
        types = [event["event_type"] for event in self.scene.events(self.twin, mark)]
        expect("the events", types, ["created", "cancelled"])
