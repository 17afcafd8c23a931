"""Series that TMS keeps as one: made, changed and deleted from somewhere on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.room_bookings.backends.tms.backend import TmsBackend
from custom_components.room_bookings.rooms.booking import Booking, RoomId
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    ConflictError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
)
from custom_components.room_bookings.rooms.series import Scope
from tests.simulators.tms.engine import RecurrencePattern

from .conftest import AURORA, FJORD, HOUR, NOW, Rig

DAILY = "FREQ=DAILY;COUNT=5"
BERLIN = ZoneInfo("Europe/Berlin")


async def made(
    rig: Rig, backend: TmsBackend, rule: str = DAILY, start: float = 1
) -> Sequence[Booking]:
    """A series of one-hour bookings."""
    return await backend.book_series([AURORA], rig.request(start, start + 1), rule)


async def hours(rig: Rig, backend: TmsBackend, room: RoomId = AURORA) -> list[float]:
    """When a room is booked, in hours after the test began."""
    found = await rig.listed(backend, room, days=100)
    return [(b.start - NOW) / HOUR for b in found]


# Making


async def test_a_series_is_one(rig: Rig) -> None:
    """Its occurrences have ids of their own, and one name."""
    backend = await rig.backend()
    request = rig.request(title="Stand-up")
    found = await backend.book_series([AURORA, FJORD], request, DAILY)
    assert [(b.start - NOW) / HOUR for b in found] == [1, 25, 49, 73, 97]
    assert len({booking.id for booking in found}) == 5
    assert len({booking.series for booking in found}) == 1
    assert {booking.request_id for booking in found} == {request.request_id}
    rig.took()
    assert await rig.listed(backend, FJORD) == list(found)
    assert rig.took() == {}


async def test_the_clocks_change_and_the_meeting_stays(rig: Rig) -> None:
    """At ten o'clock in Berlin, in winter and in summer."""
    rig.sim.settings.booking_window_days = 500
    backend = await rig.backend()
    start = datetime(2027, 3, 22, 9, tzinfo=UTC)
    request = rig.request(start=0, end=1)
    request = replace(request, start=start, end=start + HOUR)
    found = await backend.book_series([AURORA], request, "FREQ=WEEKLY;COUNT=3")
    walls = [booking.start.astimezone(BERLIN) for booking in found]
    assert [(wall.day, wall.hour) for wall in walls] == [(22, 10), (29, 10), (5, 10)]
    assert found[1].start == datetime(2027, 3, 29, 8, tzinfo=UTC)


@pytest.mark.parametrize("in_utc", [True, False])
async def test_days_of_the_week_are_those_that_were_meant(
    rig: Rig, in_utc: bool
) -> None:
    """Whichever way TMS reads them, which it shows by the first series that tells."""
    rig.sim.settings.days_of_week_in_utc = in_utc
    rig.sim.local.change_system(5, time_zone="Tokyo Standard Time")
    backend = await rig.backend()
    # Tuesday, eight o'clock in Tokyo; in London it is still Monday.
    start = datetime(2026, 11, 23, 23, tzinfo=UTC)
    for weeks in range(2):
        request = rig.request(title=f"Week {weeks}")
        first = start + timedelta(hours=2 * weeks - 1)
        request = replace(request, start=first, end=first + HOUR)
        rig.took()
        found = await backend.book_series(
            [AURORA], request, "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4"
        )
        days = [booking.start - first for booking in found]
        assert days == [timedelta(days=n) for n in (0, 2, 7, 9)]
    assert "DeleteConferenceById" not in rig.took()
    moved = replace(found[1], start=found[1].start + HOUR, end=found[1].end + HOUR)
    await backend.change(AURORA, found[1], moved, Scope.FUTURE)
    named = [b for b in await rig.listed(backend) if b.title == "Week 1"]
    assert [b.start - first for b in named] == [
        timedelta(0),
        timedelta(days=2, hours=1),
        timedelta(days=7, hours=1),
        timedelta(days=9, hours=1),
    ]


async def test_a_series_is_booked_as_a_whole_or_not(rig: Rig) -> None:
    """One occurrence that does not fit is enough; what it runs into is named."""
    rig.sim.local.book([5], rig.at(49))
    backend = await rig.backend()
    (other,) = await rig.listed(backend)
    with pytest.raises(ConflictError) as taken:
        await made(rig, backend)
    assert (taken.value.start, taken.value.end) == (other.start, other.end)
    assert await hours(rig, backend) == [49]


async def test_a_lost_answer_is_looked_up(rig: Rig) -> None:
    """And the occurrences are those of the series that was made."""
    backend = await rig.backend()
    await made(rig, backend, start=3)
    rig.sim.faults.when("SaveConferenceWithMode").drop_answer()
    assert len(await made(rig, backend)) == 5
    rig.sim.faults.when("SaveConferenceWithMode").drop_answer()
    rig.sim.faults.when("GetConferencesForSystems").status(503)
    with pytest.raises(AnswerLostError):
        await made(rig, backend, start=5)


async def test_a_series_that_needs_approval_is_withdrawn(rig: Rig) -> None:
    """As any booking."""
    rig.sim.local.change_user(rig.sim.user.user_id, approve_meeting=False)
    backend = await rig.backend()
    with pytest.raises(PermissionDeniedError):
        await made(rig, backend)
    assert {c.conference_state for c in rig.sim.local.conferences()} == {"Deleted"}


async def test_a_zone_that_tms_does_not_know(rig: Rig) -> None:
    """Then that of the account counts, if there is one."""
    backend = await rig.backend()
    rig.sim.faults.when("GetTimeZoneRulesById").fault("INVALID_TIMEZONE_INFO")
    with pytest.raises(NotSupportedError, match="without a time zone"):
        await made(rig, backend)


# Deleting


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        (Scope.ONE, [1, 25, 73, 97]),
        (Scope.FUTURE, [1, 25]),
        (Scope.ALL, []),
    ],
)
async def test_as_much_is_deleted_as_was_meant(
    rig: Rig, scope: Scope, left: list[float]
) -> None:
    """One occurrence, it and all after it, or all."""
    backend = await rig.backend()
    found = await made(rig, backend)
    await backend.delete(AURORA, found[2], scope)
    assert await hours(rig, backend) == left
    assert len({b.series for b in await rig.listed(backend)}) <= 1


async def test_what_is_left_of_a_series_goes(rig: Rig) -> None:
    """Those that are over stay what they were; nothing else is before."""
    backend = await rig.backend()
    found = await made(rig, backend)
    await rig.clock.pass_by(hours=24.5)
    await backend.delete(AURORA, found[1], Scope.FUTURE)
    assert await hours(rig, backend) == [1]


async def test_a_running_occurrence_goes_on(rig: Rig) -> None:
    """When those after it are deleted."""
    backend = await rig.backend()
    found = await made(rig, backend)
    await rig.clock.pass_by(hours=1.5)
    await backend.delete(AURORA, found[1], Scope.FUTURE)
    (running,) = await rig.listed(backend)
    assert running.runs_at(rig.clock.now)


async def test_exceptions_stay_where_they_are(rig: Rig) -> None:
    """One that was deleted does not come back, one that was moved does not move back."""
    backend = await rig.backend()
    found = await made(rig, backend)
    await backend.delete(AURORA, found[1])
    await backend.change(
        AURORA, found[0], replace(found[0], start=rig.at(2), end=rig.at(3))
    )
    last = (await rig.listed(backend))[-1]
    await backend.delete(AURORA, last, Scope.FUTURE)
    assert await hours(rig, backend) == [2, 49, 73]


# Changing


async def test_one_occurrence_moves_alone(rig: Rig) -> None:
    """And keeps its id."""
    backend = await rig.backend()
    found = await made(rig, backend)
    wanted = replace(found[1], start=rig.at(26), end=rig.at(27), title="Moved")
    assert await backend.change(AURORA, found[1], wanted) == wanted
    assert await hours(rig, backend) == [1, 26, 49, 73, 97]


@pytest.mark.parametrize(
    ("scope", "starts"),
    [
        (Scope.FUTURE, [1, 25, 51, 75, 99]),
        (Scope.ALL, [3, 27, 51, 75, 99]),
    ],
)
async def test_as_much_moves_as_was_meant(
    rig: Rig, scope: Scope, starts: list[float]
) -> None:
    """By as much as the one that was moved."""
    backend = await rig.backend()
    found = await made(rig, backend)
    wanted = replace(found[2], start=rig.at(51), end=rig.at(52.5), title="Later")
    changed = await backend.change(AURORA, found[2], wanted, scope)
    assert changed is not None
    assert (changed.start, changed.end) == (wanted.start, wanted.end)
    assert await hours(rig, backend) == starts
    named = [b for b in await rig.listed(backend) if b.title == "Later"]
    assert [(b.start - NOW) / HOUR for b in named] == starts[-len(named) :]
    assert len(named) == (3 if scope is Scope.FUTURE else 5)
    assert {b.end - b.start for b in named} == {1.5 * HOUR}


async def test_a_series_moves_with_its_exceptions(rig: Rig) -> None:
    """To another day even, where its pattern can."""
    backend = await rig.backend()
    weekly = "FREQ=WEEKLY;BYDAY=FR,MO;COUNT=6"
    found = await made(rig, backend, weekly)
    assert await hours(rig, backend) == [1, 73, 169, 241, 337, 409]
    await backend.delete(AURORA, found[2])
    await backend.change(
        AURORA, found[1], replace(found[1], start=rig.at(75), end=rig.at(76))
    )
    first = (await rig.listed(backend))[0]
    wanted = replace(first, start=rig.at(26), end=rig.at(27))
    await backend.change(AURORA, first, wanted, Scope.ALL)
    assert await hours(rig, backend) == [26, 100, 266, 362, 434]


async def test_what_is_over_does_not_happen_again(rig: Rig) -> None:
    """Although its pattern would put it into the afternoon now."""
    backend = await rig.backend()
    found = await made(rig, backend)
    await rig.clock.pass_by(hours=3)
    wanted = replace(found[2], start=rig.at(53), end=rig.at(54))
    await backend.change(AURORA, found[2], wanted, Scope.ALL)
    assert await hours(rig, backend) == [1, 29, 53, 77, 101]


async def test_a_new_title_is_no_new_time(rig: Rig) -> None:
    """The occurrences stay where they are."""
    backend = await rig.backend()
    found = await made(rig, backend)
    wanted = replace(found[1], title="Renamed")
    changed = await backend.change(AURORA, found[1], wanted, Scope.ALL)
    assert changed is not None
    assert {b.title for b in await rig.listed(backend)} == {"Renamed"}
    assert await hours(rig, backend) == [1, 25, 49, 73, 97]


async def test_a_series_that_cannot_move_is_as_it_was(rig: Rig) -> None:
    """Both parts of it."""
    backend = await rig.backend()
    found = await made(rig, backend)
    rig.sim.local.book([5], rig.at(75))
    wanted = replace(found[2], start=rig.at(51), end=rig.at(52))
    with pytest.raises(ConflictError):
        await backend.change(AURORA, found[2], wanted, Scope.FUTURE)
    await rig.listed(backend, thorough=True)
    assert await hours(rig, backend) == [1, 25, 49, 73, 75, 97]


async def test_what_cannot_be_restored_is_not_known(rig: Rig) -> None:
    """Somebody has to look."""
    backend = await rig.backend()
    found = await made(rig, backend)
    rig.sim.local.book([5], rig.at(75))
    wanted = replace(found[2], start=rig.at(51), end=rig.at(52))
    saves = 0

    def third(request: object) -> bool:
        nonlocal saves
        saves += 1
        return saves >= 3

    rig.sim.faults.when("SaveConferenceWithMode", predicate=third).always().busy()
    with pytest.raises(AnswerLostError):
        await backend.change(AURORA, found[2], wanted, Scope.FUTURE)


async def test_a_lost_answer_leaves_a_series_whole(rig: Rig) -> None:
    """When it was to end, and nobody knows whether it does."""
    backend = await rig.backend()
    found = await made(rig, backend)
    wanted = replace(found[2], start=rig.at(51), end=rig.at(52))
    rig.sim.faults.when("SaveConferenceWithMode").drop_answer()
    with pytest.raises(AnswerLostError):
        await backend.change(AURORA, found[2], wanted, Scope.FUTURE)
    await rig.listed(backend, thorough=True)
    assert await hours(rig, backend) == [1, 25, 49, 73, 97]


async def test_somebody_else_changes_the_series_meanwhile(rig: Rig) -> None:
    """It is read again, once."""
    backend = await rig.backend()
    found = await made(rig, backend)
    rig.sim.faults.when("SaveConferenceWithMode").modified("Theirs")
    wanted = replace(found[2], start=rig.at(51), end=rig.at(52))
    await backend.change(AURORA, found[2], wanted, Scope.ALL)
    assert await hours(rig, backend) == [3, 27, 51, 75, 99]


async def test_the_series_of_others_are_known_too(rig: Rig) -> None:
    """Also those that end by a date."""
    pattern = RecurrencePattern(
        frequency_type="Daily",
        pattern_end_type="EndByDate",
        pattern_end_date_utc=rig.at(97),
    )
    rig.sim.local.book([5], rig.at(1), recurrence_pattern=pattern)
    backend = await rig.backend()
    found = await rig.listed(backend)
    assert len({b.series for b in found}) == 1
    wanted = replace(found[2], start=rig.at(51), end=rig.at(52))
    await backend.change(AURORA, found[2], wanted, Scope.FUTURE)
    assert await hours(rig, backend) == [1, 25, 51, 75, 99]


async def test_what_is_no_series_any_more_is_left_alone(rig: Rig) -> None:
    """A running occurrence becomes a single meeting when its series changes."""
    backend = await rig.backend()
    found = await made(rig, backend)
    await rig.clock.pass_by(hours=1.5)
    wanted = replace(found[2], start=rig.at(51), end=rig.at(52))
    await backend.change(AURORA, found[2], wanted, Scope.ALL)
    with pytest.raises(RejectedError, match="no longer an occurrence"):
        await backend.delete(AURORA, found[0], Scope.ALL)
