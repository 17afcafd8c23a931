"""Everything that Home Assistant can do to a room, proved at the phone."""

from datetime import UTC, datetime
from time import monotonic
from typing import Any

from demo.check import expect, expect_refusal, expect_that, present, step
from demo.checks.device import DeviceVerbs, empty
from demo.checks.part import USERS_FAULT
from demo.checks.scene import in_minutes, prompt
from demo.systems.webex import Webex


class Verbs(DeviceVerbs[Webex]):
    """A person, an automation and a dashboard work with the first room."""

    @step("book a room for later")
    async def book(self) -> str:
        """The answer is the device's confirmation."""
        truth, told = await self.book_later("Planning", organizer_name="Grace Hopper")
        expect("organiser at the device", truth.organizer, "Grace Hopper")
        return told

    @step("a conflict is refused, and books nothing")
    async def conflict(self) -> None:
        """By WebSocket and by REST."""
        before = await self.system.bookings(self.room)
        data = {
            "title": "Clash",
            "start": in_minutes(100).isoformat(),
            "duration": "00:30:00",
        }
        await expect_refusal(
            "the action",
            self.scene.act(self.room, "book", **data),
            code=USERS_FAULT,
            key="conflict",
        )
        target = {"entity_id": self.scene.rooms[self.room].calendar}
        await expect_refusal(
            "REST",
            self.scene.home.client.request(
                "POST",
                "/api/services/room_bookings/book?return_response",
                json=data | target,
            ),
            code="400",
        )
        expect("bookings at the device", await self.system.bookings(self.room), before)

    @step("a conflict that the phone does not tell of is found out")
    async def silent_conflict(self) -> None:
        """Somebody at the phone is quicker; the phone accepts the command and does nothing."""
        await self.system.fault("Bookings.Book", "rival", title="Quicker")
        await self.slower()
        await self.system.delete(self.room, "Quicker")

    @step("a booking whose answer is lost is made once")
    async def lost_answer(self) -> str:
        """The connection breaks after the phone has booked."""
        await self.system.fault("Bookings.Book", "drop_answer")
        answer, took = await self.book_in_time("Once")
        await self.truth("Once")
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])
        return f"confirmed after {took:.2f} s"

    @step("a cloud that asks for patience gets it")
    async def patience(self) -> str:
        """429 with Retry-After within the call's limit."""
        await self.system.fault("Bookings.Book", "status", status=429, retry_after=2)
        answer, took = await self.book_in_time("Patient")
        expect_that("it waited for 2 s", took >= 2, f"{took:.2f} s")
        await self.truth("Patient")
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])
        return f"confirmed after {took:.2f} s"

    @step("what makes no sense is refused")
    async def nonsense(self) -> None:
        """The past, an end before its start, a year, privacy on a wire without it, unknown ids."""
        cases: dict[str, tuple[str, dict[str, Any]]] = {
            "in_the_past": ("book", {"start": in_minutes(-90).isoformat()}),
            "ends_before_start": (
                "book",
                {
                    "start": in_minutes(300).isoformat(),
                    "end": in_minutes(270).isoformat(),
                },
            ),
            "too_long": ("book", {"duration": {"days": 30}}),
            "not_supported": (
                "book",
                {"start": in_minutes(300).isoformat(), "private": True},
            ),
            "unknown_booking": ("delete", {"booking_id": "nobody-knows"}),
            "no_meeting": ("end_meeting", {}),
        }
        before = await self.system.bookings(self.room)
        for key, (verb, data) in cases.items():
            await self.refusal(key, verb, **data)
        expect("bookings at the device", await self.system.bookings(self.room), before)

    @step("get_bookings lists what the phone has")
    async def listing(self) -> None:
        """With everything that the contract names."""
        answer = await self.scene.act(self.room, "get_bookings")
        (booking,) = answer["bookings"]
        expect(
            "the keys",
            sorted(booking),
            sorted(
                [
                    *("booking_id", "title", "organizer", "start", "end"),
                    *("private", "status", "checked_in"),
                ]
            ),
        )
        expect("the booking", booking["booking_id"], self.later["booking_id"])
        expect("the organiser", booking["organizer"], "Grace Hopper")

    @step("delete a booking")
    async def delete(self) -> None:
        """The device has it no more."""
        mark = await self.scene.mark()
        answer = await self.scene.act(
            self.room, "delete", booking_id=self.later["booking_id"]
        )
        expect("the response", answer, {"booking_id": self.later["booking_id"]})
        await self.gone("Planning")
        event = await self.scene.event(self.room, mark, "cancelled")
        expect("the event's origin", event["origin"], "home_assistant")

    @step("book a room now, by its button")
    async def book_now(self) -> str:
        """For the default duration."""
        await empty(self)
        started = monotonic()
        await self.scene.press(self.room, "book_now")
        on = await self.scene.reaches(self.room, "calendar", "bookings", "on")
        truth = present("at the device", await self.system.current(self.room))
        minutes = round((truth.end - truth.start).total_seconds() / 60)
        expect("minutes", minutes, 30)
        expect("who booked", truth.origin, "integration")
        return f"calendar on after {prompt(on.at - started)}, the device lists it"

    @step("end the meeting, by its action")
    async def end_meeting(self) -> None:
        """A phone can only delete it."""
        present("at the device", await self.system.current(self.room))
        mark = await self.scene.mark()
        answer = await self.scene.act(self.room, "end_meeting")
        expect("the method", answer["method"], "deleted")
        expect_that("the response names the booking", answer["booking_id"])
        expect_that("the response says when", answer["ended_at"])
        expect("at the device", await self.system.current(self.room), None)
        event = await self.scene.event(self.room, mark, "ended")
        expect("the event's booking", event["booking_id"], answer["booking_id"])
        await self.scene.reaches(self.room, "sensor", "availability", "free")

    @step("book and end by buttons")
    async def buttons(self) -> None:
        """As a person in front of a dashboard does."""
        await empty(self)
        await self.scene.press(self.room, "book_now")
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        await self.press_end_twice()
        expect("at the device", await self.system.current(self.room), None)

    @step("create a booking in the calendar")
    async def calendar_create(self) -> None:
        """As the calendar panel does."""
        await empty(self)
        start, end = in_minutes(60), in_minutes(90)
        await self.scene.home.client.call(
            "calendar/event/create",
            entity_id=self.scene.rooms[self.room].calendar,
            event={
                "summary": "From the calendar",
                "dtstart": start.isoformat(),
                "dtend": end.isoformat(),
            },
        )
        truth = await self.truth("From the calendar")
        expect("start at the device", truth.start, start)
        (event,) = await self.scene.calendar_events(self.room)
        expect("the calendar's event", event["summary"], "From the calendar")

    @step("delete a booking in the calendar")
    async def calendar_delete(self) -> None:
        """As the calendar panel does."""
        (event,) = await self.scene.calendar_events(self.room)
        await self.scene.home.client.call(
            "calendar/event/delete",
            entity_id=self.scene.rooms[self.room].calendar,
            uid=event["uid"],
        )
        await self.gone("From the calendar")
        expect("the calendar", await self.scene.calendar_events(self.room), [])

    @step("sync finds what no event told")
    async def sync(self) -> None:
        """All messages about a booking are lost; asking helps."""
        await empty(self)
        for match in ({"event": ""}, {"message": "status"}):
            await self.system.control(
                "POST", "/faults", {"match": match, "times": None, "effect": "drop"}
            )
        await self.system.book(self.room, "Unheard of", start=60)
        await self.system.control("DELETE", "/faults")
        before = self.scene.state(self.room, "sensor", "next_booking").state
        expect_that("nobody told of it", before != "Unheard of", before)
        await self.scene.sync(self.room)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Unheard of")

    @step("the phone's meeting ends on the second")
    async def on_time(self) -> str:
        """The room is free when the phone says so, not at the next poll."""
        await empty(self)
        await self.system.book(self.room, "Short", start=-1, minutes=1.1)
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        truth = present("at the device", await self.system.current(self.room))
        await self.scene.reaches(self.room, "sensor", "availability", "free", 20)
        late = (datetime.now(UTC) - truth.end).total_seconds()
        return f"{prompt(late)} after the end"
