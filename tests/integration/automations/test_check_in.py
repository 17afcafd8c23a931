"""Triggers and conditions where people check in."""

from homeassistant.core import HomeAssistant
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .ears import Ears, ask

_TARGET = {"entity_id": ["calendar.fjord"]}


async def _answers(hass: HomeAssistant) -> list[str]:
    names = ("is_free", "is_busy", "is_in_use")
    return [name for name in names if await ask(hass, name, **_TARGET)]


async def test_a_room_that_waits_for_a_check_in_is_neither_free_nor_busy(
    hass: HomeAssistant, house: House, clock: VirtualTime, ears: Ears
) -> None:
    """It becomes busy when somebody checks in, and is in use from then on."""
    await house.set_options(check_in=True)
    await ears.listen("became_busy", "became_free", "checked_in", **_TARGET)
    house.book_at_device("Fjord", "Review", 20, 20)
    await clock.move_to(house.at(13))
    assert await _answers(hass) == ["is_free"]
    assert await ask(hass, "is_free_for", options={"duration": 60}, **_TARGET)
    assert not await ask(hass, "is_free_for", options={"duration": 180}, **_TARGET)
    await clock.move_to(house.at(16))
    assert await _answers(hass) == []
    await house.call("check_in", "Fjord")
    await clock.pass_by(seconds=2)
    assert await _answers(hass) == ["is_busy", "is_in_use"]
    await clock.pass_by(hours=1)
    assert sorted(ears.told()) == [
        ("became_busy", "Review"),
        ("became_free", "Review"),
        ("checked_in", "Review"),
    ]


async def test_a_meeting_to_which_nobody_comes(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """The trigger says whether that was only noticed."""
    await house.set_options(check_in=True, no_show="dry_run")
    await ears.listen("no_show", **_TARGET)
    house.book_at_device("Fjord", "Ghosts", 20, 60)
    await clock.move_to(house.at(50))
    (heard,) = ears.heard
    assert heard.title == "Ghosts"
    assert heard.booking is not None
    assert heard.booking["dry_run"]
