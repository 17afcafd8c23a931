"""How conferences and series come to be, change, end and go."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from .defaults import default_conference
from .faults import TmsFault
from .model import Conference, TimeZoneRule, TmsUser
from .placement import Placement
from .rights import may_see_private_title, owner_id_of, require_edit
from .series import Slot, check_order, is_series, slots_of
from .settings import Settings
from .state import Mark, Record, Series, State
from .validation import check_texts, check_times, checked_participants, merged
from .zones import rules_of, validate

# The first API version whose conferences have time zone rules of their own.
_TIME_ZONES_SINCE: Final = 11


class Booking:
    """Changes of the calendar, for the API and for others alike."""

    def __init__(
        self, state: State, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        """Work on a state."""
        self._state = state
        self.settings = settings
        self._clock = clock

    @property
    def now(self) -> datetime:
        """The time in whole seconds, as it is stored."""
        return self._clock().replace(microsecond=0)

    # --- Looking up -------------------------------------------------------

    def record(self, conference_id: int) -> Record:
        """Return a conference, also a deleted one."""
        if (record := self._state.records.get(conference_id)) is None:
            raise TmsFault("MEETINGNOTFOUND", "The conference was not found.")
        return record

    def living(self, conference_id: int) -> Record:
        """Return a conference that is not deleted."""
        record = self.record(conference_id)
        if record.mark is Mark.DELETED:
            raise TmsFault("MEETINGISDELETED", "The conference is deleted.")
        return record

    def by_key(self, source: str | None, key: str | None) -> Record | None:
        """Return the conference, or what a series has next, of an external key."""
        found = sorted(
            (
                rec
                for rec in self._state.records.values()
                if rec.mark is not Mark.DELETED
                and rec.conference.external_primary_key == key
                and (rec.conference.external_source_id or "") == (source or "")
            ),
            key=lambda rec: (rec.start, rec.id),
        )
        now = self.now
        return next(
            (rec for rec in found if rec.end > now), found[0] if found else None
        )

    # --- Saving -----------------------------------------------------------

    def save(
        self,
        user: TmsUser,
        wanted: Conference,
        mode: str,
        *,
        api_version: int = 23,
        remote: bool = True,
    ) -> Record:
        """Create or change a conference or a series; return its first occurrence."""
        present = None
        if wanted.external_primary_key:
            present = self.by_key(
                wanted.external_source_id, wanted.external_primary_key
            )
        by_key = present is not None
        if present is None and wanted.conference_id >= 0:
            present = self.living(wanted.conference_id)
        check_texts(self.settings, wanted, present.conference if present else None)
        if present is None:
            return self._create(user, wanted, mode, api_version, remote=remote)
        require_edit(user, present)
        created_again = by_key and wanted.conference_id < 0
        if not created_again or self.settings.check_version_by_key:
            self._check_version(wanted, self._version(present))
        if present.series_id is None and not is_series(wanted.recurrence_pattern):
            return self._change(user, present, wanted, mode, remote=remote)
        return self._change_series(
            user, present, wanted, mode, api_version, remote=remote
        )

    def save_instance(
        self,
        user: TmsUser,
        record: Record,
        wanted: Conference,
        mode: str,
        *,
        remote: bool = True,
    ) -> Record:
        """Change one occurrence of a series."""
        require_edit(user, record)
        if record.series_id is None:
            raise TmsFault("INSTANCE_NOT_FOUND_WITHIN_PATTERN", "No such occurrence")
        check_texts(self.settings, wanted, record.conference)
        self._check_version(wanted, record.conference.version)
        return self._change(user, record, wanted, mode, remote=remote)

    def _version(self, record: Record) -> int:
        if record.series_id is None:
            return record.conference.version
        return self._state.series_version(record.series_id)

    @staticmethod
    def _check_version(wanted: Conference, version: int) -> None:
        if wanted.version != version:
            raise TmsFault(
                "CONCURRENT_MODIFICATION",
                "The conference was changed after it was retrieved.",
            )

    def _create(
        self,
        user: TmsUser,
        wanted: Conference,
        mode: str,
        api_version: int,
        *,
        remote: bool,
    ) -> Record:
        state = self._state
        owner_id = owner_id_of(state, user, wanted, None)
        base = default_conference(self.settings, user, self.now, state.random)
        conference = replace(
            merged(base, wanted),
            conference_time_zone_rules=self._rules(wanted, owner_id, api_version),
        )
        if not conference.external_primary_key:
            conference = replace(
                conference,
                external_source_id="TMS",
                external_primary_key=str(UUID(int=state.random.getrandbits(128))),
            )
        conference = self._with_participants(user, conference)
        slots = self._slots(conference, wanted, api_version)
        records = self._book(
            user,
            slots,
            mode,
            owner_id=owner_id,
            creator_id=user.user_id,
            series=self._new_series(conference, wanted),
            remote=remote,
        )
        return records[0]

    def _new_series(self, conference: Conference, wanted: Conference) -> Series | None:
        if not is_series(wanted.recurrence_pattern):
            return None
        return self._series(self._state.new_series_id(), conference, wanted)

    @staticmethod
    def _series(series_id: int, conference: Conference, wanted: Conference) -> Series:
        pattern = wanted.recurrence_pattern
        template = replace(
            conference,
            recurrence_pattern=pattern
            and replace(
                pattern,
                exceptions=None,
                first_occurrence_rec_instance_id_utc=conference.start_time_utc,
            ),
            recurrence_instance_id_utc=conference.start_time_utc,
            first_occurrence_rec_instance_id_utc=conference.start_time_utc,
        )
        return Series(series_id, template)

    def _rules(
        self, wanted: Conference, owner_id: int, api_version: int
    ) -> tuple[TimeZoneRule, ...]:
        if api_version < _TIME_ZONES_SINCE:
            return rules_of(self.settings.time_zone)
        if wanted.conference_time_zone_rules:
            return validate(wanted.conference_time_zone_rules)
        return rules_of(self._state.users[owner_id].time_zone)

    def _with_participants(
        self, user: TmsUser, conference: Conference, *, may_be_empty: bool = False
    ) -> Conference:
        if not conference.participants and not may_be_empty:
            raise TmsFault("PARTICIPANT_ERROR", "The conference has no participants.")
        return replace(
            conference, participants=checked_participants(self._state, user, conference)
        )

    def _slots(
        self, conference: Conference, wanted: Conference, api_version: int
    ) -> list[Slot]:
        start, end = conference.start_time_utc, conference.end_time_utc
        if start is None or end is None:
            raise TmsFault("INVALID_DATETIME_FORMAT", "The start or end is missing.")
        if start >= end:
            raise TmsFault(
                "START_TIME_AFTER_END_TIME", "The start is not before the end."
            )
        pattern = wanted.recurrence_pattern
        if pattern is None or not is_series(pattern):
            return [Slot(conference, start, end)]
        in_utc = self.settings.days_of_week_in_utc
        return slots_of(
            conference,
            pattern,
            start,
            end,
            conference.conference_time_zone_rules or (),
            days_in_utc=in_utc or api_version < _TIME_ZONES_SINCE,
        )

    def _book(
        self,
        user: TmsUser,
        slots: Sequence[Slot],
        mode: str,
        *,
        owner_id: int,
        creator_id: int,
        series: Series | None,
        remote: bool,
    ) -> list[Record]:
        state = self._state
        for slot in slots:
            check_times(self.settings, self.now, slot.start, slot.end)
        if remote:
            for slot in slots:
                self._take_licences(slot.conference.system_ids)
        if series is not None:
            state.series[series.id] = series
        placement = Placement(state, self.settings)
        version = state.new_version()
        booked = []
        for slot in slots:
            mark = Mark.REQUESTED
            if user.approve_meeting:
                mark = placement.place(slot.conference, slot.start, slot.end, mode)
            record = Record(
                conference=replace(
                    slot.conference,
                    conference_id=state.new_conference_id(),
                    start_time_utc=slot.start,
                    end_time_utc=slot.end,
                    recurrence_instance_id_utc=slot.instance_id,
                    first_occurrence_rec_instance_id_utc=(
                        series.template.start_time_utc if series else None
                    ),
                    participants=(checked_participants(state, user, slot.conference)),
                ),
                start=slot.start,
                end=slot.end,
                owner_id=owner_id,
                creator_id=creator_id,
                mark=mark,
                series_id=series.id if series else None,
            )
            placement.add(record)
            booked.append(state.commit(record, "New", user.user_id, version))
        return booked

    # --- Changing ---------------------------------------------------------

    def _merged(self, user: TmsUser, record: Record, wanted: Conference) -> Conference:
        stored = record.conference
        conference = merged(stored, wanted)
        # Who reads a masked title and saves what was read does not rename it.
        if (
            stored.privacy_flag
            and wanted.title == stored.privacy_flag
            and not may_see_private_title(user, record)
        ):
            conference = replace(conference, title=stored.title)
        if wanted.conference_time_zone_rules:
            rules = validate(wanted.conference_time_zone_rules)
            conference = replace(conference, conference_time_zone_rules=rules)
        return conference

    def _change(
        self,
        user: TmsUser,
        record: Record,
        wanted: Conference,
        mode: str,
        *,
        remote: bool,
    ) -> Record:
        now = self.now
        status = record.status(now)
        if record.end <= now:
            raise TmsFault("CANNOTBOOKINTHEPAST", "Past conferences cannot be changed.")
        is_occurrence = record.series_id is not None
        conference = self._with_participants(
            user, self._merged(user, record, wanted), may_be_empty=is_occurrence
        )
        start, end = check_times(
            self.settings, now, conference.start_time_utc, conference.end_time_utc
        )
        if status == "Ongoing":
            if start != record.start:
                raise TmsFault("MEETINGACTIVE", "The conference has already started.")
            mode = "Strict"
        if is_occurrence:
            conference = replace(conference, recurrence_instance_type="modify")
            self._check_neighbours(record, conference, start, end)
        mark = Mark.REQUESTED
        if user.approve_meeting or status == "Ongoing":
            placement = Placement(self._state, self.settings, {record.id})
            mark = placement.place(conference, start, end, mode)
        if remote:
            self._take_licences(conference.system_ids)
        changed = replace(
            record,
            conference=conference,
            start=start,
            end=end,
            mark=mark,
            owner_id=owner_id_of(self._state, user, wanted, record.owner_id),
        )
        return self._state.commit(changed, "Updated", user.user_id)

    def _check_neighbours(
        self, record: Record, conference: Conference, start: datetime, end: datetime
    ) -> None:
        live = [
            rec
            for rec in self._state.occurrences(record.series_id or 0)
            if rec.mark is not Mark.DELETED
        ]
        index = next(i for i, rec in enumerate(live) if rec.id == record.id)
        slots = [Slot(rec.conference, rec.start, rec.end) for rec in live]
        slots[index] = Slot(conference, start, end)
        check_order(
            slots[max(index - 1, 0) : index + 2],
            conference.conference_time_zone_rules or (),
        )

    def _change_series(
        self,
        user: TmsUser,
        present: Record,
        wanted: Conference,
        mode: str,
        api_version: int,
        *,
        remote: bool,
    ) -> Record:
        now = self.now
        occurrences = self._occurrences(present)
        if all(rec.end <= now for rec in occurrences if rec.mark is not Mark.DELETED):
            raise TmsFault("CANNOTBOOKINTHEPAST", "Past conferences cannot be changed.")
        base = present
        if present.series_id is not None:
            template = self._state.series[present.series_id].template
            base = replace(present, conference=template)
        conference = self._merged(user, base, wanted)
        conference = replace(
            conference, recurrence_instance_type=None, recurrence_pattern=None
        )
        conference = self._with_participants(user, conference)
        slots = self._slots(conference, wanted, api_version)
        ongoing = [rec for rec in occurrences if rec.status(now) == "Ongoing"]
        if is_series(wanted.recurrence_pattern):
            slots = [
                slot
                for slot in slots
                if slot.start >= now
                and not any(rec.overlaps(slot.start, slot.end) for rec in ongoing)
            ]
        elif ongoing:
            raise TmsFault("MEETINGACTIVE", "An occurrence has already started.")
        if not slots:
            raise TmsFault(
                "CANNOTBOOKINTHEPAST", "You cannot book a conference in the past"
            )
        owner_id = owner_id_of(self._state, user, wanted, present.owner_id)
        self._replace_pending(user, occurrences, keep_as_single=ongoing)
        series = None
        if is_series(wanted.recurrence_pattern):
            series_id = present.series_id or self._state.new_series_id()
            series = self._series(series_id, conference, wanted)
        return self._book(
            user,
            slots,
            mode,
            owner_id=owner_id,
            creator_id=present.creator_id,
            series=series,
            remote=remote,
        )[0]

    def _occurrences(self, record: Record) -> list[Record]:
        if record.series_id is None:
            return [record]
        return self._state.occurrences(record.series_id)

    def _replace_pending(
        self,
        user: TmsUser,
        occurrences: Iterable[Record],
        keep_as_single: Sequence[Record],
    ) -> None:
        now = self.now
        for record in occurrences:
            if record in keep_as_single:
                self._state.commit(self._detached(record), "Updated", user.user_id)
            elif record.mark is Mark.DELETED:
                # What was left out of the old pattern is no exception to the new one.
                if record.start > now:
                    self._state.records[record.id] = replace(record, series_id=None)
            elif record.end > now:
                gone = replace(record, mark=Mark.DELETED, series_id=None)
                self._state.commit(gone, "Deleted", user.user_id)

    def _detached(self, record: Record) -> Record:
        conference = record.conference
        key = str(UUID(int=self._state.random.getrandbits(128)))
        return replace(
            record,
            series_id=None,
            conference=replace(
                conference,
                external_source_id="TMS",
                external_primary_key=key,
                detached_from_external_source_id=conference.external_source_id,
                detached_from_external_primary_key=conference.external_primary_key,
                recurrence_instance_id_utc=None,
                recurrence_instance_type=None,
                first_occurrence_rec_instance_id_utc=None,
            ),
        )

    # --- Ending and deleting ----------------------------------------------

    def delete(self, user: TmsUser, conference_id: int) -> None:
        """Delete a conference or a whole series, and end what runs of it."""
        record = self.living(conference_id)
        require_edit(user, record)
        now = self.now
        affected = [
            rec
            for rec in self._occurrences(record)
            if rec.mark is not Mark.DELETED and rec.end > now
        ]
        if not affected:
            raise TmsFault("CANNOTBOOKINTHEPAST", "Past conferences cannot be deleted.")
        for rec in affected:
            self._delete_or_end(user, rec)
        if record.series_id is not None:
            series = self._state.series[record.series_id]
            self._state.series[series.id] = replace(series, is_deleted=True)

    def delete_instance(self, user: TmsUser, conference_id: int) -> None:
        """Delete one occurrence, or end it if it runs."""
        record = self.living(conference_id)
        require_edit(user, record)
        if record.series_id is None:
            raise TmsFault("INSTANCE_NOT_FOUND_WITHIN_PATTERN", "No such occurrence")
        if record.end <= self.now:
            raise TmsFault("CANNOTBOOKINTHEPAST", "Past conferences cannot be deleted.")
        self._delete_or_end(user, record)

    def end(self, user: TmsUser, conference_id: int) -> None:
        """End a running conference."""
        record = self.living(conference_id)
        require_edit(user, record)
        if record.status(self.now) != "Ongoing":
            raise TmsFault("MEETINGNOTACTIVE", "The conference is not active.")
        self._delete_or_end(user, record)

    def _delete_or_end(self, user: TmsUser, record: Record) -> None:
        now = self.now
        if record.status(now) == "Ongoing":
            ended = record.moved_to(record.start, now)
            self._state.commit(ended, "Updated", user.user_id)
            return
        conference = record.conference
        if record.series_id is not None:
            conference = replace(conference, recurrence_instance_type="deleted")
        gone = replace(record, conference=conference, mark=Mark.DELETED)
        self._state.commit(gone, "Deleted", user.user_id)

    # --- Licences ---------------------------------------------------------

    def delete_unlicensed(self, user: TmsUser, wanted: Conference) -> bool:
        """Delete the booking that is about to be edited without enough licences."""
        record = self._state.records.get(wanted.conference_id)
        if wanted.external_primary_key:
            source, key = wanted.external_source_id, wanted.external_primary_key
            record = self.by_key(source, key) or record
        if record is None or record.mark is Mark.DELETED or record.end <= self.now:
            return False
        systems = record.conference.system_ids | wanted.system_ids
        if not self._lacking(systems):
            return False
        require_edit(user, record)
        self.delete(user, record.id)
        return True

    def _lacking(self, system_ids: frozenset[int]) -> bool:
        systems = self._state.systems
        used = sum(system.allow_remote_bookings for system in systems.values())
        new = sum(
            not systems[system_id].allow_remote_bookings
            for system_id in system_ids & systems.keys()
        )
        return bool(new) and used + new > self.settings.system_licences

    def _take_licences(self, system_ids: frozenset[int]) -> None:
        if self._lacking(system_ids):
            raise TmsFault("LICENSE", "There are not enough system licenses.")
        for system_id in system_ids:
            system = self._state.systems[system_id]
            if not system.allow_remote_bookings:
                self._state.systems[system_id] = replace(
                    system, allow_remote_bookings=True
                )
