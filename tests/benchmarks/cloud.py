"""The simulated Webex organisation, with people who walk into its rooms."""

import asyncio
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
import time
from typing import Any, Self

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import SimBooking, Workspace, utc_now, whole_second

# Nobody may walk in while a seeded meeting runs, so the first is far enough away.
FIRST_MEETING = timedelta(hours=6)
WALK_IN_MINUTES = 60
# So many walk-ins are there at a time: each stays for some changes of others.
_VISITORS = 3


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody booked a room at its device (`booked`) or gave it back, at `at` (monotonic)."""

    room: str
    booked: bool
    at: float


def meetings(
    count: int, first: datetime, per_day: int
) -> list[tuple[str, datetime, int]]:
    """So many half-hour meetings: title, start, minutes; `per_day` of them a day."""
    return [
        (
            f"Meeting {number}",
            first
            + timedelta(days=number // per_day, hours=number % per_day * 12 / per_day),
            30,
        )
        for number in range(count)
    ]


class Cloud:
    """An organisation of `rooms` rooms, each with `bookings` meetings.

    The first ones start all at once, `first` from now; then there are `per_day` a day.
    """

    def __init__(
        self,
        rooms: int,
        bookings: int,
        per_day: int = 4,
        first: timedelta = FIRST_MEETING,
    ) -> None:
        """Build it; nothing listens before the block is entered."""
        self.simulator = WebexSimulator(ticking=True)
        self._first = whole_second(utc_now() + first)
        for number in range(rooms):
            workspace = self.simulator.add_workspace(f"Room {number + 1}", capacity=6)
            self.simulator.add_device(workspace)
            workspace.seed(meetings(bookings, self._first, per_day))
        self._random = Random(rooms)
        self._there: deque[tuple[Workspace, SimBooking]] = deque()

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        await self.simulator.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.simulator.stop()

    async def credentials(self) -> dict[str, Any]:
        """What a person types into the flow's first form."""
        return {
            "client_id": self.simulator.client_id,
            "client_secret": self.simulator.client_secret,
            "activation_code": self.simulator.activation_code(),
            "advanced": {"api_url": self.simulator.api_url},
        }

    async def room_ids(self) -> list[str]:
        """The ids of all rooms."""
        return [workspace.id for workspace in self.simulator.workspaces]

    async def seconds_to_first(self) -> float:
        """How long it takes until the first meetings start."""
        return (self._first - utc_now()).total_seconds()

    async def interrupt(self, seconds: float) -> None:
        """Cut all connections, and take none for so long."""
        await self.simulator.down(seconds)

    async def visits(self, count: int, every: float) -> list[Visit]:
        """Let people walk in and leave at random rooms, one such change `every` seconds."""
        visits: list[Visit] = []
        for _ in range(count):
            leaving = len(self._there) >= _VISITORS
            visits.append(self._leave() if leaving else self._walk_in())
            await asyncio.sleep(every * self._random.uniform(0.5, 1.5))
        return visits

    def _walk_in(self) -> Visit:
        taken = {workspace.id for workspace, _ in self._there}
        while (workspace := self._random.choice(self.simulator.workspaces)).id in taken:
            pass
        at = time.monotonic()
        booking = workspace.book_locally("Walk-in", utc_now(), WALK_IN_MINUTES)
        self._there.append((workspace, booking))
        return Visit(workspace.id, True, at)

    def _leave(self) -> Visit:
        workspace, booking = self._there.popleft()
        at = time.monotonic()
        workspace.delete_locally(booking)
        return Visit(workspace.id, False, at)

    async def requests(self) -> Counter[str]:
        """How many requests of each kind came since the last call."""
        log = self.simulator.requests
        kinds = Counter(kind(entry.method, entry.path, entry.command) for entry in log)
        log.clear()
        return kinds


def kind(method: str, path: str, command: str) -> str:
    """What a request is for, in the words of the tables."""
    if command:
        return command.replace(".", " ")
    if "/queue" in path:
        return "long poll"
    return f"{method} {path.rsplit('/', 1)[-1] if '/v1/' in path else 'app'}"
