"""Hours of ordinary and less ordinary life, by a seed: at the end the room is as it is.

Whatever people did and whatever was lost on the way, what was told of each booking
makes sense, and what is shown is what the simulator holds.
"""

import asyncio
from collections import defaultdict
from datetime import timedelta
from random import Random
import re
from typing import Any

import pytest

from homeassistant.exceptions import HomeAssistantError
from tests.simulators.xapi import OccupiedError

from .house import Changes, House
from .virtual_time import VirtualTime

HOURS = 2


class _Life:
    """What happens in the house."""

    def __init__(self, house: House, seed: int) -> None:
        """Take everything from one seed."""
        self.house = house
        self.dice = Random(seed)
        self.made = 0
        self.asked: dict[str, tuple[str, asyncio.Task[Any]]] = {}

    async def go_on(self) -> None:
        """Let something happen, and some time pass."""
        happenings = (
            (self.book_at_device, 30),
            (self.book, 15),
            (self.delete_at_device, 15),
            (self.delete, 8),
            (self.edit_at_device, 10),
            (self.end_meeting, 6),
            (self.lose_events, 6),
            (self.fail_listings, 4),
            (self.fail_booking, 6),
            (self.restart_device, 3),
            (self.lose_connection, 2),
            (self.restart, 1),
        )
        happen = self.dice.choices(
            [what for what, _ in happenings], [weight for _, weight in happenings]
        )[0]
        await happen()
        await self.house.clock.pass_by(seconds=self.dice.expovariate(1 / 60))

    def room(self) -> str:
        """Any room."""
        return self.dice.choice(self.house.rooms)

    def title(self) -> str:
        """A title that nobody used before."""
        self.made += 1
        return f"Meeting {self.made}"

    def minutes_from_now(self) -> float:
        """Some time today, or just now."""
        now = (self.house.clock.now - self.house.at(0)).total_seconds() / 60
        return now + self.dice.choice((0, 0, 1, 5, 15, 30, 60, 90))

    async def book_at_device(self) -> None:
        """Somebody books at a phone."""
        try:
            self.house.book_at_device(
                self.room(),
                self.title(),
                self.minutes_from_now(),
                self.dice.choice((1, 5, 10, 30)),
                private=self.dice.random() < 0.2,
            )
        except OccupiedError:
            return

    async def book(self) -> None:
        """Somebody books in Home Assistant, and does not wait."""
        room, title = self.room(), self.title()
        call = self.house.calling(
            "book",
            room,
            title=title,
            start=self.house.at(self.minutes_from_now()),
            duration={"minutes": self.dice.choice((1, 5, 10, 30))},
        )
        self.asked[title] = room, call

    def _booking(self, room: str) -> Any:
        now = self.house.clock.now
        bookings = [b for b in self.house.workspace(room).bookings if b.end > now]
        return self.dice.choice(bookings) if bookings else None

    async def delete_at_device(self) -> None:
        """Somebody deletes at a phone."""
        room = self.room()
        if booking := self._booking(room):
            self.house.workspace(room).delete_locally(booking)

    async def delete(self) -> None:
        """Somebody deletes in Home Assistant."""
        room = self.room()
        if booking := self._booking(room):
            self.house.calling("delete", room, booking_id=booking.meeting_id)

    async def edit_at_device(self) -> None:
        """Somebody moves or renames at a phone."""
        room = self.room()
        if booking := self._booking(room):
            workspace = self.house.workspace(room)
            start = booking.start + timedelta(minutes=self.dice.choice((0, 0, 3, 10)))
            minutes = self.dice.choice((booking.minutes, 2, 20))
            end = start + timedelta(minutes=minutes)
            if not workspace.occupied(start, end, ignoring=booking.uuid):
                workspace.edit_locally(
                    booking, start=start, minutes=minutes, title=self.title()
                )

    async def end_meeting(self) -> None:
        """Somebody ends what runs."""
        self.house.calling("end_meeting", self.room())

    async def lose_events(self) -> None:
        """Some messages are lost, twice there, late or in another order."""
        faults = self.house.sim.faults
        of = faults.events(workspace=self.house.workspace(self.room()))
        which = self.dice.randrange(2)
        if which == 0:
            of.times(2).drop()
        elif which == 1:
            of.times(3).duplicate()
        elif which == 2:
            of.times(2).delay(self.dice.uniform(0.5, 60))
        else:
            of.reorder()

    async def fail_listings(self) -> None:
        """Some listings fail, or take their time."""
        when = self.house.sim.faults.when(command="Bookings.List")
        if self.dice.random() < 0.5:
            when.times(2).status(self.dice.choice((429, 500, 503)))
        else:
            when.times(2).latency(self.dice.uniform(0.1, 5))

    async def fail_booking(self) -> None:
        """A command does not go as it should."""
        when = self.house.sim.faults.when(
            command=self.dice.choice(("Bookings.Book", "Bookings.Delete"))
        )
        which = self.dice.randrange(5)
        if which == 0:
            when.drop()
        elif which == 1:
            when.drop_answer()
        elif which == 2:
            when.not_applied()
        elif which == 3:
            when.applied_late(self.dice.uniform(0.5, 30))
        else:
            when.status(429, retry_after=self.dice.choice((3, 20, 60)))

    async def restart_device(self) -> None:
        """A phone restarts."""
        device = self.dice.choice(self.house.sim.devices)
        device.reboot(reuse_ids=self.dice.random() < 0.5)

    async def lose_connection(self) -> None:
        """The cloud is out of reach for a while."""
        await self.house.sim.down()
        await self.house.clock.pass_by(seconds=self.dice.expovariate(1 / 240))
        await self.house.sim.up()

    async def restart(self) -> None:
        """Home Assistant restarts, one way or the other."""
        await self.house.clock.pass_by(seconds=2)
        if self.dice.random() < 0.5:
            await self.house.stop()
        else:
            await self.house.crash()
        await self.house.clock.pass_by(seconds=self.dice.expovariate(1 / 60))
        await self.house.start()


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_the_truth_comes_out(
    house: House, clock: VirtualTime, seed: int
) -> None:
    """Shown is what is; told is what was, each thing once and in its order."""
    life = _Life(house, seed)
    until = clock.now + timedelta(hours=HOURS)
    with house.recording() as changes:
        while clock.now < until:
            await life.go_on()
        house.sim.faults.clear()
        await clock.pass_by(minutes=45)
    for room in house.rooms:
        await _check_shown(house, room)
        _check_told(changes, room)
    for title, (room, call) in life.asked.items():
        _check_answered(house, room, title, call)


def _check_answered(
    house: House, room: str, title: str, call: asyncio.Task[Any]
) -> None:
    """What whoever booked was told is true."""
    made = [
        change.booking.meeting_id
        for change in house.workspace(room).history
        if change.what == "created" and change.booking.title == title
    ]
    assert len(made) <= 1
    if call.cancelled():
        return  # Home Assistant died
    error = call.exception()
    if error is None:
        assert [call.result()["booking_id"]] == made
        return
    assert isinstance(error, HomeAssistantError)
    if error.translation_key != "unconfirmed":
        assert made == [], error


async def _check_shown(house: House, room: str) -> None:
    now = house.clock.now
    truth = [
        (b.meeting_id, b.start.isoformat(), b.end.isoformat())
        for b in house.workspace(room).bookings
        if b.end > now
    ]
    shown = [
        (b["booking_id"], b["start"], b["end"]) for b in await house.bookings(room)
    ]
    assert shown == truth
    current = house.workspace(room).current_at(now)
    assert house.state(room, "availability") == ("busy" if current else "free")


def _check_told(changes: Changes, room: str) -> None:
    """Of each booking, what was told is a life that a booking can have."""
    lives: dict[str, list[str]] = defaultdict(list)
    for told in changes.told(room):
        lives[told.attributes["booking_id"]].append(told.kind)
    for life in lives.values():
        kinds = [kind for kind in life if kind != "changed"]
        assert _A_LIFE.fullmatch("".join(f"{kind} " for kind in kinds)), life


# A running meeting may be moved away and start again; a restart may hide a beginning.
_A_LIFE = re.compile(
    "(created )?(started ended )*(started |cancelled )?|ended (started ended )*"
)
