"""What readers get to see of what is stored."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html import escape

from .model import Conference, RecurrenceException, RecurrencePattern, TmsUser
from .placement import ports_of
from .rights import may_see_private_title
from .settings import Settings
from .state import Mark, Record, State


class Views:
    """Conferences as a user sees them now."""

    def __init__(
        self, state: State, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        """Look at a state."""
        self._state = state
        self._settings = settings
        self._clock = clock

    def title(self, record: Record, user: TmsUser) -> str | None:
        """Return the title, or what a private conference shows instead."""
        conference = record.conference
        if (
            conference.privacy_flag
            and self._settings.mask_private_titles
            and not may_see_private_title(user, record)
        ):
            return conference.privacy_flag
        return conference.title

    def listed(self, record: Record, user: TmsUser) -> Conference:
        """Return what a list has of a conference."""
        owner = self._state.users[record.owner_id]
        return replace(
            record.conference,
            title=self.title(record, user),
            owner_id=owner.user_id,
            owner_user_name=owner.user_name,
            owner_first_name=owner.first_name,
            owner_last_name=owner.last_name,
            owner_email_address=owner.email_address,
            recurrence_pattern=self._pattern(record),
            conference_state=record.status(self._clock()),
            participants=None,
            external_conference=None,
            recorded_conference_uri=None,
        )

    def full(self, record: Record, user: TmsUser) -> Conference:
        """Return all of a conference or of one occurrence."""
        conference = record.conference
        bridged = ports_of(conference) > 0
        dial_in = self._settings.dial_in_number
        lines = [f"Title: {self.title(record, user)}"]
        lines += [
            f"System: {self._state.systems[system_id].system_name}"
            for system_id in sorted(conference.system_ids & self._state.systems.keys())
        ]
        if bridged:
            lines.append(f"Dial-in number: {dial_in}")
        return replace(
            self.listed(record, user),
            participants=conference.participants,
            external_conference=conference.external_conference,
            recorded_conference_uri=conference.recorded_conference_uri,
            conference_info_text="\n".join(lines),
            conference_info_html=f"<body>{'<br/>'.join(map(escape, lines))}</body>",
            join_uri=dial_in if bridged else None,
        )

    def recurrent(self, record: Record, user: TmsUser) -> Conference:
        """Return the series of an occurrence with its exceptions."""
        if record.series_id is None:
            return self.full(record, user)
        series = self._state.series[record.series_id]
        template = series.template
        start = template.start_time_utc
        occurrences = [
            rec
            for rec in self._state.occurrences(series.id)
            if start is None or rec.instance_id >= start
        ]
        live = [rec for rec in occurrences if rec.mark is not Mark.DELETED]
        head = (live or occurrences or [record])[0]
        exceptions = tuple(
            exception
            for rec in occurrences
            if (exception := self._exception(rec, user)) is not None
        )
        shown = self.full(replace(head, conference=template), user)
        pattern = template.recurrence_pattern
        return replace(
            shown,
            conference_id=-head.id if series.is_deleted else head.id,
            recurrence_pattern=pattern and replace(pattern, exceptions=exceptions),
            conference_state=self._series_state(live),
            version=self._state.series_version(series.id),
            transaction_id=max(
                rec.conference.transaction_id or 0
                for rec in self._state.occurrences(series.id)
            ),
        )

    def _series_state(self, live: list[Record]) -> str:
        states = {rec.status(self._clock()) for rec in live}
        for state in (
            "Defective",
            "Ongoing",
            "Pending",
            "MeetingRequest",
            "Rejected",
            "Finished",
        ):
            if state in states:
                return state
        return "Deleted"

    def _exception(self, record: Record, user: TmsUser) -> RecurrenceException | None:
        if record.mark is Mark.DELETED:
            return RecurrenceException("DELETE", record.instance_id)
        if record.conference.recurrence_instance_type == "modify":
            data = replace(self.full(record, user), recurrence_pattern=None)
            return RecurrenceException("MODIFY", record.instance_id, modified_data=data)
        return None

    def _pattern(self, record: Record) -> RecurrencePattern | None:
        if record.series_id is None:
            return None
        pattern = self._state.series[record.series_id].template.recurrence_pattern
        return pattern and replace(pattern, exceptions=None)
