"""Everything that Home Assistant can do to a ROOMZ room, proved at its system."""

from typing import Any, override

from demo.check import expect, expect_refusal, expect_that, step
from demo.checks.scene import in_minutes
from demo.checks.verbs import RoomVerbs
from demo.systems.roomz import Meeting, Roomz


class Verbs(RoomVerbs[Roomz, Meeting]):
    """A person, an automation and a dashboard work with the room."""

    @override
    async def taken(self, title: str) -> list[Meeting]:
        """Return what the system has under a title."""
        return await self.system.meetings(title)

    async def _sent(self, call: str) -> int:
        return len(await self.system.asked(call))

    @step("end the meeting that runs: it is shortened, as displays do it")
    async def end(self) -> str:
        """The contract knows no other way."""
        method = await self.end_running("shortened")
        truth = await self.truth("Under way")
        expect_that("it ended early", truth.end < in_minutes(2), truth.end)
        return method

    @step("book a room for later")
    async def book(self) -> str:
        """The answer is the system's confirmation."""
        truth, told = await self.book_later('"Q&A" with <the> chair')
        expect("the id", self.later["booking_id"], truth.id)
        return told

    @step("a conflict is refused, and nothing is sent")
    async def conflict(self) -> str:
        """The room is known to be taken."""
        await self.system.forget_requests()
        when = in_minutes(100).isoformat()
        refused = await self.refusal("conflict", "book", title="No", start=when)
        expect("what was posted", await self._sent("book"), 0)
        return refused.message

    @step("a conflict that only the system knows of is told, with its times")
    async def rival(self) -> str:
        """A 409 says nothing about them: the list does."""
        await self.system.fault("book", "rival", title="Quicker")
        told = await self.slower()
        await self.system.cancel("Quicker")
        return told

    @step("a booking whose answer is lost is made once")
    async def lost_answer(self) -> str:
        """The connection breaks after the system has booked; its list tells."""
        return await self._lost("Once", "drop_answer", posts=1)

    @step("a booking that got lost itself is sent once more")
    async def lost_request(self) -> str:
        """The list does not have it."""
        return await self._lost("Again", "drop", posts=2)

    async def _lost(self, title: str, effect: str, posts: int) -> str:
        await self.system.forget_requests()
        await self.system.fault("book", effect)
        answer, took = await self.book_in_time(title)
        truth = await self.truth(title)
        expect("the id", answer["booking_id"], truth.id)
        expect("how often it was sent", await self._sent("book"), posts)
        await self.system.cancel(truth.id)
        return f"confirmed after {took:.2f} s"

    @step("a system that wants a little patience gets it")
    async def busy(self) -> str:
        """It is asked again when it said."""
        await self.system.fault("book", "status", status=503, retry_after=2)
        _, took = await self.book_in_time("Patient")
        expect_that("it waited", took >= 2, took)
        await self.system.cancel((await self.truth("Patient")).id)
        return f"confirmed after {took:.2f} s"

    @step("what the contract cannot carry is refused, and nothing is sent")
    async def cannot(self) -> str:
        """Delete, check-in, privacy, an organiser, another title."""
        when = in_minutes(240).isoformat()
        booking = self.later["booking_id"]
        cases: tuple[tuple[str, dict[str, Any]], ...] = (
            ("delete", {"booking_id": booking}),
            ("check_in", {}),
            ("book", {"start": when, "private": True}),
            ("book", {"start": when, "organizer_name": "Grace Hopper"}),
            ("book", {"start": when, "pin": "4711"}),
            ("reschedule", {"booking_id": booking, "title": "Other"}),
        )
        before = await self.system.meetings()
        await self.system.forget_requests()
        for verb, data in cases:
            await self.refusal("not_supported", verb, **data)
        written = [r for r in await self.system.asked() if r["method"] != "GET"]
        expect("what was sent", written, [])
        expect("what the system holds", await self.system.meetings(), before)
        return f"{len(cases)} refusals"

    @step("a series is refused: half of one could not be taken back")
    async def series(self) -> None:
        """As the calendar's dialog asks for it."""
        refused = await expect_refusal(
            "the calendar",
            self.scene.home.client.call(
                "calendar/event/create",
                entity_id=self.scene.rooms[self.room].calendar,
                event={
                    "summary": "Weekly",
                    "dtstart": in_minutes(300).isoformat(),
                    "dtend": in_minutes(330).isoformat(),
                    "rrule": "FREQ=WEEKLY;COUNT=3",
                },
            ),
            code="failed",
        )
        expect_that("the reason", "series" in refused.message, refused.message)
        expect("Weekly", await self.system.meetings("Weekly"), [])

    @step("the calendar offers to create and to change, not to delete")
    async def features(self) -> None:
        """What the system cannot do is no choice."""
        state = self.scene.state(self.room, "calendar", "bookings")
        expect("the features", state.attributes["supported_features"], 1 | 4)

    @step("reschedule: a new start alone keeps the duration")
    async def reschedule(self) -> None:
        """By the action."""
        await self.reschedule_later(self.later["title"], 120)

    @step("reschedule in the calendar")
    async def update(self) -> None:
        """As its dialog does it: the title comes along and is the same."""
        await self.update_later(self.later["title"], 150)

    @step("book now by its button, and extend by the action and the button")
    async def book_now(self) -> str:
        """Thirty minutes, five more, fifteen more."""
        return await self.book_now_and_extend()

    @step("extend into a meeting that is not known yet is a conflict")
    async def extend_conflict(self) -> None:
        """Nothing changes at the system."""
        await self.system.book("Next", start=55)
        await self.cannot_extend("Meeting", 50)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Next")

    @step("end by its button")
    async def end_by_button(self) -> None:
        """And then there is nothing to end."""
        await self.press_end_twice()
