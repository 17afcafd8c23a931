"""One timer for the next moment at which any of many has something to do."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

# On the hour meetings start everywhere. After so many rooms others have their turn on the
# event loop: about 10 ms.
_AT_ONCE: Final = 20


class Wakes:
    """Calls `wake` with each name at its moment, and with what time it is then."""

    def __init__(
        self, hass: HomeAssistant, wake: Callable[[str, datetime], None]
    ) -> None:
        """Wake nobody yet."""
        self._hass = hass
        self._wake = wake
        self._moments: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._timer: CALLBACK_TYPE | None = None
        self._timer_at: datetime | None = None

    @callback
    def at(self, name: str, moment: datetime | None) -> None:
        """Wake somebody at that moment and no other; at none, never."""
        if moment is None:
            self._moments.pop(name, None)
        elif self._moments.get(name) != moment:
            self._moments[name] = moment
            heappush(self._heap, (moment, name))
        self._arm()

    @callback
    def clear(self) -> None:
        """Wake nobody."""
        self._moments.clear()
        self._arm()

    def _arm(self) -> None:
        while self._heap and self._moments.get(self._heap[0][1]) != self._heap[0][0]:
            heappop(self._heap)
        head = self._heap[0][0] if self._heap else None
        if head == self._timer_at:
            return
        if self._timer is not None:
            self._timer()
            self._timer = None
        self._timer_at = head
        if head is not None:
            self._timer = async_track_point_in_utc_time(
                self._hass, self._on_timer, head
            )

    @callback
    def _on_timer(self, _: datetime) -> None:
        self._timer = self._timer_at = None
        now = dt_util.utcnow()
        due: list[str] = []
        while self._heap and self._heap[0][0] <= now and len(due) < _AT_ONCE:
            moment, name = heappop(self._heap)
            if self._moments.get(name) == moment:
                del self._moments[name]
                due.append(name)
        for name in due:
            self._wake(name, now)
        self._arm()
