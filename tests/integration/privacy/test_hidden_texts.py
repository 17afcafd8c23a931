"""Hidden titles and organisers are nowhere to be read."""

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from tests.integration.conftest import add_webex
from tests.integration.eventually import eventually
from tests.integration.house import House
from tests.simulators.webex import WebexSimulator

from .meetings import (
    OPEN_PERSON,
    OPEN_TITLE,
    PEOPLE,
    SECRET_MAIL,
    SECRET_PERSON,
    SECRET_TITLE,
    TEXTS,
    TITLES,
    book_secretly,
    meet_and_change,
    seen_by_now,
)
from .reader import Reader
from .surfaces import as_text, places


@pytest.mark.usefixtures("patient_cloud")
@pytest.mark.parametrize(
    ("titles", "hidden"),
    [
        (None, (SECRET_TITLE, SECRET_PERSON, SECRET_MAIL)),
        ("hide_private", (SECRET_TITLE, SECRET_PERSON, SECRET_MAIL)),
        ("hide_all", (SECRET_TITLE, SECRET_PERSON, SECRET_MAIL, OPEN_TITLE)),
        ("show", ()),
    ],
    ids=["by default", "hide_private", "hide_all", "show"],
)
async def test_hidden_texts_are_nowhere(
    hass: HomeAssistant,
    cloud: WebexSimulator,
    reader: Reader,
    titles: str | None,
    hidden: tuple[str, ...],
) -> None:
    """Hidden titles and organisers are nowhere; organisers are in no history at all.

    Neither logs of this integration nor diagnostics ever hold the text of a meeting.
    """
    entry = await add_webex(hass, cloud)
    if titles is not None:
        hass.config_entries.async_update_entry(entry, options={"titles": titles})
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()

    await meet_and_change(cloud)
    await seen_by_now(hass)
    surfaces = await reader.everything()
    # Once more from the beginning: what is there already is listed, not told.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await seen_by_now(hass)
    surfaces |= {f"{k} again": v for k, v in (await reader.everything()).items()}
    # And what ends is told as well.
    fjord = cloud.workspace_named("Fjord")
    assert fjord is not None
    fjord.delete_locally(fjord.bookings[0])
    await eventually(
        lambda: hass.states.is_state("sensor.fjord_current_booking", "unknown")
    )

    diagnostics = await reader.diagnostics()
    surfaces |= diagnostics | await reader.afterwards()

    assert places(surfaces, hidden) == {}
    assert places({"recorder": surfaces["recorder"]}, PEOPLE) == {}
    assert places(diagnostics, TEXTS) == {}
    ours = {"log": reader.logged(f"custom_components.{DOMAIN}")}
    assert ours["log"]
    assert "Bus:Handling" in surfaces["log"]
    assert places(ours, TEXTS) == {}
    # The search is not blind: what may be read is found where it should be.
    readable = [word for word in TITLES if word not in hidden]
    for place in ("states", "get_bookings", "get_events", "rest", "subscription"):
        assert places({place: surfaces[place]}, TITLES).get(place, []) == readable
    assert places({"": surfaces["recorder"]}, TITLES).get("", []) == readable
    assert OPEN_PERSON in surfaces["get_bookings"]
    assert OPEN_PERSON in surfaces["states"]
    assert OPEN_PERSON in surfaces["bus"]


@pytest.mark.parametrize("titles", ["hide_private", "hide_all"])
async def test_titles_that_were_shown_are_hidden_at_once(
    house: House, titles: str
) -> None:
    """Whoever hides titles later finds them hidden: in states, answers and on disk."""
    await house.set_options(titles="show")
    book_secretly(house.workspace("Fjord"), house.at(0), "runs")
    await house.clock.until(lambda: house.titles("Fjord")[0] == f"{SECRET_TITLE} runs")
    await house.set_options(titles=titles)
    await house.clock.pass_by(minutes=1)
    await house.stop()
    await house.start()
    texts = {
        "states": as_text([s.as_dict() for s in house.hass.states.async_all()]),
        "bookings": as_text(await house.bookings("Fjord")),
        "file": as_text(house.storage[house.store_key]),
    }
    assert places(texts, (SECRET_TITLE, SECRET_PERSON)) == {}
