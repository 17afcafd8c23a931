"""The client session, which TMS demands for changes."""

import pytest

from tests.integration.booking import book, not_booked

from .house import TmsHouse


async def test_one_session_for_all(house: TmsHouse) -> None:
    """It is taken from the first refusal, used for all that needs one, and no other."""
    answer = await book(house)
    await book(house, start=house.at(120))
    await house.do("reschedule", booking_id=answer["booking_id"], title="Review")
    await house.do("delete", booking_id=answer["booking_id"])
    needing = [r for r in house.tms.requests if r.operation[:4] in ("Save", "Dele")]
    assert [bool(request.session) for request in needing] == [False] + [True] * 4
    assert len({request.session for request in needing[1:]}) == 1
    assert len(house.tms.server.sessions.active) == 1


async def test_reading_takes_no_session(house: TmsHouse) -> None:
    """Nor a licence."""
    await house.clock.pass_by(hours=7)
    assert all(request.session is None for request in house.tms.requests)
    assert house.tms.server.sessions.active == frozenset()


async def test_an_expired_session_is_renewed_once(house: TmsHouse) -> None:
    """TMS suggests another, which is used from then on."""
    house.tms.settings.accept_foreign_sessions = False
    await book(house)
    house.tms.server.sessions.expire()
    house.tms.clear_log()
    await book(house, start=house.at(120))
    await book(house, start=house.at(180))
    assert house.asked["SaveConferenceWithMode"] == 3
    assert len(house.tms.server.sessions.active) == 1


async def test_a_session_that_ends_by_itself(house: TmsHouse) -> None:
    """After an hour and four minutes without a call."""
    await book(house, start=house.at(300))
    await house.clock.pass_by(hours=2)
    await book(house, start=house.at(400))
    assert len(house.held()) == 2
    assert len(house.tms.server.sessions.active) == 1


@pytest.mark.parametrize("suggest", [True, False])
async def test_sessions_that_are_never_good(house: TmsHouse, suggest: bool) -> None:
    """They are not asked for without end, and not made up."""
    house.tms.faults.when("Save*").always().session_expired(suggest=suggest)
    assert (await not_booked(house))["key"] == "rejected"
    assert house.asked["SaveConferenceWithMode"] <= 2
    assert house.ledger == []


async def test_no_licence_for_a_session(house: TmsHouse) -> None:
    """Others use them all."""
    house.tms.settings.session_licences = 0
    assert (await not_booked(house))["key"] == "licence"
    assert house.held() == []
