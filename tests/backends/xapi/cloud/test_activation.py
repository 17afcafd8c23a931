"""An activation code: what it grants, who signed it and how old it is."""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import jwt
import pytest

from custom_components.room_bookings.backends.xapi.cloud.activation import (
    InvalidActivationCodeError,
    checked_code,
    verified_claims,
)
from tests.backends.xapi.conftest import Rig
from tests.simulators.webex.identity import SigningKey

from .codes import CLAIMS, KEY, KEYS, NOW, ORG_UUID, read

# What a good one grants


async def test_a_code_of_the_cloud_grants_what_it_says(rig: Rig) -> None:
    """Signature, claims and addresses are checked with the cloud's own keys."""
    activation = await checked_code(
        rig.client(), f"  {rig.sim.activation_code()}\n", rig.clock()
    )
    assert activation.refresh_token == rig.sim.tokens.refresh_token
    assert activation.app_url == rig.sim.app_url
    assert activation.app_id == rig.sim.app.app_id
    assert activation.organisation == rig.sim.app.org_uuid
    assert activation.organisation_name == "Atlas Device Management test org"
    assert rig.asked("/jwks") == 1


def test_the_organisation_is_known_by_its_own_id() -> None:
    """For the long form names the region, and organisations move."""
    assert read().organisation == ORG_UUID
    for odd in ("plain", "Zm9v", "+++", "ÿ"):
        assert read(sub=odd).organisation == odd


def test_its_repr_holds_no_secret() -> None:
    """Neither as a value nor in an error."""
    assert "secret-refresh-token" not in repr(read())


# Signature


def _signed(claims: Mapping[str, Any], **headers: Any) -> str:
    return jwt.encode(
        dict(claims), KEY.private, algorithm="ES256", headers={"kid": KEY.kid} | headers
    )


def _none(code: str) -> str:
    return jwt.encode(CLAIMS, "", algorithm="none", headers={"kid": KEY.kid})


def _hmac(code: str) -> str:
    return jwt.encode(
        CLAIMS, KEY.jwk()["x"] * 2, algorithm="HS256", headers={"kid": KEY.kid}
    )


def _es384(code: str) -> str:
    key = ec.generate_private_key(ec.SECP384R1())
    return jwt.encode(CLAIMS, key, algorithm="ES384", headers={"kid": KEY.kid})


def _tampered(code: str) -> str:
    header, _, signature = code.split(".")
    payload = base64.urlsafe_b64encode(json.dumps({**CLAIMS, "orgName": "x"}).encode())
    return f"{header}.{payload.decode().rstrip('=')}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: SigningKey(KEY.kid).sign(CLAIMS),
        lambda _: SigningKey("another").sign(CLAIMS),
        lambda _: jwt.encode(CLAIMS, KEY.private, algorithm="ES256"),
        _none,
        _hmac,
        _es384,
        _tampered,
        lambda code: code[:-4] + "AAAA",
        lambda code: code.rsplit(".", 1)[0] + ".",
    ],
    ids=[
        "wrong key",
        "unknown key",
        "no key named",
        "alg none",
        "HS256",
        "ES384",
        "tampered",
        "signature",
        "no signature",
    ],
)
def test_a_forged_code_is_refused(forge: Callable[[str], str]) -> None:
    """Only the cloud's own key signs, and only by ES256."""
    code = KEY.sign(CLAIMS)
    assert verified_claims(code, KEYS)["jti"] == CLAIMS["jti"]  # type: ignore[arg-type]
    with pytest.raises(InvalidActivationCodeError):
        verified_claims(forge(code), KEYS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "keys",
    [
        None,
        [],
        {"keys": None},
        {"keys": [None, 1, "x"]},
        {"keys": [{**KEY.jwk(), "crv": "P-384"}]},
        {"keys": [{**KEY.jwk(), "x": "AAAA"}]},
        {"keys": [{**KEY.jwk(), "x": 5}]},
        {"keys": [{**KEY.jwk(), "x": KEY.jwk()["y"]}]},
        {"keys": [{**KEY.jwk(), "kty": "oct", "k": "AAAA"}]},
        {"keys": [{"kid": KEY.kid, "crv": "P-256"}]},
    ],
)
def test_keys_that_are_none_sign_nothing(keys: Any) -> None:
    """Whatever is published under that address."""
    with pytest.raises(InvalidActivationCodeError):
        verified_claims(KEY.sign(CLAIMS), keys)


def test_a_key_among_others_is_found() -> None:
    """Also behind records that are none."""
    keys = {"keys": [None, SigningKey("other").jwk(), KEY.jwk()]}
    assert verified_claims(KEY.sign(CLAIMS), keys)  # type: ignore[arg-type]


@pytest.mark.parametrize("age", [timedelta(hours=-2), timedelta(minutes=5)])
def test_times_in_the_token_itself_hold(age: timedelta) -> None:
    """`exp`, `nbf` and `iat` count, where a code has them."""
    at = datetime.now(UTC)
    bad = {"exp": at - timedelta(hours=2)} if age < timedelta(0) else {"nbf": at + age}
    with pytest.raises(InvalidActivationCodeError):
        verified_claims(_signed({**CLAIMS, **bad}), KEYS)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [float("inf"), "soon", [], {}])
@pytest.mark.parametrize("claim", ["iat", "exp", "nbf"])
def test_odd_times_in_the_token_are_refused(claim: str, value: Any) -> None:
    """The token library knows numbers only."""
    payload = json.dumps({**CLAIMS, claim: value}).encode()
    code = jwt.PyJWS().encode(payload, KEY.private, "ES256", headers={"kid": KEY.kid})
    with pytest.raises(InvalidActivationCodeError):
        verified_claims(code, KEYS)  # type: ignore[arg-type]


# Age


@pytest.mark.parametrize(
    ("expiry", "good"),
    [
        ("2026-01-01T08:58:59.999999999Z", False),
        ("2026-01-01T08:59:00.000000001Z", True),
        ("2026-01-01T10:00:00+01:00", True),
        ("2026-01-01T09:00:00+01:00", False),
        ("9999-12-31T23:59:59Z", True),
    ],
)
def test_a_code_expires(expiry: str, good: bool) -> None:
    """Nanoseconds or not; a minute of difference between clocks is forgiven."""
    if good:
        assert read(expiryTime=expiry)
    else:
        with pytest.raises(InvalidActivationCodeError):
            read(expiryTime=expiry)


@pytest.mark.parametrize(
    ("age", "good"), [(0, True), (5 * 60, True), (7 * 60, False), (10**9, False)]
)
@pytest.mark.parametrize("expiry", [None, "", "soon", 5])
def test_without_an_expiry_a_code_is_good_for_five_minutes(
    age: int, good: bool, expiry: Any
) -> None:
    """From when it was made (facts 7.2)."""
    changes: dict[str, Any] = {
        "expiryTime": expiry,
        "iat": int(NOW.timestamp()) - age,
    }
    if good:
        assert read(**changes)
    else:
        with pytest.raises(InvalidActivationCodeError):
            read(**changes)


@pytest.mark.parametrize(
    "issued", [None, "now", [], True, float("nan"), float("inf"), 1e300, -1e300]
)
def test_without_any_time_a_code_is_refused(issued: Any) -> None:
    """Nobody knows how old it is."""
    with pytest.raises(InvalidActivationCodeError):
        read(expiryTime=None, iat=issued)
