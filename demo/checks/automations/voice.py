"""A room is booked, asked about and found by speaking to the house."""

from datetime import timedelta

from demo.check import expect, expect_that, present, step
from demo.checks.scene import Scene
from demo.systems.webex import Webex

from .household import Household

# More than the first room seats, and no more than the second.
PEOPLE = 6


class Voice:
    """Somebody speaks with Home Assistant."""

    def __init__(self, scene: Scene, webex: Webex, household: Household) -> None:
        """Speak of the third room, which is free."""
        self.scene = scene
        self.webex = webex
        self.household = household
        self.room = webex.rooms[2]
        self.fitting = webex.rooms[1]

    @step("the voice blueprint, and rooms that may be spoken of", needed=True)
    async def listen(self) -> None:
        """Calendars are not exposed by themselves."""
        await self.household.automate("voice")
        expect(
            "the answer of before",
            await self.household.say(f"is the {self.room} free"),
            f"I know no room called {self.room}.",
        )
        rooms = self.scene.rooms.values()
        await self.household.expose(*(room.calendar for room in rooms))

    @step("book a room by saying so")
    async def book(self) -> str:
        """The answer comes when the device has confirmed it."""
        answer = await self.household.say(f"book the {self.room} for 20 minutes")
        booking = present("at the device", await self.webex.current(self.room))
        expect("its length there", booking.end - booking.start, timedelta(minutes=20))
        expect_that("the answer", "is booked until" in answer, answer)
        return answer

    @step("ask whether it is free")
    async def ask(self) -> str:
        """It is not any more."""
        answer = await self.household.say(f"is the {self.room} free")
        expect_that("the answer", f"{self.room} is taken" in answer, answer)
        return answer

    @step("find a room for six people, by the action and by voice")
    async def find(self) -> str:
        """One is too small, one is taken."""
        found = await self.scene.home.client.action(
            "room_bookings.find_room",
            {"capacity": PEOPLE, "duration": {"minutes": 30}},
            respond=True,
        )
        names = [room["name"] for room in found["rooms"]]
        expect("the rooms", names, [self.fitting])
        answer = await self.household.say(f"find a room for {PEOPLE} people")
        expect_that("the answer", f"{self.fitting} is free" in answer, answer)
        return answer

    @step("end the meeting by saying so")
    async def end(self) -> str:
        """The device lets it go."""
        answer = await self.household.say(f"end the meeting in {self.room}")
        expect("at the device", await self.webex.current(self.room), None)
        expect("the answer", answer, f"The meeting in {self.room} has ended.")
        return answer
