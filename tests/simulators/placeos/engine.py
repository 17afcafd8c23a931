"""The Bookings driver: its memory, its timers and its functions (facts A). No I/O."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any, override
from zoneinfo import ZoneInfo

from tests.simulators.xapi import Timers

from .mailbox import Mailbox
from .modules import Function, Module, Parameter, raised
from .release import Release
from .settings import Settings
from .state import room_state

POLL_AFTER_VERB = timedelta(seconds=2)
"""How long after book_now and end_meeting the events are listed anew (facts A2)."""

_OWN_SETTINGS = (
    "control_ui",
    "catering_ui",
    "room_image",
    "hide_meeting_details",
    "hide_meeting_title",
    "offline_color",
    "offline_image",
    "custom_qr_color",
    "custom_qr_url",
    "sensor_mac",
    "min_duration",
    "max_duration",
    "enable_end_meeting_button",
    "disable_book_now_host",
    "disable_end_meeting",
    "pending_period",
    "pending_before",
)
"""The settings that are status variables of the same name."""


class BookingsDriver(Module):
    """A Bookings module: it lists a mailbox now and then and tells what it saw.

    What it knows is as old as its last poll, as in the real one: a booking made
    elsewhere is neither shown nor respected before.
    """

    def __init__(
        self,
        module_id: str,
        mailbox: Mailbox,
        settings: Settings,
        release: Release,
        *,
        clock: Callable[[], datetime],
        timers: Timers,
        random: Random,
        jitter: float = 0.0,
        push: bool = True,
        push_delay: float = 0.0,
        room_name: str = "",
        room_capacity: int = 0,
        bookable: bool = True,
        users: Iterable[str] = (),
    ) -> None:
        """Load it and poll at once.

        `jitter` is the share of the driver's random delays. `push` is whether it hears
        of changes in the mailbox, after `push_delay` seconds. `users` are the mailboxes
        that may be hosts.
        """
        super().__init__(module_id, "Bookings", {})
        self.mailbox = mailbox
        self.settings = settings
        self.release = release
        self.push = push
        self.push_delay = push_delay
        self.polls = 0
        """How often it has listed the mailbox."""
        self.records: list[Any] = []
        """Raw items that `bookings` shows after the real ones."""
        self.last_booking_started = 0
        """The start of the last booking that somebody checked in to; a setting."""
        self._clock = clock
        self._timers = timers
        self._random = random
        self._jitter = jitter
        self._room_name = room_name
        self._room_capacity = room_capacity
        self._bookable = bookable
        self._users = frozenset(users)
        self._people: int | None = None
        self._life = 0
        self._acting = False
        self._events: list[dict[str, Any]] = []
        mailbox.listeners.append(self._on_mailbox)
        self._load(clock())

    # Life

    def stop(self, *, nulls: bool = True) -> None:
        """Unload it: its variables are gone, and nil for whoever is bound to them."""
        self.running = False
        self._life += 1
        names = tuple(self.status)
        if nulls:
            for name in names:
                self.publish(name, None)
        self.status.clear()

    def start(self) -> None:
        """Load it again; what it knew is gone but for its settings."""
        self.running = True
        self._load(self._clock())

    def restart(self, seconds: float = 3.0, *, nulls: bool = True) -> None:
        """Unload it and load it again after some seconds of the simulator's clock."""
        self.stop(nulls=nulls)
        self._timers.at(
            self._clock() + timedelta(seconds=seconds), lambda _: self.start()
        )

    def configure(self, settings: Settings) -> None:
        """Take other settings, as the driver does when they are saved."""
        self.settings = settings
        self._life += 1
        if self.running:
            self._load(self._clock())

    def _load(self, at: datetime) -> None:
        settings = self.settings
        if self.last_booking_started > at.timestamp() + 30 * 60:
            self.last_booking_started = 0
        bookable = self._bookable and not settings.not_bookable
        self.publish("connected", True)
        self.publish("bookable", bookable)
        self.publish("room_name", settings.room_name or self._room_name)
        self.publish(
            "room_capacity",
            self._room_capacity
            if settings.room_capacity is None
            else settings.room_capacity,
        )
        self.publish("default_title", settings.book_now_default_title)
        self.publish(
            "disable_book_now",
            not bookable
            if settings.disable_book_now is None
            else settings.disable_book_now,
        )
        self.publish("show_qr_code", not settings.hide_qr_code)
        for name in _OWN_SETTINGS:
            self.publish(name, getattr(settings, name))
        self._publish_people(stale=False)
        if self.last_booking_started:
            self.publish("last_booking_started", self.last_booking_started)
        self._poll(at)
        self._every_minute(at)
        self._every_poll(at)

    # Timers

    def _every_minute(self, at: datetime) -> None:
        life = self._life
        edge = at.replace(second=0, microsecond=0) + timedelta(minutes=1)

        def recompute(due: datetime) -> None:
            if life == self._life:
                self._check(due)
                self._every_minute(due)

        self._timers.at(edge + self._delay(1), recompute)

    def _every_poll(self, at: datetime) -> None:
        life = self._life
        period = self.settings.cache_polling_period * 60

        def poll(due: datetime) -> None:
            if life == self._life:
                self._poll(due)
                self._every_poll(due)

        self._timers.at(at + timedelta(seconds=period) + self._delay(period / 3), poll)

    def _poll_in(self, delay: timedelta) -> None:
        life = self._life

        def poll(due: datetime) -> None:
            if life == self._life:
                self._poll(due)

        self._timers.at(self._clock() + delay, poll)

    def _delay(self, most: float) -> timedelta:
        return timedelta(seconds=self._random.random() * most * self._jitter)

    def _on_mailbox(self) -> None:
        if not self.push or not self.running or self._acting:
            return
        if not self.release.has_push:
            self._poll_in(timedelta(seconds=self.settings.change_event_sync_delay))
        elif self.push_delay:
            self._poll_in(timedelta(seconds=self.push_delay))
        else:
            self._poll(self._clock())

    # What it sees

    def _poll(self, at: datetime) -> None:
        self.polls += 1
        zone = ZoneInfo(self.settings.calendar_time_zone)
        midnight = at.astimezone(zone).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        start = int(midnight.timestamp())
        events = self.mailbox.listing(
            start,
            start + self.settings.cache_days * 24 * 60 * 60,
            include_cancelled=self.settings.include_cancelled_bookings,
        )
        self._events = [event.wire() for event in events]
        self.publish("bookings", [*self._events, *self.records])
        self._check(at)

    def _check(self, at: datetime) -> None:
        for name, value in room_state(
            self._events,
            int(at.timestamp()),
            self.last_booking_started,
            self.settings,
            self.release,
        ).items():
            self.publish(name, value)

    def sense(self, people: int | None, *, stale: bool = False) -> None:
        """Let its sensor count people; None where it cannot tell (facts A3)."""
        self._people = people
        self._publish_people(stale=stale)

    def _publish_people(self, *, stale: bool) -> None:
        people = self._people
        self.publish("sensor_stale", stale)
        self.publish("people_count", None if people is None else float(people))
        self.publish("presence", None if people is None else people > 0)
        self.publish("sensor_name", None if people is None else "Room sensor")

    # Functions

    @property
    @override
    def functions(self) -> Mapping[str, Function]:
        """Those of facts A2 that have to do with bookings."""
        release = self.release
        start = Parameter("meeting_start_time", int)
        functions = [
            Function("calendar_id", lambda: self.calendar_id),
            Function("checkin", self.checkin),
            Function("start_meeting", self.start_meeting, (start,)),
            Function(
                "end_meeting",
                self.end_meeting,
                (
                    start,
                    Parameter("notify", bool, release.end_notifies),
                    Parameter(
                        "comment",
                        str,
                        release.end_comment,
                        nilable=release.end_comment is None,
                    ),
                ),
            ),
            Function(
                "book_now",
                self.book_now,
                (
                    Parameter("period_in_seconds", int),
                    Parameter("title", str, None, nilable=True),
                    Parameter("owner", str, None, nilable=True),
                ),
            ),
            Function("poll_events", self.poll_events),
        ]
        if release.senses_people:
            functions.append(Function("people_present?", self.people_present))
        return {function.name: function for function in functions}

    @property
    def calendar_id(self) -> str:
        """The mailbox, in lower case."""
        return (self.settings.calendar_id or self.mailbox.email).lower()

    def checkin(self) -> None:
        """Check in to the pending booking, from D3 on else to the running one."""
        status = self.status
        booking: Mapping[str, Any] | None = None
        if status["current_pending"]:
            booking = status["current_booking"]
        elif status["next_pending"]:
            booking = status["next_booking"]
        elif self.release.checks_in_again:
            booking = status["current_booking"]
        if booking is not None:
            self._check_in(booking["event_start"])

    def start_meeting(self, start: int) -> None:
        """Check in to what begins then; from D3 on the same as `checkin`."""
        if self.release.start_meeting_takes_time:
            self._check_in(start)
        else:
            self.log(
                "Warn",
                "deprecated function call to start_meeting, please use checkin",
            )
            self.checkin()

    def end_meeting(self, start: int, notify: bool, comment: str | None) -> None:
        """Decline the current or the next booking, the one that begins then."""
        for name in ("current_booking", "next_booking"):
            booking = self.status[name]
            if booking is not None and booking["event_start"] == start:
                break
        else:
            raise raised("only the current or pending meeting can be cancelled")
        with self._acting_itself(), suppress(LookupError):
            self.mailbox.decline(booking["id"], notify, comment)
        self._poll_in(POLL_AFTER_VERB)
        self._check(self._clock())
        self._on_mailbox()

    def book_now(
        self, seconds: int, title: str | None, owner: str | None
    ) -> dict[str, Any]:
        """Book from now on and check in to it; the event."""
        start = int(self._clock().timestamp())
        if self.release.checks_clash:
            self._refuse_clash(start + seconds)
        host = self._host(owner)
        with self._acting_itself():
            event = self.mailbox.create(
                self.settings.book_now_default_title if title is None else title,
                start,
                start + seconds,
                host,
                attendees=self._attendees(owner),
                location=self.status["room_name"],
                timezone=self.settings.calendar_time_zone,
            )
        if not (self.push and self.release.has_push):
            self._poll_in(POLL_AFTER_VERB)
        self._check_in(start, recompute=False)
        self._on_mailbox()
        return event.wire()

    def poll_events(self) -> None:
        """List the mailbox now."""
        self._poll(self._clock())

    def people_present(self) -> float | None:
        """1 where people are seen, 0 where none are, None where nobody can tell."""
        return None if self._people is None else float(self._people > 0)

    @contextmanager
    def _acting_itself(self) -> Iterator[None]:
        """Hear of its own change once its verb is done."""
        self._acting = True
        try:
            yield
        finally:
            self._acting = False

    def _refuse_clash(self, end: int) -> None:
        status = self.status
        if status["next_pending"] or status["in_use"]:
            raise raised("the room is currently in use")
        following = status["next_booking"]
        if following is not None and following["event_start"] < end:
            raise raised("unable to book due to clash")

    def _host(self, owner: str | None) -> str:
        if self.settings.application_permissions or not owner:
            return self.calendar_id
        if owner not in self._users:
            remote = "PlaceOS::Driver::RemoteException"
            raise raised(
                f"remote exception: Bad Request (PlaceCalendar::Exception) ({remote})",
                remote,
            )
        return owner

    def _attendees(self, owner: str | None) -> tuple[Mapping[str, Any], ...]:
        room = {
            "name": self.status["room_name"],
            "email": self.mailbox.email,
            "response_status": "accepted",
            "resource": True,
        }
        if not self.settings.application_permissions or not owner:
            return (room,)
        guest = {
            "name": owner,
            "email": owner,
            "response_status": "needsAction",
            "resource": False,
        }
        return room, guest

    def _check_in(self, start: int, *, recompute: bool = True) -> None:
        self.last_booking_started = start
        self.publish("last_booking_started", start)
        if recompute:
            self._check(self._clock())
