"""What the simulated booking system knows of itself."""

import pytest

from tests.simulators.roomz import OccupiedError, RoomzSimulator
from tests.simulators_tests.conftest import Clock

from .caller import DAY, MINUTE, WISH, Caller


async def test_the_check_finds_what_must_not_be(
    sim: RoomzSimulator, clock: Clock
) -> None:
    """An overlap that nobody wanted, and a wish that was carried out twice."""
    room = sim.rooms[0]
    one = room.book("one", clock.now, clock.now + 60 * MINUTE, api=True)
    with pytest.raises(OccupiedError):
        room.book("two", clock.now, clock.now + 30 * MINUTE)
    room.book("two", clock.now, clock.now + 30 * MINUTE, overlap=True)
    assert not sim.check()
    room.delete(one)
    room.book("one", clock.now, clock.now + 60 * MINUTE, api=True, overlap=True)
    room.overlaps_wanted.clear()
    assert sorted(line.partition(": ")[2] for line in sim.check()) == [
        "m1 was made again as m4",
        "m3 overlaps m4",
    ]
    with pytest.raises(ValueError):
        room.book("none", clock.now, clock.now)


async def test_the_log_says_what_was_asked(ask: Caller) -> None:
    """Without credentials, and with what it was answered."""
    await ask("GET", "/rooms")
    await ask("POST", "/rooms/57/meetings", WISH)
    await ask("PUT", "/rooms/57/meetings/m1", WISH)
    await ask("GET", "/rooms/57/meetings", params=DAY)
    await ask("GET", "/elsewhere")
    log = ask.sim.requests
    assert [entry.call for entry in log] == ["rooms", "book", "change", "meetings", ""]
    assert [entry.status for entry in log] == [200, 201, 200, 200, 404]
    assert log.of("book")[0].body == WISH
    assert log.number_of("meetings", room="57", status=200) == 1
    assert "battery" not in repr(log)
    assert ask.sim.counters.calls["book 201"] == 1
