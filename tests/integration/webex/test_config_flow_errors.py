"""What can go wrong while a Webex organisation is added, and how it is put right in the same flow."""

from datetime import timedelta
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.conftest import webex_input
from tests.integration.flows import Break, created, refused, start_flow
from tests.simulators.webex import Access, WebexSimulator
from tests.simulators.webex.application import SCOPES
from tests.simulators.webex.identity import SigningKey

pytestmark = pytest.mark.usefixtures("patient_cloud")


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


@pytest.mark.parametrize(
    "go_wrong",
    [
        # Behind a captive portal everything answers, and nothing is the cloud.
        pytest.param(lambda hut: hut.faults.when().always().html(), id="login page"),
        # One that is too busy is one that cannot be connected to now.
        pytest.param(
            lambda hut: hut.faults.token().status(429, retry_after=1), id="busy"
        ),
        # Where to poll is the cloud's to say, but not on other hosts.
        pytest.param(
            lambda hut: hut.faults.when(method="PATCH").answer(
                {"queue": {"pollUrl": "https://evil.example/queue"}}
            ),
            id="sends its clients elsewhere",
        ),
    ],
)
async def test_what_is_no_cloud_now(
    hass: HomeAssistant, hut: WebexSimulator, go_wrong: Break
) -> None:
    """The form stays filled in, and can be sent again when it is put right."""
    flow_id = await start_flow(hass, "webex")
    answers = webex_input(hut)
    go_wrong(hut)
    await refused(hass, flow_id, answers, "cannot_connect")
    hut.faults.clear()
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
