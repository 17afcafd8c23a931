"""Adding, renewing and reconfiguring a PlaceOS server, as a person does it."""

from collections.abc import Mapping
from datetime import UTC, datetime
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from tests.integration.eventually import eventually
from tests.integration.flows import (
    BAD_URLS,
    Break,
    aborted,
    again,
    asked_again,
    assert_a_room_has_to_be_chosen,
    assert_the_first_of_two_forms_wins,
    by_name,
    created,
    created_with_all_rooms,
    fields_of,
    open_form,
    refused,
    rooms_asked,
    shown,
    start_flow,
    submit,
)
from tests.simulators.placeos import PlaceosSimulator

from .conftest import ROOMS, add_placeos, placeos_input

FIELDS = ["url", "api_key", "verify_ssl"]
WRONG_KEY = "0123456789abcdef.herring-42"


# Adding a server


async def test_the_form_asks_for_the_address_and_a_key(hass: HomeAssistant) -> None:
    """Certificates are verified unless somebody says otherwise."""
    form = await open_form(hass, "placeos")
    assert fields_of(form) == FIELDS
    assert form["data_schema"] is not None
    assert form["data_schema"]({"url": "a", "api_key": "b"})["verify_ssl"] is True


async def test_a_server_is_added(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """It is known by its authority; its rooms are asked about."""
    flow_id = await start_flow(hass, "placeos")
    form = await submit(hass, flow_id, placeos_input(sim))
    ids = [room.id for room in sim.rooms]
    assert rooms_asked(form) == list(zip(ids, ROOMS, strict=True))
    entry = await created(hass, flow_id, {"rooms": ids})
    assert entry.title == sim.host
    assert entry.unique_id == sim.authority_id
    assert entry.data == {
        "system": "placeos",
        "url": sim.url,
        "api_key": sim.api_key,
        "verify_ssl": True,
        "left_out": [],
    }
    for name in ROOMS:
        assert hass.states.get(f"calendar.{name.lower()}") is not None


async def test_rooms_may_be_left_out(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """They stay out."""
    aurora, fjord = (room.id for room in sim.rooms)
    entry = await add_placeos(hass, sim, rooms=[fjord])
    assert entry.data["left_out"] == [aurora]
    assert hass.states.get("calendar.fjord") is not None
    assert hass.states.get("calendar.aurora") is None


async def test_a_room_has_to_be_chosen(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """The choice comes again."""
    await assert_a_room_has_to_be_chosen(hass, "placeos", placeos_input(sim))


async def test_one_room_is_not_asked_about(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """Nor is a system without a Bookings module a room."""
    sim.remove(sim.rooms[0])
    await created(hass, await start_flow(hass, "placeos"), placeos_input(sim))
    assert hass.states.async_entity_ids("calendar") == ["calendar.fjord"]


async def test_many_rooms(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """They come in pages."""
    for number in range(520):
        sim.add_system(f"Screen {number}")
    sim.add_room("Last")
    entry = await add_placeos(hass, sim)
    assert len(entry.runtime_data.coordinators) == 3


async def test_nothing_is_done_to_prove_a_connection(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """Nothing is executed, and nobody stays on the line."""
    await submit(hass, await start_flow(hass, "placeos"), placeos_input(sim))
    assert {request.method for request in sim.requests} == {"GET"}
    assert sim.frames.of(cmd="exec") == []
    await eventually(lambda: not sim.connections)


async def test_the_key_goes_in_a_header(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """Addresses are in the logs of every proxy; whoever asks for the authority needs no key."""
    await add_placeos(hass, sim)
    keys = {request.path.rpartition("/")[2]: request.key for request in sim.requests}
    assert keys.pop("authority") is None
    assert set(keys.values()) == {sim.api_key}
    assert all(sim.api_key not in shake.path for shake in sim.handshakes)
    assert all(not {"api-key"} & request.query.keys() for request in sim.requests)


async def test_a_certificate_that_is_not_trusted(
    hass: HomeAssistant, socket_enabled: None, sim: PlaceosSimulator
) -> None:
    """The server's is checked unless somebody says otherwise; the key was not sent then."""
    async with PlaceosSimulator(tls=True) as secure:
        secure.add_room("Oslo")
        flow_id = await start_flow(hass, "placeos")
        await refused(hass, flow_id, placeos_input(secure), "cannot_connect")
        assert not secure.requests
        answers = placeos_input(secure, verify_ssl=False)
        entry = await created(hass, flow_id, answers)
        assert hass.states.get("calendar.oslo") is not None
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("around", ["{}/", "{}//", "{}?x=1#top", "  {}\n"])
async def test_what_is_pasted_around_an_address_does_not_matter(
    hass: HomeAssistant, sim: PlaceosSimulator, around: str
) -> None:
    """Nor around a key."""
    entry = await add_placeos(
        hass, sim, url=around.format(sim.url), api_key=f" {sim.api_key}\n"
    )
    assert entry.data["url"] == sim.url
    assert entry.data["api_key"] == sim.api_key


# What can go wrong, and how it is put right in the same flow


@pytest.mark.parametrize("url", BAD_URLS)
async def test_an_address_that_is_none(
    hass: HomeAssistant, sim: PlaceosSimulator, url: str
) -> None:
    """What names no server, or holds secrets, cannot be connected to."""
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim, url=url), "cannot_connect")
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


async def test_another_path(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """No PlaceOS is there, and it is not told the key."""
    flow_id = await start_flow(hass, "placeos")
    wrong = placeos_input(sim, url=sim.url.removesuffix("/place"))
    await refused(hass, flow_id, wrong, "cannot_connect")
    assert {request.key for request in sim.requests} == {None}
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


@pytest.mark.parametrize("key", [WRONG_KEY, "", "schlüssel", "a\nb", "\x00"])
async def test_a_wrong_key(
    hass: HomeAssistant, sim: PlaceosSimulator, key: str
) -> None:
    """Whatever somebody typed."""
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim, api_key=key), "invalid_auth")
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


@pytest.mark.parametrize(
    "go_wrong",
    [
        pytest.param(lambda sim: sim.revoke(), id="revoked"),
        pytest.param(
            lambda sim: setattr(sim.key, "expires", datetime(2026, 1, 1, tzinfo=UTC)),
            id="expired",
        ),
        pytest.param(
            lambda sim: setattr(sim, "key_domain", "other.example.com"),
            id="of another authority",
        ),
    ],
)
async def test_a_key_that_is_good_no_more(
    hass: HomeAssistant, sim: PlaceosSimulator, go_wrong: Break
) -> None:
    """Another one helps."""
    go_wrong(sim)
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim), "invalid_auth")
    sim.key_domain = None
    another = placeos_input(sim, api_key=sim.add_key().value)
    await created_with_all_rooms(hass, flow_id, another)


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [
        (["users.read", "control"], "systems.read"),
        (["systems.read", "control.write"], "control.read"),
        (["systems", "control.read"], "control.write"),
    ],
)
async def test_a_scope_that_is_missing(
    hass: HomeAssistant, sim: PlaceosSimulator, scopes: list[str], missing: str
) -> None:
    """It is named, and somebody gives it to the key."""
    sim.key.scopes = scopes
    flow_id = await start_flow(hass, "placeos")
    words = await refused(hass, flow_id, placeos_input(sim), "missing_permission")
    assert words == {"missing": missing}
    assert sim.handshakes == []
    sim.key.scopes = ["users.read", "systems.read", "control"]
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


@pytest.fixture
def named(sim: PlaceosSimulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address by a name that does not say that it is this machine."""
    return by_name(monkeypatch, sim.url)


async def test_plain_http(
    hass: HomeAssistant, sim: PlaceosSimulator, named: str
) -> None:
    """Nothing is sent where others can listen."""
    sim.domain = "rooms.example.com"
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim, url=named), "insecure_url")
    assert not sim.requests
    sim.domain = "127.0.0.1"
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


@pytest.mark.parametrize("checks_host", [True, False])
async def test_an_authority_that_answers_for_another_host(
    hass: HomeAssistant, sim: PlaceosSimulator, checks_host: bool
) -> None:
    """Whether the server minds that or not, the key is not sent."""
    sim.domain, sim.checks_host = "placeos.example.com", checks_host
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim), "cannot_connect")
    assert {request.key for request in sim.requests} == {None}
    sim.domain = "127.0.0.1"
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


def _always(path: str, *args: Any, effect: str = "status", **kwargs: Any) -> Break:
    return lambda sim: getattr(sim.faults.http(path).always(), effect)(*args, **kwargs)


def _knocking(*args: Any, effect: str = "status", **kwargs: Any) -> Break:
    return lambda sim: getattr(sim.faults.handshakes().always(), effect)(
        *args, **kwargs
    )


@pytest.mark.parametrize(
    ("go_wrong", "error", "words"),
    [
        pytest.param(_always("*", 503), "cannot_connect", {}, id="starting"),
        pytest.param(_always("*", 404), "cannot_connect", {}, id="nothing there"),
        pytest.param(_always("*", 500), "cannot_connect", {}, id="broken"),
        pytest.param(_always("*", effect="drop"), "cannot_connect", {}, id="hangs up"),
        pytest.param(_always("*", effect="html"), "cannot_connect", {}, id="page"),
        pytest.param(_always("*", effect="garbage"), "cannot_connect", {}, id="junk"),
        pytest.param(
            _always("*/inspect", effect="garbage"), "cannot_connect", {}, id="no key"
        ),
        pytest.param(
            _always("*/systems", 429, retry_after=60), "cannot_connect", {}, id="busy"
        ),
        pytest.param(
            _always("*/systems", effect="html"), "cannot_connect", {}, id="no systems"
        ),
        pytest.param(
            _always("*/systems", 403),
            "missing_permission",
            {"missing": "systems.read"},
            id="no right to list",
        ),
        pytest.param(
            _always("*/types", 403),
            "missing_permission",
            {"missing": "control.read"},
            id="no right to look",
        ),
        pytest.param(
            _always("*/systems", 418, {"error": "a teapot"}), "unknown", {}, id="teapot"
        ),
        pytest.param(_knocking(502), "cannot_connect", {}, id="no channel"),
        pytest.param(_knocking(effect="drop"), "cannot_connect", {}, id="cut"),
        pytest.param(_knocking(401), "invalid_auth", {}, id="not let in"),
        pytest.param(
            _knocking(403),
            "missing_permission",
            {"missing": "control.write"},
            id="no right to act",
        ),
    ],
)
async def test_what_can_go_wrong(
    hass: HomeAssistant,
    sim: PlaceosSimulator,
    go_wrong: Break,
    error: str,
    words: Mapping[str, str],
) -> None:
    """The form stays filled in, and can be sent again when it is put right."""
    go_wrong(sim)
    flow_id = await start_flow(hass, "placeos")
    assert await refused(hass, flow_id, placeos_input(sim), error) == words
    await eventually(lambda: not sim.connections)
    sim.faults.clear()
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


async def test_a_server_that_is_off(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """Nobody listens there, then somebody does."""
    await sim.down(refuse=True)
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim), "cannot_connect")
    await sim.up()
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))


async def test_no_rooms(hass: HomeAssistant, sim: PlaceosSimulator) -> None:
    """Systems without bookings are none."""
    for room in sim.rooms:
        sim.remove(room)
    flow_id = await start_flow(hass, "placeos")
    await refused(hass, flow_id, placeos_input(sim), "no_rooms")
    sim.add_room("Fjord")
    await created(hass, flow_id, placeos_input(sim))


async def test_keys_are_not_logged(
    hass: HomeAssistant, sim: PlaceosSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither right nor wrong ones, also not while something goes wrong."""
    caplog.set_level(logging.DEBUG)
    flow_id = await start_flow(hass, "placeos")
    wrong = placeos_input(sim, api_key=WRONG_KEY)
    await refused(hass, flow_id, wrong, "invalid_auth")
    sim.faults.handshakes().status(500)
    await refused(hass, flow_id, placeos_input(sim), "cannot_connect")
    await created_with_all_rooms(hass, flow_id, placeos_input(sim))
    assert sim.api_key not in caplog.text
    assert WRONG_KEY not in caplog.text


@pytest.mark.parametrize("another_key", [False, True])
async def test_the_same_server_twice(
    hass: HomeAssistant, sim: PlaceosSimulator, another_key: bool
) -> None:
    """An authority is one entry, whoever asks."""
    await add_placeos(hass, sim)
    key = sim.add_key().value if another_key else sim.api_key
    answers = placeos_input(sim, api_key=key)
    await aborted(
        hass, await start_flow(hass, "placeos"), answers, "already_configured"
    )


async def test_the_same_server_in_two_forms(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """The form of whoever is second is gone; the entry of the first stays as it is."""
    await assert_the_first_of_two_forms_wins(hass, "placeos", placeos_input(sim))


# Reauth


@pytest.fixture
async def entry(hass: HomeAssistant, sim: PlaceosSimulator) -> MockConfigEntry:
    """The server in Home Assistant."""
    return await add_placeos(hass, sim)


async def test_another_key_is_asked_for(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """When the server does not take the old one any more; the new one is used at once."""
    sim.revoke()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    form = await asked_again(hass)
    assert fields_of(form) == ["api_key"]
    assert shown(form) == {}

    wrong = {"api_key": WRONG_KEY}
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    renewed = sim.add_key()
    renewed.scopes = ["systems.read"]
    right = {"api_key": renewed.value}
    words = await refused(hass, form["flow_id"], right, "missing_permission")
    assert words["missing"] == "control.read"
    renewed.scopes = ["public"]
    await aborted(hass, form["flow_id"], right, "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["api_key"] == renewed.value
    assert entry.data["url"] == sim.url


async def test_a_right_that_was_taken_away(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """Whoever looks after the key at the server can give it back."""
    sim.key.scopes = ["systems.read"]
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    sim.key.scopes = ["systems.read", "control"]
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_reauth_at_another_authority(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """Other rooms are another entry."""
    form = await again(hass, entry, SOURCE_REAUTH)
    sim.authority_id = "authority-Other"
    answers = {"api_key": sim.api_key}
    await aborted(hass, form["flow_id"], answers, "wrong_account")


# Reconfigure


async def test_reconfigure_shows_what_is_stored(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """All but the key."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == FIELDS
    assert shown(form) == {"url": sim.url, "verify_ssl": True}
    wrong = placeos_input(sim, api_key=WRONG_KEY)
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    nowhere = placeos_input(sim, url="ftp://placeos.example.com")
    await refused(hass, form["flow_id"], nowhere, "cannot_connect")
    right = placeos_input(sim, api_key=sim.add_key().value, verify_ssl=False)
    await aborted(hass, form["flow_id"], right, "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["api_key"] == right["api_key"]
    assert entry.data["verify_ssl"] is False
    assert entry.data["left_out"] == []


async def test_a_server_that_moved(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """Its authority is the same: so are its rooms."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    async with PlaceosSimulator() as moved:
        for room in sim.rooms:
            moved.add_room(room.name, system_id=room.id)
        answers = placeos_input(moved)
        await aborted(hass, form["flow_id"], answers, "reconfigure_successful")
        assert entry.state is ConfigEntryState.LOADED
        assert entry.data["url"] == moved.url
        assert entry.unique_id == sim.authority_id
        assert len(hass.states.async_entity_ids("calendar")) == 2
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_one_entry_does_not_become_another(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """Another authority has other rooms."""
    async with PlaceosSimulator(authority_id="authority-Other") as other:
        other.add_room("Oslo")
        form = await again(hass, entry, SOURCE_RECONFIGURE)
        await aborted(hass, form["flow_id"], placeos_input(other), "wrong_account")
    assert entry.data["url"] == sim.url
