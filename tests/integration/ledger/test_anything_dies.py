"""Nothing is lost or booked twice, whatever dies and whenever (DESIGN section 4).

The simulator knows the truth: whatever was told to whoever booked must agree with it.
"""

from datetime import timedelta

import pytest

from homeassistant.exceptions import HomeAssistantError
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .points import POINTS, Point
from .watch import BOOK, TITLE, Watch, begin_to_book, outcome, stages


@pytest.mark.parametrize("point", POINTS, ids=str)
async def test_what_is_told_is_true_wherever_something_dies(
    house: House, clock: VirtualTime, watch: Watch, point: Point
) -> None:
    """Booked means booked, refused means not there, unconfirmed means look."""
    must = point.outcome
    point.arm(house.sim)
    began = clock.now
    with house.recording() as changes:
        assert await outcome(house) == must.told
        assert clock.now - began <= timedelta(seconds=point.within)
        assert ("unconfirmed_booking" in house.issues) is (must.told == "unconfirmed")
        await clock.pass_by(minutes=10)
    assert watch.ours() == must.ours
    assert len(watch.sent()) == must.sent
    assert len(set(watch.sent())) == 1
    # What shows up later settles what nobody knew; what does not is left to people.
    unknown = must.told == "unconfirmed" and not must.ours
    assert ("unconfirmed_booking" in house.issues) is unknown
    settled = ["confirmed"] if must.ours else ["unconfirmed"] if unknown else []
    assert stages(house) == settled
    told = [each for each in changes.told("Fjord") if each.title == TITLE]
    assert [each.kind for each in told] == ["created"] * must.ours
    assert all(each.ours for each in told)


async def test_the_cloud_cannot_be_reached(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Nothing left, nothing is kept."""
    await house.sim.down(refuse=True)
    await clock.pass_by(seconds=20)  # until no open connection is left
    assert await outcome(house) == "unreachable"
    await house.sim.up()
    await clock.pass_by(minutes=5)
    assert (watch.ours(), watch.sent(), house.ledger, house.issues) == (0, [], [], [])


@pytest.mark.parametrize("applied", [True, False])
async def test_the_connection_is_cut_with_the_request(
    house: House, clock: VirtualTime, watch: Watch, applied: bool
) -> None:
    """Nobody can look: it is sent once, and the list decides when it comes."""
    when = house.sim.faults.when(command=BOOK)
    fault = when.drop_answer() if applied else when.drop()
    call = begin_to_book(house)
    await fault.triggered()
    await house.sim.down()
    with pytest.raises(HomeAssistantError) as error:
        await call
    assert error.value.translation_key == "unconfirmed"
    assert house.issues == ["unconfirmed_booking"]
    await clock.pass_by(minutes=10)
    assert house.issues == ["unconfirmed_booking"]
    await house.sim.up()
    await clock.pass_by(minutes=2)
    assert watch.ours() == applied
    assert len(watch.sent()) == 1
    assert house.issues == ([] if applied else ["unconfirmed_booking"])


async def test_an_unconfirmed_wish_is_forgotten_when_its_time_is_over(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Nobody needs to look after a meeting that would have ended an hour ago."""
    house.sim.faults.when(command=BOOK).times(2).not_applied()
    assert await outcome(house, start=house.at(5)) == "unconfirmed"
    await clock.move_to(house.at(34))
    assert house.issues == ["unconfirmed_booking"]
    await clock.move_to(house.at(36 + 60 + 35))
    assert (house.issues, house.ledger) == ([], [])


async def test_somebody_says_that_he_looked(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """The wish is forgotten, and the next listing does not bring it back."""
    house.sim.faults.when(command=BOOK).times(2).not_applied()
    assert await outcome(house) == "unconfirmed"
    house.hub.wishes.forget(watch.sent()[0])
    await house.sync("Fjord")
    await clock.pass_by(seconds=2)
    assert house.ledger == []
