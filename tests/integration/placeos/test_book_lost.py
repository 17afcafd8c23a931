"""Bookings at PlaceOS that break on the way, or that it refuses."""

from typing import Any

import pytest

from custom_components.room_bookings.rooms.ledger import Ledger
from custom_components.room_bookings.storage import HubStore
from tests.simulators.placeos import Faults

from .house import PlaceosHouse


def _ask(faults: Faults) -> Any:
    return faults.when(cmd="exec", name="book_now")


@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(lambda f: _ask(f).apply_then_drop(), id="answer lost"),
        pytest.param(lambda f: _ask(f).no_answer(), id="never answered"),
        pytest.param(lambda f: _ask(f).cut_mid_frame(), id="half an answer"),
        pytest.param(lambda f: _ask(f).half_open(), id="hangs"),
        pytest.param(lambda f: _ask(f).close(applied=True), id="closed"),
        pytest.param(lambda f: _ask(f).duplicate(), id="answered twice"),
        pytest.param(lambda f: _ask(f).garbage(), id="garbage"),
        pytest.param(lambda f: _ask(f).encoded(), id="encoded"),
    ],
)
@pytest.mark.parametrize("server", [{"push": False}, {"push": True}])
async def test_a_booking_whose_answer_is_lost(house: PlaceosHouse, arm: Any) -> None:
    """The list tells; it is made once."""
    arm(house.placeos.faults)
    [event] = (await house.do("book", title="Once"), house.room().events)[1]
    assert event.title == "Once"
    await house.clock.pass_by(minutes=2)
    assert len(house.executed("book_now")) == 1
    assert house.issues == []
    assert house.ledger[0]["booking_id"] == event.id
    assert house.facts() == ("busy", "on", "on")


@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(lambda f: _ask(f).drop(), id="dropped"),
        pytest.param(lambda f: _ask(f).no_answer(applied=False), id="ignored"),
        pytest.param(lambda f: _ask(f).close(), id="closed"),
    ],
)
async def test_a_request_that_is_lost(house: PlaceosHouse, arm: Any) -> None:
    """It is sent once more."""
    arm(house.placeos.faults)
    await house.do("book", title="Once")
    assert [title for title, *_ in house.held()] == ["Once"]
    assert len(house.executed("book_now")) == 2


async def test_a_listing_while_a_wish_is_written_down(
    house: PlaceosHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has nothing to say about what was not even sent."""
    write = HubStore.write_ledger

    async def write_slowly(self: HubStore, ledger: Ledger) -> None:
        await write(self, ledger)
        await house.sync("Fjord")

    monkeypatch.setattr(HubStore, "write_ledger", write_slowly)
    await house.do("book", title="Once")
    assert house.issues == []
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]


async def test_a_booking_that_no_list_shows(house: PlaceosHouse) -> None:
    """The server says nothing at all: a person has to look."""
    _ask(house.placeos.faults).always().no_answer(applied=False)
    told = await house.refused("book", title="Never")
    assert told["key"] == "unconfirmed"
    assert house.issues == ["unconfirmed_booking"]
    assert len(house.executed("book_now")) == 2


@pytest.mark.parametrize("applied", [True, False])
async def test_a_crash_while_booking(house: PlaceosHouse, applied: bool) -> None:
    """It is not sent again; what is found is confirmed, of the rest a person is told."""
    silence = _ask(house.placeos.faults).no_answer(applied=applied)
    house.calling("book", "Fjord", title="Planning")
    await silence.triggered()
    house.keep_disk_as_it_is()
    assert [wish["stage"] for wish in house.ledger] == ["sent"]
    await house.crash()
    await house.start()
    await house.clock.pass_by(seconds=15)
    assert len(house.executed("book_now")) == 1
    assert len(house.held()) == applied
    assert house.issues == ([] if applied else ["unconfirmed_booking"])


async def test_a_right_that_is_gone(house: PlaceosHouse) -> None:
    """It is named."""
    _ask(house.placeos.faults).error(error_code=2, message="access denied", code=None)
    told = await house.refused("book")
    assert told["key"] == "permission_denied"
    assert "control.write" in str(told)


async def test_a_room_that_refuses(house: PlaceosHouse) -> None:
    """In its own words, without what people typed."""
    _ask(house.placeos.faults).error(message="module raised: no calendar for Salaries")
    told = await house.refused("book", title="Salaries")
    assert told["key"] == "rejected"
    assert "no calendar for" in str(told)
    assert "Salaries" not in str(told)


async def test_a_server_that_is_away(house: PlaceosHouse) -> None:
    """Nothing is sent, and nothing remembered."""
    await house.placeos.down()
    assert (await house.refused("book"))["key"] == "unreachable"
    assert house.ledger == []
