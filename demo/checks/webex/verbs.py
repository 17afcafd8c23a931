"""Everything that Home Assistant can do to a room, proved at the phone."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from demo.check import expect, expect_refusal, expect_that, present, step
from demo.checks.scene import Scene, in_minutes, prompt
from demo.systems.webex import Webex
from demo.systems.xapi import Booking

USERS_FAULT = "service_validation_error"
WORLDS_FAULT = "home_assistant_error"


class Verbs:
    """A person, an automation and a dashboard work with the first room."""

    def __init__(self, scene: Scene, webex: Webex) -> None:
        """Work with the first room, which the walk before left empty."""
        self.scene = scene
        self.webex = webex
        self.room = webex.rooms[0]
        self.later: dict[str, Any] = {}

    async def _empty_room(self) -> None:
        """Begin with nothing at the phone and nothing in Home Assistant."""
        await self.webex.clear(self.room)
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")

    async def _at_device(self, title: str) -> Booking | None:
        bookings = await self.webex.bookings(self.room)
        return next((b for b in bookings if b.title == title), None)

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
        expect("title in the response", self.later["title"], "Planning")
        expect(
            "start in the response",
            datetime.fromisoformat(self.later["start"]),
            start,
        )
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's booking", event["booking_id"], self.later["booking_id"])
        expect("the event's origin", event["origin"], "home_assistant")
        await self.scene.reaches(self.room, "sensor", "next_booking", "Planning")
        return f"confirmed after {took:.2f} s, the device lists it"

    @step("a conflict is refused, and books nothing")
    async def conflict(self) -> None:
        """By WebSocket and by REST."""
        before = await self.webex.bookings(self.room)
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
        expect("bookings at the device", await self.webex.bookings(self.room), before)

    @step("a conflict that the phone does not tell of is found out")
    async def silent_conflict(self) -> None:
        """Somebody at the phone is quicker; the phone accepts the command and does nothing."""
        await self.webex.control(
            "POST",
            "/faults",
            {
                "match": {"command": "Bookings.Book"},
                "times": 1,
                "effect": "rival",
                "with": {"title": "Quicker"},
            },
        )
        await expect_refusal(
            "the action",
            self.scene.act(
                self.room, "book", title="Slower", start=in_minutes(240).isoformat()
            ),
            code=USERS_FAULT,
            key="conflict",
        )
        expect("Slower at the device", await self._at_device("Slower"), None)
        await self.webex.delete(self.room, "Quicker")

    @step("a booking whose answer is lost is made once")
    async def lost_answer(self) -> str:
        """The connection breaks after the phone has booked."""
        await self.webex.control(
            "POST",
            "/faults",
            {
                "match": {"command": "Bookings.Book"},
                "times": 1,
                "effect": "drop_answer",
            },
        )
        started = monotonic()
        answer = await self.scene.act(
            self.room, "book", title="Once", start=in_minutes(240).isoformat()
        )
        titles = [b.title for b in await self.webex.bookings(self.room)]
        expect("bookings of that title at the device", titles.count("Once"), 1)
        await self.scene.act(self.room, "delete", booking_id=answer["booking_id"])
        return f"confirmed after {monotonic() - started:.2f} s"

    @step("a cloud that asks for patience gets it")
    async def patience(self) -> str:
        """429 with Retry-After within the call's limit."""
        await self.webex.control(
            "POST",
            "/faults",
            {
                "match": {"command": "Bookings.Book"},
                "times": 1,
                "effect": "status",
                "with": {"status": 429, "retry_after": 2},
            },
        )
        started = monotonic()
        answer = await self.scene.act(
            self.room, "book", title="Patient", start=in_minutes(240).isoformat()
        )
        took = monotonic() - started
        expect_that("it waited for 2 s", took >= 2, f"{took:.2f} s")
        expect_that("the device lists it", await self._at_device("Patient"))
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
        before = await self.webex.bookings(self.room)
        for key, (verb, data) in cases.items():
            await expect_refusal(
                f"{verb} {data}",
                self.scene.act(self.room, verb, **data),
                code=USERS_FAULT,
                key=key,
            )
        expect("bookings at the device", await self.webex.bookings(self.room), before)

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
        expect("Planning at the device", await self._at_device("Planning"), None)
        event = await self.scene.event(self.room, mark, "cancelled")
        expect("the event's origin", event["origin"], "home_assistant")

    @step("book a room now, by its button")
    async def book_now(self) -> str:
        """For the default duration."""
        await self._empty_room()
        started = monotonic()
        await self.scene.press(self.room, "book_now")
        on = await self.scene.reaches(self.room, "calendar", "bookings", "on")
        truth = present("at the device", await self.webex.current(self.room))
        minutes = round((truth.end - truth.start).total_seconds() / 60)
        expect("minutes", minutes, 30)
        expect("who booked", truth.origin, "integration")
        return f"calendar on after {prompt(on.at - started)}, the device lists it"

    @step("end the meeting, by its action")
    async def end_meeting(self) -> None:
        """A phone can only delete it."""
        present("at the device", await self.webex.current(self.room))
        mark = await self.scene.mark()
        answer = await self.scene.act(self.room, "end_meeting")
        expect("the method", answer["method"], "deleted")
        expect_that("the response names the booking", answer["booking_id"])
        expect_that("the response says when", answer["ended_at"])
        expect("at the device", await self.webex.current(self.room), None)
        event = await self.scene.event(self.room, mark, "ended")
        expect("the event's booking", event["booking_id"], answer["booking_id"])
        await self.scene.reaches(self.room, "sensor", "availability", "free")

    @step("book and end by buttons")
    async def buttons(self) -> None:
        """As a person in front of a dashboard does."""
        await self._empty_room()
        await self.scene.press(self.room, "book_now")
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        await self.scene.press(self.room, "end_meeting")
        await self.scene.reaches(self.room, "sensor", "availability", "free")
        expect("at the device", await self.webex.current(self.room), None)
        await expect_refusal(
            "another end",
            self.scene.press(self.room, "end_meeting"),
            code=USERS_FAULT,
            key="no_meeting",
        )

    @step("create a booking in the calendar")
    async def calendar_create(self) -> None:
        """As the calendar panel does."""
        await self._empty_room()
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
        truth = present(
            "From the calendar at the device",
            await self._at_device("From the calendar"),
        )
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
        gone = await self._at_device("From the calendar")
        expect("at the device", gone, None)
        expect("the calendar", await self.scene.calendar_events(self.room), [])

    @step("sync finds what no event told")
    async def sync(self) -> None:
        """All messages about a booking are lost; asking helps."""
        await self._empty_room()
        for match in ({"event": ""}, {"message": "status"}):
            await self.webex.control(
                "POST", "/faults", {"match": match, "times": None, "effect": "drop"}
            )
        await self.webex.book(self.room, "Unheard of", start=60)
        await self.webex.control("DELETE", "/faults")
        before = self.scene.state(self.room, "sensor", "next_booking").state
        expect_that("nobody told of it", before != "Unheard of", before)
        await self.scene.home.client.action(
            "room_bookings.sync", entity_id=self.scene.rooms[self.room].calendar
        )
        await self.scene.reaches(self.room, "sensor", "next_booking", "Unheard of")

    @step("the phone's meeting ends on the second")
    async def on_time(self) -> str:
        """The room is free when the phone says so, not at the next poll."""
        await self._empty_room()
        await self.webex.book(self.room, "Short", start=-1, minutes=1.1)
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        truth = present("at the device", await self.webex.current(self.room))
        await self.scene.reaches(self.room, "sensor", "availability", "free", 20)
        late = (datetime.now(UTC) - truth.end).total_seconds()
        return f"{prompt(late)} after the end"
