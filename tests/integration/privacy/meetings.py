"""Meetings and people with unmistakable names."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from tests.integration.eventually import eventually
from tests.simulators.webex import WebexSimulator, Workspace
from tests.simulators.xapi import utc_now

# Each stands for one thing that somebody could read.
SECRET_TITLE = "Zebrafish"
SECRET_PERSON = "Quibbleton"
SECRET_MAIL = "quibbleton@example.com"
OPEN_TITLE = "Kumquat"
OPEN_PERSON = "Vanderbeek"
OPEN_MAIL = "vanderbeek@example.com"
PEOPLE = (SECRET_PERSON, SECRET_MAIL, OPEN_PERSON, OPEN_MAIL)
TITLES = (SECRET_TITLE, OPEN_TITLE)
TEXTS = (*TITLES, *PEOPLE)


async def meet_and_change(cloud: WebexSimulator) -> None:
    """What happens in three rooms while somebody watches."""
    fjord, birch, aurora = (
        cloud.workspace_named(name) for name in ("Fjord", "Birch", "Aurora")
    )
    assert fjord is not None
    assert birch is not None
    assert aurora is not None
    now = utc_now()
    book_secretly(fjord, now, "runs")
    book_openly(fjord, now + timedelta(hours=1), "comes")
    book_openly(aurora, now, "runs")
    book_secretly(aurora, now + timedelta(hours=1), "comes")
    moved = book_secretly(birch, now + timedelta(hours=2), "moves")
    hidden = book_openly(birch, now + timedelta(hours=4), "goes")
    await cloud.wait_for_poll()
    birch.edit_locally(moved, start=now + timedelta(hours=3), title=f"{SECRET_TITLE} 2")
    birch.delete_locally(hidden)
    gone = book_secretly(birch, now + timedelta(hours=6), "goes")
    await cloud.wait_for_poll()
    birch.delete_locally(gone)


def book_secretly(room: Workspace, start: Any, what: str) -> Any:
    """Somebody books a private meeting at the device."""
    return room.book_locally(
        f"{SECRET_TITLE} {what}",
        start,
        30,
        SECRET_PERSON,
        private=True,
        organizer_email=SECRET_MAIL,
    )


def book_openly(room: Workspace, start: Any, what: str) -> Any:
    """Somebody books a meeting that anybody may know of."""
    return room.book_locally(
        f"{OPEN_TITLE} {what}", start, 30, OPEN_PERSON, organizer_email=OPEN_MAIL
    )


async def seen_by_now(hass: HomeAssistant) -> None:
    """Home Assistant has taken in what `meet_and_change` did."""

    def starts(entity_id: str) -> bool:
        state = hass.states.get(entity_id)
        return state is not None and state.attributes.get("private") is not None

    def private(entity_id: str) -> bool:
        state = hass.states.get(entity_id)
        return state is not None and state.attributes.get("private") is True

    await eventually(lambda: private("sensor.fjord_current_booking"))
    await eventually(lambda: private("sensor.aurora_next_booking"))
    await eventually(lambda: private("sensor.birch_next_booking"))
    await eventually(lambda: starts("sensor.aurora_current_booking"))
    await eventually(lambda: starts("sensor.fjord_next_booking"))
    await hass.async_block_till_done()
