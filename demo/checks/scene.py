"""What the checks of any system share: Home Assistant, the rooms in it, and ways to look at them."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from demo.check import expect, expect_that
from demo.homeassistant import DOMAIN, HomeAssistant
from demo.rooms import Room, rooms_of
from demo.states import State
from demo.waiting import TooLate, until

SOON = 5.0
# The contract's limit for what a system pushes.
PROMPT_SECONDS = 1.0
# After a system was away.
BACK_SECONDS = 60.0
NO_STATE = ("unavailable", "unknown")

type Snapshot = dict[str, tuple[str, dict[str, Any]]]


@dataclass
class Scene:
    """A config entry of the integration in Home Assistant, and what must never be seen there."""

    home: HomeAssistant
    entry_id: str = ""
    rooms: dict[str, Room] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    masked: set[str] = field(default_factory=set)

    async def find_rooms(self) -> None:
        """Read the entry's rooms from the registries."""
        self.rooms = await rooms_of(self.home.client, self.entry_id)

    # States

    def state(self, room: str, platform: str, key: str) -> State:
        """Return what an entity says now. Raises LookupError."""
        entity_id = self.rooms[room].entity(platform, key)
        state = self.home.states.get(entity_id)
        if state is None:
            raise LookupError(f"{entity_id} has no state")
        return state

    async def reaches(
        self, room: str, platform: str, key: str, wanted: str, seconds: float = SOON
    ) -> State:
        """Wait until an entity says what is wanted. Raises TooLate."""
        entity_id = self.rooms[room].entity(platform, key)

        def probe() -> State | None:
            state = self.home.states.get(entity_id)
            return state if state and state.state == wanted else None

        return await self.home.states.until(
            f"{entity_id} is {wanted!r} ({self._said(entity_id)} before)",
            probe,
            seconds,
        )

    def _said(self, entity_id: str) -> str:
        state = self.home.states.get(entity_id)
        return repr(state.state) if state else "nothing"

    async def ready(self, seconds: float = 30) -> None:
        """Wait until every room's calendar is available."""
        for room in self.rooms.values():
            calendar = room.calendar

            def probe(calendar: str = calendar) -> bool:
                state = self.home.states.get(calendar)
                return state is not None and state.state not in NO_STATE

            await self.home.states.until(f"{calendar} is available", probe, seconds)

    async def snapshot(self) -> Snapshot:
        """Return what all entities that describe bookings say, once they have said it all."""
        await self.home.states.quiet()
        found: Snapshot = {}
        for room in self.rooms.values():
            for platform, key in (
                ("calendar", "bookings"),
                ("sensor", "availability"),
                ("sensor", "current_booking"),
                ("sensor", "next_booking"),
                ("sensor", "next_change"),
                ("sensor", "next_start"),
                ("binary_sensor", "booked"),
                ("event", "booking"),
            ):
                state = self.state(room.name, platform, key)
                found[state.entity_id] = (state.state, state.attributes)
        return found

    async def comes_back(self, before: Snapshot, seconds: float = 30) -> None:
        """Wait until all entities say what they said before. Raises Mismatch if they do not."""

        def differences() -> list[str]:
            return [
                f"{entity_id}: {state!r} before, {self._said(entity_id)} now"
                for entity_id, (state, _) in before.items()
                if self._said(entity_id) != repr(state)
            ]

        with suppress(TooLate):
            await self.home.states.until("", lambda: not differences(), seconds)
        expect(f"differences after {seconds:g} s", differences(), [])
        for entity_id, (_, attributes) in before.items():
            now = self.home.states.get(entity_id)
            expect(f"{entity_id}'s attributes", now and now.attributes, attributes)

    async def reloaded(self, mark: int, seconds: float = 30) -> None:
        """Wait until every room's calendar went since the mark, and is back."""
        states = self.home.states

        def went() -> bool:
            return all(
                any(
                    state.state == "unavailable"
                    for state in states.changes_since(mark, room.calendar)
                )
                for room in self.rooms.values()
            )

        await states.until("all calendars went", went, seconds)
        await self.ready(seconds)

    # The event entity

    async def mark(self) -> int:
        """Return a place in time for the event methods, after what belongs before it."""
        await self.home.states.quiet()
        return self.home.states.mark()

    def events(self, room: str, mark: int) -> list[dict[str, Any]]:
        """Return what the room's event entity reported since the mark, oldest first."""
        entity_id = self.rooms[room].entity("event", "booking")
        return [
            state.attributes
            for state in self.home.states.changes_since(mark, entity_id)
            if state.state not in NO_STATE
        ]

    async def event(
        self, room: str, mark: int, type_: str, seconds: float = SOON
    ) -> dict[str, Any]:
        """Wait until the room reports an event of that type. Raises TooLate."""

        def probe() -> dict[str, Any] | None:
            for event in self.events(room, mark):
                if event["event_type"] == type_:
                    return event
            return None

        return await self.home.states.until(
            f"{room} reports {type_} (reported: "
            f"{[e['event_type'] for e in self.events(room, mark)]})",
            probe,
            seconds,
        )

    async def told_late(self, room: str, mark: int, what: str) -> str:
        """Wait until what began while a system was away is shown, and reported late; when."""
        up = monotonic()
        on = await self.reaches(room, "calendar", "bookings", "on", BACK_SECONDS)
        event = await self.event(room, mark, "started")
        expect("the event's lateness", event["late"], True)
        return f"{on.at - up:.1f} s after the {what} was back"

    # Actions

    async def act(self, room: str, verb: str, **data: Any) -> dict[str, Any]:
        """Perform one of the integration's actions on a room and return its response."""
        calendar = self.rooms[room].calendar
        response = await self.home.client.action(
            f"room_bookings.{verb}", data, entity_id=calendar, respond=True
        )
        expect("the response's keys", list(response), [calendar])
        answer: dict[str, Any] = response[calendar]
        return answer

    async def sync(self, room: str) -> None:
        """Have the integration ask the room's system."""
        await self.home.client.action(
            "room_bookings.sync", entity_id=self.rooms[room].calendar
        )

    async def press(self, room: str, key: str) -> None:
        """Press one of a room's buttons."""
        button = self.rooms[room].entity("button", key)
        await self.home.client.action("button.press", entity_id=button)

    async def calendar_events(self, room: str) -> list[dict[str, Any]]:
        """Return the next day's events as a calendar card asks for them."""
        start = datetime.now(UTC) - timedelta(hours=1)
        end = start + timedelta(days=1)
        query = f"start={_url_time(start)}&end={_url_time(end)}"
        events: list[dict[str, Any]] = await self.home.client.request(
            "GET", f"/api/calendars/{self.rooms[room].calendar}?{query}"
        )
        return events

    # Repairs

    async def issues(self) -> list[str]:
        """Return the ids of the integration's repair issues."""
        issues = (await self.home.client.call("repairs/list_issues"))["issues"]
        return [i["issue_id"] for i in issues if i["domain"] == DOMAIN]

    async def new_issue(self, before: list[str], seconds: float = 30) -> str:
        """Wait for a repair issue that was not there before; its id. Raises TooLate."""

        async def probe() -> str | None:
            return next((i for i in await self.issues() if i not in before), None)

        return await until("a repair issue", probe, seconds)

    async def issue_gone(self, issue_id: str, seconds: float = 30) -> None:
        """Wait until a repair issue is gone. Raises TooLate."""

        async def probe() -> bool:
            return issue_id not in await self.issues()

        await until(f"{issue_id} is gone", probe, seconds)

    # What must not be seen

    async def next_is_private(self, room: str) -> None:
        """Wait for a private next booking. Raises Mismatch where what is masked shows."""
        shown = await self.reaches(room, "sensor", "next_booking", "Private")
        self.hides("the sensor", f"{shown.attributes}")
        self.hides("get_bookings", f"{await self.act(room, 'get_bookings')}")
        self.hides("the calendar", f"{await self.calendar_events(room)}")

    def hides(self, where: str, text: str) -> None:
        """Raise Mismatch if a text shows a secret or a masked title."""
        for word in self.secrets | self.masked:
            expect_that(f"{where} shows {word[:12]!r}…", word not in text)


def in_minutes(minutes: int) -> datetime:
    """Return the full minute that is so many minutes from now (UTC)."""
    return datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(
        minutes=minutes
    )


def prompt(seconds: float) -> str:
    """Return the time in words. Raises Mismatch if it is longer than a push may take."""
    words = f"{seconds * 1000:.0f} ms"
    expect_that("it took at most a second", 0 <= seconds <= PROMPT_SECONDS, words)
    return words


def _url_time(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
