"""Activation codes, tokens and provisioning of the simulated cloud, literally (facts/cisco-xapi.md 7.2 to 7.4)."""

from datetime import timedelta
import json
import re
from typing import Any

import jwt
import pytest

from tests.simulators.webex import WebexSimulator
from tests.simulators.webex.identity import SigningKey
from tests.simulators.xapi import Device
from tests.simulators_tests.conftest import Clock

from .client import Client

# Activation code (7.2)


async def test_an_activation_code_has_the_claims_of_the_captured_one(
    sim: WebexSimulator, client: Client
) -> None:
    """Header, claims and key are those of facts 7.2."""
    code = sim.activation_code()
    keys = (await client.get("/jwks", headers={})).body["keys"]
    assert set(keys[0]) == {"kty", "use", "crv", "kid", "x", "y", "alg"}
    assert (keys[0]["kty"], keys[0]["crv"], keys[0]["alg"]) == ("EC", "P-256", "ES256")
    header = jwt.get_unverified_header(code)
    assert header == {"kid": keys[0]["kid"], "typ": "JWT", "alg": "ES256"}
    claims = jwt.decode(
        code, jwt.PyJWK(keys[0]), algorithms=["ES256"], options={"verify_iat": False}
    )
    assert set(claims) == {
        "sub",
        "oauthUrl",
        "orgName",
        "appUrl",
        "manifestUrl",
        "appId",
        "expiryTime",
        "action",
        "webexapisBaseUrl",
        "scopes",
        "region",
        "iat",
        "jti",
        "refreshToken",
        "xapiAccess",
    }
    assert claims["action"] == "provision"
    assert claims["sub"].startswith("Y2lzY29zcGFyazovL3VybjpURUFNOnVz")
    assert claims["oauthUrl"] == f"{sim.base_url}/v1/access_token"
    assert claims["webexapisBaseUrl"] == f"{sim.base_url}/v1"
    assert re.fullmatch(
        re.escape(f"{sim.base_url}/xapi/api/organizations/")
        + f"[0-9a-f-]{{36}}/apps/{claims['appId']}",
        claims["appUrl"],
    )
    assert claims["manifestUrl"].startswith(f"{sim.base_url}/")
    assert claims["expiryTime"] == "2026-01-02T09:00:00.349444270Z"
    assert claims["iat"] == int(sim.clock().timestamp())
    assert set(json.loads(claims["xapiAccess"])) == {"commands", "statuses", "events"}
    assert "spark:xapi_commands" in claims["scopes"].split(",")


async def test_each_activation_code_has_its_own_jti_and_can_be_bent(
    sim: WebexSimulator, client: Client
) -> None:
    """Claims, lifetime and key are the test's to choose."""

    def claims(code: str) -> dict[str, Any]:
        decoded: dict[str, Any] = jwt.decode(code, options={"verify_signature": False})
        return decoded

    first, second = (claims(sim.activation_code()) for _ in range(2))
    assert first["jti"] != second["jti"]
    bent = claims(
        sim.activation_code(
            lifetime=timedelta(hours=-1),
            without=("jti",),
            appUrl="https://evil.example.com/",
        )
    )
    assert "jti" not in bent
    assert bent["appUrl"] == "https://evil.example.com/"
    assert bent["expiryTime"].startswith("2026-01-01T08:00:00")
    forged = sim.activation_code(key=SigningKey(sim.key.kid))
    jwk = (await client.get("/jwks")).body["keys"][0]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(
            forged, jwt.PyJWK(jwk), algorithms=["ES256"], options={"verify_iat": False}
        )


# Tokens (7.3)


@pytest.mark.parametrize("form", [False, True])
async def test_a_token_lives_for_18_hours(
    client: Client, clock: Clock, form: bool
) -> None:
    """JSON and form bodies are both accepted."""
    fields = client.grant()
    answer = await client.request(
        "POST", "/v1/access_token", **({"data": fields} if form else {"json": fields})
    )
    assert answer.status == 200
    assert answer.body["expires_in"] == 64_800
    assert answer.body["refresh_token"] == fields["refresh_token"]
    client.headers = {"Authorization": f"Bearer {answer.body['access_token']}"}
    clock.pass_by(seconds=64_799)
    assert (await client.get("/v1/devices")).status == 200
    clock.pass_by(seconds=1)
    assert (await client.get("/v1/devices")).status == 401


async def test_a_rotating_refresh_token_is_good_once(
    sim: WebexSimulator, client: Client
) -> None:
    """The answer carries the next one."""
    sim.tokens.rotating = True
    old = sim.tokens.refresh_token
    answer = await client.authorize()
    assert answer.body["refresh_token"] != old
    refused = await client.post("/v1/access_token", client.grant(refresh_token=old))
    assert refused.status == 400


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"client_secret": "guess"}, 401),
        ({"client_id": "guess"}, 401),
        ({"refresh_token": "guess"}, 400),
        ({"grant_type": "password"}, 400),
    ],
)
async def test_wrong_credentials_are_refused_with_webex_error_body(
    client: Client, wrong: dict[str, str], status: int
) -> None:
    """`{"message", "errors": [{"description"}], "trackingId"}` (6.4)."""
    answer = await client.post("/v1/access_token", client.grant(**wrong))
    assert answer.status == status
    assert set(answer.body) == {"message", "errors", "trackingId"}
    assert answer.body["errors"][0]["description"] == answer.body["message"]
    assert answer.body["trackingId"].startswith("ROUTER_")


async def test_without_a_token_everything_is_401(
    sim: WebexSimulator, client: Client, phone: Device
) -> None:
    """Bearer check."""
    for path in (
        "/v1/devices",
        "/v1/workspaces",
        f"/v1/xapi/status?deviceId={phone.id}&name=Bookings.*",
        sim.app.path,
        f"{sim.app.path}/queue",
    ):
        answer = await client.get(path)
        assert answer.status == 401
        assert (
            answer.headers["TrackingID"] == answer.body["trackingId"]
            or (answer.headers["TrackingID"])
        )
    assert (await client.command(phone, "Bookings.List")).status == 401


async def test_expired_and_revoked_tokens(
    sim: WebexSimulator, integration: Client
) -> None:
    """Expiry leaves the refresh token good, revocation does not."""
    sim.expire_tokens()
    assert (await integration.get("/v1/devices")).status == 401
    fields = integration.grant(refresh_token=integration.claims["refreshToken"])
    assert (await integration.post("/v1/access_token", fields)).status == 200
    sim.revoke()
    assert (await integration.post("/v1/access_token", fields)).status == 400
    assert (await integration.authorize()).status == 200


# Provisioning (7.4)


async def test_provisioning_completes_with_a_queue(
    sim: WebexSimulator, client: Client
) -> None:
    """The resource of facts 7.4."""
    answer = await client.provision()
    assert answer.status == 200
    assert {
        "id",
        "manifestVersion",
        "provisioningState",
        "operationalState",
        "queue",
        "xapiAccessKeys",
        "scopes",
        "roles",
        "createdAt",
        "updatedAt",
        "actionsUrl",
        "publicLocationIds",
        "features",
        "availability",
        "customer",
    } == set(answer.body)
    assert answer.body["provisioningState"] == "completed"
    assert answer.body["queue"] == {
        "state": "enabled",
        "pollUrl": f"{client.claims['appUrl']}/queue",
    }
    assert set(answer.body["xapiAccessKeys"]) == {"commands", "statuses", "events"}
    again = await client.get(client.claims["appUrl"])
    assert again.body == answer.body


async def test_a_removed_integration_is_404_until_it_is_installed_again(
    sim: WebexSimulator, integration: Client
) -> None:
    """DELETE appUrl deactivates it."""
    app_url = integration.claims["appUrl"]
    assert (await integration.request("DELETE", app_url)).status == 204
    assert (await integration.get(app_url)).status == 404
    assert (await integration.get(integration.poll_url)).status == 404
    assert (await integration.provision()).status == 200
