"""When a room becomes free, pending or busy, as it is told to people: once for each time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from .booking import Booking
from .changes import ChangeKind, Memory
from .privacy import Titles, masked
from .state import Availability, RoomState
from .view import News, Origin, RoomView

_LEAVES = (ChangeKind.ENDED, ChangeKind.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A room that became free, pending or busy, told `late` if nobody was listening.

    `booking` is the one that holds the room, or held it last; None if it was not a booking.
    """

    availability: Availability
    booking: Booking | None
    origin: Origin
    late: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """How available a room is, and which booking makes it so."""

    availability: Availability
    booking: Booking | None

    @classmethod
    def by(cls, state: RoomState) -> Self:
        """What the state says; a booking that was checked in to early holds the room as well."""
        if state.availability is Availability.FREE:
            return cls(state.availability, None)
        early = state.next if state.next and state.next.checked_in else None
        return cls(state.availability, state.current or state.awaiting or early)

    @classmethod
    def remembered(cls, memory: Memory, titles: Titles) -> Self | None:
        """What an earlier life has told, if there was one."""
        if memory.seen is None:
            return None
        if not memory.running:
            return cls(Availability.FREE, None)
        return cls(Availability.BUSY, masked(memory.running[0], titles))


class Turns:
    """The turns of one room; `told` is what people know of it, None before the first time."""

    def __init__(self, memory: Memory, titles: Titles) -> None:
        """Nobody has listened since what is remembered."""
        self._held = _Held.remembered(memory, titles)
        self._away = True
        self.told = self._held.availability if self._held is not None else None

    def turn(
        self,
        view: RoomView,
        news: Sequence[News],
        origin_of: Callable[[Booking], Origin],
    ) -> Turn | None:
        """What the room has become by now, if that is new; `news` is told with it."""
        if not view.available:
            self._away = True
            return None
        before, self._held = self._held, _Held.by(view.state)
        away, self._away = self._away, False
        if before is None or before.availability is self._held.availability:
            return None
        booking = self._held.booking
        if self._held.availability is Availability.FREE:
            left = [n.change.booking for n in news if n.change.kind in _LEAVES]
            booking = left[-1] if left else before.booking
        told = [n.origin for n in news if n.change.booking == booking]
        if not told:
            told = [Origin.ELSEWHERE if booking is None else origin_of(booking)]
        return Turn(
            availability=self._held.availability,
            booking=booking,
            origin=told[-1],
            late=away or any(n.change.late for n in news),
        )
