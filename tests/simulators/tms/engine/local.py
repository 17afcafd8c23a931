"""What others do in TMS itself, past the API: its web pages, its administrators."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .booking import Booking
from .model import Conference, Participant, RecordingDevice, TmsSystem, TmsUser
from .placement import Placement
from .state import Mark, Record, State


class Local:
    """Changes by the administrator; each writes its transaction."""

    def __init__(
        self, state: State, booking: Booking, view: Callable[[Record], Conference]
    ) -> None:
        """Work on the state that the API works on."""
        self._state = state
        self._booking = booking
        self._view = view

    @property
    def _user(self) -> TmsUser:
        return self._state.users[min(self._state.users)]

    # --- Systems and users ------------------------------------------------

    def add_system(self, system_id: int, system_name: str, **changes: Any) -> TmsSystem:
        """Add a system; `changes` are fields of TmsSystem."""
        system = TmsSystem(system_id, system_name, **changes)
        self._state.systems[system_id] = system
        return system

    def change_system(self, system_id: int, **changes: Any) -> TmsSystem:
        """Change fields of a system, such as its name or its status."""
        system = replace(self._state.systems[system_id], **changes)
        self._state.systems[system_id] = system
        return system

    def remove_system(self, system_id: int) -> None:
        """Purge a system; conferences that are not over lose it."""
        now = self._booking.now
        for record in list(self._state.records.values()):
            if record.end > now and system_id in record.conference.system_ids:
                kept = _without(record.conference, system_id)
                self._state.commit(
                    replace(record, conference=kept), "Updated", self._user.user_id
                )
        for series in self._state.series.values():
            kept = _without(series.template, system_id)
            self._state.series[series.id] = replace(series, template=kept)
        del self._state.systems[system_id]

    def add_user(self, user_name: str, **changes: Any) -> TmsUser:
        """Add a user; `changes` are fields of TmsUser."""
        user_id = changes.pop("user_id", max(self._state.users) + 1)
        user = TmsUser(user_id, user_name, **changes)
        self._state.users[user_id] = user
        return user

    def change_user(self, user_id: int, **changes: Any) -> TmsUser:
        """Change fields of a user, such as its rights."""
        user = replace(self._state.users[user_id], **changes)
        self._state.users[user_id] = user
        return user

    def add_recording_device(self, device: RecordingDevice) -> None:
        """Add a recording device."""
        self._state.recording_devices.append(device)

    # --- Conferences ------------------------------------------------------

    def get(self, conference_id: int) -> Conference:
        """Return a conference as the administrator sees it."""
        return self._view(self._booking.record(conference_id))

    def conferences(self) -> tuple[Conference, ...]:
        """Return all conferences, deleted ones too."""
        return tuple(self._view(record) for record in self._state.records.values())

    def book(
        self,
        system_ids: Sequence[int],
        start: datetime,
        end: datetime | None = None,
        title: str = "Meeting",
        **changes: Any,
    ) -> Conference:
        """Book systems; `changes` are fields of Conference, such as a pattern."""
        participants = tuple(Participant(system_id) for system_id in system_ids)
        participants += tuple(changes.pop("participants", ()))
        wanted = Conference(
            title=title,
            start_time_utc=start,
            end_time_utc=end or start + timedelta(hours=1),
            participants=participants,
            **changes,
        )
        with self._state.undone_on_fault():
            return self._view(
                self._booking.save(self._user, wanted, "Strict", remote=False)
            )

    def move(
        self, conference_id: int, start: datetime, end: datetime | None = None
    ) -> Conference:
        """Move a conference or one occurrence; without an end it keeps its length."""
        record = self._booking.living(conference_id)
        until = end or start + (record.end - record.start)
        return self._change(record, start_time_utc=start, end_time_utc=until)

    def rename(self, conference_id: int, title: str) -> Conference:
        """Give a conference or one occurrence another title."""
        return self._change(self._booking.living(conference_id), title=title)

    def replace_participants(
        self, conference_id: int, participants: Sequence[Participant]
    ) -> Conference:
        """Let others take part in a conference or in one occurrence."""
        record = self._booking.living(conference_id)
        return self._change(record, participants=tuple(participants))

    def save(self, conference: Conference) -> Conference:
        """Save a conference or a whole series, whatever its version."""
        with self._state.undone_on_fault():
            present = self._booking.record(conference.conference_id)
            version = present.conference.version
            if present.series_id is not None:
                version = self._state.series_version(present.series_id)
            wanted = replace(conference, version=version)
            return self._view(
                self._booking.save(self._user, wanted, "Strict", remote=False)
            )

    def delete(self, conference_id: int, *, occurrence: bool = False) -> None:
        """Delete a conference, a whole series or one occurrence."""
        with self._state.undone_on_fault():
            if occurrence:
                self._booking.delete_instance(self._user, conference_id)
            else:
                self._booking.delete(self._user, conference_id)

    def end(self, conference_id: int) -> None:
        """End a running conference."""
        self._booking.end(self._user, conference_id)

    def request(
        self,
        system_ids: Sequence[int],
        start: datetime,
        end: datetime | None = None,
        title: str = "Meeting",
    ) -> Conference:
        """Have someone ask for a meeting that needs approval."""
        record = self._booking.living(
            self.book(system_ids, start, end, title).conference_id
        )
        return self._view(self._mark(record, Mark.REQUESTED))

    def approve(self, conference_id: int) -> Conference:
        """Approve a requested meeting, if its systems are free."""
        record = self._booking.living(conference_id)
        placement = Placement(self._state, self._booking.settings, {conference_id})
        mark = placement.place(record.conference, record.start, record.end, "Strict")
        return self._view(self._mark(record, mark))

    def reject(self, conference_id: int) -> Conference:
        """Reject a meeting, which frees its systems."""
        record = self._booking.living(conference_id)
        return self._view(self._mark(record, Mark.REJECTED))

    def make_defective(self, conference_id: int, kind: str = "conflict") -> Conference:
        """Break a meeting: `routing` leaves its systems busy, `conflict` does not."""
        mark = {
            "routing": Mark.DEFECTIVE_ROUTING,
            "conflict": Mark.DEFECTIVE_CONFLICT,
        }[kind]
        record = self._booking.living(conference_id)
        if mark is Mark.DEFECTIVE_ROUTING and not record.holds_systems:
            placement = Placement(self._state, self._booking.settings, {conference_id})
            placement.place(record.conference, record.start, record.end, "Strict")
        return self._view(self._mark(record, mark))

    def forget_transactions(self) -> None:
        """Empty the log, as a purge of the database does; ids go on growing."""
        self._state.transactions.clear()

    def _change(self, record: Record, **changes: Any) -> Conference:
        wanted = replace(
            record.conference, owner_id=None, recurrence_pattern=None, **changes
        )
        with self._state.undone_on_fault():
            if record.series_id is not None:
                changed = self._booking.save_instance(
                    self._user, record, wanted, "Strict", remote=False
                )
            else:
                changed = self._booking.save(self._user, wanted, "Strict", remote=False)
        return self._view(changed)

    def _mark(self, record: Record, mark: Mark) -> Record:
        marked = replace(record, mark=mark)
        return self._state.commit(marked, "Updated", self._user.user_id)


def _without(conference: Conference, system_id: int) -> Conference:
    kept = tuple(
        participant
        for participant in conference.participants or ()
        if participant.participant_id != system_id
        or participant.participant_call_type not in {"TMS", "TMS Master Participant"}
    )
    return replace(conference, participants=kept)
