"""The flow's forms, as a person fills them in; the same ones for every system."""

import base64
from collections.abc import Callable, Mapping, Sequence
import socket
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow, section

from .eventually import eventually

# What names no server, or holds secrets.
BAD_URLS = (
    "",
    "http://",
    "ftp://rooms.example.com",
    "javascript:alert(1)",
    "https://rooms.example.com:99999",
    "https://user:secret@rooms.example.com",
    "https://[::1",
)

# Makes something go wrong at a simulator.
type Break = Callable[[Any], object]

_STEPS = {SOURCE_REAUTH: "reauth_confirm", SOURCE_RECONFIGURE: "reconfigure"}


def by_name(monkeypatch: pytest.MonkeyPatch, url: str) -> str:
    """An address with a name that does not say that it is this machine."""
    resolve = socket.getaddrinfo

    def resolve_all(host: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(host, str):
            host = host.replace("rooms.example.com", "127.0.0.1")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_all)
    return url.replace("127.0.0.1", "rooms.example.com")


# Opening forms


async def choose(hass: HomeAssistant, system: str) -> ConfigFlowResult:
    """Open the flow and choose a system; what comes of it."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    assert system in flow["menu_options"]
    return await submit(hass, flow["flow_id"], {"next_step_id": system})


async def open_form(hass: HomeAssistant, system: str) -> ConfigFlowResult:
    """Open the flow and choose a system; its form."""
    form = await choose(hass, system)
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == system
    return form


async def start_flow(hass: HomeAssistant, system: str) -> str:
    """Open the flow and choose a system; the flow's id."""
    return (await open_form(hass, system))["flow_id"]


async def again(
    hass: HomeAssistant, entry: MockConfigEntry, source: str
) -> ConfigFlowResult:
    """Open the form for an entry that is there."""
    form = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": source, "entry_id": entry.entry_id},
        data=dict(entry.data) if source == SOURCE_REAUTH else None,
    )
    assert form["step_id"] == _STEPS[source]
    return form


async def asked_again(hass: HomeAssistant) -> ConfigFlowResult:
    """Wait until somebody is asked for an account that works; the form."""
    await eventually(lambda: bool(hass.config_entries.flow.async_progress()))
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    form = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert form["step_id"] == _STEPS[SOURCE_REAUTH]
    return form


# Reading forms


def fields_of(form: ConfigFlowResult) -> list[str]:
    """The fields of a form."""
    assert form["data_schema"] is not None
    return [str(marker) for marker in form["data_schema"].schema]


def shown(form: ConfigFlowResult) -> dict[str, Any]:
    """What a form is filled in with; the fields of sections by their section."""
    assert form["data_schema"] is not None
    return _suggested(form["data_schema"].schema)


def _suggested(fields: Mapping[Any, Any]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for marker, field in fields.items():
        if isinstance(field, section):
            filled[str(marker)] = _suggested(field.schema.schema)
        elif marker.description and "suggested_value" in marker.description:
            filled[str(marker)] = marker.description["suggested_value"]
    return filled


def rooms_asked(form: ConfigFlowResult) -> list[tuple[str, str]]:
    """The rooms (id, name) among which a form lets choose; until somebody does, all are."""
    assert form["step_id"] == "rooms"
    assert form["data_schema"] is not None
    [(marker, selector)] = form["data_schema"].schema.items()
    options: list[dict[str, str]] = selector.config["options"]
    assert marker.default() == [option["value"] for option in options]
    return [(option["value"], option["label"]) for option in options]


# Sending forms


async def submit(
    hass: HomeAssistant, flow_id: str, answers: Mapping[str, Any]
) -> ConfigFlowResult:
    """Send a form."""
    return await hass.config_entries.flow.async_configure(flow_id, dict(answers))


async def refused(
    hass: HomeAssistant, flow_id: str, answers: Mapping[str, Any], error: str
) -> Mapping[str, str]:
    """Send a form that is refused: it comes again, filled in; what the error's text is told."""
    step = hass.config_entries.flow.async_get(flow_id)["step_id"]
    form = await submit(hass, flow_id, answers)
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == step
    assert form["errors"] == {"base": error}
    assert shown(form) == answers
    return form["description_placeholders"] or {}


async def aborted(
    hass: HomeAssistant, flow_id: str, answers: Mapping[str, Any], reason: str
) -> None:
    """Send a form with which the flow ends."""
    result = await submit(hass, flow_id, answers)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == reason
    await hass.async_block_till_done()


async def created(
    hass: HomeAssistant, flow_id: str, answers: Mapping[str, Any]
) -> MockConfigEntry:
    """Send a form that is accepted: the entry that it makes, loaded."""
    return await made(hass, await submit(hass, flow_id, answers))


async def made(hass: HomeAssistant, result: ConfigFlowResult) -> MockConfigEntry:
    """The loaded entry that a flow has ended with."""
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    entry: MockConfigEntry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def created_with_all_rooms(
    hass: HomeAssistant, flow_id: str, answers: Mapping[str, Any]
) -> MockConfigEntry:
    """Send a form that is accepted, and take all rooms: the entry that it makes."""
    form = await submit(hass, flow_id, answers)
    assert form["step_id"] == "rooms", form
    return await created(hass, flow_id, {})


async def add(
    hass: HomeAssistant,
    system: str,
    answers: Mapping[str, Any],
    rooms: Sequence[str] = (),
) -> MockConfigEntry:
    """Add a system, with these rooms or all; the loaded entry."""
    flow_id = await start_flow(hass, system)
    result = await submit(hass, flow_id, answers)
    if result["type"] is FlowResultType.FORM:
        assert result["step_id"] == "rooms", result
        result = await submit(hass, flow_id, {"rooms": list(rooms)} if rooms else {})
    return await made(hass, result)


# What is the same whatever the system


def every_request(effect: str, *args: Any, **kwargs: Any) -> Break:
    """Let every request to a simulator meet this fault."""
    return lambda sim: getattr(sim.faults.when().always(), effect)(*args, **kwargs)


def assert_not_logged(log: str, username: str, *passwords: str) -> None:
    """No password is there, in whatever form it travels."""
    for password in passwords:
        assert password not in log
        token = base64.b64encode(f"{username}:{password}".encode()).decode()
        assert token not in log


async def assert_a_room_has_to_be_chosen(
    hass: HomeAssistant, system: str, answers: Mapping[str, Any]
) -> None:
    """Choose no room: the choice comes again."""
    flow_id = await start_flow(hass, system)
    await submit(hass, flow_id, answers)
    result = await submit(hass, flow_id, {"rooms": []})
    assert result["step_id"] == "rooms"
    assert result["errors"] == {"base": "no_rooms"}
    await created(hass, flow_id, {})


async def assert_the_first_of_two_forms_wins(
    hass: HomeAssistant, system: str, answers: Mapping[str, Any]
) -> None:
    """Fill in two forms: the second is gone with the first; its entry stays as it is."""
    first, second = await start_flow(hass, system), await start_flow(hass, system)
    await submit(hass, first, answers)
    await submit(hass, second, answers)
    entry = await created(hass, first, {})
    assert hass.config_entries.flow.async_progress() == []
    with pytest.raises(UnknownFlow):
        await submit(hass, second, {})
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert entry.state is ConfigEntryState.LOADED


async def assert_added_when_it_is_on_again(
    hass: HomeAssistant, system: str, answers: Mapping[str, Any], sim: Any
) -> None:
    """Try while nobody listens there; then somebody does."""
    await sim.down(refuse=True)
    flow_id = await start_flow(hass, system)
    await refused(hass, flow_id, answers, "cannot_connect")
    await sim.up()
    await created_with_all_rooms(hass, flow_id, answers)


async def assert_the_new_password_is_asked_for(
    hass: HomeAssistant, entry: MockConfigEntry, username: str
) -> None:
    """Wait for the form, mistype, then say `changed`: the entry runs with that."""
    form = await asked_again(hass)
    assert fields_of(form) == ["username", "password"]
    assert shown(form) == {"username": username}
    wrong = {"username": username, "password": "wrong"}
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    right = {"username": username, "password": "changed"}
    await aborted(hass, form["flow_id"], right, "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["password"] == "changed"
