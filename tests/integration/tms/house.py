"""A house with rooms that a Cisco TMS books: Home Assistant, TMS and their clock in one hand."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
import threading
from typing import Any, Self, override

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.integration.house import START
from tests.integration.server_house import AddServer, ServerHouse, minutes_of, refusal
from tests.integration.virtual_time import VirtualTime
from tests.simulators.tms import TmsSimulator
from tests.simulators.tms.engine import Conference

# Further ahead than Home Assistant looks, not further than a room is listed.
_FAR = timedelta(days=30, hours=12)
# How exactly a test waits for a poll, in seconds.
_STEP = 5

_GONE = ("Deleted", "Rejected", "MeetingRequest")


class TmsHouse(ServerHouse):
    """See the module's docstring."""

    tms: TmsSimulator

    @classmethod
    @asynccontextmanager
    async def with_server(
        cls,
        hass: HomeAssistant,
        storage: dict[str, Any],
        clock: VirtualTime,
        rooms: Sequence[str],
        add: AddServer,
        **server: Any,
    ) -> AsyncIterator[Self]:
        """Rooms that Home Assistant does not know yet, of a server that has been used.

        `add` adds the server to Home Assistant.
        """
        async with TmsSimulator(**server) as sim:
            for name in rooms:
                sim.add_system(name)
            sim.local.book([sim.systems[0].system_id], START + _FAR, title="Far away")
            async with cls.beside(hass, storage, clock, sim, add) as house:
                house.tms = sim
                yield house
            assert sim.violations == []

    # The rooms in Home Assistant

    def system(self, room: str) -> int:
        """The id of a room in TMS."""
        return next(s.system_id for s in self.tms.systems if s.system_name == room)

    @override
    def public_id(self, room: str) -> str:
        """What a room goes by in Home Assistant."""
        return f"{self.entry.entry_id}_{self.system(room)}"

    async def refused_sync(self) -> dict[str, str]:
        """How `sync` is refused."""
        return await refusal(self.sync())

    def active_issues(self, kind: str) -> list[ir.IssueEntry]:
        """The repair issues of a kind that stand."""
        return [
            issue
            for issue in ir.async_get(self.hass).issues.values()
            if issue.domain == DOMAIN and issue.active and issue.translation_key == kind
        ]

    # The server

    @override
    def meet(
        self,
        title: str,
        start: float,
        minutes: int = 30,
        *rooms: str,
        **details: Any,
    ) -> Conference:
        """Somebody books at TMS, `start` minutes after the house was built; in Fjord."""
        begin = self.at(start)
        return self.tms.local.book(
            [self.system(room) for room in rooms or ("Fjord",)],
            begin,
            begin + timedelta(minutes=minutes),
            title,
            **details,
        )

    def living(self, room: str = "Fjord") -> list[Conference]:
        """The truth: the conferences that TMS holds for a room, but the one far away."""
        found = [
            conference
            for conference in self.tms.local.conferences()
            if self.system(room) in conference.system_ids
            and conference.conference_state not in _GONE
            and conference.conference_id > 0
            and conference.title != "Far away"
        ]
        return sorted(found, key=begins)

    def held(self, room: str = "Fjord") -> list[tuple[str, float, float]]:
        """The truth: titles, starts (minutes after the house was built) and minutes."""
        return [
            (
                f"{c.title}",
                minutes_of(begins(c) - START),
                minutes_of(ends(c) - begins(c)),
            )
            for c in self.living(room)
        ]

    @property
    def asked(self) -> Counter[str]:
        """How often which operation was asked for since the log was cleared."""
        return self.tms.requests.counts

    def saved(self) -> list[Any]:
        """What was sent to be saved: the conferences, as they were on the wire."""
        return [
            request.parameters["Conference"]
            for request in self.tms.requests
            if request.operation.startswith("SaveConference")
        ]

    async def poll(self) -> None:
        """Let the next question about transactions be asked and answered."""
        before = self.asked["GetTransactionsSince"]
        await self.until(lambda: self.asked["GetTransactionsSince"] > before)
        await self.clock.settle()

    async def until(self, condition: Callable[[], object], within: float = 301) -> None:
        """Let time pass until the condition holds, to some seconds: polls are minutes apart."""
        waited = 0
        while not condition():
            assert waited < within, f"not within {within} s: {condition}"
            await self.clock.pass_by(seconds=_STEP)
            waited += _STEP

    @override
    async def sync(self, *rooms: str) -> None:
        """Have TMS asked what is new."""
        await super().sync(*(rooms or ("Fjord",)))
        await self.clock.settle()


def begins(conference: Conference) -> datetime:
    """When a conference starts."""
    assert conference.start_time_utc is not None
    return conference.start_time_utc


def ends(conference: Conference) -> datetime:
    """When a conference ends."""
    assert conference.end_time_utc is not None
    return conference.end_time_utc


def threads() -> list[str]:
    """The threads of clients that are not closed."""
    return [t.name for t in threading.enumerate() if t.name.startswith("tms")]
