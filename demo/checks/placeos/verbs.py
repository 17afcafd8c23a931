"""Everything that Home Assistant can do to a PlaceOS room, proved at its server."""

from datetime import timedelta
from time import monotonic
from typing import Any, override

from demo.check import expect, expect_that, step
from demo.checks.scene import in_minutes, prompt
from demo.checks.verbs import RoomVerbs
from demo.systems.placeos import Event, PlaceOS

# Clocks are read at different moments.
A_MOMENT = timedelta(seconds=5)


class Verbs(RoomVerbs[PlaceOS, Event]):
    """A person, an automation and a dashboard work with the room."""

    @override
    async def taken(self, title: str) -> list[Event]:
        """Return what the room's mailbox has under a title."""
        return await self.system.events(title)

    async def _free(self) -> None:
        """Have the room free, here and there."""
        await self.system.clear()
        await self.scene.reaches(self.room, "calendar", "bookings", "off")
        await self.scene.reaches(self.room, "sensor", "availability", "free")

    @step("check in by its button")
    async def check_in(self) -> str:
        """The room's module takes it: nobody else could tell."""
        truth, mark = await self.truth("Under way"), await self.scene.mark()
        started = monotonic()
        await self.scene.press(self.room, "check_in")
        on = await self.scene.reaches(self.room, "binary_sensor", "in_use", "on")
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        status = await self.system.status()
        last = status["last_booking_started"]
        expect("the last check-in at PlaceOS", last, int(truth.start.timestamp()))
        await self.scene.event(self.room, mark, "checked_in")
        return f"in use after {prompt(on.at - started)}"

    @step("end the meeting: the room declines it, and tells whom it was told to tell")
    async def end(self) -> str:
        """With a comment, and without a mail to everybody."""
        mark = await self.scene.mark()
        answer = await self.scene.act(
            self.room, "end_meeting", notify=False, comment="Fire drill"
        )
        expect("the method", answer["method"], "declined")
        declined = (await self.system.declined())[-1]
        expect("what was declined", declined["booking"]["title"], "Under way")
        told = (declined["notify"], declined["comment"])
        expect("who was told", told, (False, "Fire drill"))
        await self.scene.event(self.room, mark, "ended")
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        method: str = answer["method"]
        return method

    @step("book now")
    async def book_now(self) -> str:
        """The answer is the server's own event; whoever books on the spot is there."""
        mark, asked = await self.scene.mark(), monotonic()
        answer = await self.scene.act(
            self.room, "book", title='"Q&A" with <the> chair', duration={"minutes": 45}
        )
        took = monotonic() - asked
        truth = await self.truth('"Q&A" with <the> chair')
        expect("the id", answer["booking_id"], truth.id)
        length = truth.end - truth.start
        expect_that(
            "its length", abs(length - timedelta(minutes=45)) < A_MOMENT, length
        )
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's origin", event["origin"], "home_assistant")
        await self.scene.reaches(self.room, "sensor", "availability", "busy", 1)
        await self.scene.reaches(self.room, "binary_sensor", "in_use", "on", 1)
        return f"confirmed after {took:.2f} s, PlaceOS keeps it"

    @step("a conflict is refused with its times, and nothing is sent")
    async def conflict(self) -> str:
        """The room is known to be taken."""
        return await self._conflicts()

    async def _conflicts(self, sent: int = 0, **data: Any) -> str:
        await self.system.forget_requests()
        refused = await self.refusal("conflict", "book", title="No", **data)
        expect_that("the times", "?" not in refused.message, refused.message)
        expect("bookings sent", len(await self.system.executed("book_now")), sent)
        expect("bookings made", await self.system.events("No"), [])
        return refused.message

    @step("end by its button")
    async def end_by_button(self) -> None:
        """And then there is nothing to end."""
        await self.press_end_twice()

    @step("a meeting to which nobody comes stays pending: the driver never gives up")
    async def pending(self) -> None:
        """Whatever the options of Home Assistant are: the server is the authority."""
        await self._free()
        await self.system.book("Nobody comes", start=3)
        await self.scene.reaches(self.room, "sensor", "availability", "pending", 1)
        state = self.scene.state(self.room, "sensor", "availability")
        truth = await self.truth("Nobody comes")
        expect("pending until", state.attributes["until"], truth.end.isoformat())

    @step("a meeting to which nobody came yet is not booked over")
    async def not_over_a_pending_one(self) -> str:
        """The driver itself would do that."""
        await self._free()
        await self.system.book("Waiting", start=-8)
        return await self._conflicts()

    @step("a booking that would reach into the next meeting is a conflict")
    async def next_too_near(self) -> str:
        """Up to its start the room can be had."""
        await self._free()
        await self.system.book("Soon", start=20)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Soon")
        told = await self._conflicts(duration={"minutes": 30})
        await self.scene.act(self.room, "book", title="Short", duration="00:10:00")
        await self.truth("Short")
        return told

    @step("a conflict that only the driver knows of is told, with its times")
    async def rival(self) -> str:
        """Somebody is quicker by an instant, and checks in."""
        await self._free()
        await self.system.control(
            "POST",
            f"/rooms/{self.room}/settings",
            {"disable_end_meeting": True, "pending_period": 0},
        )
        try:
            await self.system.fault("book_now", "rival", title="Quicker")
            told = await self._conflicts(sent=1)
        finally:
            await self.system.control(
                "POST",
                f"/rooms/{self.room}/settings",
                {"disable_end_meeting": False, "pending_period": 5},
            )
        return told

    @step("a booking whose answer is lost is made once")
    async def lost_answer(self) -> str:
        """The line breaks after the room has booked; its list tells."""
        return await self._lost("Once", "apply_then_drop", sent=1)

    @step("a booking that got lost itself is sent once more")
    async def lost_request(self) -> str:
        """The list does not have it."""
        return await self._lost("Again", "drop", sent=2)

    async def _lost(self, title: str, effect: str, sent: int) -> str:
        await self._free()
        await self.system.forget_requests()
        await self.system.fault("book_now", effect)
        started = monotonic()
        answer = await self.scene.act(self.room, "book", title=title)
        took = monotonic() - started
        truth = await self.truth(title)
        expect("the id", answer["booking_id"], truth.id)
        frames = await self.system.executed("book_now")
        expect("how often it was sent", len(frames), sent)
        return f"confirmed after {took:.2f} s"

    @step("what the module cannot do is refused, and nothing is sent")
    async def cannot(self) -> str:
        """A booking for later above all."""
        truth = (await self.system.events())[-1].id
        when = in_minutes(240).isoformat()
        cases: tuple[tuple[str, dict[str, Any]], ...] = (
            ("book", {"start": when}),
            ("book", {"private": True}),
            ("book", {"organizer_name": "Grace Hopper"}),
            ("book", {"pin": "4711"}),
            ("delete", {"booking_id": truth}),
            ("extend", {}),
            ("reschedule", {"booking_id": truth, "title": "Other"}),
        )
        before = await self.system.events()
        await self.system.forget_requests()
        for verb, data in cases:
            await self.refusal("not_supported", verb, **data)
        expect("what was executed", await self.system.executed(), [])
        expect("what PlaceOS holds", await self.system.events(), before)
        return f"{len(cases)} refusals"

    @step("check in early: busy and in use at once, booked at the start")
    async def early(self) -> None:
        """The room waits from five minutes before."""
        await self._free()
        await self.system.book("Early", start=4)
        await self.scene.reaches(self.room, "sensor", "availability", "pending", 1)
        await self.scene.act(self.room, "check_in")
        await self.scene.reaches(self.room, "sensor", "availability", "busy", 1)
        await self.scene.reaches(self.room, "binary_sensor", "in_use", "on", 1)
        booked = self.scene.state(self.room, "binary_sensor", "booked")
        expect("booked before the start", booked.state, "off")
