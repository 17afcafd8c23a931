"""What people do to the meetings of phones, and what phones lack."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .house import House
from .refused import refused
from .virtual_time import VirtualTime

# End


async def test_end_meeting(house: House, clock: VirtualTime) -> None:
    """It touches the running meeting and nothing else; PhoneOS can only delete it."""
    running = house.book_at_device("Fjord", "Standup", 0, 30)
    house.book_at_device("Fjord", "Review", 30, 30)
    await clock.pass_by(minutes=10)
    with house.recording() as changes:
        answer = await house.call("end_meeting", "Fjord")
    assert answer == {
        "booking_id": running.meeting_id,
        "ended_at": clock.now.replace(microsecond=0).isoformat(),
        "method": "deleted",
    }
    assert house.truth("Fjord") == ["Review"]
    assert house.state("Fjord", "availability") == "free"
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("ended", True)]
    assert float(house.state("Fjord", "released_today")) == pytest.approx(20, abs=0.1)


async def test_end_the_meeting_that_runs_now(house: House, clock: VirtualTime) -> None:
    """Of two that follow on one another, the second one at its first second."""
    house.book_at_device("Fjord", "First", 1, 10)
    house.book_at_device("Fjord", "Second", 11, 10)
    await clock.move_to(house.at(11))
    await house.call("end_meeting", "Fjord")
    assert house.truth("Fjord") == ["First"]


async def test_end_no_meeting(house: House, clock: VirtualTime) -> None:
    """Nothing runs, or not any more."""
    error = await refused(house, "end_meeting")
    assert error.translation_key == "no_meeting"
    assert isinstance(error, ServiceValidationError)
    booking = house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(seconds=5)
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    house.workspace("Fjord").delete_locally(booking)
    error = await refused(house, "end_meeting")
    assert error.translation_key == "no_meeting"
    assert house.state("Fjord", "availability") == "free"


# Buttons


async def test_the_buttons(house: House, clock: VirtualTime) -> None:
    """A door panel's two simplest verbs."""
    await house.press("Fjord", "book_now")
    (booking,) = house.workspace("Fjord").bookings
    assert (booking.title, booking.minutes) == ("Meeting", 30)
    assert house.titles("Fjord")[0] == "Meeting"
    await house.press("Fjord", "end_meeting")
    assert house.truth("Fjord") == []
    with pytest.raises(ServiceValidationError) as error:
        await house.press("Fjord", "end_meeting")
    assert error.value.translation_key == "no_meeting"


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("extend", {"duration": "00:15:00"}),
        ("reschedule", {"booking_id": "x", "title": "y"}),
        ("check_in", {}),
    ],
)
async def test_what_phones_lack(
    house: House, clock: VirtualTime, action: str, data: dict[str, Any]
) -> None:
    """PhoneOS has no command for it; the error names what is lacking."""
    house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(seconds=5)
    error = await refused(house, action, **data)
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "not_supported"
    assert (error.translation_placeholders or {})["feature"] == action


async def test_a_read_only_phone_has_no_buttons(
    hass: HomeAssistant, closed_house: House
) -> None:
    """Its room can be seen, not booked; the action names what is lacking."""
    house = closed_house
    house.phone("Fjord").permissions = ["xapi:readonly"]
    await house.open()
    ids = {state.entity_id for state in hass.states.async_all("button")}
    assert {entity_id for entity_id in ids if "fjord" in entity_id} == set()
    assert len(ids) == 4
    for action, feature, data in (
        ("book", "book", {}),
        ("delete", "delete", {"booking_id": "x"}),
        ("end_meeting", "end_meeting", {}),
    ):
        error = await refused(house, action, **data)
        assert error.translation_key == "not_supported"
        assert (error.translation_placeholders or {})["feature"] == feature
