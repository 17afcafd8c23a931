"""Somebody is warned before a room is given back, and can check in from his phone."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_mock_service,
)

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from tests.integration.house import House

from .conftest import Automate

CLEAR = "clear_notification"
BUTTON = "mobile_app_notification_action"

type Warn = Callable[..., Awaitable[None]]


class Phone:
    """A phone with Home Assistant's app, and what was shown on it."""

    def __init__(self, house: House, device_id: str, shown: list[ServiceCall]) -> None:
        """Show nothing yet."""
        self._house = house
        self.device_id = device_id
        self._shown = shown

    @property
    def messages(self) -> list[str]:
        """What was shown, in order."""
        return [call.data["message"] for call in self._shown]

    @property
    def details(self) -> list[dict[str, Any]]:
        """What came with it."""
        return [call.data["data"] for call in self._shown]

    async def press(self, number: int = -1) -> None:
        """Press the button of a message."""
        (button,) = self.details[number]["actions"]
        self._house.hass.bus.async_fire(BUTTON, {"action": button["action"]})
        await self._house.clock.settle()


@pytest.fixture
async def phone(
    hass: HomeAssistant, hass_admin_user: MockUser, closed_house: House
) -> Phone:
    """The phone of somebody in the house."""
    assert await async_setup_component(hass, "mobile_app", {})
    entry = MockConfigEntry(
        domain="mobile_app",
        data={
            "app_data": {"push_websocket_channel": True},
            "app_id": "com.example.app",
            "app_name": "App",
            "app_version": "1",
            "device_id": "phone",
            "device_name": "Phone",
            "manufacturer": "Example",
            "model": "Phone",
            "os_name": "Phone",
            "os_version": "1",
            "supports_encryption": False,
            "user_id": hass_admin_user.id,
            "webhook_id": "webhook-of-the-phone",
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    shown = async_mock_service(hass, "notify", "mobile_app_phone")
    return Phone(closed_house, device.id, shown)


@pytest.fixture
def warn(automate: Automate, closed_house: House, phone: Phone) -> Warn:
    """Makes the automation for Fjord and Birch, five minutes after the start."""

    async def make(**chosen: object) -> None:
        house = closed_house
        rooms = [house.entity_id(room, "availability") for room in ("Fjord", "Birch")]
        await automate(
            "release_no_show",
            rooms=rooms,
            notify_device=phone.device_id,
            **chosen,
        )
        await house.clock.settle()

    return make


@pytest.fixture
async def house(closed_house: House) -> House:
    """Rooms that free themselves ten minutes after the start."""
    await closed_house.open(check_in=True, no_show="release")
    return closed_house


async def test_warned_and_given_back(house: House, phone: Phone, warn: Warn) -> None:
    """The warning says when; it goes when it is too late."""
    await warn()
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(14.9))
    assert phone.messages == []
    await house.clock.move_to(house.at(15.1))
    assert phone.messages == [
        "Nobody has checked in to Stand-up in Fjord. The room may be given back at 01:20."
    ]
    assert house.truth("Fjord") == ["Stand-up"]
    await house.clock.move_to(house.at(21))
    assert house.truth("Fjord") == []
    assert phone.messages[1:] == [CLEAR]
    warned, cleared = phone.details
    assert warned["tag"] == cleared["tag"]


async def test_the_button_checks_in(house: House, phone: Phone, warn: Warn) -> None:
    """The room stays theirs, and the button goes."""
    await warn()
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(16))
    (button,) = phone.details[0]["actions"]
    assert button["title"] == "We are here"
    await phone.press()
    assert house.state("Fjord", "in_use") == "on"
    assert phone.messages[1:] == [CLEAR]
    await house.clock.move_to(house.at(39))
    assert house.truth("Fjord") == ["Stand-up"]


async def test_who_has_checked_in_is_not_bothered(
    house: House, phone: Phone, warn: Warn
) -> None:
    """Nor are those who booked on the spot."""
    await warn()
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    house.book_at_device("Birch", "Walk-up", 0, 30)
    await house.clock.move_to(house.at(12))
    await house.press("Fjord", "check_in")
    await house.clock.move_to(house.at(39))
    assert phone.messages == []


async def test_moved_meetings_are_warned_of_at_their_new_time(
    house: House, phone: Phone, warn: Warn
) -> None:
    """Also if the room waited for them all the time."""
    await warn()
    booking = house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(12))
    house.workspace("Fjord").edit_locally(booking, start=house.at(14))
    await house.clock.move_to(house.at(18))
    assert phone.messages == []
    await house.clock.move_to(house.at(20))
    assert len(phone.messages) == 1


async def test_each_of_two_meetings_is_warned_of(
    house: House, phone: Phone, warn: Warn
) -> None:
    """The room waits for the second already when it is freed of the first."""
    await warn(message="{{ title }}")
    house.book_at_device("Fjord", "First", 10, 13)
    house.book_at_device("Fjord", "Second", 23, 30)
    await house.clock.move_to(house.at(40))
    assert [said for said in phone.messages if said != CLEAR] == ["First", "Second"]
    assert len([said for said in phone.messages if said == CLEAR]) == 2


async def test_rooms_do_not_wait_for_each_other(
    house: House, phone: Phone, warn: Warn
) -> None:
    """A button checks in where it was shown for."""
    await warn(message="{{ name }}: {{ title }}")
    house.book_at_device("Fjord", "Review", 10, 30)
    house.book_at_device("Birch", "Retro", 11, 30)
    await house.clock.move_to(house.at(17))
    assert phone.messages == ["Fjord: Review", "Birch: Retro"]
    await phone.press(0)
    assert house.state("Fjord", "in_use") == "on"
    assert house.state("Birch", "in_use") == "off"


async def test_a_button_of_before_a_restart_still_works(
    house: House, phone: Phone, warn: Warn
) -> None:
    """And what waits then is warned of then."""
    await warn()
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(15.5))
    await house.stop()
    await house.clock.pass_by(minutes=1)
    await house.start()
    assert [said == CLEAR for said in phone.messages] == [False, True, False]
    await phone.press(0)
    assert house.state("Fjord", "in_use") == "on"


async def test_other_buttons_are_none_of_its_business(
    hass: HomeAssistant, house: House, phone: Phone, warn: Warn
) -> None:
    """Of other automations, and of other rooms."""
    await warn()
    aurora = house.entity_id("Aurora", "availability")
    booking = house.book_at_device("Aurora", "Stand-up", 2, 30)
    await house.clock.move_to(house.at(3))
    for action in (
        "OPEN_THE_DOOR",
        f"ROOM_BOOKINGS_CHECK_IN:{aurora}:{booking.meeting_id}",
    ):
        hass.bus.async_fire(BUTTON, {"action": action})
    await house.clock.settle()
    assert house.state("Aurora", "in_use") == "off"


async def test_a_dry_run_warns_too(
    closed_house: House, phone: Phone, warn: Warn
) -> None:
    """Nothing is given back, and the trigger tells what would be."""
    house = closed_house
    await house.open(check_in=True, no_show="dry_run")
    await warn(warn_after=2)
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    with house.recording() as changes:
        await house.clock.move_to(house.at(25))
    assert [said == CLEAR for said in phone.messages] == [False, True]
    assert house.truth("Fjord") == ["Stand-up"]
    assert changes.kinds("Fjord") == [
        ("created", "Stand-up"),
        ("started", "Stand-up"),
        ("no_show", "Stand-up"),
    ]


async def test_what_else_is_to_be_done(
    hass: HomeAssistant, house: House, phone: Phone, warn: Warn
) -> None:
    """With the same words at hand."""
    said = async_mock_service(hass, "tts", "speak")
    await warn(
        also=[{"action": "tts.speak", "data": {"message": "{{ name }}, {{ title }}"}}]
    )
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(16))
    (call,) = said
    assert call.data["message"] == "Fjord, Stand-up"
