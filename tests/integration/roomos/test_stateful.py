"""Anything that can happen to a room and to its wire, in any order: each thing is told once.

Hypothesis chooses what happens; the real integration follows the simulated device, whose
calendar is the truth.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from homeassistant.core import HomeAssistant
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomos import OccupiedError, SimBooking

from .room import Room, told

# What lasted no longer than a restart of the device may have gone by unseen.
_UNSEEN = timedelta(minutes=1)

_WHEN = st.integers(-2, 30)
_LENGTH = st.sampled_from([5, 10, 15, 30])
_WHICH = st.integers(0, 5)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pass_by"), st.sampled_from([1, 30, 60, 300, 900])),
        st.tuples(st.just("meet"), _WHEN, _LENGTH),
        st.tuples(st.just("meet"), st.integers(0, 3), _LENGTH),
        st.tuples(st.just("move"), _WHICH, _WHEN, _LENGTH),
        st.tuples(st.just("delete"), _WHICH),
        st.tuples(st.just("duplicate"), st.integers(1, 9)),
        st.tuples(st.just("reorder"), st.integers(1, 9)),
        st.tuples(st.just("cut")),
        st.tuples(st.just("reboot"), st.booleans()),
        st.tuples(st.just("start_again")),
    ),
    min_size=4,
    max_size=16,
)


class _Life:
    """What happens to one room, and what really happened."""

    def __init__(self, room: Room) -> None:
        """Begin with an empty calendar."""
        self.room = room
        self.made = 0

    async def step(self, what: str, *how: Any) -> None:
        """Let one thing happen."""
        await getattr(self, what)(*how)
        await self.room.clock.settle()

    async def pass_by(self, seconds: int) -> None:
        """Time passes."""
        await self.room.clock.pass_by(seconds=seconds)

    async def meet(self, start: int, minutes: int) -> None:
        """Somebody books at the device, if the room is free then."""
        begin = self.room.clock.now + timedelta(minutes=start)
        try:
            self.room.device.book_locally(f"Meeting {self.made}", begin, minutes)
        except OccupiedError:
            return
        self.made += 1

    async def move(self, which: int, start: int, minutes: int) -> None:
        """Somebody moves a booking, if the room is free then."""
        now = self.room.clock.now
        booking = self._one(which)
        begin = now.replace(microsecond=0) + timedelta(minutes=start)
        end = begin + timedelta(minutes=minutes)
        if booking is None or end <= now:
            return
        workspace = self.room.workspace()
        if not workspace.occupied(begin, end, ignoring=booking.uuid):
            self.room.device.edit_locally(booking, start=begin, minutes=minutes)

    async def delete(self, which: int) -> None:
        """Somebody deletes a booking."""
        if (booking := self._one(which)) is not None:
            self.room.device.delete_locally(booking)

    async def duplicate(self, times: int) -> None:
        """The next frames come twice."""
        self.room.device.faults.messages().times(times).duplicate()

    async def reorder(self, times: int) -> None:
        """The next frames arrive the other way round, within half a second."""
        for place in range(times):
            self.room.device.faults.messages().delay(0.05 * (times - place))

    async def cut(self) -> None:
        """The connection is lost."""
        self.room.device.disconnect()

    async def reboot(self, again: bool) -> None:
        """The device starts anew; its Ids are others then."""
        self.room.device.reboot(start_again=again)

    async def start_again(self) -> None:
        """The device says once more that the meeting has started."""
        self.room.workspace().start_again(self.room.clock.now)

    def _one(self, which: int) -> SimBooking | None:
        now = self.room.clock.now
        there = [b for b in self.room.device.bookings if b.end > now]
        return there[which % len(there)] if there else None

    # The truth

    def runs(self) -> dict[str, list[timedelta]]:
        """How long each booking ran, each time that it did, if only for an instant."""
        versions: dict[str, list[tuple[datetime, SimBooking | None]]] = {}
        for change in self.room.device.history:
            booking = None if change.what == "deleted" else change.booking
            versions.setdefault(change.booking.meeting_id, []).append(
                (change.at, booking)
            )
        return {uid: list(_runs(known)) for uid, known in versions.items()}


def _runs(versions: list[tuple[datetime, SimBooking | None]]) -> Iterator[timedelta]:
    never = datetime.max.replace(tzinfo=UTC)
    until = [*(at for at, _ in versions[1:]), never]
    began: datetime | None = None
    for (since, booking), changed in zip(versions, until, strict=True):
        if began is not None and (booking is None or not booking.runs_at(since)):
            yield since - began
            began = None
        if booking is None:
            continue
        begin, end = max(since, booking.start), min(changed, booking.end)
        if begin < end or booking.runs_at(since):
            began = began or begin
            if booking.end <= changed:
                yield end - began
                began = None


def _agree(life: _Life, kinds: dict[str, list[str]]) -> None:
    for uid, runs in life.runs().items():
        said = kinds.get(uid, [])
        count = Counter(said)
        seen = sum(run > _UNSEEN for run in runs)
        assert seen <= count["started"] <= len(runs), (uid, runs, said)
        assert count["ended"] == count["started"], (uid, runs, said)
        turns = [kind for kind in said if kind in ("started", "ended")]
        assert turns == ["started", "ended"] * count["started"], (uid, said)
        assert count["created"] <= 1, (uid, said)
        assert count["cancelled"] <= 1, (uid, said)
        assert "created" not in said[1:], (uid, said)
        if not count["created"]:
            assert seen == 0, (uid, runs, said)
    assert kinds.keys() <= life.runs().keys()


@pytest.mark.parametrize("software", ["roomos-26.4", "roomos-11.14"])
@given(steps=_STEPS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
async def test_each_thing_is_told_once(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
    software: str,
    steps: list[tuple[Any, ...]],
) -> None:
    """Started and ended once for each time that a meeting ran, created once at most."""
    async with Room.with_device(hass, hass_storage, clock, profile=software) as room:
        await room.open()
        life = _Life(room)
        with room.recording() as changes:
            for step in steps:
                await life.step(*step)
            room.device.faults.clear()
            await clock.pass_by(hours=2)
            kinds: dict[str, list[str]] = {}
            for one in told(changes):
                uid = one.attributes["booking_id"]
                kinds.setdefault(uid, []).append(one.kind)
            assert room.facts() == ("free", "off", "off")
        _agree(life, kinds)
        await hass.config_entries.async_remove(room.entry.entry_id)
