"""Everything that Home Assistant can do to a RoomOS room, proved at the device."""

from datetime import timedelta
from time import monotonic

from demo.check import expect, expect_that, step
from demo.checks.device import DeviceVerbs, empty
from demo.checks.entry import reload
from demo.checks.scene import in_minutes, prompt
from demo.systems.roomos import RoomOS


class Verbs(DeviceVerbs[RoomOS]):
    """A person, an automation and a dashboard work with the room."""

    @step("end a meeting that runs")
    async def end(self) -> str:
        """The device checks out."""
        method = await self.end_running("ended")
        await self.gone("Under way")
        return method

    @step("end a meeting where the device has no check-out: it is shortened")
    async def shorten(self) -> None:
        """The device refuses CheckOut."""
        await self.system.book(self.room, "Overlong", start=-7, minutes=60)
        await self.scene.reaches(self.room, "sensor", "current_booking", "Overlong")
        await self.system.fault("Bookings.CheckOut", "error", times=2, message="No")
        try:
            answer = await self.scene.act(self.room, "end_meeting")
        finally:
            await self.system.control("DELETE", "/faults")
        expect("the method", answer["method"], "shortened")
        truth = await self.truth("Overlong")
        expect("its length there", truth.end - truth.start, timedelta(minutes=7))
        await self.scene.reaches(self.room, "sensor", "availability", "free")

    @step("book a room for later")
    async def book(self) -> str:
        """The answer is the device's confirmation."""
        truth, told = await self.book_later("Planning", organizer_name="Grace Hopper")
        expect("organiser at the device", truth.organizer, "Grace Hopper")
        return told

    @step("a conflict is refused, and books nothing")
    async def conflict(self) -> None:
        """Nothing changes at the device."""
        before = await self.system.bookings(self.room)
        when = in_minutes(100).isoformat()
        await self.refusal("conflict", "book", title="No", start=when)
        expect("bookings at the device", await self.system.bookings(self.room), before)

    @step("a booking whose answer is lost is made once")
    async def lost_answer(self) -> str:
        """The connection breaks after the device has booked."""
        await self.system.fault("Bookings.Book", "drop_answer")
        answer, took = await self.book_in_time("Once")
        await self.truth("Once")
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])
        return f"confirmed after {took:.2f} s"

    @step("book where ad hoc booking is switched off: the setting is named")
    async def adhoc(self) -> None:
        """The device's own default."""
        await self.system.configure(AdhocBooking_Enabled="False")
        try:
            when = in_minutes(300).isoformat()
            refused = await self.refusal(
                "not_supported", "book", title="No", start=when
            )
        finally:
            await self.system.configure(AdhocBooking_Enabled="True")
        expect_that("the setting", "AdhocBooking" in refused.message, refused.message)

    @step("reschedule: a new start alone keeps the duration")
    async def reschedule(self) -> None:
        """By the action."""
        await self.reschedule_later("Planning", 120)

    @step("reschedule and rename in the calendar")
    async def update(self) -> None:
        """As the calendar's dialog does it."""
        await self.update_later("Replanning", 150)

    @step("delete a booking")
    async def delete(self) -> None:
        """It is gone at the device when the action returns."""
        mark = await self.scene.mark()
        await self.scene.act(self.room, "delete", booking_id=self.later["booking_id"])
        await self.gone("Replanning")
        await self.scene.event(self.room, mark, "cancelled")

    @step("somebody books at the panel: it shows within a second")
    async def walk_up(self) -> str:
        """By the device's push."""
        mark, asked = await self.scene.mark(), monotonic()
        await self.system.book(self.room, "Walk-up", minutes=20)
        shown = await self.scene.reaches(
            self.room, "sensor", "current_booking", "Walk-up"
        )
        event = await self.scene.event(self.room, mark, "started")
        expect("the event's origin", event["origin"], "elsewhere")
        return prompt(shown.at - asked)

    @step("extend the meeting, by the action and by the button")
    async def extend(self) -> None:
        """Five minutes, then fifteen."""
        await self.extend_twice("Walk-up", 40)

    @step("extend into the next meeting is a conflict")
    async def extend_conflict(self) -> None:
        """Nothing changes at the device."""
        await self.system.book(self.room, "Next", start=50, minutes=20)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Next")
        await self.cannot_extend("Walk-up", 40)
        await empty(self)

    @step("the device waits for people: pending, then checked in")
    async def check_in(self) -> None:
        """Switched on at the device; the entry is loaded anew to see it."""
        await self.system.configure(CheckIn_Enabled="True")
        mark = self.scene.home.states.mark()
        await reload(self.scene)
        await self.scene.reloaded(mark)
        await self.system.book(self.room, "Stand-up", start=3)
        await self.scene.reaches(self.room, "sensor", "availability", "pending")
        await self.scene.reaches(self.room, "binary_sensor", "in_use", "off")
        mark = await self.scene.mark()
        await self.scene.press(self.room, "check_in")
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        await self.scene.reaches(self.room, "binary_sensor", "in_use", "on")
        event = await self.scene.event(self.room, mark, "checked_in")
        expect("the event's booking", event["title"], "Stand-up")
        history = await self.system.control("GET", f"/workspaces/{self.room}/history")
        expect("the device", history["history"][-1]["what"], "checked_in")
        await empty(self)

    @step("people before the camera")
    async def people(self) -> None:
        """Count and presence."""
        await self.system.people(3)
        await self.scene.reaches(self.room, "sensor", "people_count", "3")
        await self.scene.reaches(self.room, "binary_sensor", "people_present", "on")
        await self.system.people(0)
        await self.scene.reaches(self.room, "binary_sensor", "people_present", "off")
