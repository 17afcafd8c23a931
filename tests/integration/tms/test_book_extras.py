"""What TMS alone can do for a booking."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from tests.integration.booking import book, not_booked
from tests.integration.conftest import add_webex
from tests.integration.house import House
from tests.integration.server_house import told_by
from tests.integration.virtual_time import VirtualTime

from .house import TmsHouse


async def test_extras(house: TmsHouse) -> None:
    """Each arrives as TMS wants it."""
    await book(
        house,
        conference_type="one_button_to_push",
        participants=[
            {"type": "dial_in", "name": "Remote site"},
            {"type": "dial_out", "address": "bob@example.com"},
            {"type": "dial_out", "address": "5551234", "protocol": "phone"},
        ],
        pin="4711",
        record=True,
        send_confirmation=True,
    )
    [made] = house.living()
    assert made.conference_type == "One Button To Push"
    assert made.password == "4711"
    assert made.is_recording_enabled is True
    assert [
        (p.participant_call_type, p.name_or_number)
        for p in made.participants or ()
        if p.participant_call_type != "TMS"
    ] == [
        ("SIP <-", "Remote site"),
        ("SIP ->", "bob@example.com"),
        ("Telephone ->", "5551234"),
    ]
    request = house.tms.requests.of("SaveConferenceWithMode")[-1]
    assert b"SendConfirmationMail>true" in request.body
    assert request.parameters["BookingMode"] == "Strict"


async def test_dial_string(house: TmsHouse) -> None:
    """A conference that somebody else hosts."""
    await book(house, dial_string="meet.123@example.com")
    [made] = house.living()
    assert made.external_conference is not None
    dialled = made.external_conference.externally_hosted_dial_string
    assert dialled == "meet.123@example.com"


async def test_no_confirmation_unless_asked_for(house: TmsHouse) -> None:
    """TMS decides by its own settings then, and records nothing."""
    await book(house)
    assert all(b"SendConfirmationMail" not in r.body for r in house.tms.requests)
    assert house.living()[0].is_recording_enabled is not True


@pytest.mark.parametrize(
    ("extras", "feature"),
    [
        ({"conference_type": "party"}, "conference_type party"),
        ({"pin": "abc"}, "a pin of other characters than digits"),
        ({"participants": [{"type": "guess"}]}, "a participant that is neither"),
        ({"participants": [{"type": "dial_out"}]}, "without an address"),
        (
            {"conference_type": "reservation_only", "pin": "1"},
            "pin with reservation_only",
        ),
        ({"dial_string": "a@b.example", "record": True}, "record with dial_string"),
    ],
)
async def test_extras_that_tms_cannot_do(
    house: TmsHouse, extras: dict[str, Any], feature: str
) -> None:
    """They are refused by name, and nothing is sent."""
    house.tms.clear_log()
    told = await not_booked(house, **extras)
    assert told["key"] == "not_supported"
    assert feature in told["feature"]
    assert house.asked == {}


async def test_recording_by_an_older_server(house: TmsHouse) -> None:
    """It would silently be left out."""
    await house.stop()
    house.tms.settings.api_version = 22
    await house.start()
    assert (await not_booked(house, record=True))["key"] == "not_supported"
    assert house.saved() == []


@pytest.mark.parametrize(
    "extra",
    [
        {"conference_type": "one_button_to_push"},
        {"participants": [{"type": "dial_in"}]},
        {"dial_string": "a@b.example"},
        {"pin": "4711"},
        {"record": True},
        {"send_confirmation": True},
    ],
)
async def test_extras_for_other_systems(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
    extra: dict[str, Any],
) -> None:
    """A phone does not take them, and does not book without them."""
    async with House.built(hass, hass_storage, clock, add_webex) as house:
        await house.open()
        with pytest.raises(ServiceValidationError) as caught:
            await house.call("book", "Fjord", title="Planning", **extra)
        told = told_by(caught.value)
        assert told["key"] == "not_supported"
        assert told["feature"] == next(iter(extra))
        assert house.requests("Bookings.Book") == 0
