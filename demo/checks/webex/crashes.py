"""Home Assistant dies in the middle of things: nothing is lost, nothing is booked twice."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from demo.check import expect, step
from demo.checks.part import Part
from demo.checks.scene import Scene
from demo.client import Refused
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.webex import Webex
from demo.waiting import until

ASKED_SECONDS = 10


def _in(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


class Crashes(Part[Webex]):
    """Power cuts at the worst moments."""

    def __init__(self, scene: Scene, system: Webex) -> None:
        """Use the third room."""
        super().__init__(scene, system)
        self.room = system.rooms[2]

    @step("a power cut after a confirmation costs nothing")
    async def confirmed(self) -> None:
        """Home Assistant has no chance to save."""
        answer = await self.scene.act(self.room, "book", title="Kept", start=_in(60))
        await self._power_cut()
        await self._is_listed_once("Kept")
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])

    @step("a power cut between request and confirmation: the booking is found again")
    async def found(self) -> None:
        """The phone books when nobody listens any more."""
        before = await self.scene.issues()
        await self._die_while_booking("Found", 120, "applied_late", seconds=2)
        await self._is_listed_once("Found")
        expect("repair issues", await self.scene.issues(), before)
        (booking,) = [
            b for b in await self.system.bookings(self.room) if b.title == "Found"
        ]
        await self.scene.act(self.room, "delete", booking_id=booking.uuid)

    @step("and where the phone did not book, a repair issue tells, and can be closed")
    async def lost(self) -> None:
        """Nothing is sent again."""
        before = await self.scene.issues()
        await self._die_while_booking("Lost", 180, "not_applied")
        issue_id = await self.scene.new_issue(before)
        titles = [booking.title for booking in await self.system.bookings(self.room)]
        expect("bookings at the device", titles.count("Lost"), 0)
        flow = await Flow.repair(self.scene.home.client, DOMAIN, issue_id)
        expect("what it shows before it closes the issue", flow.type, "form")
        await flow.submit({})
        expect("the repair", flow.type, "create_entry")
        expect("repair issues", await self.scene.issues(), before)

    async def _die_while_booking(
        self, title: str, minutes: int, effect: str, **parameters: float
    ) -> None:
        await self.system.control("DELETE", "/requests")
        await self.system.control(
            "POST",
            "/faults",
            {
                "match": {"command": "Bookings.Book"},
                "times": 1,
                "effect": effect,
                "with": parameters,
            },
        )
        booking = asyncio.create_task(
            self.scene.act(self.room, "book", title=title, start=_in(minutes))
        )
        await until("the request", self._was_asked, ASKED_SECONDS)
        await self._power_cut()
        with suppress(Refused):
            await booking

    async def _was_asked(self) -> bool:
        log = await self.system.control("GET", "/requests")
        return any(
            request["command"] == "Bookings.Book" and request["status"] == 200
            for request in log["requests"]
        )

    async def _power_cut(self) -> None:
        await self.scene.home.kill()
        await self.scene.home.restart()
        await self.scene.find_rooms()
        await self.scene.ready()

    async def _is_listed_once(self, title: str) -> None:
        async def in_home() -> bool:
            answer = await self.scene.act(self.room, "get_bookings")
            return [b["title"] for b in answer["bookings"]].count(title) == 1

        await until(f"{title} is listed once in Home Assistant", in_home, 10)
        titles = [booking.title for booking in await self.system.bookings(self.room)]
        expect("bookings of that title at the device", titles.count(title), 1)
