"""Adding, renewing and reconfiguring a Webex organisation, as a person does it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
from tests.simulators.webex import Access, WebexSimulator
from tests.simulators.webex.application import SCOPES
from tests.simulators.webex.identity import SigningKey

from .conftest import add_webex, webex_input
from .eventually import eventually
from .flows import (
    aborted,
    again,
    asked_again,
    created,
    fields_of,
    refused,
    shown,
    start_flow,
    submit,
)

pytestmark = pytest.mark.usefixtures("patient_cloud")


@pytest.fixture
async def hut(socket_enabled: None) -> AsyncGenerator[WebexSimulator]:
    """An organisation with one room, which nobody needs to choose."""
    async with WebexSimulator(ticking=True) as simulator:
        simulator.add_device(simulator.add_workspace("Hut", capacity=2))
        yield simulator


# Adding an organisation


async def test_the_first_step_is_a_menu_of_systems(hass: HomeAssistant) -> None:
    """Adding begins with the question which system keeps the bookings."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "user"}
    )
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "user"
    assert "webex" in result["menu_options"]


async def test_form_asks_for_the_integration_and_its_code(hass: HomeAssistant) -> None:
    """The form has the fields of the contract, the address is Cisco's own by default."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    form = await submit(hass, flow["flow_id"], {"next_step_id": "webex"})
    assert form["step_id"] == "webex"
    assert fields_of(form) == [
        "client_id",
        "client_secret",
        "activation_code",
        "advanced",
    ]
    assert form["data_schema"] is not None
    filled = form["data_schema"](
        {"client_id": "a", "client_secret": "b", "activation_code": "c"}
    )
    assert filled["advanced"] == {"api_url": "https://webexapis.com/v1"}


async def test_all_rooms_are_listed_and_chosen_at_first(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Several rooms are a choice; whoever changes nothing takes them all."""
    result = await submit(hass, await start_flow(hass, "webex"), webex_input(cloud))
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "rooms"
    assert fields_of(result) == ["rooms"]
    assert result["data_schema"] is not None
    select = result["data_schema"].schema["rooms"]
    everything = {w.id: w.name for w in cloud.workspaces}
    assert {o["value"]: o["label"] for o in select.config["options"]} == everything
    assert set(shown(result)["rooms"]) == set(everything)

    entry = await created(hass, result["flow_id"], shown(result))
    assert entry.title == "Atlas Device Management test org"
    assert entry.unique_id == f"{cloud.app.org_uuid}_{cloud.app.app_id}"
    assert entry.state is ConfigEntryState.LOADED
    assert {
        d.name
        for d in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    } == {"Aurora", "Birch", "Fjord"}


async def test_rooms_that_are_not_chosen_stay_out(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Only the chosen rooms become devices."""
    fjord = cloud.workspace_named("Fjord")
    assert fjord is not None
    entry = await add_webex(hass, cloud, rooms=[fjord.id])
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert [device.name for device in devices] == ["Fjord"]
    rooms = {
        entity.unique_id.rsplit("_")[0]
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
    }
    assert rooms == {fjord.id}


async def test_no_room_at_all_cannot_be_chosen(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Choosing nothing is an error of that step, and choosing again is possible."""
    flow_id = await start_flow(hass, "webex")
    form = await submit(hass, flow_id, webex_input(cloud))
    assert form["step_id"] == "rooms"
    await refused(hass, flow_id, {"rooms": []}, "no_rooms")
    await created(hass, flow_id, {"rooms": [cloud.workspaces[0].id]})


async def test_one_room_is_not_a_choice(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Where there is one room only the step for choosing is left out."""
    entry = await add_webex(hass, hut)
    assert hass.states.get("calendar.hut") is not None
    assert entry.data["left_out"] == []


async def test_nothing_is_booked_to_prove_a_connection(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """No flow makes a test booking."""
    await add_webex(hass, hut)
    assert hut.requests.of(command="Bookings.Book") == []
    assert hut.workspaces[0].history == []


async def test_pasted_blanks_do_not_matter(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Blanks around what was pasted, and a slash after the address, are taken off."""
    answers = webex_input(hut)
    entry = await created(
        hass,
        await start_flow(hass, "webex"),
        {
            "client_id": f" {answers['client_id']}\n",
            "client_secret": f"\t{answers['client_secret']} ",
            "activation_code": f"\n {answers['activation_code']} \n",
            "advanced": {"api_url": f" {hut.api_url}/ "},
        },
    )
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["client_id"] == hut.client_id
    assert entry.data["client_secret"] == hut.client_secret
    assert entry.data["api_url"] == hut.api_url


# What can go wrong, and how it is put right in the same flow


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/v1",
        "ftp://127.0.0.1/v1",
        "https://me:secret@webexapis.com/v1",
    ],
)
async def test_an_address_that_is_none(
    hass: HomeAssistant, hut: WebexSimulator, address: str
) -> None:
    """What is no web address cannot be connected to."""
    flow_id = await start_flow(hass, "webex")
    wrong = webex_input(hut, advanced={"api_url": address})
    await refused(hass, flow_id, wrong, "cannot_connect")
    await created(hass, flow_id, wrong | {"advanced": {"api_url": hut.api_url}})


async def test_an_address_where_no_cloud_is(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A server that has other things at this path is not the booking system."""
    flow_id = await start_flow(hass, "webex")
    wrong = webex_input(hut, advanced={"api_url": f"{hut.base_url}/elsewhere"})
    await refused(hass, flow_id, wrong, "cannot_connect")
    await created(hass, flow_id, wrong | {"advanced": {"api_url": hut.api_url}})


@pytest.mark.parametrize("refuse", [True, False], ids=["nobody listens", "cut"])
async def test_cloud_down(
    hass: HomeAssistant, hut: WebexSimulator, refuse: bool
) -> None:
    """A cloud that is down is tried again when it is up."""
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    await hut.down(refuse=refuse)
    await refused(hass, flow_id, answers, "cannot_connect")
    await hut.up()
    await created(hass, flow_id, answers)


async def test_a_login_page_is_no_cloud(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Behind a captive portal everything answers, and nothing is the cloud."""
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    portal = hut.faults.when().always().html()
    await refused(hass, flow_id, answers, "cannot_connect")
    portal.remove()
    await created(hass, flow_id, answers)


async def test_a_cloud_that_asks_for_patience(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A cloud that is too busy is one that cannot be connected to now."""
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    hut.faults.token().status(429, retry_after=1)
    await refused(hass, flow_id, answers, "cannot_connect")
    await created(hass, flow_id, answers)


async def test_a_cloud_that_sends_its_clients_elsewhere(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Where to poll is the cloud's to say, but not on other hosts."""
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    hut.faults.when(method="PATCH").answer(
        {"queue": {"pollUrl": "https://evil.example/queue"}}
    )
    await refused(hass, flow_id, answers, "cannot_connect")
    await created(hass, flow_id, answers)


@pytest.mark.parametrize("field", ["client_id", "client_secret"])
async def test_wrong_credentials(
    hass: HomeAssistant, hut: WebexSimulator, field: str
) -> None:
    """A wrong secret is refused, and does not use the activation code up."""
    flow_id = await start_flow(hass, "webex")
    right = webex_input(hut)
    await refused(hass, flow_id, right | {field: "wrong"}, "invalid_auth")
    entry = await created(hass, flow_id, right)
    assert entry.data[field] == right[field]


async def test_an_activation_that_was_revoked(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A code whose refresh token was revoked in the meantime needs to be replaced."""
    flow_id = await start_flow(hass, "webex")
    old = webex_input(hut)
    hut.revoke()
    await refused(hass, flow_id, old, "invalid_auth")
    await created(hass, flow_id, webex_input(hut))


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_code_without_a_scope(
    hass: HomeAssistant, hut: WebexSimulator, scope: str
) -> None:
    """The scope that the manifest lacks is named; a better code is accepted."""
    flow_id = await start_flow(hass, "webex")
    hut.app.scopes = tuple(granted for granted in SCOPES if granted != scope)
    told = await refused(hass, flow_id, webex_input(hut), "missing_permission")
    assert told["missing"] == scope
    hut.app.scopes = SCOPES
    await created(hass, flow_id, webex_input(hut))


@pytest.mark.parametrize(
    "command", ["Bookings.List", "Bookings.Book", "Bookings.Delete"]
)
async def test_a_code_without_a_command(
    hass: HomeAssistant, hut: WebexSimulator, command: str
) -> None:
    """The command that the manifest lacks is named; a better code is accepted."""
    commands = ("Bookings.List", "Bookings.Book", "Bookings.Delete")
    flow_id = await start_flow(hass, "webex")
    hut.app.access = Access(commands=tuple(c for c in commands if c != command))
    told = await refused(hass, flow_id, webex_input(hut), "missing_permission")
    assert told["missing"] == command
    hut.app.access = Access(commands=commands)
    await created(hass, flow_id, webex_input(hut))


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/v1/devices", "spark-admin:devices_read"),
        ("/v1/workspaces", "spark-admin:workspaces_read"),
        ("/v1/xapi/schema", "spark:xapi_commands"),
        ("/v1/xapi/status", "spark:xapi_statuses"),
        ("/v1/xapi/command/Bookings.List", "spark:xapi_commands"),
    ],
)
async def test_a_right_that_the_cloud_misses(
    hass: HomeAssistant, hut: WebexSimulator, path: str, missing: str
) -> None:
    """Whatever the code says: where the cloud answers 403, that right is named."""
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    hut.faults.when(path=path).status(403)
    told = await refused(hass, flow_id, answers, "missing_permission")
    assert told["missing"] == missing
    await created(hass, flow_id, answers)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"lifetime": timedelta(minutes=-5)}, id="too old"),
        pytest.param({"key": SigningKey()}, id="signed by somebody else"),
        pytest.param({"key": SigningKey("another")}, id="signed with an unknown key"),
        pytest.param(
            {"appUrl": "https://xapi.example.com/a"}, id="another app address"
        ),
        pytest.param({"appUrl": "not an address"}, id="no app address"),
        pytest.param(
            {"oauthUrl": "https://webexapis.com.example.com/v1/access_token"},
            id="another token address",
        ),
        pytest.param(
            {"oauthUrl": "http://127.0.0.1:1/v1/access_token"}, id="another port"
        ),
        pytest.param({"action": "deprovision"}, id="another purpose"),
        pytest.param({"without": ("jti",)}, id="without its own id"),
        pytest.param({"without": ("refreshToken",)}, id="without a token"),
        pytest.param({"without": ("appId",)}, id="without an app"),
        pytest.param({"without": ("sub",)}, id="without an organisation"),
        pytest.param({"without": ("expiryTime", "iat")}, id="without a time"),
    ],
)
async def test_a_code_that_is_not_valid(
    hass: HomeAssistant, hut: WebexSimulator, claims: dict[str, Any]
) -> None:
    """Too old, signed by somebody else, for another cloud or incomplete: refused.

    Nothing is sent to addresses that such a code names.
    """
    flow_id = await start_flow(hass, "webex")
    wrong = webex_input(hut, activation_code=hut.activation_code(**claims))
    await refused(hass, flow_id, wrong, "invalid_activation_code")
    assert hut.requests.of(path="/v1") == []
    await created(hass, flow_id, webex_input(hut))


@pytest.mark.parametrize(
    "code",
    ["garbage", "a.b.c", "  ", "e30.e30.", "x" * 100_000],
    ids=["text", "dots", "blanks", "unsigned", "a book"],
)
async def test_a_code_that_is_none(
    hass: HomeAssistant, hut: WebexSimulator, code: str
) -> None:
    """Whatever was pasted instead of a code is not one, and is sent to nobody."""
    flow_id = await start_flow(hass, "webex")
    wrong = webex_input(hut, activation_code=code)
    await refused(hass, flow_id, wrong, "invalid_activation_code")
    assert hut.requests.of(path="/v1") == []
    await created(hass, flow_id, webex_input(hut))


async def test_an_address_in_the_clear(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Secrets travel over plain http to this machine only."""
    flow_id = await start_flow(hass, "webex")
    wrong = webex_input(hut, advanced={"api_url": "http://webexapis.com/v1"})
    await refused(hass, flow_id, wrong, "insecure_url")
    await created(hass, flow_id, wrong | {"advanced": {"api_url": hut.api_url}})


async def test_an_organisation_without_rooms(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    """Personal devices are no rooms; when a room has come the same code is still good."""
    async with WebexSimulator(ticking=True) as cloud:
        cloud.add_workspace("Empty")
        cloud.add_personal_device("Ada Lovelace")
        cloud.add_device(cloud.add_workspace("Mute"), xapi=False)
        flow_id = await start_flow(hass, "webex")
        answers = webex_input(cloud)
        await refused(hass, flow_id, answers, "no_rooms")
        cloud.add_device(cloud.add_workspace("Hut"))
        entry = await created(hass, flow_id, answers)
        assert hass.states.get("calendar.hut") is not None
        await hass.config_entries.async_unload(entry.entry_id)


async def test_an_answer_that_nobody_understands(
    hass: HomeAssistant, hut: WebexSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """What has no name is unknown, and the log says of what kind it was."""
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    hut.faults.when(path="/v1/devices").status(418, "I am a teapot")
    await refused(hass, flow_id, answers, "unknown")
    assert "not understood: RejectedError" in caplog.text
    await created(hass, flow_id, answers)


async def test_a_sleeping_device_is_no_reason_to_refuse(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """It is the rights that are tried; a phone that is asleep has them too."""
    hut.devices[0].deep_sleep = True
    await add_webex(hass, hut)


# Codes are good once


async def test_a_code_is_good_for_one_entry(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A code that made an entry makes no other, even when the first has gone."""
    answers = webex_input(hut)
    entry = await created(hass, await start_flow(hass, "webex"), answers)
    await refused(
        hass, await start_flow(hass, "webex"), answers, "invalid_activation_code"
    )
    await hass.config_entries.async_remove(entry.entry_id)
    flow_id = await start_flow(hass, "webex")
    await refused(hass, flow_id, answers, "invalid_activation_code")
    await created(hass, flow_id, webex_input(hut))


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes its time, so that others come in between."""
    save = Store.async_save

    async def save_slowly(store: Store[Any], data: Any) -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        await save(store, data)

    monkeypatch.setattr(Store, "async_save", save_slowly)


@pytest.mark.usefixtures("slow_disk")
async def test_two_people_with_one_code(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Two flows that end at the same moment make one entry."""
    answers = webex_input(cloud)
    flows = [await start_flow(hass, "webex"), await start_flow(hass, "webex")]
    forms = [await submit(hass, flow_id, answers) for flow_id in flows]
    assert [form["step_id"] for form in forms] == ["rooms", "rooms"]
    results = await asyncio.gather(
        *(submit(hass, form["flow_id"], shown(form)) for form in forms)
    )
    await hass.async_block_till_done()
    assert [result["type"] for result in results] == [
        FlowResultType.CREATE_ENTRY,
        FlowResultType.ABORT,
    ]
    assert results[1]["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_form_left_open_is_closed_by_the_entry(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Whoever left a form open elsewhere finds it closed once the entry exists."""
    answers = webex_input(cloud)
    forgotten = await submit(hass, await start_flow(hass, "webex"), answers)
    finished = await submit(hass, await start_flow(hass, "webex"), answers)
    await created(hass, finished["flow_id"], shown(finished))
    with pytest.raises(UnknownFlow):
        await submit(hass, forgotten["flow_id"], shown(forgotten))
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_the_same_organisation_twice(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A second entry for the same integration of the same organisation is refused."""
    await add_webex(hass, hut)
    flow_id = await start_flow(hass, "webex")
    await aborted(hass, flow_id, webex_input(hut), "already_configured")


async def test_another_integration_of_the_same_organisation(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Two workspace integrations of one organisation are two entries."""
    first = await add_webex(hass, hut)
    code = hut.activation_code(appId="another")
    second = await created(
        hass, await start_flow(hass, "webex"), webex_input(hut, activation_code=code)
    )
    assert second.unique_id == f"{hut.app.org_uuid}_another"
    assert second.entry_id != first.entry_id


async def test_an_organisation_that_moved_is_the_same(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """The region is no part of an organisation's name."""
    await add_webex(hass, hut)
    moved = WebexSimulator(region="eu-central-1_k").app.org_id
    assert moved != hut.app.org_id
    flow_id = await start_flow(hass, "webex")
    code = hut.activation_code(sub=moved)
    answers = webex_input(hut, activation_code=code)
    await aborted(hass, flow_id, answers, "already_configured")


@pytest.mark.parametrize("sub", ["a plain id", "bm90IHRoZSBjbG91ZA", "____"])
async def test_an_organisation_by_any_other_name(
    hass: HomeAssistant, hut: WebexSimulator, sub: str
) -> None:
    """Where the organisation is not named in the cloud's long form, it goes by what is there."""
    code = hut.activation_code(sub=sub, orgName="")
    entry = await created(
        hass, await start_flow(hass, "webex"), webex_input(hut, activation_code=code)
    )
    assert entry.unique_id == f"{sub}_{hut.app.app_id}"
    assert entry.title == "Webex"


async def test_a_refresh_token_that_is_replaced_while_it_is_proven(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """The entry is made with the token that the cloud gave last, also at a second try."""
    hut.tokens.rotating = True
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    hut.faults.when(path="/v1/devices").times(2).drop()
    await refused(hass, flow_id, answers, "cannot_connect")
    entry = await created(hass, flow_id, answers)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["refresh_token"] == hut.tokens.refresh_token


# Renewing


async def reauth(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """The form that asks for new credentials."""
    entry.async_start_reauth(hass)
    return await asked_again(hass)


def renewal(sim: WebexSimulator) -> dict[str, str]:
    """What a person types to renew an entry."""
    return {
        "client_secret": sim.client_secret,
        "activation_code": sim.activation_code(),
    }


async def test_renewing_reloads_the_entry(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Secret and code are asked again; what was stored and what was chosen stays."""
    entry = await add_webex(hass, hut)
    hub = entry.runtime_data
    before = dict(entry.data)
    hut.revoke()
    form = await reauth(hass, entry)
    assert fields_of(form) == ["client_secret", "activation_code"]
    await aborted(hass, form["flow_id"], renewal(hut), "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not hub
    assert entry.data == before | {"refresh_token": hut.tokens.refresh_token}


async def test_renewing_with_another_organisations_code(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """An entry stays with its organisation."""
    entry = await add_webex(hass, hut)
    before = dict(entry.data)
    form = await reauth(hass, entry)
    foreign = hut.activation_code(sub="another organisation")
    answers = renewal(hut) | {"activation_code": foreign}
    await aborted(hass, form["flow_id"], answers, "wrong_account")
    assert entry.data == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_auth"),
        ({"activation_code": "garbage"}, "invalid_activation_code"),
    ],
)
async def test_renewing_again_after_an_error(
    hass: HomeAssistant, hut: WebexSimulator, change: dict[str, str], error: str
) -> None:
    """A wrong answer can be put right in the same flow, with the same code."""
    entry = await add_webex(hass, hut)
    form = await reauth(hass, entry)
    right = renewal(hut)
    await refused(hass, form["flow_id"], right | change, error)
    await aborted(hass, form["flow_id"], right, "reauth_successful")


async def test_renewing_uses_the_code_up(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A code that renewed an entry does not do it again, nor does one that made an entry."""
    made = webex_input(hut)
    entry = await created(hass, await start_flow(hass, "webex"), made)
    right = renewal(hut)
    form = await reauth(hass, entry)
    await refused(
        hass,
        form["flow_id"],
        right | {"activation_code": made["activation_code"]},
        "invalid_activation_code",
    )
    await submit(hass, form["flow_id"], right)
    await hass.async_block_till_done()
    form = await reauth(hass, entry)
    await refused(hass, form["flow_id"], right, "invalid_activation_code")


async def test_a_code_for_two_renewals_at_once(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Two forms with one code that end at the same moment: one of them has used it."""
    entry = await add_webex(hass, hut)
    right = renewal(hut)
    renewing = await reauth(hass, entry)
    reconfiguring = await again(hass, entry, SOURCE_RECONFIGURE)
    results = await asyncio.gather(
        submit(hass, renewing["flow_id"], right),
        submit(
            hass,
            reconfiguring["flow_id"],
            webex_input(hut, activation_code=right["activation_code"]),
        ),
    )
    await hass.async_block_till_done()
    assert {result["type"] for result in results} == {
        FlowResultType.ABORT,
        FlowResultType.FORM,
    }
    [form] = [r for r in results if r["type"] is FlowResultType.FORM]
    assert form["errors"] == {"base": "invalid_activation_code"}


# Reconfiguring


async def test_reconfiguring_shows_the_first_step(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """The form holds what is stored, but no secret."""
    entry = await add_webex(hass, hut)
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == [
        "client_id",
        "client_secret",
        "activation_code",
        "advanced",
    ]
    assert shown(form) == {
        "client_id": hut.client_id,
        "advanced": {"api_url": hut.api_url},
    }


async def test_reconfiguring_with_a_new_code(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Another secret and another code are proven, stored and used."""
    entry = await add_webex(hass, hut)
    hub = entry.runtime_data
    hut.revoke()
    hut.tokens.client_secret = "another secret"
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    await aborted(hass, form["flow_id"], webex_input(hut), "reconfigure_successful")
    assert entry.data["client_secret"] == "another secret"
    assert entry.data["refresh_token"] == hut.tokens.refresh_token
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not hub


async def test_reconfiguring_without_a_code(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Who only has a new secret needs no new activation; blanks around it do not matter."""
    entry = await add_webex(hass, hut)
    hut.tokens.client_secret = "another secret"
    hut.tokens.rotating = True
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    answers = {
        "client_id": f" {hut.client_id}",
        "client_secret": "another secret\n",
        "advanced": {"api_url": hut.api_url},
    }
    await aborted(hass, form["flow_id"], answers, "reconfigure_successful")
    assert entry.data["client_id"] == hut.client_id
    assert entry.data["client_secret"] == "another secret"
    assert entry.data["refresh_token"] == hut.tokens.refresh_token
    assert entry.state is ConfigEntryState.LOADED


async def test_reconfiguring_again_after_an_error(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Each error leaves the form filled in; the entry goes on as it was meanwhile."""
    entry = await add_webex(hass, hut)
    before = dict(entry.data)
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    right = webex_input(hut)
    flow_id = form["flow_id"]
    await refused(hass, flow_id, right | {"client_secret": "wrong"}, "invalid_auth")
    await refused(
        hass, flow_id, right | {"advanced": {"api_url": "nonsense"}}, "cannot_connect"
    )
    elsewhere = {"advanced": {"api_url": "http://127.0.0.1:1/v1"}}
    without_code = {k: v for k, v in right.items() if k != "activation_code"}
    await refused(hass, flow_id, without_code | elsewhere, "cannot_connect")
    assert entry.data == before
    assert entry.state is ConfigEntryState.LOADED
    await aborted(hass, flow_id, right, "reconfigure_successful")


async def test_reconfiguring_with_another_organisations_code(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """An entry stays with its organisation."""
    entry = await add_webex(hass, hut)
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    foreign = hut.activation_code(appId="another integration")
    answers = webex_input(hut, activation_code=foreign)
    await aborted(hass, form["flow_id"], answers, "wrong_account")


async def test_reconfiguring_leaves_the_choice_of_rooms(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """What was left out stays out."""
    fjord = cloud.workspace_named("Fjord")
    assert fjord is not None
    entry = await add_webex(hass, cloud, rooms=[fjord.id])
    left_out = entry.data["left_out"]
    assert len(left_out) == 2
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    answers = webex_input(cloud)
    await aborted(hass, form["flow_id"], answers, "reconfigure_successful")
    assert entry.data["left_out"] == left_out
    assert hass.states.get("calendar.aurora") is None


# As the frontend does it


async def test_the_frontend_can_show_every_form(
    hass: HomeAssistant, cloud: WebexSimulator, hass_client: ClientSessionGenerator
) -> None:
    """The whole flow through Home Assistant's own API, as JSON."""
    assert await async_setup_component(hass, "config", {})
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client()
    flows = "/api/config/config_entries/flow"
    answer = await client.post(flows, json={"handler": DOMAIN})
    assert answer.status == 200, await answer.text()
    menu = await answer.json()
    assert menu["type"] == "menu"
    assert "webex" in menu["menu_options"]

    flow = f"{flows}/{menu['flow_id']}"
    answer = await client.post(flow, json={"next_step_id": "webex"})
    form = await answer.json()
    fields = {field["name"]: field for field in form["data_schema"]}
    assert list(fields) == ["client_id", "client_secret", "activation_code", "advanced"]
    assert fields["client_secret"]["selector"]["text"]["type"] == "password"
    assert fields["activation_code"]["required"]
    assert fields["advanced"]["type"] == "expandable"
    assert fields["advanced"]["expanded"] is False
    [address] = fields["advanced"]["schema"]
    assert address["name"] == "api_url"
    assert address["default"] == "https://webexapis.com/v1"

    answer = await client.post(flow, json=webex_input(cloud, client_secret="wrong"))
    form = await answer.json()
    assert form["errors"] == {"base": "invalid_auth"}
    [address] = form["data_schema"][3]["schema"]
    assert address["description"]["suggested_value"] == cloud.api_url

    answer = await client.post(flow, json=webex_input(cloud))
    form = await answer.json()
    assert form["step_id"] == "rooms"
    [rooms] = form["data_schema"]
    assert rooms["selector"]["select"]["multiple"] is True
    chosen = rooms["description"]["suggested_value"]
    assert {o["value"] for o in rooms["selector"]["select"]["options"]} == set(chosen)

    answer = await client.post(flow, json={"rooms": chosen})
    created = await answer.json()
    assert created["type"] == "create_entry"
    await eventually(lambda: hass.states.get("calendar.fjord") is not None)
    await hass.async_block_till_done()

    [entry] = hass.config_entries.async_entries(DOMAIN)
    answer = await client.post(
        flows, json={"handler": DOMAIN, "entry_id": entry.entry_id}
    )
    form = await answer.json()
    assert form["step_id"] == "reconfigure"
    fields = {field["name"]: field for field in form["data_schema"]}
    assert fields["client_id"]["description"]["suggested_value"] == cloud.client_id
    assert not fields["activation_code"].get("required")
    assert cloud.client_secret not in await answer.text()
