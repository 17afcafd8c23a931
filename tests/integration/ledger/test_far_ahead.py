"""Bookings further ahead than rooms are held are as sure as any."""

import pytest

from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .watch import TITLE, Arm, Watch, lose_created, on_book, outcome, stages


@pytest.mark.parametrize(
    ("arm", "told", "ours"),
    [
        pytest.param(lambda sim: None, "booked", 1, id="nothing dies"),
        pytest.param(lose_created, "booked", 1, id="the event is lost"),
        pytest.param(on_book(lambda f: f.rival()), "conflict", 0, id="rival"),
        pytest.param(
            on_book(lambda f: f.times(2).not_applied()),
            "unconfirmed",
            0,
            id="nothing is done",
        ),
    ],
)
@pytest.mark.parametrize("titles", ["show", "hide_private"])
async def test_a_booking_in_two_months_is_as_sure_as_any(
    house: House,
    clock: VirtualTime,
    watch: Watch,
    titles: str,
    arm: Arm,
    told: str,
    ours: int,
) -> None:
    """The list is asked for as far as the wish reaches."""
    await house.set_options(titles=titles)
    arm(house.sim)
    with house.recording() as changes:
        assert await outcome(house, start=house.at(60 * 24 * 60)) == told
        await clock.pass_by(minutes=40)
    assert watch.ours() == ours
    assert [each.kind for each in changes.told("Fjord") if each.ours] == (
        ["created"] * ours
    )
    assert ("cancelled", TITLE) not in changes.kinds("Fjord")


async def test_killed_while_booking_in_two_months(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """The first listing after the restart reaches as far."""
    lose_created(house.sim)
    house.calling("book", "Fjord", title=TITLE, start=house.at(60 * 24 * 60))
    await clock.pass_by(seconds=1)
    await house.crash()
    await house.start()
    await clock.pass_by(seconds=2)
    assert (stages(house), house.issues) == (["confirmed"], [])
