"""Bookings of which nobody knows whether they reached TMS."""

from collections.abc import Callable

import pytest

from tests.integration.booking import book, not_booked
from tests.simulators.tms.engine import Conference
from tests.simulators.tms.faults import Fault, RequestFaults
from tests.simulators.tms.request_log import LoggedRequest

from .house import TmsHouse
from .saving import saving

type Lose = Callable[[RequestFaults], Fault]


async def booked_in_spite_of(house: TmsHouse, lose: Lose) -> Conference:
    """Book while something is lost once: the one conference that there is then."""
    fault = lose(saving(house))
    answer = await book(house)
    assert fault.hits == 1
    [made] = house.living()
    assert answer["booking_id"] == str(made.conference_id)
    return made


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop_answer(), id="hung up"),
        pytest.param(lambda f: f.cut(), id="cut"),
        pytest.param(lambda f: f.truncated(), id="truncated"),
        pytest.param(lambda f: f.html(applied=True), id="page"),
        pytest.param(lambda f: f.empty(applied=True), id="nothing"),
        pytest.param(lambda f: f.garbage(applied=True), id="garbage"),
        pytest.param(lambda f: f.entity_bomb(applied=True), id="entities"),
        pytest.param(lambda f: f.doctype(), id="document type"),
        pytest.param(lambda f: f.content_type(), id="type"),
        pytest.param(lambda f: f.huge(17_000_000), id="huge"),
        pytest.param(lambda f: f.status(500, applied=True), id="500"),
        pytest.param(lambda f: f.status(502, applied=True), id="502"),
        pytest.param(lambda f: f.no_answer(applied=True), id="silence"),
    ],
)
async def test_an_answer_that_is_lost(
    impatient: None, house: TmsHouse, lose: Lose
) -> None:
    """It was booked: once, and it is confirmed."""
    await booked_in_spite_of(house, lose)
    assert len(house.tms.requests.of("SaveConferenceWithMode")) == 2
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.issues == []
    assert house.titles("Fjord")[1] == "Planning"


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop(), id="hung up"),
        pytest.param(lambda f: f.no_answer(), id="silence"),
        pytest.param(lambda f: f.status(502), id="502"),
        pytest.param(lambda f: f.html(), id="page"),
        pytest.param(lambda f: f.garbage(), id="garbage"),
    ],
)
async def test_a_request_that_is_lost(
    impatient: None, house: TmsHouse, lose: Lose
) -> None:
    """It is looked for, and sent once more under the same key."""
    made = await booked_in_spite_of(house, lose)
    keys = {saved["ExternalPrimaryKey"] for saved in house.saved()}
    assert keys == {made.external_primary_key}
    assert house.asked["GetConferenceIdByExternalId"] >= 1


async def test_a_rival_while_a_request_is_lost(house: TmsHouse) -> None:
    """With the same title and times: it is not taken for ours."""
    fault = saving(house).drop()

    def book_too(_: LoggedRequest) -> None:
        if fault.hits and not house.living():
            house.meet("Planning", 60)

    house.tms.faults.when("GetConferenceIdByExternalId").before(book_too)
    told = await not_booked(house)
    assert told["key"] == "conflict"
    assert len(house.living()) == 1


async def test_nobody_knows(house: TmsHouse) -> None:
    """Two requests are lost: a person is told, and nothing is claimed."""
    saving(house).always().drop()
    told = await not_booked(house)
    assert told["key"] == "unconfirmed"
    assert house.issues == ["unconfirmed_booking"]
    assert [wish["stage"] for wish in house.ledger] == ["unconfirmed"]
    assert len({saved["ExternalPrimaryKey"] for saved in house.saved()}) == 1


async def test_the_server_is_gone_before_anything_is_sent(house: TmsHouse) -> None:
    """Then nothing was booked, and that is known."""
    await house.tms.down(refuse=True)
    told = await not_booked(house)
    assert told["key"] == "unreachable"
    assert house.issues == []
    await house.tms.up()
    assert house.held() == []
