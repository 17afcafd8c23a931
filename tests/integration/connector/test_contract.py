"""The connector as a strict display sees it: what there is to read."""

from datetime import datetime, timedelta
from typing import Any

from aiohttp.test_utils import TestClient
import pytest

from custom_components.room_bookings.connector.wire import id_of, meeting_of
from custom_components.room_bookings.rooms.booking import Booking, BookingId
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz.strict_client import StrictClient

from .conftest import AUTHORIZATION, URL, add_connector


async def subjects(
    display: StrictClient,
    room_id: str,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[str]:
    """The subjects of a room's meetings in a window."""
    answer = await display.meetings(room_id, start, end)
    assert answer.status == 200
    return [meeting.subject for meeting in answer.value]


async def test_the_whole_contract(house: House, display: StrictClient) -> None:
    """A client that was written from the contract alone has nothing to complain about."""
    await display.audit(house.workspace("Studio").id, house.at(60))
    display.check()


async def test_rooms_go_by_the_names_that_people_gave(
    house: House, display: StrictClient
) -> None:
    """Each once, by name; the id is that of the room in Home Assistant."""
    dr.async_get(house.hass).async_update_device(
        house.device("Aurora").id, name_by_user="Zebra"
    )
    answer = await display.rooms()
    display.check()
    assert [(room.room_id, room.name) for room in answer.value] == [
        (house.workspace(room).id, name)
        for room, name in (
            ("Birch", "Birch"),
            ("Fjord", "Fjord"),
            ("Studio", "Studio"),
            ("Aurora", "Zebra"),
        )
    ]


async def test_a_meeting_has_every_field(
    house: House, display: StrictClient, web: TestClient[Any, Any]
) -> None:
    """No nulls; what nobody keeps has the value that the contract names."""
    booked = house.book_at_device(
        "Fjord", "Planning", 60, 30, organizer="Ada Lovelace", private=False
    )
    await house.clock.pass_by(seconds=5)
    answer = await web.get(
        f"{URL}/rooms/{house.workspace('Fjord').id}/meetings", headers=AUTHORIZATION
    )
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert await answer.json() == [
        {
            "meetingId": booked.meeting_id,
            "subject": "Planning",
            "organizerId": "Ada Lovelace",
            "organizerName": "Ada Lovelace",
            "startDateUTC": "2026-03-03T10:00:00Z",
            "endDateUTC": "2026-03-03T10:30:00Z",
            "creationDateUTC": "2026-03-03T10:00:00Z",
            "isPrivate": False,
            "isCancelled": False,
        }
    ]


async def test_a_window_is_half_open(house: House, display: StrictClient) -> None:
    """A meeting is in it that shares any time with it."""
    house.book_at_device("Fjord", "First", 60, 30)
    house.book_at_device("Fjord", "Second", 90, 30)
    await house.clock.pass_by(seconds=5)
    room_id = house.workspace("Fjord").id
    windows = {
        (60, 90): ["First"],
        (90, 120): ["Second"],
        (75, 91): ["First", "Second"],
        (30, 60): [],
        (120, 150): [],
        (70, 70): [],
    }
    for (start, end), found in windows.items():
        assert await subjects(display, room_id, house.at(start), house.at(end)) == found
    assert await subjects(display, room_id) == ["First", "Second"]
    assert await subjects(display, room_id, house.at(90)) == ["Second"]
    assert await subjects(display, room_id, None, house.at(90)) == ["First"]
    display.check()


async def test_a_window_beyond_what_is_held(
    house: House, display: StrictClient
) -> None:
    """It is asked of the room's system, up to a year ahead."""
    day = 24 * 60
    house.book_at_device("Fjord", "Far away", 40 * day, 30)
    room_id = house.workspace("Fjord").id
    assert await subjects(display, room_id) == []
    ahead = house.at(39 * day), house.at(41 * day)
    assert await subjects(display, room_id, *ahead) == ["Far away"]
    assert await subjects(display, room_id, ahead[0]) == ["Far away"]
    assert await subjects(display, room_id, house.at(400 * day)) == []
    display.check()


async def test_meetings_of_one_organizer(house: House, display: StrictClient) -> None:
    """By the id that the list itself gives."""
    house.book_at_device("Fjord", "Hers", 60, 30, organizer="Ada", private=False)
    house.book_at_device("Fjord", "His", 90, 30, organizer="Bo", private=False)
    await house.clock.pass_by(seconds=5)
    answer = await display.session.get(
        f"{display.url}/rooms/{house.workspace('Fjord').id}/meetings",
        params={"organizerId": "Bo"},
        headers=AUTHORIZATION,
    )
    assert [meeting["subject"] for meeting in await answer.json()] == ["His"]


@pytest.mark.parametrize(
    ("titles", "subject"), [("hide_private", "Private"), ("hide_all", "Booked")]
)
async def test_titles_are_masked_as_everywhere(
    house: House, display: StrictClient, titles: str, subject: str
) -> None:
    """What entities do not show, displays in the corridor do not either."""
    await house.set_options(titles=titles)
    house.book_at_device("Fjord", "Merger", 60, 30, organizer="Ada", private=True)
    await house.clock.pass_by(seconds=5)
    (meeting,) = (await display.meetings(house.workspace("Fjord").id)).value
    display.check()
    assert (meeting.subject, meeting.organizer_name) == (subject, "Private")
    assert meeting.organizer_id == "Private"
    assert meeting.private


async def test_only_the_chosen_rooms(house: House, display: StrictClient) -> None:
    """All others are unknown."""
    await house.hass.config_entries.async_remove(
        house.hass.config_entries.async_entries("room_bookings")[-1].entry_id
    )
    await add_connector(house.hass, [house.entity_id("Birch", "bookings")])
    assert [room.name for room in (await display.rooms()).value] == ["Birch"]
    assert (await display.meetings(house.workspace("Birch").id)).status == 200
    fjord = house.workspace("Fjord").id
    assert (await display.meetings(fjord)).status == 404
    assert (await display.book(fjord, house.at(60), house.at(90))).status == 404
    assert house.truth("Fjord") == []


async def test_a_chosen_room_may_be_renamed(
    house: House, web: TestClient[Any, Any]
) -> None:
    """Neither its entity's name nor its id is what it is known by."""
    entity_id = house.entity_id("Birch", "bookings")
    await add_connector(house.hass, [entity_id])
    er.async_get(house.hass).async_update_entity(
        entity_id, new_entity_id="calendar.board_room", name="Board room"
    )
    await house.hass.async_block_till_done()
    answer = await web.get(f"{URL}/rooms", headers=AUTHORIZATION)
    assert await answer.json() == [
        {"roomId": house.workspace("Birch").id, "name": "Board room"}
    ]


async def test_a_disabled_calendar_is_not_served(
    house: House, display: StrictClient
) -> None:
    """Who disables a room's calendar wants nobody to book by it."""
    er.async_get(house.hass).async_update_entity(
        house.entity_id("Birch", "bookings"),
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    assert "Birch" not in [room.name for room in (await display.rooms()).value]
    assert (await display.meetings(house.workspace("Birch").id)).status == 404


async def test_a_room_that_goes_is_unknown(house: House, display: StrictClient) -> None:
    """When its system no longer has it."""
    room_id = house.workspace("Birch").id
    for device in list(house.workspace("Birch").devices):
        house.sim.remove_device(device)
    await house.clock.pass_by(hours=1, minutes=5)
    assert "Birch" not in [room.name for room in (await display.rooms()).value]
    assert (await display.meetings(room_id)).status == 404


# Outages


async def test_known_meetings_are_shown_while_they_are_held(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """A room does not become free by an outage; after the grace nobody vouches for it."""
    house.book_at_device("Fjord", "Planning", 60, 30)
    await clock.pass_by(seconds=5)
    room_id = house.workspace("Fjord").id
    await house.sim.down()
    await clock.pass_by(minutes=4)
    assert await subjects(display, room_id) == ["Planning"]
    display.check()
    await clock.pass_by(minutes=5)
    assert (await display.meetings(room_id)).status == 503
    assert (await display.book(room_id, house.at(60), house.at(90))).status == 503
    assert len((await display.rooms()).value) == 4
    await house.sim.up()
    await clock.until(
        lambda: house.state("Fjord", "availability") == "free", within=120
    )
    assert await subjects(display, room_id) == ["Planning"]


async def test_what_is_not_known_yet_may_be_out_of_reach(
    house: House, display: StrictClient
) -> None:
    """Beyond what is held the room's system has to be asked."""
    room_id = house.workspace("Fjord").id
    house.sim.faults.when(command="Bookings.List").always().status(503)
    day = 24 * 60
    answer = await display.meetings(room_id, house.at(39 * day), house.at(41 * day))
    assert answer.status == 503
    assert await subjects(display, room_id) == []


async def test_a_room_whose_entry_is_not_loaded(
    house: House, display: StrictClient, web: TestClient[Any, Any]
) -> None:
    """It is no unknown room, and it is not free: nobody knows."""
    await house.stop()
    assert len((await display.rooms()).value) == 4
    answer = await web.get(
        f"{URL}/rooms/{house.workspace('Fjord').id}/meetings", headers=AUTHORIZATION
    )
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "60"


# What it does not know


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/rooms/"),
        ("GET", "/rooms/{room}"),
        ("GET", "/rooms/{room}/meetings/"),
        ("GET", "/rooms/{room}/meetings/x"),
        ("GET", "/rooms/{room}/meetings/x/y"),
        ("GET", "/rooms/~/meetings"),
        ("GET", "/rooms/~A/meetings"),
        ("GET", "/rooms/~%2F%2F/meetings"),
        ("GET", "/rooms/~Zm9v/meetings"),
        ("GET", "/rooms/%F0%9F%98%80/meetings"),
        ("POST", "/rooms"),
        ("POST", "/rooms/{room}/meetings/x"),
        ("PUT", "/rooms/{room}/meetings"),
        ("DELETE", "/rooms/{room}/meetings/x"),
        ("PATCH", "/rooms/{room}/meetings/x"),
        ("OPTIONS", "/rooms"),
        ("HEAD", "/rooms"),
        ("PROPFIND", "/rooms"),
    ],
)
async def test_other_calls_are_not_found(
    house: House, display: StrictClient, method: str, path: str
) -> None:
    """The contract has four calls, and neither 405 nor any redirect."""
    path = path.format(room=house.workspace("Fjord").id)
    answer = await display.session.request(
        method, f"{display.url}{path}", headers=AUTHORIZATION, allow_redirects=False
    )
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "query",
    [
        "from=",
        "from=2026-03-03T10:00:00",
        "from=2026-03-03T10:00:00%2B00:00",
        "from=2026-03-03T10:00:00.000Z",
        "from=2026-03-03T10:00:00z",
        "from=%D9%A2026-03-03T10:00:00Z",
        "from=2026-02-29T10:00:00Z",
        "from=0000-01-01T10:00:00Z",
        "to=now",
        "from=2026-03-03T10:00:00Z&from=2026-03-03T10:00:00Z",
        "from=2026-03-03T10:00:00Z&to=2026-03-03T09:59:59Z",
    ],
)
async def test_malformed_windows(
    house: House, display: StrictClient, query: str
) -> None:
    """Dates have one form, and come once."""
    room_id = house.workspace("Fjord").id
    answer = await display.session.get(
        f"{display.url}/rooms/{room_id}/meetings?{query}", headers=AUTHORIZATION
    )
    assert answer.status == 400
    assert await answer.json() == {"status": 400}


async def test_unknown_parameters_mean_nothing(
    house: House, display: StrictClient
) -> None:
    """Nor do extremes of what they may be."""
    room_id = house.workspace("Fjord").id
    for query in ("x=y", "from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z"):
        answer = await display.session.get(
            f"{display.url}/rooms/{room_id}/meetings?{query}", headers=AUTHORIZATION
        )
        assert answer.status == 200
        assert await answer.json() == []


# Words


def test_ids_need_no_escape() -> None:
    """Whatever a system calls its bookings: addresses of displays survive any client."""
    assert id_of("Y2lzY28_x-1.2") == "Y2lzY28_x-1.2"
    for odd in ("a/b", "a b", "..", "%2F", "~x", "ü", "", "\ud800", "a\n"):
        assert (
            id_of(odd).removeprefix("~").replace("-", "").replace("_", "").isalnum()
            or not odd
        )
        assert id_of(odd).startswith("~")


def test_broken_characters_are_replaced() -> None:
    """A text that was cut within a character is no reason to show nothing at all."""
    start = datetime.fromisoformat("2026-03-03T10:00:00.999Z")
    booking = Booking(
        id=BookingId("m/1"),
        start=start,
        end=start + timedelta(minutes=30),
        title="Plan\ud83d",
        organizer="\udc00",
    )
    assert meeting_of(booking) == {
        "meetingId": "~bS8x",
        "subject": "Plan?",
        "organizerId": "?",
        "organizerName": "?",
        "startDateUTC": "2026-03-03T10:00:00Z",
        "endDateUTC": "2026-03-03T10:30:00Z",
        "creationDateUTC": "2026-03-03T10:00:00Z",
        "isPrivate": False,
        "isCancelled": False,
    }
