"""Two who book at once, in one room and in two."""

from homeassistant.exceptions import ServiceValidationError
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .watch import BOOK, TITLE, Watch, begin_to_book


async def test_two_who_race_for_one_slot(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """One books, the other hears of the conflict and its times."""
    calls = [begin_to_book(house) for _ in range(2)]
    await clock.pass_by(seconds=5)
    won, lost = calls
    assert won.result()["title"] == TITLE
    error = lost.exception()
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "conflict"
    assert error.translation_placeholders == {
        "room": "Fjord",
        "start": "2026-03-03 02:00",
        "end": "2026-03-03 02:30",
    }
    assert len(watch.sent()) == 1


async def test_rooms_do_not_wait_for_each_other(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Actions on one room run one at a time, on different rooms side by side."""
    house.sim.faults.when(command=BOOK, workspace=house.workspace("Aurora")).latency(10)
    slow = house.calling("book", "Aurora", start=house.at(60))
    waits = house.calling("book", "Aurora", start=house.at(120))
    quick = house.calling("book", "Fjord", start=house.at(60))
    await clock.pass_by(seconds=2)
    assert (slow.done(), waits.done(), quick.done()) == (False, False, True)
    await clock.pass_by(seconds=10)
    assert slow.done()
    assert waits.done()
