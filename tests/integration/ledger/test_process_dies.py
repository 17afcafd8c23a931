"""Nothing is lost or booked twice, whenever Home Assistant dies or stops."""

import pytest

from homeassistant.exceptions import HomeAssistantError
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .watch import (
    BOOK,
    CREATED,
    LIST,
    Arm,
    Watch,
    begin_to_book,
    both,
    lose_created,
    on_book,
    on_list,
    outcome,
    stages,
)


async def _book_and_crash(house: House, clock: VirtualTime, when: float) -> None:
    """Begin to book, die after so many seconds, and come back a little later."""
    begin_to_book(house)
    await clock.pass_by(seconds=when)
    await house.crash()
    await clock.pass_by(seconds=5)
    await house.start()
    await clock.pass_by(seconds=2)


async def test_killed_before_the_request_leaves(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """The wish is on disk, the request waited for its turn: it is not sent later."""
    when = house.sim.faults.when(command=LIST)
    when.status(429, retry_after=20)
    house.sync_required("Aurora")
    await clock.pass_by(seconds=1)
    await _book_and_crash(house, clock, 1)
    assert watch.sent() == []
    assert house.issues == ["unconfirmed_booking"]
    assert stages(house) == ["unconfirmed"]


@pytest.mark.parametrize(
    ("arm", "ours"),
    [
        pytest.param(
            both(on_book(lambda f: f.latency(3)), on_book(lambda f: f.drop())),
            0,
            id="the request was lost",
        ),
        pytest.param(
            on_book(lambda f: f.latency(3)),
            1,
            id="the request was handled after the kill",
        ),
        pytest.param(
            on_book(lambda f: f.applied_late(3)),
            1,
            id="the device did it after the kill",
        ),
        pytest.param(
            on_book(lambda f: f.applied_late(60)),
            1,
            id="the device did it after the restart",
        ),
        pytest.param(
            on_book(lambda f: f.not_applied()), 0, id="the device did nothing"
        ),
        pytest.param(lose_created, 1, id="the event was lost"),
        pytest.param(
            lambda sim: sim.faults.events(CREATED).delay(60),
            1,
            id="the event comes after the restart",
        ),
        pytest.param(
            both(
                on_book(lambda f: f.drop_answer()),
                on_list(lambda f: f.times(3).status(500)),
                lose_created,
            ),
            1,
            id="the answer was lost and nobody could look",
        ),
    ],
)
async def test_killed_between_request_and_confirmation(
    house: House, clock: VirtualTime, watch: Watch, arm: Arm, ours: int
) -> None:
    """Found is confirmed; not found is not sent again, but somebody is told."""
    arm(house.sim)
    await _book_and_crash(house, clock, 1)
    there = watch.ours()
    assert house.issues == ([] if there else ["unconfirmed_booking"])
    assert stages(house) == ["confirmed" if there else "unconfirmed"]
    with house.recording() as changes:
        await clock.pass_by(minutes=5)
    assert watch.ours() == ours
    assert len(watch.sent()) == 1
    assert house.issues == ([] if ours else ["unconfirmed_booking"])
    assert stages(house) == ["confirmed" if ours else "unconfirmed"]
    # What the first listing holds is no news; what comes later is, and it is ours.
    assert [(each.kind, each.ours) for each in changes.told("Fjord")] == [
        ("created", True)
    ] * (ours - there)


async def test_killed_between_confirmation_and_ledger(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """What was told as created a moment before the kill is found in the list."""
    begin_to_book(house)

    def on_told() -> None:
        assert stages(house) == ["sent"]
        house.keep_disk_as_it_is()

    with house.when_told("Fjord", on_told):
        await clock.pass_by(seconds=1)
    assert stages(house) == ["confirmed"]
    await house.crash()
    assert stages(house) == ["sent"]
    with house.recording() as changes:
        await house.start()
        await clock.pass_by(seconds=2)
    assert stages(house) == ["confirmed"]
    assert (watch.ours(), len(watch.sent()), house.issues) == (1, 1, [])
    assert changes.told("Fjord") == []


@pytest.mark.parametrize("ours", [0, 1])
async def test_old_wishes_are_settled_before_the_first_action(
    house: House, clock: VirtualTime, watch: Watch, ours: int
) -> None:
    """Even where the first listing takes its time."""
    fault = house.sim.faults.when(command=BOOK)
    if ours:
        lose_created(house.sim)
    else:
        fault.not_applied()
    begin_to_book(house)
    await clock.pass_by(seconds=1)
    await house.crash()
    house.sim.faults.when(command=LIST, workspace=house.workspace("Fjord")).latency(15)
    await house.start()
    assert stages(house) == ["sent"]
    await clock.until(lambda: house.state("Fjord", "availability") == "free", 30)
    await house.call("book", "Fjord", title="Next", start=house.at(120))
    (old, _), new = watch.ledgers[-1], watch.sent()[-1]
    assert old["stage"] == ("confirmed" if ours else "unconfirmed")
    assert old["request_id"] != new
    assert watch.sent().count(old["request_id"]) == 1


async def test_a_restart_keeps_what_people_have_to_look_at(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Repair issues do not survive a restart by themselves; the ledger does."""
    house.sim.faults.when(command=BOOK).times(2).not_applied()
    assert await outcome(house) == "unconfirmed"
    await house.crash()
    house.forget_issues()
    await house.start()
    assert house.issues == ["unconfirmed_booking"]


async def test_unloaded_while_somebody_books(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Whoever waits hears that nobody knows; the next start settles it."""
    house.sim.faults.when(command=BOOK).applied_late(3)
    call = begin_to_book(house)
    await clock.pass_by(seconds=1)
    await house.stop()
    with pytest.raises(HomeAssistantError) as error:
        await call
    assert error.value.translation_key == "unconfirmed"
    await house.start()
    await clock.pass_by(seconds=2)
    assert (watch.ours(), stages(house), house.issues) == (1, ["confirmed"], [])


async def test_a_call_that_is_cancelled_is_settled_by_the_list(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """A script that is stopped leaves no unknown wish behind."""
    lose_created(house.sim)
    call = begin_to_book(house)
    await clock.pass_by(seconds=1)
    call.cancel()
    await clock.pass_by(seconds=5)
    assert (watch.ours(), stages(house), house.issues) == (1, ["confirmed"], [])
