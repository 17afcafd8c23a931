"""Everything that Home Assistant can do to a TMS room, proved at TMS."""

from typing import Any, override

from demo.check import expect, expect_refusal, expect_that, present, step
from demo.checks.part import USERS_FAULT, WORLDS_FAULT
from demo.checks.scene import Scene, in_minutes
from demo.checks.verbs import RoomVerbs
from demo.systems.tms import Conference, Tms

QUOTED = '"Q&A" with <the> chair'
# TMS leaves quotes out.
KEPT = "Q&A with <the> chair"


class Verbs(RoomVerbs[Tms, Conference]):
    """A person, an automation and a dashboard work with the rooms."""

    def __init__(self, scene: Scene, system: Tms) -> None:
        """Work with both rooms; in the first a meeting runs."""
        super().__init__(scene, system)
        self.room, self.other = system.rooms

    where = "TMS"

    @override
    async def taken(self, title: str) -> list[Conference]:
        """Return what TMS has under a title."""
        return await self.system.conferences(title)

    @step("end the meeting that runs")
    async def end(self) -> str:
        """TMS has an operation for it, and keeps the real end."""
        method = await self.end_running("ended")
        truth = await self.truth("Under way")
        expect("its state at TMS", truth.state, "Finished")
        expect_that("it ended early", truth.end < in_minutes(2), truth.end)
        return method

    @step("book a room for later, with quotes in its title")
    async def book(self) -> str:
        """The answer is TMS's confirmation; the booking bears our name there."""
        truth, told = await self.book_later(QUOTED, kept=KEPT)
        expect("the id", self.later["booking_id"], truth.id)
        expect("rooms at TMS", truth.rooms, (self.room,))
        expect_that(
            "the source at TMS", truth.source.startswith("home-assistant"), truth.source
        )
        return told

    @step("a conflict is refused, named, and books nothing")
    async def conflict(self) -> str:
        """Nothing is sent, because the room is known to be taken."""
        before = await self.system.conferences()
        await self.system.forget_requests()
        refused = await self.refusal(
            "conflict", "book", title="No", start=in_minutes(100).isoformat()
        )
        expect_that("the room is named", self.room in refused.message, refused.message)
        saves = [name for name in await self.system.asked() if name.startswith("Save")]
        expect("what was saved", saves, [])
        expect("what is booked at TMS", await self.system.conferences(), before)
        return refused.message

    @step("a conflict that only TMS knows of is told")
    async def rival(self) -> str:
        """Somebody at TMS is quicker."""
        await self.system.fault("SaveConference*", "rival", title="Quicker")
        told = await self.slower()
        quicker = await self.truth("Quicker")
        await self.system.change(quicker.id, "delete")
        return told

    @step("book both rooms in one call: one conference")
    async def together(self) -> None:
        """The response names the same booking for each."""
        answer = await self._act_on_both(
            title="Both", start=in_minutes(180).isoformat(), duration="00:30:00"
        )
        truth = await self.truth("Both")
        expect("rooms at TMS", sorted(truth.rooms), sorted(self.system.rooms))
        ids = {booking["booking_id"] for booking in answer.values()}
        expect("the response's ids", (len(answer), ids), (2, {truth.id}))
        for room in self.system.rooms:
            listed = await self.scene.act(room, "get_bookings")
            titles = [booking["title"] for booking in listed["bookings"]]
            expect_that(f"{room} lists it", "Both" in titles, titles)

    @step("both rooms where one is taken: all or none, and which is named")
    async def all_or_none(self) -> str:
        """Only the second room has a meeting then."""
        when = in_minutes(300).isoformat()
        taken = await self.scene.act(self.other, "book", title="Taken", start=when)
        refused = await expect_refusal(
            "the action",
            self._act_on_both(title="No", start=when),
            code=USERS_FAULT,
            key="conflict",
        )
        expect_that("the room is named", self.other in refused.message, refused.message)
        expect_that("the free one is not", self.room not in refused.message)
        await self.gone("No")
        await self.scene.act(self.other, "delete", booking_id=taken["booking_id"])
        return refused.message

    async def _act_on_both(self, **data: Any) -> dict[str, Any]:
        rooms = [self.scene.rooms[name].calendar for name in self.system.rooms]
        answer: dict[str, Any] = await self.scene.home.client.action(
            "room_bookings.book", {**data, "entity_id": rooms}, respond=True
        )
        return answer

    @step("a conference with a PIN, by One Button to Push")
    async def extras(self) -> None:
        """What only TMS can do with a booking."""
        answer = await self.scene.act(
            self.other,
            "book",
            title="Dialled",
            start=in_minutes(400).isoformat(),
            pin="4711",
            conference_type="one_button_to_push",
        )
        truth = await self.truth("Dialled")
        expect("its type at TMS", truth.kind, "One Button To Push")
        expect("its PIN at TMS", truth.pin, "4711")
        await self.scene.act(self.other, "delete", booking_id=answer["booking_id"])

    @step("a booking whose answer is lost is made once")
    async def lost_answer(self) -> str:
        """The connection breaks after TMS has booked; it is found by our key."""
        await self.system.forget_requests()
        await self.system.fault("SaveConference*", "drop_answer")
        answer, took = await self.book_in_time("Once")
        truth = await self.truth("Once")
        expect("the id", answer["booking_id"], truth.id)
        asked = await self.system.asked()
        saves = [name for name in asked if name.startswith("SaveConference")]
        expect("how often it was sent", len(saves), 1)
        await self.scene.act(self.room, "delete", booking_id=truth.id)
        return f"confirmed after {took:.2f} s"

    @step("a server that is busy is asked once more")
    async def busy(self) -> str:
        """It said that nothing was done."""
        await self.system.fault("SaveConference*", "busy")
        answer, took = await self.book_in_time("Patient")
        truth = await self.truth("Patient")
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])
        expect("the id", answer["booking_id"], truth.id)
        return f"confirmed after {took:.2f} s"

    @step("a client session that expired is renewed")
    async def session(self) -> None:
        """Nobody notices."""
        await self.system.control("POST", "/sessions/expire")
        answer = await self.scene.act(
            self.room, "book", title="New session", start=in_minutes(240).isoformat()
        )
        await self.truth("New session")
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])

    @step("book for somebody whom TMS knows")
    async def organizer(self) -> None:
        """By name; whom TMS does not know is refused."""
        when = in_minutes(240).isoformat()
        answer = await self.scene.act(
            self.room, "book", title="Hers", start=when, organizer_name="TMS Admin"
        )
        expect("the owner at TMS", (await self.truth("Hers")).owner, "TMS Admin")
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])
        refused = await self.refusal(
            "rejected",
            "book",
            code=WORLDS_FAULT,
            title="No",
            start=when,
            organizer_name="Nobody",
        )
        expect_that("who it is", "Nobody" in refused.message, refused.message)
        await self.gone("No")

    @step("without a licence or a right, that is what it says")
    async def refused(self) -> None:
        """Nothing is booked."""
        when = in_minutes(240).isoformat()
        await self.system.fault("SaveConference*", "licence")
        await self.refusal("licence", "book", code=WORLDS_FAULT, title="No", start=when)
        words = "You are not allowed to book."
        await self.system.fault(
            "SaveConference*", "fault", code="SECURITY", message=words
        )
        denied = await self.refusal(
            "permission_denied", "book", code=WORLDS_FAULT, title="No", start=when
        )
        expect_that("TMS's words", words in denied.message, denied.message)
        await self.gone("No")

    @step("what makes no sense is refused")
    async def nonsense(self) -> None:
        """And what TMS has no way to do, which is not sent."""
        when = in_minutes(240).isoformat()
        cases: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("in_the_past", "book", {"start": in_minutes(-90).isoformat()}),
            (
                "ends_before_start",
                "book",
                {"start": when, "end": in_minutes(210).isoformat()},
            ),
            ("not_supported", "book", {"start": when, "pin": "no digits"}),
            (
                "not_supported",
                "book",
                {"start": when, "pin": "1", "conference_type": "reservation_only"},
            ),
            ("not_supported", "check_in", {}),
            ("unknown_booking", "delete", {"booking_id": "nobody-knows"}),
            ("no_meeting", "end_meeting", {}),
        )
        before = await self.system.conferences()
        for key, verb, data in cases:
            await self.refusal(key, verb, **data)
        expect("what is booked at TMS", await self.system.conferences(), before)

    @step("reschedule: a new start alone keeps the duration")
    async def reschedule(self) -> None:
        """By the action."""
        await self.reschedule_later(KEPT, 100)

    @step("somebody saves the booking at the same moment: nothing of theirs is lost")
    async def concurrent(self) -> None:
        """They rename it, we move it."""
        start = in_minutes(110)
        await self.system.fault("SaveConference*", "modified", title="Renamed")
        await self.scene.act(
            self.room,
            "reschedule",
            booking_id=self.later["booking_id"],
            start=start.isoformat(),
        )
        truth = await self.truth("Renamed")
        expect("the id", truth.id, self.later["booking_id"])
        expect("start at TMS", truth.start, start)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Renamed")

    @step("reschedule and rename in the calendar")
    async def update(self) -> None:
        """As the calendar's dialog does it."""
        await self.update_later('"Replanning"', 120, kept="Replanning")

    @step("delete a booking, and the one of both rooms from one of them")
    async def delete(self) -> None:
        """They are gone at TMS when the actions return, and in the other room too."""
        mark = await self.scene.mark()
        await self.scene.act(self.room, "delete", booking_id=self.later["booking_id"])
        await self.gone("Replanning")
        event = await self.scene.event(self.room, mark, "cancelled")
        expect("the event's origin", event["origin"], "home_assistant")
        both = await self.truth("Both")
        await self.scene.act(self.room, "delete", booking_id=both.id)
        await self.gone("Both")
        await self.scene.event(self.other, mark, "cancelled")

    @step("book now by its button, and extend by the action and the button")
    async def book_now(self) -> str:
        """Thirty minutes, five more, fifteen more."""
        return await self.book_now_and_extend()

    @step("extend into the next meeting is a conflict")
    async def extend_conflict(self) -> None:
        """Nothing changes at TMS."""
        await self.scene.act(
            self.room, "book", title="Next", start=in_minutes(55).isoformat()
        )
        await self.cannot_extend("Meeting", 50)
        following = present("the next", await self.system.conference("Next"))
        await self.scene.act(self.room, "delete", booking_id=following.id)

    @step("end by its button")
    async def end_by_button(self) -> None:
        """And then there is nothing to end."""
        await self.press_end_twice()
        expect("its state at TMS", (await self.truth("Meeting")).state, "Finished")
