"""What the parts share in which people book, move, extend and end: proved at the system."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Protocol

from demo.check import expect, expect_refusal, expect_that
from demo.systems.simulated import Simulated

from .part import USERS_FAULT, Part
from .scene import Scene, in_minutes, prompt


class Taken(Protocol):
    """What takes a room, as the system has it."""

    @property
    def start(self) -> datetime:
        """When it starts."""

    @property
    def end(self) -> datetime:
        """When it ends."""


class RoomVerbs[SystemT: Simulated, TakenT: Taken](Part[SystemT], ABC):
    """A person, an automation and a dashboard work with a room."""

    # What the system is called when something is not so there.
    where = "the system"

    def __init__(self, scene: Scene, system: SystemT) -> None:
        """Begin with nothing booked for later."""
        super().__init__(scene, system)
        self.later: dict[str, Any] = {}

    # The truth

    @abstractmethod
    async def taken(self, title: str) -> Sequence[TakenT]:
        """Return what the system has under a title."""

    async def truth(self, title: str) -> TakenT:
        """Return the only thing that the system has under a title. Raises Mismatch."""
        found = await self.taken(title)
        expect(f"how many are called {title} at {self.where}", len(found), 1)
        return found[0]

    async def gone(self, title: str) -> None:
        """Raise Mismatch if the system has anything under a title."""
        expect(f"{title} at {self.where}", list(await self.taken(title)), [])

    async def lasts(
        self, title: str, minutes: int, start: datetime | None = None
    ) -> TakenT:
        """Return it. Raises Mismatch unless it is so long, and begins when it should."""
        truth = await self.truth(title)
        if start is not None:
            expect(f"start at {self.where}", truth.start, start)
        length = truth.end - truth.start
        expect(f"length at {self.where}", length, timedelta(minutes=minutes))
        return truth

    # What people do

    async def end_running(self, method: str) -> str:
        """End the meeting that runs: reported, and the room is free; the method."""
        mark = await self.scene.mark()
        answer = await self.scene.act(self.room, "end_meeting")
        expect("the method", answer["method"], method)
        await self.scene.event(self.room, mark, "ended")
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        return method

    async def book_later(
        self, title: str, *, kept: str | None = None, **more: Any
    ) -> tuple[TakenT, str]:
        """Book three quarters of an hour for later; what the system has, and words for it.

        A system may keep another title than the one it was given.
        """
        start, mark, asked = in_minutes(90), await self.scene.mark(), monotonic()
        self.later = await self.scene.act(
            self.room,
            "book",
            title=title,
            start=start.isoformat(),
            duration={"minutes": 45},
            **more,
        )
        took = monotonic() - asked
        shown = title if kept is None else kept
        truth = await self.lasts(shown, 45, start)
        expect("title in the response", self.later["title"], shown)
        begins = datetime.fromisoformat(self.later["start"])
        expect("start in the response", begins, start)
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's booking", event["booking_id"], self.later["booking_id"])
        expect("the event's origin", event["origin"], "home_assistant")
        await self.scene.reaches(self.room, "sensor", "next_booking", shown)
        return truth, f"confirmed after {took:.2f} s, {self.where} keeps it"

    async def book_in_time(self, title: str) -> tuple[dict[str, Any], float]:
        """Book in four hours, though something goes wrong; the answer, and the seconds it took."""
        started, start = monotonic(), in_minutes(240).isoformat()
        answer = await self.scene.act(self.room, "book", title=title, start=start)
        return answer, monotonic() - started

    async def slower(self) -> str:
        """Book where somebody is quicker: a conflict with its times, in these words."""
        when = in_minutes(240).isoformat()
        refused = await self.refusal("conflict", "book", title="Slower", start=when)
        expect_that("the times are told", "?" not in refused.message, refused.message)
        await self.gone("Slower")
        return refused.message

    async def reschedule_later(self, title: str, minutes: int) -> None:
        """Give what is booked for later only another start: it keeps its length."""
        start, mark = in_minutes(minutes), await self.scene.mark()
        await self.scene.act(
            self.room,
            "reschedule",
            booking_id=self.later["booking_id"],
            start=start.isoformat(),
        )
        await self.lasts(title, 45, start)
        event = await self.scene.event(self.room, mark, "changed")
        expect("the event's origin", event["origin"], "home_assistant")

    async def update_later(
        self, summary: str, minutes: int, *, kept: str | None = None
    ) -> None:
        """Change what is booked for later as the calendar's dialog does it, to half an hour."""
        start = in_minutes(minutes)
        await self.scene.home.client.call(
            "calendar/event/update",
            entity_id=self.scene.rooms[self.room].calendar,
            uid=self.later["booking_id"],
            event={
                "summary": summary,
                "dtstart": start.isoformat(),
                "dtend": (start + timedelta(minutes=30)).isoformat(),
            },
        )
        await self.lasts(summary if kept is None else kept, 30, start)

    async def book_now_and_extend(self) -> str:
        """Book by the button, and extend by the action and the button; when it showed."""
        started = monotonic()
        await self.scene.press(self.room, "book_now")
        on = await self.scene.reaches(self.room, "calendar", "bookings", "on")
        await self.lasts("Meeting", 30)
        await self.extend_twice("Meeting", 50)
        return f"calendar on after {prompt(on.at - started)}"

    async def extend_twice(self, title: str, minutes: int) -> None:
        """Extend by the action and by the button: by five minutes, then by fifteen."""
        await self.scene.act(self.room, "extend", duration={"minutes": 5})
        await self.scene.press(self.room, "extend")
        await self.lasts(title, minutes)

    async def cannot_extend(self, title: str, minutes: int) -> None:
        """Raise Mismatch unless to extend is a conflict, and changes nothing."""
        await self.refusal("conflict", "extend")
        await self.lasts(title, minutes)

    async def press_end_twice(self) -> None:
        """End by the button: then there is nothing to end."""
        await self.scene.press(self.room, "end_meeting")
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        await expect_refusal(
            "another end",
            self.scene.press(self.room, "end_meeting"),
            code=USERS_FAULT,
            key="no_meeting",
        )
