"""Any day of a room: each trigger fires once for each thing, in the order of events.

Hypothesis chooses what people do, when Home Assistant is reloaded, killed or started anew;
an oracle says what automations have to hear (see `expected.py`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.room_bookings.automations import announced
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from tests.integration.conftest import add_webex
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime
from tests.simulators.xapi import SimBooking

from .ears import Ears
from .expected import Calendar, Expected

_LEAD = timedelta(minutes=7)
_TRIGGERS = (
    "became_busy",
    "became_free",
    "booking_cancelled",
    "booking_changed",
    "booking_created",
    "meeting_ended",
    "meeting_started",
)
# Things happen at the full minute, people act between: nothing hangs on who is quicker.
_ACT_AT = 20

_WHICH = st.integers(0, 5)
_START = st.integers(0, 25)
_LENGTH = st.sampled_from([1, 5, 10, 20])
_ACTION = st.one_of(
    st.tuples(st.just("meet"), _START, _LENGTH),
    st.tuples(st.just("move"), _WHICH, _START, _LENGTH),
    st.tuples(st.just("delete"), _WHICH),
)
_STEPS = st.lists(
    st.one_of(
        _ACTION,
        _ACTION,
        st.tuples(st.just("pass_by"), st.sampled_from([1, 3, 8, 20])),
        st.tuples(
            st.just("restart"),
            st.sampled_from(["reload", "crash", "boot"]),
            st.sampled_from([1, 4, 9]),
            st.lists(_ACTION, max_size=2),
        ),
    ),
    min_size=4,
    max_size=14,
)


class _Day:
    """One room, what people and Home Assistant do there, and what has to be heard."""

    def __init__(self, house: House, ears: Ears) -> None:
        """Begin with an empty calendar."""
        self.house = house
        self.clock = house.clock
        self.ears = ears
        self.room = house.workspace("Fjord")
        self.made = 0
        self.expected = Expected(lead=_LEAD, now=self.clock.now)

    async def listen(self) -> None:
        """Arm all triggers."""
        calendar = {"entity_id": [self.house.entity_id("Fjord", "bookings")]}
        await self.ears.listen(*_TRIGGERS, **calendar)
        await self.ears.listen(
            "meeting_starting", options={"offset": _LEAD}, **calendar
        )

    # What happens

    async def step(self, what: str, *how: Any) -> None:
        """Let one thing happen at the next time for it."""
        if what == "pass_by":
            await self.clock.pass_by(minutes=how[0])
        elif what == "restart":
            await self.restart(*how)
        else:
            await self.until_somebody_acts()
            self.act(what, *how)
            self.expected.change(self.calendar(), self.clock.now)
        await self.clock.pass_by(seconds=5)

    async def until_somebody_acts(self) -> None:
        """People act at this second of each minute."""
        await self.clock.settle()
        now = self.clock.now
        when = now.replace(second=_ACT_AT, microsecond=0)
        await self.clock.move_to(when + timedelta(minutes=when <= now))

    def act(self, what: str, *how: Any) -> None:
        """Somebody books, moves or deletes at the device."""
        {"meet": self._meet, "move": self._move, "delete": self._delete}[what](*how)

    def _meet(self, start: int, minutes: int) -> None:
        self.room.book_locally(
            f"Meeting {self.made:02}", self._minute(start), minutes, overlap=True
        )
        self.made += 1

    def _move(self, which: int, start: int, minutes: int) -> None:
        if (booking := self._one(which)) is not None:
            begin = self._minute(start)
            self.room.edit_locally(booking, start=begin, minutes=minutes)

    def _delete(self, which: int) -> None:
        if (booking := self._one(which)) is not None:
            self.room.delete_locally(booking)

    def _minute(self, minutes: int) -> datetime:
        """A full minute; the first of them has begun, but not ended."""
        now = self.clock.now.replace(second=0, microsecond=0)
        return now + timedelta(minutes=minutes)

    def _one(self, which: int) -> SimBooking | None:
        there = [b for b in self.room.bookings if b.end > self.clock.now]
        return there[which % len(there)] if there else None

    def calendar(self) -> Calendar:
        """All bookings of the room, by id."""
        return {b.meeting_id: (b.start, b.end) for b in self.room.bookings}

    async def restart(
        self, how: str, minutes: int, meanwhile: Sequence[tuple[Any, ...]]
    ) -> None:
        """Stop, let people act, start: the entry alone, hard, or Home Assistant as a whole."""
        await self.until_somebody_acts()
        self.expected.pass_until(self.clock.now)
        if how == "crash":
            await self.house.crash()
        else:
            await self.house.stop()
        if how == "boot":
            self.ears.close()
            self.house.hass.data.pop(announced._ANNOUNCED, None)
            self.house.hass.set_state(CoreState.starting)
        for action in meanwhile:
            await self.until_somebody_acts()
            self.act(*action)
        await self.clock.pass_by(minutes=minutes)
        self.expected.away(self.calendar(), self.clock.now)
        await self.house.start()
        if how == "boot":
            await self.listen()
            self.house.hass.set_state(CoreState.running)
            self.house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)

    # What is heard

    def agree(self) -> None:
        """Each trigger has told exactly what it has to, in order."""
        heard = [
            (h.trigger, "" if h.trigger.startswith("became") else h.booking_id)
            for h in self.ears.heard
        ]
        for trigger in (*_TRIGGERS, "meeting_starting"):
            expected = [said for said in self.expected.said if said[0] == trigger]
            assert [said for said in heard if said[0] == trigger] == expected


@given(steps=_STEPS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
async def test_each_trigger_fires_once_for_each_thing(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    patient_cloud: None,
    clock: VirtualTime,
    steps: list[tuple[Any, ...]],
) -> None:
    """Back to back, overlapping, moved over now, cancelled while running, over restarts."""
    async with House.built(hass, hass_storage, clock, add_webex) as house:
        await house.open()
        # From the second start on there is something on disk to begin with.
        await house.stop()
        await house.start()
        day = _Day(house, Ears(hass))
        try:
            await day.listen()
            for step in steps:
                await day.step(*step)
            await clock.pass_by(hours=2)
        finally:
            day.ears.close()
            hass.set_state(CoreState.running)
            await hass.config_entries.async_remove(house.entry.entry_id)
        day.expected.pass_until(clock.now)
        day.agree()
