"""Everything that Home Assistant can do to a RoomOS room, proved at the device."""

from datetime import timedelta
from time import monotonic
from typing import Any

from demo.check import expect, expect_refusal, expect_that, present, step
from demo.checks.scene import Scene, in_minutes, prompt
from demo.systems.roomos import RoomOS
from demo.systems.xapi import Booking

USERS_FAULT = "service_validation_error"


class Verbs:
    """A person, an automation and a dashboard work with the room."""

    def __init__(self, scene: Scene, roomos: RoomOS) -> None:
        """Work with the room, whatever is in it."""
        self.scene = scene
        self.roomos = roomos
        self.room = roomos.room
        self.later: dict[str, Any] = {}

    async def _at_device(self, title: str) -> Booking | None:
        bookings = await self.roomos.bookings(self.room)
        return next((b for b in bookings if b.title == title), None)

    async def _emptied(self) -> None:
        await self.roomos.clear(self.room)
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")

    @step("end a meeting that runs")
    async def end(self) -> str:
        """The device checks out."""
        answer = await self.scene.act(self.room, "end_meeting")
        expect("the method", answer["method"], "ended")
        expect("Under way at the device", await self._at_device("Under way"), None)
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        method: str = answer["method"]
        return method

    @step("end a meeting where the device has no check-out: it is shortened")
    async def shorten(self) -> None:
        """The device refuses CheckOut."""
        await self.roomos.book(self.room, "Overlong", start=-7, minutes=60)
        await self.scene.reaches(self.room, "sensor", "current_booking", "Overlong")
        await self._fault("Bookings.CheckOut", "error", times=2, message="No")
        try:
            answer = await self.scene.act(self.room, "end_meeting")
        finally:
            await self.roomos.control("DELETE", "/faults")
        expect("the method", answer["method"], "shortened")
        truth = present("Overlong at the device", await self._at_device("Overlong"))
        expect("its length there", truth.end - truth.start, timedelta(minutes=7))
        await self.scene.reaches(self.room, "sensor", "availability", "free")

    @step("book a room for later")
    async def book(self) -> str:
        """The answer is the device's confirmation."""
        start, mark, asked = in_minutes(90), await self.scene.mark(), monotonic()
        self.later = await self.scene.act(
            self.room,
            "book",
            title="Planning",
            start=start.isoformat(),
            duration={"minutes": 45},
            organizer_name="Grace Hopper",
        )
        took = monotonic() - asked
        truth = present("Planning at the device", await self._at_device("Planning"))
        expect("start at the device", truth.start, start)
        expect("length at the device", truth.end - truth.start, timedelta(minutes=45))
        expect("organiser at the device", truth.organizer, "Grace Hopper")
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's origin", event["origin"], "home_assistant")
        await self.scene.reaches(self.room, "sensor", "next_booking", "Planning")
        return f"confirmed after {took:.2f} s, the device lists it"

    @step("a conflict is refused, and books nothing")
    async def conflict(self) -> None:
        """Nothing changes at the device."""
        before = await self.roomos.bookings(self.room)
        await expect_refusal(
            "the action",
            self.scene.act(
                self.room, "book", title="No", start=in_minutes(100).isoformat()
            ),
            code=USERS_FAULT,
            key="conflict",
        )
        expect("bookings at the device", await self.roomos.bookings(self.room), before)

    @step("a booking whose answer is lost is made once")
    async def lost_answer(self) -> str:
        """The connection breaks after the device has booked."""
        await self._fault("Bookings.Book", "drop_answer")
        started = monotonic()
        answer = await self.scene.act(
            self.room, "book", title="Once", start=in_minutes(240).isoformat()
        )
        took = monotonic() - started
        titles = [b.title for b in await self.roomos.bookings(self.room)]
        expect("bookings of that title at the device", titles.count("Once"), 1)
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])
        return f"confirmed after {took:.2f} s"

    @step("book where ad hoc booking is switched off: the setting is named")
    async def adhoc(self) -> None:
        """The device's own default."""
        await self.roomos.configure(AdhocBooking_Enabled="False")
        try:
            refused = await expect_refusal(
                "the action",
                self.scene.act(
                    self.room, "book", title="No", start=in_minutes(300).isoformat()
                ),
                code=USERS_FAULT,
                key="not_supported",
            )
        finally:
            await self.roomos.configure(AdhocBooking_Enabled="True")
        expect_that("the setting", "AdhocBooking" in refused.message, refused.message)

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
        truth = present("Planning at the device", await self._at_device("Planning"))
        expect("start at the device", truth.start, start)
        expect("length at the device", truth.end - truth.start, timedelta(minutes=45))
        event = await self.scene.event(self.room, mark, "changed")
        expect("the event's origin", event["origin"], "home_assistant")

    @step("reschedule and rename in the calendar")
    async def update(self) -> None:
        """As the calendar's dialog does it."""
        start = in_minutes(150)
        await self.scene.home.client.call(
            "calendar/event/update",
            entity_id=self.scene.rooms[self.room].calendar,
            uid=self.later["booking_id"],
            event={
                "summary": "Replanning",
                "dtstart": start.isoformat(),
                "dtend": (start + timedelta(minutes=30)).isoformat(),
            },
        )
        truth = present("Replanning at the device", await self._at_device("Replanning"))
        expect("start at the device", truth.start, start)
        expect("length at the device", truth.end - truth.start, timedelta(minutes=30))

    @step("delete a booking")
    async def delete(self) -> None:
        """It is gone at the device when the action returns."""
        mark = await self.scene.mark()
        await self.scene.act(self.room, "delete", booking_id=self.later["booking_id"])
        expect("Replanning at the device", await self._at_device("Replanning"), None)
        await self.scene.event(self.room, mark, "cancelled")

    @step("somebody books at the panel: it shows within a second")
    async def walk_up(self) -> str:
        """By the device's push."""
        mark, asked = await self.scene.mark(), monotonic()
        await self.roomos.book(self.room, "Walk-up", minutes=20)
        shown = await self.scene.reaches(
            self.room, "sensor", "current_booking", "Walk-up"
        )
        event = await self.scene.event(self.room, mark, "started")
        expect("the event's origin", event["origin"], "elsewhere")
        return prompt(shown.at - asked)

    @step("extend the meeting, by the action and by the button")
    async def extend(self) -> None:
        """Five minutes, then fifteen."""
        await self.scene.act(self.room, "extend", duration={"minutes": 5})
        await self.scene.press(self.room, "extend")
        truth = present("Walk-up at the device", await self._at_device("Walk-up"))
        expect("length at the device", truth.end - truth.start, timedelta(minutes=40))

    @step("extend into the next meeting is a conflict")
    async def extend_conflict(self) -> None:
        """Nothing changes at the device."""
        await self.roomos.book(self.room, "Next", start=50, minutes=20)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Next")
        await expect_refusal(
            "the action",
            self.scene.act(self.room, "extend"),
            code=USERS_FAULT,
            key="conflict",
        )
        truth = present("Walk-up at the device", await self._at_device("Walk-up"))
        expect("length at the device", truth.end - truth.start, timedelta(minutes=40))
        await self._emptied()

    @step("the device waits for people: pending, then checked in")
    async def check_in(self) -> None:
        """Switched on at the device; the entry is loaded anew to see it."""
        await self.roomos.configure(CheckIn_Enabled="True")
        mark = self.scene.home.states.mark()
        await self.scene.home.client.request(
            "POST",
            f"/api/config/config_entries/entry/{self.scene.entry_id}/reload",
        )
        await self.scene.reloaded(mark)
        await self.roomos.book(self.room, "Stand-up", start=3)
        await self.scene.reaches(self.room, "sensor", "availability", "pending")
        await self.scene.reaches(self.room, "binary_sensor", "in_use", "off")
        mark = await self.scene.mark()
        await self.scene.press(self.room, "check_in")
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        await self.scene.reaches(self.room, "binary_sensor", "in_use", "on")
        event = await self.scene.event(self.room, mark, "checked_in")
        expect("the event's booking", event["title"], "Stand-up")
        history = await self.roomos.control("GET", f"/workspaces/{self.room}/history")
        expect("the device", history["history"][-1]["what"], "checked_in")
        await self._emptied()

    @step("people before the camera")
    async def people(self) -> None:
        """Count and presence."""
        await self.roomos.people(3)
        await self.scene.reaches(self.room, "sensor", "people_count", "3")
        await self.scene.reaches(self.room, "binary_sensor", "people_present", "on")
        await self.roomos.people(0)
        await self.scene.reaches(self.room, "binary_sensor", "people_present", "off")

    async def _fault(
        self, command: str, effect: str, times: int = 1, **how: Any
    ) -> None:
        await self.roomos.control(
            "POST",
            "/faults",
            {
                "match": {"command": command},
                "times": times,
                "effect": effect,
                "with": how,
            },
        )
