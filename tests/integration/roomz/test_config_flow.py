"""Adding, renewing and reconfiguring a system that serves the ROOMZ contract, as a person does it."""

from collections.abc import Callable
import logging

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from tests.integration.flows import (
    BAD_URLS,
    Break,
    aborted,
    again,
    asked_again,
    assert_a_room_has_to_be_chosen,
    assert_not_logged,
    assert_the_first_of_two_forms_wins,
    by_name,
    created,
    created_with_all_rooms,
    every_request,
    fields_of,
    open_form,
    refused,
    rooms_asked,
    shown,
    start_flow,
    submit,
)
from tests.simulators.roomz import RoomzSimulator

from .conftest import ROOMS, add_roomz, roomz_input

FIELDS = ["url", "username", "password", "verify_ssl"]


# Adding a system


async def test_the_form_asks_for_the_address_and_a_user(hass: HomeAssistant) -> None:
    """Certificates are verified unless somebody says otherwise."""
    form = await open_form(hass, "roomz")
    assert fields_of(form) == FIELDS
    assert form["data_schema"] is not None
    filled = form["data_schema"]({"url": "a", "username": "b", "password": "c"})
    assert filled["verify_ssl"] is True


async def test_a_system_is_added(hass: HomeAssistant, sim: RoomzSimulator) -> None:
    """It is known by its address; its rooms are asked about."""
    flow_id = await start_flow(hass, "roomz")
    form = await submit(hass, flow_id, roomz_input(sim))
    ids = [room.id for room in sim.rooms]
    assert rooms_asked(form) == list(zip(ids, ROOMS, strict=True))
    entry = await created(hass, flow_id, {"rooms": ids})
    assert entry.title == sim.base_url.removeprefix("http://")
    assert entry.unique_id == sim.url
    assert entry.data == {
        "system": "roomz",
        "url": sim.url,
        "username": sim.username,
        "password": sim.password,
        "verify_ssl": True,
        "left_out": [],
    }
    for name in ROOMS:
        assert hass.states.get(f"calendar.{name.lower()}") is not None


async def test_rooms_may_be_left_out(hass: HomeAssistant, sim: RoomzSimulator) -> None:
    """They stay out, and are not asked about."""
    aurora, fjord = (room.id for room in sim.rooms)
    entry = await add_roomz(hass, sim, rooms=[fjord])
    assert entry.data["left_out"] == [aurora]
    assert hass.states.get("calendar.fjord") is not None
    assert hass.states.get("calendar.aurora") is None
    assert sim.requests.of("meetings", room=aurora) == []


async def test_a_room_has_to_be_chosen(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """The choice comes again."""
    await assert_a_room_has_to_be_chosen(hass, "roomz", roomz_input(sim))


async def test_one_room_is_not_asked_about(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """There is nothing to choose."""
    sim.remove_room(sim.rooms[0])
    await created(hass, await start_flow(hass, "roomz"), roomz_input(sim))
    assert hass.states.async_entity_ids("calendar") == ["calendar.fjord"]


async def test_nothing_is_booked_to_prove_a_connection(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """The list of rooms is proof enough, and nobody's meetings are read for it."""
    await submit(hass, await start_flow(hass, "roomz"), roomz_input(sim))
    assert {request.call for request in sim.requests} == {"rooms"}
    assert len(sim.requests) <= 2


@pytest.mark.parametrize("end", ["", "/", "//", "?x=1", "/#top"])
async def test_how_an_address_ends_does_not_matter(
    hass: HomeAssistant, sim: RoomzSimulator, end: str
) -> None:
    """The path before /rooms is kept; spaces around are not."""
    entry = await add_roomz(
        hass, sim, url=f" {sim.url}{end}\n", username=f"\t{sim.username} "
    )
    assert entry.data["url"] == sim.url
    assert entry.unique_id == sim.url
    assert entry.data["username"] == sim.username


async def test_two_paths_of_one_host_are_two_systems(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """Each serves its own rooms."""
    await add_roomz(hass, sim)
    sim.prefix = "/connector/v2"
    await add_roomz(hass, sim)
    assert len(hass.states.async_entity_ids("calendar")) == 4


# What can go wrong, and how it is put right in the same flow


@pytest.mark.parametrize("url", BAD_URLS)
async def test_an_address_that_is_none(
    hass: HomeAssistant, sim: RoomzSimulator, url: str
) -> None:
    """What names no server, or holds secrets, cannot be connected to."""
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim, url=url), "cannot_connect")
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


@pytest.fixture
def named(sim: RoomzSimulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """The system's address by a name that does not say that it is this machine."""
    return by_name(monkeypatch, sim.url)


async def test_over_plain_http(
    hass: HomeAssistant, sim: RoomzSimulator, named: str
) -> None:
    """Basic would tell the password to anybody who listens: nothing is sent."""
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim, url=named), "insecure_basic")
    assert not sim.requests
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


@pytest.mark.parametrize("wrong", ["username", "password"])
async def test_a_wrong_user_or_password(
    hass: HomeAssistant, sim: RoomzSimulator, wrong: str
) -> None:
    """It is tried once."""
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim, **{wrong: "x"}), "invalid_auth")
    assert len(sim.requests) == 1
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


async def test_passwords_are_not_logged(
    hass: HomeAssistant, sim: RoomzSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither right nor wrong ones, in whatever form they travel."""
    sim.password = "swordfish-42"
    caplog.set_level(logging.DEBUG)
    flow_id = await start_flow(hass, "roomz")
    wrong = roomz_input(sim, password="herring-42")
    await refused(hass, flow_id, wrong, "invalid_auth")
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))
    assert_not_logged(caplog.text, sim.username, "swordfish-42", "herring-42")


@pytest.mark.parametrize(
    ("go_wrong", "error"),
    [
        pytest.param(
            every_request("status", 403), "missing_permission", id="forbidden"
        ),
        pytest.param(every_request("status", 404), "cannot_connect", id="no such path"),
        pytest.param(every_request("status", 500), "cannot_connect", id="broken"),
        pytest.param(
            every_request("status", 503, retry_after=60),
            "cannot_connect",
            id="starting",
        ),
        pytest.param(every_request("status", 429), "cannot_connect", id="busy"),
        pytest.param(
            every_request("redirect", "https://other.example.com"),
            "cannot_connect",
            id="elsewhere",
        ),
        pytest.param(every_request("html"), "cannot_connect", id="page"),
        pytest.param(every_request("empty"), "cannot_connect", id="nothing"),
        pytest.param(every_request("garbage"), "cannot_connect", id="garbage"),
        pytest.param(every_request("wrapped"), "cannot_connect", id="no bare list"),
        pytest.param(every_request("huge"), "cannot_connect", id="huge"),
        pytest.param(every_request("drop"), "cannot_connect", id="it hangs up"),
        pytest.param(every_request("status", 418), "unknown", id="teapot"),
        pytest.param(every_request("answer", []), "no_rooms", id="no rooms"),
    ],
)
async def test_what_can_go_wrong(
    hass: HomeAssistant, sim: RoomzSimulator, go_wrong: Break, error: str
) -> None:
    """The form stays filled in, and can be sent again when it is put right."""
    go_wrong(sim)
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim), error)
    sim.faults.clear()
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


async def test_a_system_that_is_off(hass: HomeAssistant, sim: RoomzSimulator) -> None:
    """Nobody listens there, then somebody does."""
    await sim.down(refuse=True)
    flow_id = await start_flow(hass, "roomz")
    await refused(hass, flow_id, roomz_input(sim), "cannot_connect")
    await sim.up()
    await created_with_all_rooms(hass, flow_id, roomz_input(sim))


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url,
        lambda url: f"{url}/",
        lambda url: url.upper().replace("HTTP", "http"),
    ],
    ids=["same", "slash", "capitals"],
)
async def test_the_same_system_twice(
    hass: HomeAssistant, sim: RoomzSimulator, change: Callable[[str], str]
) -> None:
    """It is known without a question, whoever the user is."""
    await add_roomz(hass, sim)
    sim.requests.clear()
    flow_id = await start_flow(hass, "roomz")
    answers = roomz_input(sim, url=change(sim.url), username="somebody else")
    await aborted(hass, flow_id, answers, "already_configured")
    assert not sim.requests


async def test_the_same_system_in_two_forms(
    hass: HomeAssistant, sim: RoomzSimulator
) -> None:
    """The form of whoever is second is gone; the entry of the first stays as it is."""
    await assert_the_first_of_two_forms_wins(hass, "roomz", roomz_input(sim))


# Reauth


@pytest.fixture
async def entry(hass: HomeAssistant, sim: RoomzSimulator) -> MockConfigEntry:
    """The system in Home Assistant."""
    return await add_roomz(hass, sim)


async def test_a_changed_password_is_asked_for(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """The old one is tried once; the new one is used at once."""
    sim.password = "changed"
    sim.requests.clear()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(sim.requests) == 1
    form = await asked_again(hass)
    assert fields_of(form) == ["username", "password"]
    assert shown(form) == {"username": sim.username}

    wrong = {"username": sim.username, "password": "wrong"}
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    right = {"username": sim.username, "password": "changed"}
    await aborted(hass, form["flow_id"], right, "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["password"] == "changed"
    assert entry.data["url"] == sim.url
    assert entry.data["left_out"] == []


async def test_reauth_with_another_user(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """It is the address that says which system it is: users may be renamed."""
    form = await again(hass, entry, SOURCE_REAUTH)
    sim.username, sim.password = "connector", "changed"
    answers = {"username": "connector", "password": "changed"}
    await aborted(hass, form["flow_id"], answers, "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["username"] == "connector"
    assert entry.unique_id == sim.url


async def test_reauth_while_the_system_is_away(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """Nothing is stored that is not proven."""
    form = await again(hass, entry, SOURCE_REAUTH)
    await sim.down(refuse=True)
    answers = {"username": sim.username, "password": "changed"}
    await refused(hass, form["flow_id"], answers, "cannot_connect")
    assert entry.data["password"] == sim.password


# Reconfigure


async def test_reconfigure_shows_what_is_stored(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """All but the password."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == FIELDS
    assert shown(form) == {
        "url": sim.url,
        "username": sim.username,
        "verify_ssl": True,
    }
    wrong = roomz_input(sim, password="wrong")
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    nowhere = roomz_input(sim, url="ftp://rooms.example.com")
    await refused(hass, form["flow_id"], nowhere, "cannot_connect")
    right = roomz_input(sim, verify_ssl=False)
    await aborted(hass, form["flow_id"], right, "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["verify_ssl"] is False
    assert entry.data["left_out"] == []


async def test_a_system_that_moved(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """Its rooms and entities stay the same, and it is known by its new address."""
    before = sorted(hass.states.async_entity_ids())
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    sim.prefix = "/connector/v2"
    await aborted(hass, form["flow_id"], roomz_input(sim), "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["url"] == sim.url
    assert entry.unique_id == sim.url
    assert sorted(hass.states.async_entity_ids()) == before


async def test_one_entry_does_not_become_another(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """Two entries for one address would be the same system twice."""
    first = sim.prefix
    sim.prefix = "/connector/v2"
    second = await add_roomz(hass, sim)
    form = await again(hass, second, SOURCE_RECONFIGURE)
    answers = roomz_input(sim, url=f"{sim.base_url}{first}")
    await aborted(hass, form["flow_id"], answers, "already_configured")
    assert second.data["url"] == sim.url
