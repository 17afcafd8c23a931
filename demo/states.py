"""The states of Home Assistant's entities as they arrive, with what was before."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from .waiting import TooLate


@dataclass(frozen=True, kw_only=True)
class State:
    """What an entity said, and when it arrived here (monotonic seconds)."""

    entity_id: str
    state: str
    attributes: dict[str, Any]
    at: float

    @classmethod
    def from_wire(cls, state: dict[str, Any]) -> State:
        """Return the state of Home Assistant's JSON."""
        return cls(
            entity_id=state["entity_id"],
            state=state["state"],
            attributes=state["attributes"],
            at=monotonic(),
        )


class States:
    """A mirror of Home Assistant's state machine that remembers every change."""

    def __init__(self) -> None:
        """Start empty."""
        self._current: dict[str, State] = {}
        self._changes: list[State] = []
        self._changed = asyncio.Event()

    def set(self, state: State) -> None:
        """Take over a state and wake whoever waits for one."""
        self._current[state.entity_id] = state
        self._changes.append(state)
        self._changed.set()

    def forget(self, entity_id: str) -> None:
        """Take over that an entity has gone."""
        self._current.pop(entity_id, None)
        self._changed.set()

    def clear(self) -> None:
        """Forget what is current, as after a restart; what was before is kept."""
        self._current.clear()

    def get(self, entity_id: str) -> State | None:
        """Return the entity's state, None if it has none."""
        return self._current.get(entity_id)

    def mark(self) -> int:
        """Return a place in the history, for changes_since."""
        return len(self._changes)

    def changes_since(self, mark: int, entity_id: str) -> list[State]:
        """Return what an entity said since the mark."""
        return [s for s in self._changes[mark:] if s.entity_id == entity_id]

    async def until[T](
        self, what: str, probe: Callable[[], T | None], seconds: float
    ) -> T:
        """Return the probe's first answer that is neither None nor False.

        The probe is asked again after every change. Raises TooLate.
        """
        try:
            async with asyncio.timeout(seconds):
                while (answer := probe()) is None or answer is False:
                    self._changed.clear()
                    await self._changed.wait()
                return answer
        except TimeoutError:
            raise TooLate(f"not within {seconds:g} s: {what}") from None

    async def quiet(self, seconds: float = 0.5) -> None:
        """Wait until nothing has changed for that long: what belongs together has all arrived."""
        with suppress(TimeoutError):
            while True:
                self._changed.clear()
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
