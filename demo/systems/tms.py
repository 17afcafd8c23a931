"""A simulated Cisco TMS, and what people do at its web pages."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, override
from zoneinfo import ZoneInfo

from demo.client import Client
from demo.flows import Flow
from demo.homeassistant import DOMAIN

from .server import AccountServer
from .simulated import local_now

ROOMS = ("Harbour", "Lagoon")
# What its rooms call W. Europe Standard Time.
ZONE = ZoneInfo("Europe/Berlin")
# Home Assistant asks every five minutes: who comes shall be seen before they leave.
VISIT_SECONDS = 600
GONE = ("Deleted", "Rejected")


@dataclass(frozen=True, kw_only=True)
class Conference:
    """A conference, or an occurrence of a series, as TMS has it: the truth."""

    id: str
    title: str
    start: datetime
    end: datetime
    rooms: tuple[str, ...]
    state: str
    kind: str
    pin: str
    owner: str
    source: str
    key: str
    series: str | None

    @classmethod
    def from_control(cls, conference: dict[str, Any], names: dict[str, str]) -> Self:
        """Return the conference of the control API's JSON."""
        return cls(
            id=str(conference["conference_id"]),
            title=conference["title"],
            start=datetime.fromisoformat(conference["start_time_utc"]),
            end=datetime.fromisoformat(conference["end_time_utc"]),
            rooms=tuple(names[str(number)] for number in conference["system_ids"]),
            state=conference["conference_state"],
            kind=conference["conference_type"],
            pin=conference["password"],
            owner=f"{conference['owner_first_name']} {conference['owner_last_name']}",
            source=conference["external_source_id"],
            key=conference["external_primary_key"],
            series=conference["first_occurrence_rec_instance_id_utc"],
        )


class Tms(AccountServer):
    """A server with two rooms."""

    name = "tms"
    matched = "operation"
    arguments = (
        *("--control-port", "{port}"),
        *("--rooms", "0"),
        *("--password", "first-of-tms"),
    )

    @override
    async def _furnish(self) -> None:
        for room in ROOMS:
            await self.control("POST", "/systems", {"name": room})

    @property
    @override
    def rooms(self) -> list[str]:
        """The names of its rooms."""
        return list(self._about["systems"].values())

    # What an administrator has

    @property
    def systems(self) -> dict[str, str]:
        """The names of its rooms by their ids."""
        systems: dict[str, str] = self._about["systems"]
        return systems

    @override
    def credentials(self, **changes: Any) -> dict[str, Any]:
        """Return answers to the flow's first form."""
        return super().credentials(**{"authentication": "auto", **changes})

    @override
    async def add_to(self, client: Client) -> str:
        """Add it to Home Assistant through the integration's config flow; the entry's id."""
        forms = (self.credentials(), {"rooms": list(self.systems)})
        return (await Flow.through(client, DOMAIN, self.name, *forms)).entry_id

    async def failed_logons(self) -> int:
        """Return how often somebody showed a wrong password."""
        failed = (await self.control("GET", ""))["failed_logons"]
        return sum(failed.values())

    async def asked(self) -> list[str]:
        """Return which operations were asked for since the log was cleared."""
        log = await self.control("GET", "/requests")
        return [request["operation"] for request in log["requests"]]

    async def proofs(self) -> set[str]:
        """Return by which schemes passwords were proven since the log was cleared."""
        log = await self.control("GET", "/requests")
        return {c["scheme"] for c in log["challenges"] if c["scheme"]}

    # What people do at its web pages, and what they see there

    async def conferences(self, title: str | None = None) -> list[Conference]:
        """Return what is booked, by a title or all of it; past ones too, by their starts."""
        answer = await self.control("GET", "/conferences")
        found = (
            Conference.from_control(conference, self.systems)
            for conference in answer["conferences"]
        )
        living = (c for c in found if c.state not in GONE)
        return sorted(
            (c for c in living if title in (None, c.title)), key=lambda c: c.start
        )

    async def conference(self, title: str) -> Conference | None:
        """Return what is booked under a title."""
        found = await self.conferences(title)
        return found[0] if found else None

    async def book(
        self,
        *rooms: str,
        title: str,
        start: datetime,
        minutes: int = 30,
        **more: Any,
    ) -> str:
        """Book rooms, as a series where `more` holds its `pattern`; the (first) id."""
        body = {
            "systems": rooms,
            "title": title,
            "start": start.isoformat(),
            "minutes": minutes,
            **more,
        }
        made = await self.control("POST", "/conferences", body)
        return str(made["conference_id"])

    async def change(self, conference_id: str, how: str, **what: Any) -> None:
        """Move, rename, delete, end, approve, reject or break a conference."""
        await self.control("POST", f"/conferences/{conference_id}/{how}", what)

    async def clear(self) -> None:
        """Delete whatever has not ended."""
        now = await self.now()
        for conference in await self.conferences():
            if conference.end > now and conference.state != "Finished":
                occurrence = conference.series is not None
                await self.change(conference.id, "delete", occurrence=occurrence)

    @override
    async def live(self) -> None:
        """Let somebody book a free half of an hour, and give it back ten minutes later."""
        while True:
            for room in self.rooms:
                visit = await self._visit(room)
                await asyncio.sleep(VISIT_SECONDS)
                for conference in await self.conferences():
                    if (conference.id, conference.state) == (visit, "Pending"):
                        await self.change(conference.id, "delete")

    async def _visit(self, room: str) -> str | None:
        now = local_now().replace(second=0, microsecond=0)
        begin, end = now + timedelta(minutes=15), now + timedelta(minutes=45)
        for conference in await self.conferences():
            taken = conference.start < end and begin < conference.end
            if taken and room in conference.rooms:
                return None
        return await self.book(room, title="Visitors", start=begin)

    @override
    async def seed(self) -> None:
        """Book an ordinary day, by the quarter of an hour, and one series."""
        harbour, lagoon = self.rooms
        now = local_now()
        quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        series = {"pattern": daily(5)}
        meetings: tuple[tuple[tuple[str, ...], str, int, int, dict[str, Any]], ...] = (
            ((harbour,), "Board meeting", -2, 4, {}),
            ((harbour,), "Budget", 3, 4, {}),
            ((lagoon,), "Video stand-up", 1, 1, series),
            ((harbour, lagoon), "All hands", 9, 4, {}),
        )
        for rooms, title, quarters, length, more in meetings:
            start = quarter + timedelta(minutes=15 * quarters)
            await self.book(
                *rooms, title=title, start=start, minutes=15 * length, **more
            )


def daily(times: int) -> dict[str, Any]:
    """Return the pattern of a series that takes place every day."""
    return {
        "frequency_type": "Daily",
        "interval": 1,
        "pattern_end_type": "EndByInstances",
        "pattern_instances": times,
    }
