"""What is due when, on the simulated clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
import heapq
from itertools import count


@dataclass(order=True, slots=True)
class Timer:
    """A call that is due at an instant, until it is cancelled."""

    when: datetime
    order: int
    action: Callable[[datetime], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Never run the action."""
        self.cancelled = True


class Timers:
    """A heap of timers; `run_due` is the only thing that makes time pass."""

    def __init__(self) -> None:
        """Start without timers."""
        self._heap: list[Timer] = []
        self._order = count()
        self.on_earlier: Callable[[], None] = lambda: None
        """Called when a timer becomes the first one due."""

    def at(self, when: datetime, action: Callable[[datetime], None]) -> Timer:
        """Run the action, with the instant it was due, once that instant is past."""
        timer = Timer(when, next(self._order), action)
        heapq.heappush(self._heap, timer)
        if self._heap[0] is timer:
            self.on_earlier()
        return timer

    @property
    def next_due(self) -> datetime | None:
        """The instant of the first timer."""
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0].when if self._heap else None

    def run_due(self, now: datetime) -> int:
        """Run what is due by now, in the order of its instants; how many ran."""
        ran = 0
        while (due := self.next_due) is not None and due <= now:
            timer = heapq.heappop(self._heap)
            timer.action(timer.when)
            ran += 1
        return ran
