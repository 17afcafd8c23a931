"""How long to wait before trying again."""

from dataclasses import dataclass, field
import random

from ..rooms.errors import BusyTryLaterError, RoomError


@dataclass(slots=True)
class Backoff:
    """Doubling waits with jitter, in seconds; `reset` after a success."""

    first: float = 1.0
    most: float = 60.0
    _next: float = field(init=False, default=0.0)

    def reset(self) -> None:
        """Start over with the first wait."""
        self._next = 0.0

    def wait(self, error: RoomError | None = None) -> float:
        """The next wait: at least what the system asked for, where it asked."""
        self._next = min(self._next * 2 or self.first, self.most)
        jittered = self._next * random.uniform(0.5, 1.0)
        if isinstance(error, BusyTryLaterError) and error.retry_after is not None:
            return max(jittered, error.retry_after * random.uniform(1.0, 1.2))
        return jittered
