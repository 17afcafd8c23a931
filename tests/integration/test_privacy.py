"""What nobody may read is nowhere to be read.

Meetings and people have unmistakable names here. Everything that Home Assistant shows,
tells, logs, stores or records is collected as text, and searched for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
import json
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    RecorderInstanceContextManager,
    WebSocketGenerator,
)
from sqlalchemy import select

from custom_components.room_bookings.const import DOMAIN
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import Base
from homeassistant.components.recorder.util import session_scope
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_LOGGING_CHANGED, MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, restore_state
from homeassistant.setup import async_setup_component
from tests.simulators.webex import WebexSimulator, Workspace
from tests.simulators.xapi import utc_now

from .conftest import add_webex, webex_input
from .eventually import eventually
from .flows import start_flow
from .house import House

# Each stands for one thing that somebody could read.
SECRET_TITLE = "Zebrafish"
SECRET_PERSON = "Quibbleton"
SECRET_MAIL = "quibbleton@example.com"
OPEN_TITLE = "Kumquat"
OPEN_PERSON = "Vanderbeek"
OPEN_MAIL = "vanderbeek@example.com"

# The test helper's own logger writes whole files; it is no part of Home Assistant.
_HELPER = "pytest_homeassistant_custom_component"

type Surfaces = dict[str, str]


@pytest.fixture
def mock_recorder_before_hass(
    async_test_recorder: RecorderInstanceContextManager,
) -> None:
    """The recorder has to be there before Home Assistant is."""


@pytest.fixture
def everything_logged(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> pytest.LogCaptureFixture:
    """Every logger there is, at its most talkative."""
    for name in tuple(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        monkeypatch.setattr(logger, "disabled", False)
        monkeypatch.setattr(logger, "propagate", True)
        caplog.set_level(logging.NOTSET + 1, logger=name)
    caplog.set_level(logging.NOTSET + 1)
    for handler in logging.root.handlers:
        if type(handler) is logging.StreamHandler:
            monkeypatch.setattr(handler, "level", logging.CRITICAL)
    # Home Assistant asks only now and then whether it may talk.
    hass.bus.async_fire(EVENT_LOGGING_CHANGED)
    return caplog


@pytest.fixture
def told(hass: HomeAssistant) -> list[str]:
    """Everything that is told on Home Assistant's event bus."""
    events: list[str] = []

    @callback
    def tell(event: Event) -> None:
        events.append(as_text(event.as_dict()))

    hass.bus.async_listen(MATCH_ALL, tell)
    return events


def as_text(anything: Any) -> str:
    """Something as a reader sees it."""
    return json.dumps(anything, default=str, ensure_ascii=False)


def logged(caplog: pytest.LogCaptureFixture, logger: str = "") -> str:
    """What was logged, with the stack traces; by one part of the world, or by all."""
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(
        formatter.format(record)
        for record in caplog.records
        if record.name.startswith(logger) and not record.name.startswith(_HELPER)
    )


async def recorded(hass: HomeAssistant) -> str:
    """Every row of every table of the recorder."""
    await async_wait_recording_done(hass)

    def rows() -> Iterator[str]:
        with session_scope(hass=hass, read_only=True) as session:
            for table in Base.metadata.sorted_tables:
                for row in session.execute(select(table)).all():
                    yield f"{table.name}: {tuple(row)}"

    return "\n".join(await hass.async_add_executor_job(lambda: list(rows())))


def places(surfaces: Mapping[str, str], words: Iterable[str]) -> dict[str, list[str]]:
    """Where which of these words can be read."""
    return {
        place: found
        for place, text in surfaces.items()
        if (found := [word for word in words if word in text])
    }


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


class Reader:
    """Somebody who reads all that Home Assistant shows."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        hass_client: ClientSessionGenerator,
        hass_ws_client: WebSocketGenerator,
    ) -> None:
        """Look at one Home Assistant."""
        self._hass = hass
        self._entry = entry
        self._hass_client = hass_client
        self._hass_ws_client = hass_ws_client

    async def everything(self) -> Surfaces:
        """All of it, by place."""
        return {
            "states": as_text([s.as_dict() for s in self._hass.states.async_all()]),
            "get_bookings": await self._asked(DOMAIN, "get_bookings", {}),
            "get_events": await self._asked(
                "calendar", "get_events", {"duration": {"days": 2}}
            ),
            "rest": await self._fetched(),
            "subscription": await self._subscribed(),
            "refusals": await self._refused(),
        }

    async def diagnostics(self) -> Surfaces:
        """What is downloaded for a bug report."""
        client = await self._hass_client()
        root = f"/api/diagnostics/config_entry/{self._entry.entry_id}"
        answer = await client.get(root)
        assert answer.status == 200
        found = {"diagnostics": await answer.text()}
        for device in dr.async_entries_for_config_entry(
            dr.async_get(self._hass), self._entry.entry_id
        ):
            answer = await client.get(f"{root}/device/{device.id}")
            assert answer.status == 200
            found[f"diagnostics of {device.name}"] = await answer.text()
        return found

    def _calendars(self) -> list[str]:
        return self._hass.states.async_entity_ids("calendar")

    async def _asked(self, domain: str, action: str, data: dict[str, Any]) -> str:
        answer = await self._hass.services.async_call(
            domain,
            action,
            {"entity_id": self._calendars(), **data},
            blocking=True,
            return_response=True,
        )
        return as_text(answer)

    async def _fetched(self) -> str:
        client = await self._hass_client()
        window = {
            "start": (utc_now() - timedelta(days=1)).isoformat(),
            "end": (utc_now() + timedelta(days=1)).isoformat(),
        }
        found = []
        for entity_id in self._calendars():
            answer = await client.get(f"/api/calendars/{entity_id}", params=window)
            assert answer.status == 200
            found.append(await answer.text())
        answer = await client.get("/api/states")
        return "\n".join((*found, await answer.text()))

    async def _subscribed(self) -> str:
        client = await self._hass_ws_client()
        found = []
        for entity_id in self._calendars():
            await client.send_json_auto_id(
                {
                    "type": "calendar/event/subscribe",
                    "entity_id": entity_id,
                    "start": (utc_now() - timedelta(days=1)).isoformat(),
                    "end": (utc_now() + timedelta(days=1)).isoformat(),
                }
            )
            assert (await client.receive_json())["success"]
            found.append(as_text(await client.receive_json()))
        return "\n".join(found)

    async def _refused(self) -> str:
        """What somebody hears who wants a room that is taken."""
        found = []
        for entity_id in ("calendar.fjord", "calendar.aurora"):
            with pytest.raises(ServiceValidationError) as refusal:
                await self._hass.services.async_call(
                    DOMAIN, "book", {"entity_id": entity_id}, blocking=True
                )
            found.append(repr(refusal.value) + str(refusal.value))
        return "\n".join(found)


async def stored(hass: HomeAssistant, files: Mapping[str, Any]) -> Surfaces:
    """All files as they are after a shutdown."""
    await restore_state.async_get(hass).async_dump_states()
    return {f"file {name}": as_text(content) for name, content in files.items()}


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
    recorder_mock: Recorder,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cloud: WebexSimulator,
    told: list[str],
    everything_logged: pytest.LogCaptureFixture,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    titles: str | None,
    hidden: tuple[str, ...],
) -> None:
    """Hidden titles and organisers are nowhere; organisers are in no history at all.

    Neither logs of this integration nor diagnostics ever hold the text of a meeting.
    """
    for component in ("api", "diagnostics", "websocket_api", DOMAIN):
        assert await async_setup_component(hass, component, {})
    entry = await add_webex(hass, cloud)
    if titles is not None:
        hass.config_entries.async_update_entry(entry, options={"titles": titles})
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()

    await meet_and_change(cloud)
    await seen_by_now(hass)
    reader = Reader(hass, entry, hass_client, hass_ws_client)
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
    surfaces |= diagnostics
    surfaces["bus"] = "\n".join(told)
    surfaces["log"] = logged(everything_logged)
    surfaces["recorder"] = await recorded(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    surfaces |= await stored(hass, hass_storage)

    assert places(surfaces, hidden) == {}
    assert places({"recorder": surfaces["recorder"]}, PEOPLE) == {}
    assert places(diagnostics, TEXTS) == {}
    ours = {"log": logged(everything_logged, f"custom_components.{DOMAIN}")}
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


PEOPLE = (SECRET_PERSON, SECRET_MAIL, OPEN_PERSON, OPEN_MAIL)
TITLES = (SECRET_TITLE, OPEN_TITLE)
TEXTS = (*TITLES, *PEOPLE)


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


# Before it is known whether a meeting is private


def slow_list(house: House, seconds: float) -> None:
    """Let the room's device take its time to list what it has."""
    house.sim.faults.when(command="Bookings.List").always().latency(seconds)


@pytest.mark.parametrize("private", [True, False], ids=["private", "public"])
async def test_title_waits_until_privacy_is_known(house: House, private: bool) -> None:
    """An event carries a title but no privacy: until the listing it is `Booked`."""
    slow_list(house, 5)
    with house.recording() as changes:
        house.workspace("Fjord").book_locally(
            SECRET_TITLE,
            house.at(0),
            30,
            SECRET_PERSON,
            private,
            organizer_email=SECRET_MAIL,
        )
        await house.clock.pass_by(seconds=3)
        answer = await house.bookings("Fjord")
        before = {
            "changes": as_text([change["new_state"] for change in changes.events]),
            "bookings": as_text(answer),
        }
        assert house.titles("Fjord")[0] == "Booked"
        assert [b["title"] for b in answer] == ["Booked"]
        assert places(before, (SECRET_TITLE, SECRET_PERSON, SECRET_MAIL)) == {}
        await house.clock.pass_by(seconds=10)
    assert changes.of("Fjord", "current_booking") == [
        "Booked",
        "Private" if private else SECRET_TITLE,
    ]
    assert changes.kinds("Fjord") == [("created", "Booked"), ("started", "Booked")]


async def test_title_of_a_private_meeting_is_never_shown(house: House) -> None:
    """Not at its creation, nor later, whatever comes first: the event or the listing."""
    fjord = house.workspace("Fjord")
    with house.recording() as changes:
        for number in range(8):
            slow_list(house, number / 4)
            start = house.at(10 * number + 1)
            fjord.book_locally(SECRET_TITLE, start, 5, SECRET_PERSON, private=True)
            await house.clock.pass_by(seconds=5)
            house.sim.faults.clear()
        await house.clock.pass_by(minutes=80)
    kinds = [told.kind for told in changes.told("Fjord")]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "created": 8,
        "started": 8,
        "ended": 8,
    }
    everything = as_text([change["new_state"] for change in changes.events])
    assert places({"": everything}, (SECRET_TITLE, SECRET_PERSON)) == {}


async def test_title_is_not_shown_while_nothing_can_be_listed(house: House) -> None:
    """While listings fail nobody knows the privacy, so nobody reads the title."""
    house.sim.faults.when(command="Bookings.List").always().status(500)
    with house.recording() as changes:
        book_openly(house.workspace("Fjord"), house.at(0), "runs")
        await house.clock.pass_by(minutes=4)
        assert house.titles("Fjord")[0] == "Booked"
        assert OPEN_TITLE not in as_text([c["new_state"] for c in changes.events])
        house.sim.faults.clear()
        await house.clock.until(
            lambda: house.titles("Fjord")[0] == f"{OPEN_TITLE} runs", within=600
        )


async def test_title_is_shown_at_once_where_all_are_shown(house: House) -> None:
    """Where nothing is hidden nothing needs to be waited for."""
    await house.set_options(titles="show")
    slow_list(house, 5)
    book_secretly(house.workspace("Fjord"), house.at(0), "runs")
    await house.clock.until(lambda: house.titles("Fjord")[0] == f"{SECRET_TITLE} runs")
    assert house.shown("Fjord", "current_booking").attributes["organizer"] == (
        SECRET_PERSON
    )


async def test_meeting_that_becomes_private(house: House) -> None:
    """A public meeting that somebody makes private is hidden from then on."""
    fjord = house.workspace("Fjord")
    booking = book_openly(fjord, house.at(0), "runs")
    await house.clock.until(lambda: house.titles("Fjord")[0] == f"{OPEN_TITLE} runs")
    with house.recording() as changes:
        fjord.edit_locally(booking, private=True)
        await house.clock.until(lambda: house.titles("Fjord")[0] == "Private")
        fjord.delete_locally(booking)
        await house.clock.until(lambda: house.titles("Fjord")[0] == "unknown")
    new = [as_text(change["new_state"]) for change in changes.events]
    assert [text for text in new if OPEN_TITLE in text or OPEN_PERSON in text] == []
    assert changes.kinds("Fjord") == [("changed", "Private"), ("ended", "Private")]


# Secrets


@pytest.mark.usefixtures("patient_cloud")
async def test_secrets_are_nowhere(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cloud: WebexSimulator,
    told: list[str],
    everything_logged: pytest.LogCaptureFixture,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Secrets are in the entry and nowhere else, whatever goes wrong.

    The client's secret, activation codes, refresh tokens and access tokens.
    """
    secrets: set[str] = {cloud.client_secret}
    watch_secrets(cloud, monkeypatch, secrets)
    for component in ("api", "diagnostics", DOMAIN):
        assert await async_setup_component(hass, component, {})

    await fail_to_add(hass, cloud)
    entry = await add_webex(hass, cloud)
    cloud.tokens.rotating = True
    await trouble(hass, cloud)
    # The credentials end, and are renewed.
    cloud.revoke()
    cloud.cut_poll()
    await eventually(lambda: bool(flows(hass)))
    await hass.config_entries.async_reload(entry.entry_id)
    [flow] = flows(hass)
    renewal = {
        "client_secret": cloud.client_secret,
        "activation_code": cloud.activation_code(),
    }
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], renewal)
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    cloud.update("a refresh token by update")
    secrets.add("a refresh token by update")
    granted = cloud.tokens.granted
    await eventually(
        lambda: (
            cloud.tokens.granted > granted
            and entry.data["refresh_token"] == cloud.tokens.refresh_token
        )
    )

    surfaces = await Reader(hass, entry, hass_client, hass_ws_client).diagnostics()
    surfaces["states"] = as_text([s.as_dict() for s in hass.states.async_all()])
    surfaces["bus"] = "\n".join(told)
    surfaces["log"] = logged(everything_logged)
    surfaces["recorder"] = await recorded(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    files = await stored(hass, hass_storage)
    entries = files.pop("file core.config_entries", "")
    assert len(secrets) > 10
    assert places(surfaces | files, secrets) == {}
    # The search is not blind.
    assert cloud.client_secret in as_text(dict(entry.data))
    assert entries == "" or cloud.client_secret in entries


def flows(hass: HomeAssistant) -> list[Any]:
    """The forms that are open."""
    return hass.config_entries.flow.async_progress_by_handler(DOMAIN)


def watch_secrets(
    cloud: WebexSimulator, monkeypatch: pytest.MonkeyPatch, secrets: set[str]
) -> None:
    """Note every token that the cloud gives, and every code."""
    exchange, sign = cloud.tokens.exchange, cloud.key.sign

    def exchanged(body: Mapping[str, Any]) -> dict[str, Any]:
        answer = exchange(body)
        secrets.update((answer["access_token"], answer["refresh_token"]))
        return answer

    def signed(payload: Mapping[str, Any]) -> str:
        code = sign(payload)
        # The whole code, and each of its parts: neither in full nor cut off.
        secrets.update((code, *code.split(".")[1:]))
        secrets.update({payload["refreshToken"]} if "refreshToken" in payload else ())
        return code

    monkeypatch.setattr(cloud.tokens, "exchange", exchanged)
    monkeypatch.setattr(cloud.key, "sign", signed)


async def fail_to_add(hass: HomeAssistant, cloud: WebexSimulator) -> None:
    """Everything that can be wrong in the first form."""
    flow_id = await start_flow(hass, "webex")
    send = partial(hass.config_entries.flow.async_configure, flow_id)
    answers = webex_input(cloud)
    loud = f"No {cloud.client_secret} {cloud.tokens.refresh_token}"
    faults = cloud.faults
    await send(answers | {"advanced": {"api_url": "nonsense"}})
    await send(answers | {"activation_code": answers["activation_code"][:-9] + "x" * 9})
    await send(answers | {"client_id": "wrong"})
    faults.token().status(500, loud)
    await send(answers)
    faults.token().status(400, loud)
    await send(answers)
    faults.token().garbage()
    await send(answers)
    faults.when(path="/v1/devices").status(418, loud)
    await send(answers)
    faults.when(path="/v1/devices").times(2).drop()
    await send(answers)
    faults.when(path="/jwks").answer(loud.encode())
    result = await send(answers)
    assert result["errors"] == {"base": "cannot_connect"}
    hass.config_entries.flow.async_abort(flow_id)


async def trouble(hass: HomeAssistant, cloud: WebexSimulator) -> None:
    """Everything that can go wrong while rooms are watched and booked."""
    faults = cloud.faults
    loud = f"No {cloud.tokens.refresh_token} {cloud.client_secret}"
    for fault in (
        lambda: faults.when(command="Bookings.List").status(500, loud),
        lambda: faults.when(command="Bookings.List").status(403, loud),
        lambda: faults.when(command="Bookings.List").garbage(),
        lambda: faults.token().status(500, loud),
        lambda: faults.token().html(),
    ):
        fault()
        cloud.expire_tokens()
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call(
                DOMAIN, "sync", {"entity_id": "calendar.fjord"}, blocking=True
            )
        faults.clear()
    cloud.expire_tokens()
    await hass.services.async_call(
        DOMAIN, "sync", {"entity_id": "calendar.fjord"}, blocking=True
    )
    cloud.push_message({"type": "action", "jwt": cloud.action_jwt("update") + "x"})
    cloud.push_message(loud)
    cloud.push_message({"type": "events", "deviceId": [loud], "events": loud})
    await cloud.wait_for_poll()
