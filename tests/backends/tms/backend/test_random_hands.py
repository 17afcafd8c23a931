"""Whatever others do at TMS, the log tells all of it."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from custom_components.room_bookings.backends.tms.backend import TmsBackend
from custom_components.room_bookings.rooms.booking import BookingId, RoomId
from custom_components.room_bookings.rooms.errors import RoomError
from custom_components.room_bookings.rooms.series import Scope
from tests.simulators.tms.engine import Participant, RecurrencePattern, TmsFault

from .conftest import AURORA, FJORD, Rig

MINUTE = timedelta(minutes=1)
STEPS = 60


def somebody_acts(rig: Rig, random: Random) -> None:
    """One change at the server, which it may refuse."""
    local = rig.sim.local
    living = [c for c in local.conferences() if c.conference_state != "Deleted"]
    start = rig.clock.now.replace(microsecond=0) + random.randint(5, 3000) * MINUTE
    rooms = random.choice(([5], [6], [5, 6], [9]))
    try:
        match random.randrange(8) if living else random.randrange(3):
            case 0 | 1:
                local.book(rooms, start, title=f"T{random.random()}")
            case 2:
                pattern = RecurrencePattern(
                    frequency_type=random.choice(("Daily", "DailyWeekday")),
                    pattern_end_type="EndByInstances",
                    pattern_instances=random.randint(2, 6),
                )
                local.book(rooms, start, recurrence_pattern=pattern)
            case 3:
                local.move(random.choice(living).conference_id, start)
            case 4:
                local.rename(random.choice(living).conference_id, f"R{start:%H%M}")
            case 5:
                some = [Participant(room) for room in rooms]
                local.replace_participants(random.choice(living).conference_id, some)
            case 6:
                one = random.choice(living)
                alone = random.random() < 0.7 and bool(one.recurrence_instance_id_utc)
                local.delete(one.conference_id, occurrence=alone)
            case 7:
                local.make_defective(random.choice(living).conference_id)
    except TmsFault:
        return


async def we_act(rig: Rig, random: Random, backend: TmsBackend) -> None:
    """One verb from here, on whatever is known, which may fail."""
    room = random.choice((AURORA, FJORD))
    known = await rig.listed(backend, room)
    start = random.randint(5, 3000) / 60
    since = (rig.clock.now.replace(microsecond=0) - rig.at(0)) / timedelta(hours=1)
    try:
        match random.randrange(4) if known else 0:
            case 0:
                request = rig.request(since + start, since + start + 1)
                await backend.book(random.choice(([AURORA], [AURORA, FJORD])), request)
            case 1:
                request = rig.request(since + start, since + start + 1)
                await backend.book_series([room], request, "FREQ=DAILY;COUNT=4")
            case 2:
                await backend.delete(
                    room, random.choice(known), random.choice([*Scope])
                )
            case 3:
                from_, scope = random.choice(known), random.choice([*Scope])
                wanted: Any = {"start": from_.start + MINUTE, "end": from_.end + MINUTE}
                moved = type(from_)(id=BookingId(from_.id), title=from_.title, **wanted)
                await backend.change(room, from_, moved, scope)
    except RoomError:
        return


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_known_is_what_there_is(rig: Rig, seed: int) -> None:
    """After every look, by another client's fresh listing."""
    random = Random(seed)
    rig.sim.add_system("Foreign", 9)
    rig.sim.settings.transaction_limit = random.choice((3, 500))
    if seed % 2:
        rig.sim.faults.when("GetTransactionsSince").always().absent(["ParticipantIds"])
    backend = await rig.backend()
    for _ in range(STEPS):
        for _ in range(random.randrange(4)):
            somebody_acts(rig, random)
        await we_act(rig, random, backend)
        if random.random() < 0.3:
            await rig.clock.pass_by(minutes=random.randint(1, 40))
        witness = await rig.backend()
        for room in (AURORA, FJORD):
            await known_is_true(rig, backend, witness, room)
        await witness.close()
        rig.opened.remove(witness)


async def known_is_true(
    rig: Rig, backend: TmsBackend, witness: TmsBackend, room: RoomId
) -> None:
    """What is over may be known longer than TMS lists it."""
    # What a verb has told just now is not asked again at once.
    await rig.clock.pass_by(seconds=3)
    known = await rig.listed(backend, room, urgent=True)
    there = await rig.listed(witness, room, thorough=True)
    assert known == there
