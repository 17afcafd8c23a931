"""Whatever is done to the engine of the TMS simulator, in whatever order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.simulators.tms.engine import (
    CODES,
    Conference,
    Participant,
    RecurrencePattern,
    TmsFault,
)

from .world import World

ROOMS = (4, 5, 6)
LIVE = ("Pending", "Ongoing")

starts = st.integers(-60, 600).map(lambda step: 10 * step)
lengths = st.integers(0, 30).map(lambda step: 10 * step)
rooms = st.lists(st.sampled_from(ROOMS), max_size=3, unique=True).map(tuple)
modes = st.sampled_from(["Strict", "BestEffortForced"])
patterns = st.none() | st.builds(
    RecurrencePattern,
    st.sampled_from(["Daily", "DailyWeekday", "Weekly", "Monthly", "Default"]),
    st.integers(0, 3),
    by_set_position=st.sampled_from([0, 0, 1, -1]),
    days_of_week=st.sampled_from([(), ("Monday",), ("Friday", "Sunday")]),
    pattern_end_type=st.just("EndByInstances"),
    pattern_instances=st.integers(1, 8),
)
picks = st.integers(0, 10**6)


class Calendar(RuleBasedStateMachine):
    """Several hands on one calendar, and one that only reads the log."""

    @initialize(ports=st.none() | st.integers(1, 3), versions=st.booleans())
    def begin(self, ports: int | None, versions: bool) -> None:
        """Start with an empty calendar."""
        self.world = World()
        self.world.settings.mcu_ports = ports
        self.world.settings.check_version_by_key = versions
        self.mirror: dict[int, Conference] = {}
        self.last = 0

    def attempt(self, call: Any, *args: Any, **kwargs: Any) -> None:
        """Do something that may be refused; then nothing may have changed."""
        tms = self.world.tms
        before = tms.local.conferences(), tms.last_transaction_id()
        try:
            call(*args, **kwargs)
        except TmsFault as fault:
            assert fault.code_name in CODES  # noqa: PT017
            assert (tms.local.conferences(), tms.last_transaction_id()) == before

    def picked(self, pick: int) -> Conference:
        """Return any conference as the service reads it."""
        known = self.world.tms.local.conferences()
        conference_id = known[pick % len(known)].conference_id
        return self.world.tms.get_conference_by_id(self.world.service, conference_id)

    def has_conferences(self) -> bool:
        """Return whether there is something to pick."""
        return bool(self.world.tms.local.conferences())

    @rule(minutes=st.integers(0, 3000))
    def time_passes(self, minutes: int) -> None:
        """Move the clock on."""
        self.world.now += timedelta(minutes=minutes)

    @rule(
        start=starts,
        length=lengths,
        where=rooms,
        mode=modes,
        pattern=patterns,
        key=st.none() | st.sampled_from("abc"),
    )
    def save_new(
        self,
        start: int,
        length: int,
        where: tuple[int, ...],
        mode: str,
        pattern: RecurrencePattern | None,
        key: str | None,
    ) -> None:
        """Book something through the API."""
        begins = self.world.now + timedelta(minutes=start)
        wanted = Conference(
            start_time_utc=begins,
            end_time_utc=begins + timedelta(minutes=length),
            participants=tuple(map(Participant, where)),
            recurrence_pattern=pattern,
            external_source_id=key and "ha",
            external_primary_key=key,
        )
        world = self.world
        self.attempt(world.tms.save_conference, world.service, wanted, mode)

    @precondition(has_conferences)
    @rule(
        pick=picks,
        shift=starts,
        length=lengths,
        mode=modes,
        instance=st.booleans(),
        pattern=patterns,
    )
    def save_changed(
        self,
        pick: int,
        shift: int,
        length: int,
        mode: str,
        instance: bool,
        pattern: RecurrencePattern | None,
    ) -> None:
        """Move something, alone or as a whole, perhaps to another pattern."""
        tms, service = self.world.tms, self.world.service
        read = self.picked(pick)
        if not instance:
            series = tms.get_recurrent_conference_by_id(service, read.conference_id)
            read = replace(series, conference_id=abs(series.conference_id))
            read = replace(read, recurrence_pattern=pattern or read.recurrence_pattern)
        assert read.start_time_utc
        begins = read.start_time_utc + timedelta(minutes=shift)
        ends = begins + timedelta(minutes=length)
        save = tms.save_conference_rec_instance if instance else tms.save_conference
        wanted = replace(read, start_time_utc=begins, end_time_utc=ends)
        self.attempt(save, service, wanted, mode)

    @precondition(has_conferences)
    @rule(
        pick=picks,
        how=st.sampled_from(
            [
                "delete_conference_by_id",
                "delete_conference_rec_instance_by_id",
                "end_conference_by_id",
            ]
        ),
    )
    def end(self, pick: int, how: str) -> None:
        """End or delete something through the API."""
        conference_id = self.picked(pick).conference_id
        self.attempt(getattr(self.world.tms, how), self.world.service, conference_id)

    @rule(start=starts, where=rooms.filter(bool))
    def book_locally(self, start: int, where: tuple[int, ...]) -> None:
        """Book something past the API."""
        begins = self.world.now + timedelta(minutes=start)
        self.attempt(self.world.tms.local.book, where, begins)

    @precondition(has_conferences)
    @rule(
        pick=picks,
        how=st.sampled_from(["approve", "reject", "make_defective", "end", "delete"]),
    )
    def act_locally(self, pick: int, how: str) -> None:
        """Decide about something past the API."""
        conference_id = self.picked(pick).conference_id
        self.attempt(getattr(self.world.tms.local, how), conference_id)

    @precondition(has_conferences)
    @rule(pick=picks, start=starts, where=rooms)
    def change_locally(self, pick: int, start: int, where: tuple[int, ...]) -> None:
        """Move something past the API, to other rooms."""
        local = self.world.tms.local
        conference_id = self.picked(pick).conference_id
        begins = self.world.now + timedelta(minutes=start)
        self.attempt(local.move, conference_id, begins)
        people = tuple(map(Participant, where))
        self.attempt(local.replace_participants, conference_id, people)

    @rule(limit=st.integers(1, 5), replaces=st.booleans())
    def replicate(self, limit: int, replaces: bool) -> None:
        """Follow the log page by page, and have what the server has."""
        tms, service = self.world.tms, self.world.service
        self.world.settings.transaction_limit = limit
        self.world.settings.incomplete_replaces_last = replaces
        more = True
        while more:
            page = tms.get_transactions_since(service, self.last)
            for item in page:
                if item.conference_id:
                    self.mirror[item.conference_id] = tms.get_conference_by_id(
                        service, item.conference_id
                    )
            more = any(item.trans_type == "ListIncomplete" for item in page)
            if page:
                assert page[-1].transaction_id > self.last
                self.last = page[-1].transaction_id
        held = {
            conference.conference_id: tms.get_conference_by_id(
                service, conference.conference_id
            )
            for conference in tms.local.conferences()
        }
        assert _lasting(self.mirror) == _lasting(held)

    @invariant()
    def nothing_is_booked_twice(self) -> None:
        """No two conferences hold one room, and lists agree with single reads."""
        self.world.tms.check()
        tms, service = self.world.tms, self.world.service
        for room in ROOMS:
            listed = tms.get_conferences_for_systems(service, [room], None, None, "All")
            for conference in listed:
                read = tms.get_conference_by_id(service, conference.conference_id)
                assert room in read.system_ids
                assert read.version == conference.version


def _lasting(known: dict[int, Conference]) -> dict[int, Conference]:
    """Leave out what changes by the clock, or with another occurrence's series."""
    return {
        conference_id: replace(
            conference,
            conference_state=(
                "live"
                if conference.conference_state in {*LIVE, "Finished"}
                else conference.conference_state
            ),
            recurrence_pattern=None,
        )
        for conference_id, conference in known.items()
    }


TestCalendar = Calendar.TestCase
TestCalendar.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
