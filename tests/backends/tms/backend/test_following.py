"""Following the log of TMS, through everything that can go wrong with it."""

import asyncio
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import (
    AuthLost,
    Connected,
    Disconnected,
    RoomStale,
    Synced,
)
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    NotFoundError,
    RejectedError,
    UnreachableError,
)
from tests.backends.listening import Ear
from tests.simulators.tms.engine import Participant, RecurrencePattern

from .conftest import AURORA, FJORD, Rig

DAILY = RecurrencePattern(
    frequency_type="Daily", pattern_end_type="EndByInstances", pattern_instances=4
)


async def titles(rig: Rig, backend: Any, room: RoomId = AURORA, **how: Any) -> str:
    """What a room is booked for, in order."""
    return " ".join(b.title for b in await rig.listed(backend, room, **how))


async def test_a_lost_connection_is_told_once(rig: Rig) -> None:
    """And that it is back when what was missed is known."""
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    async with Ear(backend.listen) as ear:
        await rig.sim.down()
        await rig.clock.pass_by(minutes=20)
        assert ear.heard == [Disconnected("unreachable")]
        with pytest.raises(UnreachableError):
            await rig.listed(backend, FJORD)
        rig.sim.local.book([6], rig.at(1), title="B")
        await rig.sim.up()
        await rig.clock.pass_by(minutes=5)
        assert ear.heard[1:4] == [RoomStale(FJORD), Connected(), Synced()]
        assert await titles(rig, backend, FJORD) == "B"


async def test_patience_is_kept(rig: Rig) -> None:
    """As long as the server asks for it."""
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    async with Ear(backend.listen) as ear:
        rig.sim.faults.when("GetTransactionsSince").status(503, retry_after=600)
        # The first poll comes within 2.5 to 5 minutes, the next 10 to 12 after it.
        await rig.clock.pass_by(minutes=12)
        assert ear.heard == [Disconnected("busy_try_later")]
        assert rig.took() == {"GetTransactionsSince": 1}
        await rig.clock.pass_by(minutes=6)
        assert ear.heard[1:3] == [Connected(), Synced()]


async def test_a_refused_password_is_tried_once(rig: Rig) -> None:
    """Each attempt counts at the domain; nothing is asked any more."""
    backend = await rig.backend()
    async with Ear(backend.listen) as ear:
        rig.sim.password = "changed"
        rig.sim.log_everybody_off()
        await rig.clock.pass_by(hours=2)
        assert ear.heard == [AuthLost()]
        await ear.ended()
        with pytest.raises(AuthFailedError):
            await rig.listed(backend, urgent=True)
    assert sum(rig.sim.failed_logons.values()) == 1


async def test_who_shares_a_look_shares_what_went_wrong(rig: Rig) -> None:
    """And the next one looks again."""
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    rig.sim.faults.when("GetTransactionsSince").busy()
    with pytest.raises(Exception, match="busy"):
        await rig.listed(backend, urgent=True)
    assert await titles(rig, backend) == "A"
    assert rig.took() == {"GetTransactionsSince": 2}


async def test_many_changes_come_in_pages(rig: Rig) -> None:
    """Each conference is read once, however often it changed."""
    rig.sim.settings.transaction_limit = 4
    conference = rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    for number in range(9):
        rig.sim.local.rename(conference.conference_id, f"A{number}")
    rig.sim.local.book([6], rig.at(1), title="B")
    assert await titles(rig, backend, urgent=True) == "A8"
    assert await titles(rig, backend, FJORD) == "B"
    assert rig.took() == {"GetTransactionsSince": 3, "GetConferenceById": 2}


async def test_rooms_of_others_cost_nothing(rig: Rig) -> None:
    """Nobody here wants to know about them."""
    rig.sim.add_system("Foreign", 9)
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    rig.sim.local.book([9], rig.at(1))
    rig.sim.local.book([9], rig.at(3), recurrence_pattern=DAILY)
    assert await titles(rig, backend, urgent=True) == "A"
    assert rig.took() == {"GetTransactionsSince": 1}


async def test_a_log_that_does_not_know_where_we_are(rig: Rig) -> None:
    """Begins again: every room is listed anew, when it is asked for."""
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    rig.sim.settings.refuse_unknown_transactions = True
    rig.sim.local.forget_transactions()
    rig.sim.local.book([6], rig.at(1), title="B")
    async with Ear(backend.listen) as ear:
        await rig.clock.pass_by(minutes=6)
        assert ear.heard == [RoomStale(AURORA), RoomStale(FJORD)]
        assert rig.took() == {"GetTransactionsSince": 1}
        assert await titles(rig, backend, FJORD) == "B"
        assert await titles(rig, backend) == "A"
        assert rig.took() == {"GetConferencesForSystems": 2}
        await rig.clock.pass_by(minutes=5)
        assert ear.heard[-1] == Synced()
        assert rig.took() == {"GetTransactionsSince": 1}


async def test_a_guess_that_is_refused_is_given_up(rig: Rig) -> None:
    """Only what was listed before the first id was known is listed once more."""
    rig.sim.settings.refuse_unknown_transactions = True
    for number in range(60):
        rig.sim.local.delete(rig.sim.local.book([6], rig.at(number)).conference_id)
    rig.sim.local.forget_transactions()
    rig.sim.local.book([6], rig.at(1), title="B")
    backend = await rig.backend()
    rig.sim.local.book([5], rig.at(1), title="A")
    async with Ear(backend.listen) as ear:
        await rig.clock.pass_by(minutes=6)
        assert ear.heard == [RoomStale(AURORA)]
        assert await titles(rig, backend) == "A"
        assert rig.took() == {"GetTransactionsSince": 1, "GetConferencesForSystems": 1}
        await rig.clock.pass_by(minutes=5)
        assert rig.took() == {"GetTransactionsSince": 1}


async def test_a_restored_database_is_noticed(rig: Rig) -> None:
    """A conference has an older state than it had."""
    rig.sim.local.book([5], rig.at(1), title="A")
    conference = rig.sim.local.book([6], rig.at(1), title="B")
    backend = await rig.backend()
    rig.sim.local.rename(conference.conference_id, "B2")
    assert await titles(rig, backend, FJORD, urgent=True) == "B2"
    rig.sim.faults.when("GetConferencesForSystems").value("TransactionId", "2")
    assert await titles(rig, backend, FJORD, thorough=True) == "B2"
    rig.took()
    assert await titles(rig, backend) == "A"
    assert rig.took() == {"GetConferencesForSystems": 1}


async def test_transactions_that_go_backwards(rig: Rig) -> None:
    """Are not believed."""
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    rig.sim.local.book([5], rig.at(3), title="B")
    rig.sim.faults.when("GetTransactionsSince").value("TransactionId", "1")
    assert await titles(rig, backend, urgent=True) == "A B"
    assert rig.took() == {"GetTransactionsSince": 1, "GetConferencesForSystems": 1}


async def test_an_older_tms_tells_no_ids(rig: Rig) -> None:
    """Then the end of its log is found, and followed."""
    rig.sim.settings.api_version = 21
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    rig.sim.faults.when("GetConferencesForSystems").always().absent(["TransactionId"])
    await rig.listed(backend, AURORA, thorough=True)
    rig.took()
    async with Ear(backend.listen) as ear:
        await rig.clock.pass_by(minutes=6)
        assert ear.heard == [Synced()]
        rig.sim.local.book([6], rig.at(1), title="B")
        await rig.clock.pass_by(minutes=5)
        assert ear.heard == [Synced(), RoomStale(FJORD), Synced()]
        assert await titles(rig, backend, FJORD) == "B"
        rig.took()
        assert await titles(rig, backend, FJORD, urgent=True) == "B"
        assert rig.took() == {"GetTransactionsSince": 1}


async def test_one_bad_record_costs_a_listing(rig: Rig) -> None:
    """Of the room that it is about; a room that cannot be listed costs that room."""
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    rig.sim.local.book([6], rig.at(1), title="B")
    rig.sim.faults.when("GetConferenceById").garbage()
    assert await titles(rig, backend, FJORD, urgent=True) == "B"
    assert rig.took()["GetConferencesForSystems"] == 1
    rig.sim.local.book([6], rig.at(3), title="C")
    rig.sim.local.book([5], rig.at(3), title="D")
    faults = rig.sim.faults
    faults.when("GetConferenceById").fault("NO_ACCESS_TO_CONFERENCE")
    faults.when("GetConferencesForSystems", SystemIds="6").times(2).fault("UNKNOWN")
    assert await titles(rig, backend, AURORA, urgent=True) == "A D"
    with pytest.raises(RejectedError):
        await rig.listed(backend, FJORD)
    assert await titles(rig, backend, FJORD) == "B C"


async def test_nothing_is_missed_when_a_look_fails_half_way(rig: Rig) -> None:
    """What was not read yet is read the next time."""
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    for hour in range(2, 6):
        rig.sim.local.book([6], rig.at(hour), title=f"B{hour}")
    fault = rig.sim.faults.when("GetConferenceById", predicate=_later_ones())
    fault.always().drop()
    fault = rig.sim.faults.when("GetConferencesForSystems").always().drop()
    with pytest.raises(UnreachableError):
        await rig.listed(backend, FJORD, urgent=True)
    rig.sim.faults.clear()
    assert await titles(rig, backend, FJORD, urgent=True) == "B2 B3 B4 B5"


def _later_ones() -> Any:
    seen: list[object] = []

    def later(request: object) -> bool:
        seen.append(request)
        return len(seen) > 1

    return later


async def test_a_series_goes_with_all_of_its_occurrences(rig: Rig) -> None:
    """By one listing of its room."""
    series = rig.sim.local.book([5], rig.at(1), recurrence_pattern=DAILY, title="A")
    backend = await rig.backend()
    rig.sim.local.delete(series.conference_id)
    assert await titles(rig, backend, urgent=True) == ""
    assert rig.took() == {"GetTransactionsSince": 1, "GetConferencesForSystems": 1}


async def test_a_series_comes_to_other_rooms(rig: Rig) -> None:
    """Both are listed."""
    series = rig.sim.local.book([5], rig.at(1), recurrence_pattern=DAILY, title="A")
    backend = await rig.backend()
    moved = [Participant(6)]
    rig.sim.local.replace_participants(series.conference_id, moved)
    assert await titles(rig, backend, urgent=True) == "A A A"
    assert await titles(rig, backend, FJORD) == "A"


async def test_the_log_may_not_tell_whom_it_concerns(rig: Rig) -> None:
    """Then what is unknown is read."""
    conference = rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    untold = rig.sim.faults.when("GetTransactionsSince").always()
    untold.absent(["ParticipantIds"])
    rig.sim.local.book([6], rig.at(1), title="B")
    assert await titles(rig, backend, FJORD, urgent=True) == "B"
    assert rig.took() == {"GetTransactionsSince": 1, "GetConferenceById": 1}
    rig.sim.local.delete(conference.conference_id)
    assert await titles(rig, backend, urgent=True) == ""
    assert rig.took() == {"GetTransactionsSince": 1}


async def test_a_room_that_is_gone_is_forgotten(rig: Rig) -> None:
    """With all that took place in it; what is no room was never there."""
    rig.sim.local.book([5, 6], rig.at(1), title="A")
    backend = await rig.backend()
    rig.sim.local.remove_system(6)
    assert [room.id for room in await backend.rooms()] == [AURORA]
    assert await titles(rig, backend) == "A"
    with pytest.raises(RejectedError):
        await rig.listed(backend, FJORD)
    with pytest.raises(NotFoundError):
        await rig.listed(backend, RoomId("attic"))


async def test_who_waits_when_it_closes_hears_so(rig: Rig) -> None:
    """Nobody waits for ever."""
    rig.sim.local.book([5], rig.at(1), title="A")
    backend = await rig.backend()
    fault = rig.sim.faults.when("GetTransactionsSince").no_answer()
    waiting = asyncio.ensure_future(rig.listed(backend, urgent=True))
    await fault.triggered()
    await backend.close()
    with pytest.raises(UnreachableError):
        await waiting
