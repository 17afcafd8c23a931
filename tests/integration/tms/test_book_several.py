"""Booking several rooms of a Cisco TMS at once."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from tests.integration.booking import book, not_booked
from tests.integration.virtual_time import VirtualTime

from .conftest import add_tms
from .house import TmsHouse
from .saving import saving


async def test_rooms_of_one_server_are_booked_as_one(house: TmsHouse) -> None:
    """One conference, in which all of them meet."""
    with house.recording() as changes:
        answer = await book(house, "Aurora", "Fjord")
    [made] = house.living("Fjord")
    assert made.system_ids == {house.system("Aurora"), house.system("Fjord")}
    assert set(answer) == {
        house.entity_id(room, "bookings") for room in ("Aurora", "Fjord")
    }
    assert {each["booking_id"] for each in answer.values()} == {str(made.conference_id)}
    keys = {saved["ExternalPrimaryKey"] for saved in house.saved()}
    assert len(keys) == 1
    assert house.asked["SaveConferenceWithMode"] == 2  # for the first, a session
    for room in ("Aurora", "Fjord"):
        assert house.titles(room)[1] == "Planning"
        assert [(t.kind, t.ours) for t in changes.told(room)] == [("created", True)]
    with house.recording() as later:
        await house.poll()
    assert later.told("Aurora") == later.told("Fjord") == []


async def test_one_of_several_rooms_is_taken(house: TmsHouse) -> None:
    """None of them is booked, and the room is named."""
    house.meet("Review", 45, 30, "Fjord")
    await house.sync()
    house.tms.clear_log()
    told = await not_booked(house, "Aurora", "Fjord")
    assert told["key"] == "conflict"
    assert told["room"] == "Fjord"
    assert (told["start"], told["end"]) == ("2026-03-03 01:45", "2026-03-03 02:15")
    assert house.held("Aurora") == []
    assert house.held("Fjord") == [("Review", 45, 30)]
    assert house.saved() == []


async def test_one_of_several_rooms_was_taken_a_moment_ago(house: TmsHouse) -> None:
    """TMS itself decides, for all or none."""
    saving(house).before(lambda _: house.meet("Review", 45, 30, "Fjord"))
    told = await not_booked(house, "Aurora", "Fjord")
    assert told["key"] == "conflict"
    assert (told["room"], told["start"]) == ("Fjord", "2026-03-03 01:45")
    assert house.held("Aurora") == []
    assert house.held("Fjord") == [("Review", 45, 30)]


async def test_a_lost_answer_for_several_rooms(house: TmsHouse) -> None:
    """It is one conference still."""
    saving(house).drop_answer()
    answer = await book(house, "Aurora", "Fjord")
    [made] = house.living("Fjord")
    assert house.living("Aurora") == [made]
    assert {each["booking_id"] for each in answer.values()} == {str(made.conference_id)}


@pytest.fixture
async def second(
    house: TmsHouse,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    clock: VirtualTime,
) -> AsyncGenerator[TmsHouse]:
    """Another TMS, whose room has the id that a room of the first one has."""
    async with TmsHouse.with_server(
        hass, hass_storage, clock, ["Oslo"], add_tms
    ) as other:
        await other.open()
        assert other.system("Oslo") == house.system("Aurora")
        yield other


async def test_rooms_of_two_servers(house: TmsHouse, second: TmsHouse) -> None:
    """Each server has a conference of its rooms."""
    calendars = [house.entity_id(room, "bookings") for room in ("Aurora", "Fjord")]
    calendars.append(second.entity_id("Oslo", "bookings"))
    answer = await house.hass.services.async_call(
        DOMAIN,
        "book",
        {"entity_id": calendars, "title": "Planning", "start": house.at(60)},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    assert set(answer) == set(calendars)
    assert house.held("Aurora") == house.held("Fjord") == [("Planning", 60, 30)]
    assert len({c.conference_id for c in house.living("Aurora")}) == 1
    assert second.held("Oslo") == [("Planning", 60, 30)]
    assert second.titles("Oslo")[1] == "Planning"
    sources = {house.saved()[-1]["ExternalSourceId"]}
    assert sources != {second.saved()[-1]["ExternalSourceId"]}
