"""Everything that Home Assistant can do to a ROOMZ room, proved at its system."""

from datetime import timedelta
from time import monotonic
from typing import Any

from demo.check import expect, expect_refusal, expect_that, step
from demo.checks.scene import Scene, in_minutes, prompt
from demo.systems.roomz import Meeting, Roomz

USERS_FAULT = "service_validation_error"


class Verbs:
    """A person, an automation and a dashboard work with the room."""

    def __init__(self, scene: Scene, roomz: Roomz) -> None:
        """Work with the room, in which a meeting runs."""
        self.scene = scene
        self.roomz = roomz
        self.room = roomz.room
        self.later: dict[str, Any] = {}

    async def _truth(self, subject: str) -> Meeting:
        found = await self.roomz.meetings(subject)
        expect(f"meetings called {subject}", len(found), 1)
        return found[0]

    async def _sent(self, call: str) -> int:
        return len(await self.roomz.asked(call))

    @step("end the meeting that runs: it is shortened, as displays do it")
    async def end(self) -> str:
        """The contract knows no other way."""
        mark = await self.scene.mark()
        answer = await self.scene.act(self.room, "end_meeting")
        expect("the method", answer["method"], "shortened")
        truth = await self._truth("Under way")
        expect_that("it ended early", truth.end < in_minutes(2), truth.end)
        await self.scene.event(self.room, mark, "ended")
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        method: str = answer["method"]
        return method

    @step("book a room for later")
    async def book(self) -> str:
        """The answer is the system's confirmation."""
        start, mark, asked = in_minutes(90), await self.scene.mark(), monotonic()
        self.later = await self.scene.act(
            self.room,
            "book",
            title='"Q&A" with <the> chair',
            start=start.isoformat(),
            duration={"minutes": 45},
        )
        took = monotonic() - asked
        truth = await self._truth('"Q&A" with <the> chair')
        expect("the id", self.later["booking_id"], truth.id)
        expect("start at the system", truth.start, start)
        expect("length at the system", truth.end - truth.start, timedelta(minutes=45))
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's origin", event["origin"], "home_assistant")
        await self.scene.reaches(self.room, "sensor", "next_booking", truth.subject)
        return f"confirmed after {took:.2f} s, the system keeps it"

    @step("a conflict is refused, and nothing is sent")
    async def conflict(self) -> str:
        """The room is known to be taken."""
        await self.roomz.forget_requests()
        refused = await expect_refusal(
            "the action",
            self.scene.act(
                self.room, "book", title="No", start=in_minutes(100).isoformat()
            ),
            code=USERS_FAULT,
            key="conflict",
        )
        expect("what was posted", await self._sent("book"), 0)
        return refused.message

    @step("a conflict that only the system knows of is told, with its times")
    async def rival(self) -> str:
        """A 409 says nothing about them: the list does."""
        await self.roomz.fault("book", "rival", title="Quicker")
        refused = await expect_refusal(
            "the action",
            self.scene.act(
                self.room, "book", title="Slower", start=in_minutes(240).isoformat()
            ),
            code=USERS_FAULT,
            key="conflict",
        )
        expect_that("the times", "?" not in refused.message, refused.message)
        expect("Slower", await self.roomz.meetings("Slower"), [])
        await self.roomz.cancel("Quicker")
        return refused.message

    @step("a booking whose answer is lost is made once")
    async def lost_answer(self) -> str:
        """The connection breaks after the system has booked; its list tells."""
        return await self._lost("Once", "drop_answer", posts=1)

    @step("a booking that got lost itself is sent once more")
    async def lost_request(self) -> str:
        """The list does not have it."""
        return await self._lost("Again", "drop", posts=2)

    async def _lost(self, title: str, effect: str, posts: int) -> str:
        await self.roomz.forget_requests()
        await self.roomz.fault("book", effect)
        started = monotonic()
        answer = await self.scene.act(
            self.room, "book", title=title, start=in_minutes(240).isoformat()
        )
        took = monotonic() - started
        truth = await self._truth(title)
        expect("the id", answer["booking_id"], truth.id)
        expect("how often it was sent", await self._sent("book"), posts)
        await self.roomz.cancel(truth.id)
        return f"confirmed after {took:.2f} s"

    @step("a system that wants a little patience gets it")
    async def busy(self) -> str:
        """It is asked again when it said."""
        await self.roomz.fault("book", "status", status=503, retry_after=2)
        started = monotonic()
        await self.scene.act(
            self.room, "book", title="Patient", start=in_minutes(240).isoformat()
        )
        took = monotonic() - started
        expect_that("it waited", took >= 2, took)
        await self.roomz.cancel((await self._truth("Patient")).id)
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
        before = await self.roomz.meetings()
        await self.roomz.forget_requests()
        for verb, data in cases:
            await expect_refusal(
                f"{verb} {data}",
                self.scene.act(self.room, verb, **data),
                code=USERS_FAULT,
                key="not_supported",
            )
        written = [r for r in await self.roomz.asked() if r["method"] != "GET"]
        expect("what was sent", written, [])
        expect("what the system holds", await self.roomz.meetings(), before)
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
        expect("Weekly", await self.roomz.meetings("Weekly"), [])

    @step("the calendar offers to create and to change, not to delete")
    async def features(self) -> None:
        """What the system cannot do is no choice."""
        state = self.scene.state(self.room, "calendar", "bookings")
        expect("the features", state.attributes["supported_features"], 1 | 4)

    @step("reschedule: a new start alone keeps the duration")
    async def reschedule(self) -> None:
        """By the action."""
        start, mark = in_minutes(120), await self.scene.mark()
        await self.scene.act(
            self.room,
            "reschedule",
            booking_id=self.later["booking_id"],
            start=start.isoformat(),
        )
        truth = await self._truth(self.later["title"])
        expect("start at the system", truth.start, start)
        expect("length at the system", truth.end - truth.start, timedelta(minutes=45))
        event = await self.scene.event(self.room, mark, "changed")
        expect("the event's origin", event["origin"], "home_assistant")

    @step("reschedule in the calendar")
    async def update(self) -> None:
        """As its dialog does it: the title comes along and is the same."""
        start = in_minutes(150)
        await self.scene.home.client.call(
            "calendar/event/update",
            entity_id=self.scene.rooms[self.room].calendar,
            uid=self.later["booking_id"],
            event={
                "summary": self.later["title"],
                "dtstart": start.isoformat(),
                "dtend": (start + timedelta(minutes=30)).isoformat(),
            },
        )
        truth = await self._truth(self.later["title"])
        expect("start at the system", truth.start, start)
        expect("length at the system", truth.end - truth.start, timedelta(minutes=30))

    @step("book now by its button, and extend by the action and the button")
    async def book_now(self) -> str:
        """Thirty minutes, five more, fifteen more."""
        started = monotonic()
        await self.scene.press(self.room, "book_now")
        on = await self.scene.reaches(self.room, "calendar", "bookings", "on")
        truth = await self._truth("Meeting")
        expect("length at the system", truth.end - truth.start, timedelta(minutes=30))
        await self.scene.act(self.room, "extend", duration={"minutes": 5})
        await self.scene.press(self.room, "extend")
        truth = await self._truth("Meeting")
        expect("length at the system", truth.end - truth.start, timedelta(minutes=50))
        return f"calendar on after {prompt(on.at - started)}"

    @step("extend into a meeting that is not known yet is a conflict")
    async def extend_conflict(self) -> None:
        """Nothing changes at the system."""
        await self.roomz.book("Next", start=55)
        await expect_refusal(
            "the action",
            self.scene.act(self.room, "extend"),
            code=USERS_FAULT,
            key="conflict",
        )
        truth = await self._truth("Meeting")
        expect("length at the system", truth.end - truth.start, timedelta(minutes=50))
        await self.scene.reaches(self.room, "sensor", "next_booking", "Next")

    @step("end by its button")
    async def end_by_button(self) -> None:
        """And then there is nothing to end."""
        await self.scene.press(self.room, "end_meeting")
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        await expect_refusal(
            "another end",
            self.scene.press(self.room, "end_meeting"),
            code=USERS_FAULT,
            key="no_meeting",
        )
