"""Bookings of which nobody knows whether they reached the system that serves the ROOMZ contract."""

from collections.abc import Callable

import pytest

from tests.integration.booking import book, not_booked
from tests.simulators.roomz.faults import Fault, RequestFaults

from .house import RoomzHouse
from .posting import posting

type Lose = Callable[[RequestFaults], Fault]


async def booked_in_spite_of(house: RoomzHouse, lose: Lose) -> None:
    """Book while something is lost once: it is the one meeting that there is then."""
    fault = lose(posting(house))
    answer = await book(house)
    assert fault.hits == 1
    [made] = house.room().held()
    assert answer["booking_id"] == made.meeting_id


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop_answer(), id="hung up"),
        pytest.param(lambda f: f.truncated(), id="truncated"),
        pytest.param(lambda f: f.stalled(), id="stalled"),
        pytest.param(lambda f: f.html(applied=True), id="page"),
        pytest.param(lambda f: f.garbage(applied=True), id="garbage"),
        pytest.param(lambda f: f.huge(applied=True), id="huge"),
        pytest.param(lambda f: f.status(500, applied=True), id="500"),
        pytest.param(lambda f: f.status(502, applied=True), id="502"),
        pytest.param(lambda f: f.silence(applied=True), id="silence"),
    ],
)
async def test_an_answer_that_is_lost(house: RoomzHouse, lose: Lose) -> None:
    """It was booked: once, and it is confirmed."""
    with house.recording() as changes:
        await booked_in_spite_of(house, lose)
    assert house.asked["book"] == 1
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.issues == []
    assert house.titles("Fjord")[1] == "Planning"
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("created", True)]


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop(), id="hung up"),
        pytest.param(lambda f: f.silence(), id="silence"),
        pytest.param(lambda f: f.status(502), id="502"),
        pytest.param(lambda f: f.html(), id="page"),
    ],
)
async def test_a_request_that_is_lost(house: RoomzHouse, lose: Lose) -> None:
    """It is looked for, and sent once more."""
    await booked_in_spite_of(house, lose)
    assert house.asked["book"] == 2
    assert house.issues == []


async def test_a_success_that_is_none(house: RoomzHouse) -> None:
    """Where no Meeting is answered, the list decides: it is sent once more."""
    house.roomz.rules.post_body = False
    await booked_in_spite_of(house, RequestFaults.not_applied)
    assert house.asked["book"] == 2


async def test_a_request_that_lands_late(house: RoomzHouse) -> None:
    """Sent again, it meets itself: the conflict is the booking that was wanted."""
    lost = posting(house).silence()
    call = house.doing(book(house))
    await lost.triggered()
    before_the_second = house.roomz.faults.when(
        predicate=lambda request: bool(
            request.call == "book"
            and not house.held()
            and house.meet("Planning", 60, api=True)
        )
    ).latency(0)
    answer = await call
    assert before_the_second.hits == 1
    [made] = house.room().held()
    assert answer["booking_id"] == made.meeting_id
    assert house.roomz.requests.number_of("book", status=409) == 1
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.issues == []


async def test_a_rival_while_a_request_is_lost(house: RoomzHouse) -> None:
    """The list shows another meeting there: nothing is sent again."""
    fault = posting(house).drop()
    house.roomz.faults.when(
        predicate=lambda request: bool(
            request.call == "meetings"
            and fault.hits
            and not house.held()
            and house.meet("Review", 45)
        )
    ).latency(0)
    told = await not_booked(house)
    assert (told["key"], told["start"]) == ("conflict", "2026-03-03 01:45")
    assert house.asked["book"] == 1
    assert house.held() == [("Review", 45, 30)]
    assert house.ledger == []


async def test_nobody_knows(house: RoomzHouse) -> None:
    """Two requests are lost: a person is told, and nothing is claimed."""
    posting(house).always().drop()
    told = await not_booked(house)
    assert told["key"] == "unconfirmed"
    assert house.asked["book"] == 2
    assert house.issues == ["unconfirmed_booking"]
    assert [wish["stage"] for wish in house.ledger] == ["unconfirmed"]


async def test_what_nobody_knew_turns_up(house: RoomzHouse) -> None:
    """The next listing that has it settles it, and the issue goes."""
    posting(house).always().drop()
    await not_booked(house)
    house.meet("Planning", 60)
    await house.clock.pass_by(minutes=6)
    assert house.issues == []
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.asked["book"] == 2


async def test_the_system_is_gone_before_anything_is_sent(house: RoomzHouse) -> None:
    """Then nothing was booked, and that is known."""
    await house.roomz.down(refuse=True)
    await house.clock.settle()
    told = await not_booked(house)
    assert told["key"] == "unreachable"
    assert house.issues == []
    assert house.ledger == []
    await house.roomz.up()
    assert house.held() == []


async def test_killed_while_booking(house: RoomzHouse) -> None:
    """After a crash the list decides: found is confirmed, and not sent again."""
    silence = posting(house).silence(applied=True)
    house.doing(book(house))
    await silence.triggered()
    house.keep_disk_as_it_is()
    assert [wish["stage"] for wish in house.ledger] == ["sent"]
    await house.crash()
    house.roomz.requests.clear()
    await house.start()
    await house.clock.pass_by(seconds=2)
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.issues == []
    assert house.asked["book"] == 0
    assert house.held() == [("Planning", 60, 30)]


async def test_killed_before_it_was_booked(house: RoomzHouse) -> None:
    """It is not sent again, but a person is told."""
    silence = posting(house).silence()
    house.doing(book(house))
    await silence.triggered()
    await house.crash()
    house.roomz.requests.clear()
    await house.start()
    assert house.issues == ["unconfirmed_booking"]
    assert house.asked["book"] == 0
    assert house.held() == []
