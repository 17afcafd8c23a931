"""Who comes to the meetings of a room, and what becomes of those to which nobody does."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .backends.backoff import Backoff
from .backends.signals import BookingCheckedIn, PeopleSeen
from .const import LOGGER
from .keeper import RoomKeeper
from .presence import Heard, async_follow
from .rooms.booking import Booking, BookingId
from .rooms.errors import NotSupportedError, RoomError
from .rooms.no_show import comes_at, gives_up_at, nobody_came
from .rooms.presence import Presence, Reading
from .rooms.room import Verb
from .rooms.settings import NoShow
from .rooms.state import CheckInRules
from .verbs import Verbs

# The room's own sensors go by a name that no entity can have.
_OWN: Final = ""
# A system that keeps check-in may give its rooms back itself: it goes first.
_COURTESY: Final = timedelta(seconds=2)

type Act = Callable[[BookingId], Awaitable[None]]


class Host(Protocol):
    """What an attendance needs from its hub."""

    @property
    def connected(self) -> bool:
        """Whether the system is within reach as far as anyone knows."""

    def spawn(self, work: Coroutine[None, None, None], name: str) -> object:
        """Run something in the background for as long as the entry is loaded."""

    def attend(self, keeper: RoomKeeper) -> None:
        """Look who is there, and again at `next_wake`."""


class Attendance:
    """One room: what is done in it follows from what was seen, and the time."""

    def __init__(self, host: Host, keeper: RoomKeeper, verbs: Verbs) -> None:
        """Have seen nobody yet."""
        self._host = host
        self._keeper = keeper
        self._verbs = verbs
        self._presence = Presence()
        self._people: PeopleSeen | None = None
        self._since: datetime | None = None
        self._stop: CALLBACK_TYPE | None = None
        self._under_way: set[BookingId] = set()
        self._settled: set[BookingId] = set()
        self._again: dict[BookingId, datetime] = {}
        self._backoffs: dict[BookingId, Backoff] = {}

    @callback
    def follow(self, hass: HomeAssistant) -> None:
        """Hear what the room's sensors say."""
        if self._keeper.settings.attends:
            self._stop = async_follow(hass, self._keeper.settings.presence, self._hear)

    @callback
    def close(self) -> None:
        """Hear nothing any more."""
        if self._stop is not None:
            self._stop()
            self._stop = None

    def next_wake(self) -> datetime | None:
        """When `look` has something to do next (UTC), if nothing happens before."""
        rules = self._rules
        if rules is None:
            return None
        now = dt_util.utcnow()
        times = list(self._again.values())
        for booking in self._around(now, rules):
            times += [t for t in self._moments(booking, rules) if t > now]
        return min(times, default=None)

    def look(self, now: datetime) -> None:
        """Check in to what people came to, and give back what nobody came to."""
        self._hear_the_room(now)
        rules = self._rules
        self._again = {b: when for b, when in self._again.items() if when > now}
        if rules is None or not self._keeper.view.available:
            return
        self._since = self._since or now
        self._settled &= {booking.id for booking in self._keeper.timetable}
        self._take_in(now)
        for booking in tuple(self._around(now, rules)):
            if self._is_due(booking, rules, now) and self._nobody_came(booking.id):
                self._start(booking.id, self._release, "a no-show")

    @property
    def _rules(self) -> CheckInRules | None:
        """How people check in, where anybody wants to know."""
        return self._keeper.rules if self._keeper.settings.attends else None

    @property
    def _courtesy(self) -> timedelta:
        return _COURTESY if self._keeper.room.check_in is not None else timedelta(0)

    def _around(self, now: datetime, rules: CheckInRules) -> Iterator[Booking]:
        """The bookings to which somebody can come now."""
        for booking in self._keeper.timetable:
            if booking.start - rules.before > now:
                return
            if booking.holds and now < booking.end:
                yield booking

    def _moments(self, booking: Booking, rules: CheckInRules) -> Iterator[datetime]:
        """When something may have to be done about a booking."""
        comes = comes_at(booking, self._keeper.timetable, rules, self._presence)
        if comes is not None:
            yield comes
        if (gives_up := gives_up_at(booking, rules)) is not None:
            yield gives_up + self._courtesy

    # What is seen

    @callback
    def _hear(self, heard: Heard) -> None:
        """Take in what an entity says; who has stayed until then has come, if he leaves or not."""
        self._take_in(heard.at)
        seen_before = self._presence.seen_since
        self._presence = self._presence.told(
            heard.entity_id, heard.reading, heard.at, since=heard.since
        )
        if (self._presence.seen_since is None) != (seen_before is None):
            self._host.attend(self._keeper)

    def _hear_the_room(self, now: datetime) -> None:
        """Take in what the room's own sensors say, for as long as they can be heard."""
        people, connected = self._keeper.people, self._host.connected
        if people is self._people and connected:
            return
        self._people = people
        reading = _reading(people) if connected else Reading.UNKNOWN
        has_sensors = _OWN in self._presence.sensors or self._keeper.room.counts_people
        if has_sensors or reading is not Reading.UNKNOWN:
            self._take_in(now)
            self._presence = self._presence.told(_OWN, reading, now, speaks_up=False)

    # What follows

    def _take_in(self, now: datetime) -> None:
        """Check in to the bookings for which people have stayed long enough."""
        rules = self._rules
        if rules is None or self._presence.seen_since is None:
            return
        for booking in tuple(self._around(now, rules)):
            comes = comes_at(booking, self._keeper.timetable, rules, self._presence)
            if booking.checked_in or comes is None or comes > now:
                continue
            if Verb.CHECK_IN not in self._keeper.room.verbs:
                self._keeper.hear(BookingCheckedIn(self._keeper.room.id, booking.id))
            else:
                self._start(booking.id, self._check_in, "a check-in")

    def _is_due(self, booking: Booking, rules: CheckInRules, now: datetime) -> bool:
        """Whether it is time to look after a booking to which nobody may have come.

        What was too late before anybody watched is left alone: nobody could check in.
        """
        gives_up = gives_up_at(booking, rules)
        return (
            self._keeper.settings.no_show is not NoShow.OFF
            and gives_up is not None
            and self._since is not None
            and self._since < gives_up <= now - self._courtesy
        )

    def _nobody_came(self, booking_id: BookingId) -> bool:
        keeper, rules = self._keeper, self._rules
        booking = keeper.timetable.get(booking_id)
        if rules is None or booking is None:
            return False
        now = dt_util.utcnow()
        return (
            nobody_came(
                booking,
                keeper.timetable,
                rules,
                self._presence,
                now,
                exempt_long=keeper.settings.exempt_long,
            )
            and not keeper.view.state_at(now).in_use
        )

    async def _check_in(self, booking_id: BookingId) -> None:
        """Tell the system that somebody came."""
        await self._verbs.check_in(self._keeper, booking_id)

    async def _release(self, booking_id: BookingId) -> None:
        """Give the room back, or say that it would be."""
        dry_run = self._keeper.settings.no_show is NoShow.DRY_RUN
        still = partial(self._nobody_came, booking_id)
        await self._verbs.release(self._keeper, booking_id, still, dry_run=dry_run)
        if dry_run and still():
            self._settled.add(booking_id)

    # Doing it

    def _start(self, booking_id: BookingId, act: Act, what: str) -> None:
        """Do something about a booking, unless that is under way, settled or to wait."""
        if not (
            booking_id in self._under_way
            or booking_id in self._settled
            or booking_id in self._again
        ):
            self._under_way.add(booking_id)
            work = self._try(booking_id, act, what)
            self._host.spawn(work, f"attend {self._keeper.room.id}")

    async def _try(self, booking_id: BookingId, act: Act, what: str) -> None:
        """Do it; what fails is tried again, as politely as anything, and reported once."""
        try:
            await act(booking_id)
        except RoomError as error:
            self._on_failure(booking_id, error, what)
        else:
            self._backoffs.pop(booking_id, None)
        finally:
            self._under_way.discard(booking_id)
        self._host.attend(self._keeper)

    def _on_failure(self, booking_id: BookingId, error: RoomError, what: str) -> None:
        if error.users_fault and not isinstance(error, NotSupportedError):
            # Somebody was faster: the booking is over, moved or gone.
            return
        if booking_id not in self._backoffs:
            LOGGER.warning(
                "%s: the system was not told of %s (%s)",
                self._keeper.room.name,
                what,
                type(error).__name__,
            )
        if isinstance(error, NotSupportedError):
            self._settled.add(booking_id)
            return
        backoff = self._backoffs.setdefault(booking_id, Backoff(first=30, most=600))
        wait = timedelta(seconds=backoff.wait(error))
        self._again[booking_id] = dt_util.utcnow() + wait


def _reading(people: PeopleSeen) -> Reading:
    if people.present or (people.count or 0) > 0:
        return Reading.SOMEBODY
    if people.present is False or people.count == 0:
        return Reading.NOBODY
    return Reading.UNKNOWN
