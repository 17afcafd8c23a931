"""Systems as the REST API shows them, and the rooms among them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .engine import BookingsDriver
from .mailbox import Mailbox, OccupiedError, SimEvent
from .modules import Module


@dataclass(slots=True)
class System:
    """A control system (facts B2): what it is, and the modules in it."""

    id: str
    name: str
    created: int
    display_name: str | None = None
    email: str = ""
    capacity: int = 0
    bookable: bool = False
    public: bool = False
    signage: bool = False
    description: str = ""
    timezone: str | None = None
    zones: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    """Members that replace those on the wire."""

    def module(self, name: str, index: int = 1) -> Module | None:
        """The module of that name and index, counted from 1 in its system."""
        same = [module for module in self.modules if module.name == name]
        return same[index - 1] if 0 < index <= len(same) else None

    def index_of(self, module: Module) -> int:
        """The index of one of its modules."""
        same = [each for each in self.modules if each.name == module.name]
        return same.index(module) + 1

    def types(self) -> dict[str, int]:
        """How many modules of each name it has."""
        names = [module.name for module in self.modules]
        return {name: names.count(name) for name in names}

    def wire(self) -> dict[str, Any]:
        """Its JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "display_name": self.display_name,
            "description": self.description,
            "email": self.email or None,
            "code": None,
            "type": None,
            "capacity": self.capacity,
            "features": self.features,
            "bookable": self.bookable,
            "public": self.public,
            "approval": False,
            "signage": self.signage,
            "map_id": None,
            "images": [],
            "security_groups": [],
            "timezone": self.timezone,
            "zones": self.zones,
            "modules": [module.id for module in self.modules],
            "support_url": "",
            "timetable_url": None,
            "camera_url": None,
            "camera_snapshot_url": None,
            "room_booking_url": None,
            "installed_ui_devices": 0,
            "version": 1,
            "created_at": self.created,
            "updated_at": self.created,
            **self.more,
        }


class Room:
    """A system with a Bookings module, and the people who use the room."""

    def __init__(
        self,
        system: System,
        mailbox: Mailbox,
        driver: BookingsDriver,
        clock: Callable[[], datetime],
    ) -> None:
        """Put the module into the system."""
        self.system = system
        self.mailbox = mailbox
        self.driver = driver
        self._clock = clock

    @property
    def id(self) -> str:
        """The id of the system."""
        return self.system.id

    @property
    def name(self) -> str:
        """The name of the system."""
        return self.system.name

    @property
    def status(self) -> dict[str, Any]:
        """The variables of its Bookings module."""
        return self.driver.status

    @property
    def events(self) -> list[SimEvent]:
        """What really is booked, by start; nothing that was cancelled."""
        return [event for event in self.mailbox.events if event.status != "cancelled"]

    @property
    def current(self) -> SimEvent | None:
        """The event that runs now; of several the first."""
        now = self.mailbox.now
        return next((e for e in self.events if e.start <= now < e.until), None)

    @property
    def following(self) -> SimEvent | None:
        """The next event."""
        now = self.mailbox.now
        return next((event for event in self.events if event.start > now), None)

    # People elsewhere, with their calendars

    def book(
        self,
        title: str,
        start: datetime | None = None,
        minutes: int = 30,
        host: str = "",
        *,
        overlap: bool = False,
        **fields: Any,
    ) -> SimEvent:
        """Book, from now on without a start; `fields` are those of `SimEvent`.

        Raises `OccupiedError` where the slot is taken, unless `overlap`.
        """
        begin = int((start or self._clock()).timestamp())
        end = begin + minutes * 60
        if not overlap and self.mailbox.taken(begin, end):
            raise OccupiedError(f"{self.name} is taken then")
        return self.mailbox.create(title, begin, end, host, **fields)

    def book_day(
        self, title: str, day: datetime, *, ends: bool = True, **fields: Any
    ) -> SimEvent:
        """Book a whole day from that midnight; without an end unless `ends`."""
        begin = int(day.timestamp())
        end = int((day + timedelta(days=1)).timestamp()) if ends else None
        return self.mailbox.create(title, begin, end, all_day=True, **fields)

    def move(
        self,
        event: SimEvent,
        start: datetime | None = None,
        minutes: int | None = None,
        *,
        overlap: bool = False,
        **fields: Any,
    ) -> SimEvent:
        """Change when it is, or other fields; a start alone keeps the duration."""
        length = event.until - event.start if minutes is None else minutes * 60
        begin = event.start if start is None else int(start.timestamp())
        if not overlap and self.mailbox.taken(begin, begin + length, event):
            raise OccupiedError(f"{self.name} is taken then")
        return self.mailbox.change(event, start=begin, end=begin + length, **fields)

    def cancel(self, event: SimEvent) -> SimEvent:
        """Cancel an event."""
        return self.mailbox.cancel(event)

    def seed(self, events: Iterable[tuple[str, datetime, int]]) -> None:
        """Put (title, start, minutes) into the mailbox, and poll once."""
        for title, start, minutes in events:
            begin = int(start.timestamp())
            self.mailbox.create(title, begin, begin + minutes * 60, quietly=True)
        self.driver.poll_events()

    # People at the panel

    def check_in(self) -> None:
        """Press the panel's button."""
        self.driver.checkin()

    def end(self) -> None:
        """End the running meeting at the panel; raises `LookupError` without one."""
        current = self.driver.status["current_booking"]
        if current is None:
            raise LookupError("No meeting")
        self.driver.functions["end_meeting"].apply([current["event_start"]])

    def book_now(self, minutes: int = 30, title: str | None = None) -> dict[str, Any]:
        """Book at the panel; raises `ExecError` where the driver refuses."""
        event: dict[str, Any] = self.driver.functions["book_now"].apply(
            [minutes * 60, title]
        )
        return event

    def sense(self, people: int | None, *, stale: bool = False) -> None:
        """Let the sensor see so many people."""
        self.driver.sense(people, stale=stale)

    def overlaps(self) -> list[tuple[SimEvent, SimEvent]]:
        """The pairs of events that take the room at once."""
        return self.mailbox.overlaps()
