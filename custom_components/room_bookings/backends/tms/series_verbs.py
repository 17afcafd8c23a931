"""What people do to series: make one, and change or delete it from somewhere on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any, Final
from uuid import uuid4

from ...rooms.booking import Booking, BookingRequest
from ...rooms.errors import (
    AnswerLostError,
    ConflictError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
    RoomError,
)
from ...rooms.series import MAX_OCCURRENCES, Scope, Slot
from ...rooms.timetable import Timetable
from .bookings import booking_of, conference_of, recurs, series_of
from .errors import ConcurrentModificationError
from .model import (
    Conference,
    ConferenceChanges,
    RecurrenceException,
    RecurrencePattern,
    TimeZoneRule,
)
from .series import in_utc, in_zone, moved_end, planned, positions, shifted
from .verbs import Tools, check_unchanged, prepared, undone
from .writing import changed, stamp
from .zones import RuleZone, at_wall, wall_of

_DELETED: Final = "DELETE"


@dataclass(frozen=True, slots=True)
class _Series:
    """A series, and one of its occurrences; the days of its pattern are those of its zone.

    `walls` are its positions by the pattern as the clocks of its zone show them; `at` is
    the index of that occurrence among them.
    """

    conference: Conference
    pattern: RecurrencePattern
    days_in_utc: bool
    zone: tzinfo
    occurrence: Conference
    cut: datetime
    walls: tuple[datetime, ...]
    at: int

    def said(self, pattern: RecurrencePattern, first: datetime) -> RecurrencePattern:
        """A pattern of this kind as TMS reads it; `first` is its first occurrence (UTC)."""
        return in_utc(pattern, first, self.zone) if self.days_in_utc else pattern

    @property
    def length(self) -> timedelta:
        """How long an occurrence takes."""
        return self.conference.end - self.conference.start

    def living(self, before: int) -> Iterator[Slot]:
        """When those before an index take place, but what was deleted."""
        exceptions = {e.recurrence_id: e for e in self.pattern.exceptions}
        for wall in self.walls[:before]:
            start = at_wall(wall, self.zone)
            exception = exceptions.get(start)
            if exception is None:
                yield start, start + self.length
            elif exception.modified is not None and exception.kind != _DELETED:
                yield exception.modified.start, exception.modified.end


class SeriesVerbs:
    """Series of conferences that TMS keeps as one."""

    # Assumption `days_of_week`: as the reference says, until TMS shows otherwise.
    _days_in_utc = True

    def __init__(self, tools: Tools) -> None:
        """Do nothing yet."""
        self._tools = tools
        self._service = tools.service
        self._replica = tools.replica

    # Making

    async def book(
        self, rooms: Sequence[int], request: BookingRequest, rule: str, zone: str
    ) -> Sequence[Booking]:
        """Make a series at the wall times of a zone, by its name in TMS.

        Returns its occurrences, in order, as TMS lists them.
        """
        rules = await self._rules(zone)
        local: tzinfo = RuleZone(rules)
        pattern, slots = planned(rule, request.start, request.end, local)
        base, changes, confirm = await prepared(self._tools, rooms, request)
        changes = replace(changes, zone_rules=rules)
        made: list[Conference] | None = None
        for in_utc_days, said in self._readings(pattern, request.start, local):
            try:
                saved = await self._tools.maker.make(
                    request.request_id,
                    base,
                    replace(changes, pattern=said),
                    send_confirmation=confirm,
                )
            except ConflictError as conflict:
                await self._tell_when(conflict, rooms, slots)
                raise
            made = await self._occurrences(saved, rooms[0], slots, request.request_id)
            if made is not None:
                self._days_in_utc = in_utc_days
                break
            refused = await undone(self._tools, saved)
        else:
            raise refused
        for conference in made:
            self._replica.saved(conference, rooms)
        now = self._tools.clock()
        found = (booking_of(c, self._tools.source, now) for c in made)
        return [booking for booking in found if booking is not None]

    async def _tell_when(
        self, conflict: ConflictError, rooms: Sequence[int], slots: Sequence[Slot]
    ) -> None:
        """Name the first meeting that is in the way, if TMS lists it."""
        now = self._tools.clock()
        for room in rooms:
            try:
                found = await self._service.conferences(room, slots[0][0], slots[-1][1])
            except RoomError:
                continue
            bookings = (booking_of(c, self._tools.source, now) for c in found)
            listed = Timetable.of(b for b in bookings if b is not None)
            for start, end in slots:
                if (other := listed.holding(start, end)) is not None:
                    conflict.start, conflict.end = other.start, other.end
                    return

    def _readings(
        self, pattern: RecurrencePattern, first: datetime, zone: tzinfo
    ) -> list[tuple[bool, RecurrencePattern]]:
        """How to say a pattern; the other way too where that would be another series."""
        said = {True: in_utc(pattern, first, zone), False: pattern}
        believed = self._days_in_utc
        if said[True] == said[False]:
            return [(believed, pattern)]
        return [(believed, said[believed]), (not believed, said[not believed])]

    async def _rules(self, zone: str) -> tuple[TimeZoneRule, ...]:
        if zone:
            try:
                rules = await self._service.zone_rules(zone)
            except RejectedError:
                rules = ()
            if rules:
                return rules
        # Assumption `zone_names`: what the account's own conferences would have, then.
        base = await self._service.default_conference()
        if not base.zone_rules:
            raise NotSupportedError("a series in a room without a time zone")
        return base.zone_rules

    async def _occurrences(
        self, saved: Conference, room: int, slots: Sequence[Slot], key: str
    ) -> list[Conference] | None:
        """The occurrences as a room lists them; None unless they are what was asked for."""
        try:
            found = await self._service.conferences(room, slots[0][0], slots[-1][1])
        except RoomError as error:
            # It was made; what it looks like is not known.
            raise AnswerLostError("the series cannot be listed") from error
        name = (self._tools.source, key)
        made = [c for c in found if (c.external_source, c.external_key) == name]
        made.sort(key=lambda c: c.start)
        bookings = [booking_of(c, self._tools.source, c.start) for c in made]
        held = [(b.start, b.end) for b in bookings if b is not None and b.holds]
        return made if held == list(slots) else None

    # Deleting

    async def delete(self, room: int, booking: Booking, scope: Scope) -> None:
        """Delete a series, or what is left of it from one occurrence on."""
        series = await self._series(booking)
        if scope is Scope.ALL:
            await self._service.delete(series.occurrence.id)
        else:
            await self._delete_from(series, room)
        await self._replica.relist(self._rooms(series, room))

    async def _delete_from(self, series: _Series, room: int) -> None:
        before = self._not_over(series)
        if not before:
            # What is over stays, and there is nothing else.
            await self._service.delete(series.occurrence.id)
        elif before[-1][0] > self._tools.clock():
            await self._shorten(series)
        else:
            # One runs: a series of which nothing is to come cannot be saved.
            await self._delete_each(series, room)

    async def _delete_each(self, series: _Series, room: int) -> None:
        end = at_wall(series.walls[-1], series.zone) + series.length
        listed = await self._service.conferences(room, series.occurrence.start, end)
        name = series_of(series.occurrence)
        done = False
        for conference in listed:
            position = conference.recurrence_id or conference.start
            if series_of(conference) != name or position < series.cut:
                continue
            try:
                await self._service.delete_occurrence(conference.id)
            except NotFoundError:
                continue
            except RoomError as error:
                if not done:
                    raise
                raise AnswerLostError("some of it was deleted") from error
            done = True

    # Changing

    async def change(
        self, room: int, booking: Booking, wanted: Booking, scope: Scope
    ) -> Booking | None:
        """Change a series, or what is left of it from one occurrence on.

        All that is meant moves by as much wall time as this occurrence does. Returns it as
        TMS lists it then, None if it does not.
        """
        try:
            series = await self._change(booking, wanted, scope)
        except ConcurrentModificationError:
            series = await self._change(booking, wanted, scope)
        await self._replica.relist(self._rooms(series, room))
        mirror = self._replica.mirror
        if mirror.window(room) is None:
            return None
        for listed in mirror.between(room, wanted.start, wanted.end):
            if listed.series and (listed.start, listed.end) == (
                wanted.start,
                wanted.end,
            ):
                return listed
        return None

    async def _change(self, booking: Booking, wanted: Booking, scope: Scope) -> _Series:
        series = await self._series(booking)
        check_unchanged(self._tools, series.occurrence, booking, wanted)
        zone = series.zone
        by = wall_of(wanted.start, zone) - wall_of(booking.start, zone)
        longer = (wanted.end - wanted.start) - (booking.end - booking.start)
        if series.length + longer <= timedelta(0):
            raise NotSupportedError("occurrences that would end before they start")
        before = self._not_over(series) if scope is Scope.FUTURE else []
        splits = any(start > self._tools.clock() for start, _ in before)
        changes = self._moved(series, by, longer, series.at if splits else 0)
        if wanted.title != booking.title:
            changes = replace(changes, title=wanted.title)
        if splits:
            await self._split(series, changes)
        else:
            await self._service.save(series.conference, changes)
        return series

    def _moved(
        self, series: _Series, by: timedelta, longer: timedelta, since: int
    ) -> ConferenceChanges:
        """A series from one of its positions on, so much later and longer."""
        zone, pattern = series.zone, series.pattern
        first = series.walls[since]
        days = ((first + by).date() - first.date()).days
        start = at_wall(first + by, zone)
        pattern = replace(
            moved_end(shifted(pattern, days), by, zone),
            instances=pattern.instances and pattern.instances - since,
            first_occurrence=None,
            exceptions=(
                *self._moved_exceptions(series, by, longer, since),
                *self._over_by_then(series, by, since),
            ),
        )
        return ConferenceChanges(
            start=start,
            end=start + series.length + longer,
            pattern=series.said(pattern, start),
        )

    def _moved_exceptions(
        self, series: _Series, by: timedelta, longer: timedelta, since: int
    ) -> Iterator[RecurrenceException]:
        zone = series.zone
        for exception in series.pattern.exceptions:
            if exception.recurrence_id < at_wall(series.walls[since], zone):
                continue
            position = at_wall(wall_of(exception.recurrence_id, zone) + by, zone)
            moved, raw = exception.modified, exception.raw
            if moved is not None:
                start = at_wall(wall_of(moved.start, zone) + by, zone)
                end = start + (moved.end - moved.start) + longer
                raw = _moved_raw(raw, moved, position, start, end)
                moved = replace(moved, start=start, end=end)
            elif raw is not None:
                raw = _raw_at(raw, position)
            yield replace(exception, recurrence_id=position, modified=moved, raw=raw)

    def _over_by_then(
        self, series: _Series, by: timedelta, since: int
    ) -> Iterator[RecurrenceException]:
        """What took place does not do so once more because it would be later now."""
        now, zone = self._tools.clock(), series.zone
        excepted = {e.recurrence_id for e in series.pattern.exceptions}
        for wall in series.walls[since:]:
            start, then = at_wall(wall, zone), at_wall(wall + by, zone)
            if start <= now < then and start not in excepted:
                yield RecurrenceException(kind=_DELETED, recurrence_id=then)

    async def _split(self, series: _Series, changes: ConferenceChanges) -> None:
        """Let a series end, and another one begin; neither if that cannot be."""
        try:
            await self._shorten(series)
        except AnswerLostError:
            await self._restore(series)
            raise
        anew = replace(changes, fields={"ConferenceId": -1, "Version": 0})
        try:
            await self._tools.maker.make(str(uuid4()), series.conference, anew)
        except RoomError:
            await self._restore(series)
            raise

    async def _shorten(self, series: _Series) -> None:
        """Let a series end before one of its occurrences."""
        kept = (e for e in series.pattern.exceptions if e.recurrence_id < series.cut)
        pattern = replace(
            series.pattern,
            end_date=None,
            instances=series.at,
            exceptions=tuple(kept),
        )
        first = at_wall(series.walls[0], series.zone)
        changes = ConferenceChanges(pattern=series.said(pattern, first))
        await self._service.save(series.conference, changes)

    async def _restore(self, series: _Series) -> None:
        """Give a series back its pattern; raises AnswerLostError if that fails."""
        was = series.conference
        try:
            found = await self._service.find(was.external_source, was.external_key)
            now = await self._service.series(was.id if found is None else found)
            if now.pattern is None or _end(now.pattern) != _end(series.pattern):
                changes = ConferenceChanges(pattern=was.pattern)
                await self._service.save(now, changes)
        except RoomError as error:
            raise AnswerLostError("the series has lost its end") from error

    # Reading

    async def _series(self, booking: Booking) -> _Series:
        conference_id = conference_of(booking)
        occurrence = await self._service.conference(conference_id)
        if not recurs(occurrence):
            raise RejectedError("this is no longer an occurrence of a series")
        conference = await self._service.series(conference_id)
        pattern = conference.pattern
        if conference.id <= 0 or pattern is None:
            raise NotFoundError("the series was deleted")
        rules = conference.zone_rules
        zone: tzinfo = RuleZone(rules) if rules else UTC
        first = conference.first_occurrence or conference.start
        cut = occurrence.recurrence_id or occurrence.start
        for days_in_utc in (self._days_in_utc, not self._days_in_utc):
            read = in_zone(pattern, first, zone) if days_in_utc else pattern
            by_pattern = positions(read, wall_of(first, zone), zone)
            walls = tuple(islice(by_pattern, MAX_OCCURRENCES))
            moments = [at_wall(wall, zone) for wall in walls]
            if moments[:1] == [first] and cut in moments:
                at = moments.index(cut)
                return _Series(
                    conference, read, days_in_utc, zone, occurrence, cut, walls, at
                )
        raise NotSupportedError("changing more than one occurrence of this series")

    def _not_over(self, series: _Series) -> list[Slot]:
        """What is before the occurrence in its series, and not over."""
        now = self._tools.clock()
        return sorted(s for s in series.living(series.at) if s[1] > now)

    def _rooms(self, series: _Series, room: int) -> frozenset[int]:
        places = self._replica.mirror.places_of_series(series.occurrence)
        return places | series.conference.systems | series.occurrence.systems | {room}


def _raw_at(raw: Any, position: datetime) -> dict[str, Any]:
    """An exception of the wire at another position."""
    whole = {name: raw[name] for name in raw if name != "_raw_elements"}
    return whole | {"RecurrenceIdUTC": stamp(position)}


def _moved_raw(
    raw: Any, modified: Conference, position: datetime, start: datetime, end: datetime
) -> dict[str, Any] | None:
    """An exception of the wire at another position and another time."""
    if raw is None or modified.raw is None:
        return None
    data = changed(modified, ConferenceChanges(start=start, end=end))
    return _raw_at(raw, position) | {"ModifiedData": data}


def _end(pattern: RecurrencePattern) -> tuple[int | None, datetime | None]:
    return pattern.instances, pattern.end_date
