"""An activation code: what it is about, which rights it has, and everything that it must not be."""

import base64
import json
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.xapi.cloud.activation import (
    REQUIRED_COMMANDS,
    REQUIRED_SCOPES,
    InvalidActivationCodeError,
    action_claims,
    checked_code,
    granted,
    read_activation,
)
from custom_components.room_bookings.backends.xapi.cloud.addresses import (
    Cloud,
    UntrustedAddressError,
)
from custom_components.room_bookings.rooms.errors import (
    PermissionDeniedError,
    RoomError,
    UnreachableError,
)
from tests.backends.xapi.conftest import Rig

from .codes import CLAIMS, NOW, read

# What it is about


@pytest.mark.parametrize(
    "changes",
    [
        {"jti": None},
        {"jti": ""},
        {"jti": {"a": 1}},
        {"action": "deprovision"},
        {"action": None},
        {"refreshToken": None},
        {"refreshToken": ["x"]},
        {"appId": None},
        {"sub": None},
        {"sub": base64.b64encode(b"ciscospark://us/ORGANIZATION/").decode()},
    ],
)
def test_an_incomplete_code_is_refused(changes: dict[str, Any]) -> None:
    """It would not be one that was shown for activation."""
    with pytest.raises(InvalidActivationCodeError):
        read(**changes)


@pytest.mark.parametrize("claim", ["appUrl", "oauthUrl"])
@pytest.mark.parametrize(
    "address",
    [
        None,
        5,
        "",
        "/v1/access_token",
        "http://webexapis.com/v1",
        "https://evil.example.com/v1",
        "https://webexapis.com.evil.example.com/",
        "https://evilwebexapis.com/",
        "https://webexapis.com:8443/",
        "https://user@webexapis.com/",
        "https://user:pass@webexapis.com/",
        "https://webexapis.com@evil.example.com/",
        "https://webexapis.com%2eevil.example.com/",
        "https://127.0.0.1/",
        "https://[::1/",
        "https://webexapis.com:port/",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
def test_addresses_outside_the_cloud_are_refused(claim: str, address: Any) -> None:
    """No secret goes there."""
    with pytest.raises(UntrustedAddressError) as untrusted:
        read(**{claim: address})
    assert "evil" not in str(untrusted.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://webexapis.com/v1/access_token",
        "https://XAPI-R.wbx2.com/x",
        "https://api.ciscospark.com/x",
        "https://xapi.gov.ciscospark.com/x",
        "https://webexapis-usgov.webex.com/v1",
        "https://webexapis.com:443/v1",
    ],
)
def test_ciscos_own_hosts_are_trusted(address: str) -> None:
    """Those that its own integrations know."""
    assert read(appUrl=address).app_url


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://cloud.example.com:8443/app", True),
        ("https://CLOUD.example.com:8443/app", True),
        ("http://cloud.example.com:8443/app", False),
        ("https://cloud.example.com/app", False),
        ("https://x.cloud.example.com:8443/app", False),
        ("https://xapi-r.wbx2.com/app", False),
    ],
)
def test_another_cloud_is_its_host_and_port(address: str, good: bool) -> None:
    """Cisco's hosts are then as foreign as any."""
    cloud = Cloud("https://cloud.example.com:8443/v1")
    changes: dict[str, Any] = {
        "oauthUrl": "https://cloud.example.com:8443/token",
        "appUrl": address,
    }
    if good:
        assert read(cloud=cloud, **changes)
    else:
        with pytest.raises(UntrustedAddressError):
            read(cloud=cloud, **changes)


@pytest.mark.parametrize(
    ("api_url", "region", "address"),
    [
        ("https://webexapis.com/v1", "", "https://xapi-a.wbx2.com/jwks"),
        ("https://webexapis.com/v1", "us-west-2_r", "https://xapi-r.wbx2.com/jwks"),
        ("https://webexapis.com/v1", "us-gov-west-1_a1", "https://xapi.gov.ciscospark.com/jwks"),
        ("http://127.0.0.1:80/v1", "anything", "http://127.0.0.1/jwks"),
        ("https://x.example:8443/a/v1", "", "https://x.example:8443/jwks"),
    ],
)  # fmt: skip
def test_each_region_publishes_its_keys(
    api_url: str, region: str, address: str
) -> None:
    """Another cloud has one place for them."""
    assert str(Cloud(api_url).keys_address(region)) == address


def test_an_unknown_region_is_refused() -> None:
    """Nobody knows where its keys would be."""
    with pytest.raises(UntrustedAddressError):
        Cloud().keys_address("mars-north-1")


@pytest.mark.parametrize(
    ("api_url", "secure"),
    [
        ("https://webexapis.com/v1", True),
        ("https://cloud.example.com/v1", True),
        ("http://localhost:8080/v1", True),
        ("http://127.0.0.9/v1", True),
        ("http://[::1]/v1", True),
        ("http://webexapis.com/v1", False),
        ("http://192.168.1.2/v1", False),
    ],
)
def test_only_this_machine_may_be_spoken_to_in_the_clear(
    api_url: str, secure: bool
) -> None:
    """Everything else is read along the way."""
    assert Cloud(api_url).is_secure is secure


# Rights


@pytest.mark.parametrize("scope", REQUIRED_SCOPES)
@pytest.mark.parametrize("separator", [",", " ", ", "])
def test_a_missing_scope_is_named(scope: str, separator: str) -> None:
    """So that whoever wrote the manifest finds it."""
    scopes = separator.join(s for s in REQUIRED_SCOPES if s != scope)
    with pytest.raises(PermissionDeniedError) as denied:
        read(scopes=scopes)
    assert denied.value.missing == scope


def test_no_scope_at_all_names_the_first() -> None:
    """An empty list is a list."""
    with pytest.raises(PermissionDeniedError):
        read(scopes="")


@pytest.mark.parametrize("command", REQUIRED_COMMANDS)
@pytest.mark.parametrize("as_text", [True, False])
def test_a_missing_command_is_named(command: str, as_text: bool) -> None:
    """Whether the manifest is text (facts 7.2) or an object."""
    access: Any = {"commands": [c for c in REQUIRED_COMMANDS if c != command]}
    with pytest.raises(PermissionDeniedError) as denied:
        read(xapiAccess=json.dumps(access) if as_text else access)
    assert denied.value.missing == command


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes": None},
        {"scopes": 5},
        {"xapiAccess": None},
        {"xapiAccess": "{"},
        {"xapiAccess": "[]"},
        {"xapiAccess": "\ud800"},
        {"xapiAccess": 7},
    ],
)
def test_what_a_code_does_not_speak_of_is_tried_later(changes: dict[str, Any]) -> None:
    """The first request tells."""
    assert read(**changes)


@pytest.mark.parametrize(
    ("patterns", "good"),
    [
        (["Bookings.List"], True),
        (["bookings.LIST"], True),
        (["Bookings.*"], True),
        (["*"], True),
        ("Bookings.*", True),
        ([None, 5, "Bookings.*"], True),
        (["Bookings.Book"], False),
        (["Booking.*"], False),
        ([], False),
        (None, False),
    ],
)
def test_a_right_may_be_a_pattern(patterns: Any, good: bool) -> None:
    """In any case of letters."""
    assert granted("Bookings.List", patterns) is good


# Words of the cloud about the integration


async def test_an_action_is_about_this_integration_and_young(rig: Rig) -> None:
    """What is not is refused."""
    client = rig.client()
    claims = await action_claims(client, rig.sim.action_jwt("update"), NOW)
    assert claims["action"] == "update"
    for odd in (
        {"appId": "another"},
        {"expiryTime": "2026-01-01T08:00:00Z"},
    ):
        with pytest.raises(InvalidActivationCodeError):
            await action_claims(client, rig.sim.action_jwt("update", **odd), NOW)
    eternal = rig.sim.action_jwt("update", expiryTime="9999-12-31T23:59:59Z")
    assert await action_claims(client, eternal, NOW)


@pytest.mark.parametrize("status", [401, 403, 404, 400, 302, 500])
async def test_without_keys_nothing_is_known_about_a_code(
    rig: Rig, status: int
) -> None:
    """That is no fault of the code's, nor of the credentials'."""
    rig.sim.faults.when(path="/jwks").always().status(status)
    with pytest.raises(UnreachableError):
        await checked_code(rig.client(), rig.sim.activation_code(), NOW)


# Anything


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    code=st.one_of(
        st.text(),
        st.binary().map(lambda raw: raw.decode("latin1")),
        st.tuples(st.binary(), st.binary(), st.binary()).map(
            lambda parts: ".".join(
                base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts
            )
        ),
    )
)
async def test_any_text_is_a_code_or_a_typed_error(rig: Rig, code: str) -> None:
    """Most of them before anything is asked."""
    with pytest.raises(RoomError):
        await checked_code(rig.client(), code, NOW)


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "\ud800",
        "a" * 10_000_000,
        f"{'.' * 1000}",
        base64.urlsafe_b64encode(b"[" * 40_000).decode().rstrip("=") + ".e30.e30",
        "eyJhbGciOiJFUzI1NiJ9."
        + base64.urlsafe_b64encode(b'{"a":' * 9_000).decode().rstrip("=")
        + ".e30",
    ],
    ids=["empty", "blank", "half", "huge", "dots", "deep header", "deep"],
)
async def test_monstrous_codes_are_refused(rig: Rig, code: str) -> None:
    """Before anything is asked."""
    with pytest.raises(InvalidActivationCodeError):
        await checked_code(rig.client(), code, NOW)
    assert not rig.asked()


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(
    changes=st.dictionaries(st.sampled_from(sorted(CLAIMS)), _ANY, max_size=4),
    missing=st.sets(st.sampled_from(sorted(CLAIMS)), max_size=2),
)
def test_signed_claims_of_any_kind_are_read_or_refused(
    changes: dict[str, Any], missing: set[str]
) -> None:
    """What the cloud signs may still be anything."""
    claims = {k: v for k, v in {**CLAIMS, **changes}.items() if k not in missing}
    try:
        activation = read_activation(claims, Cloud(), NOW)
    except RoomError:
        return
    assert activation.refresh_token
    assert activation.jti
