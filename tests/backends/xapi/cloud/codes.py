"""An activation code as in the captured one (facts 7.2)."""

import base64
from datetime import UTC, datetime
from typing import Any

from custom_components.room_bookings.backends.xapi.cloud.activation import (
    REQUIRED_SCOPES,
    Activation,
    read_activation,
)
from custom_components.room_bookings.backends.xapi.cloud.addresses import Cloud
from tests.simulators.webex.identity import SigningKey

NOW = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
ORG_UUID = "3a6ff373-0000-4000-8000-ac130002ac13"
ORG = f"ciscospark://urn:TEAM:us-east-1_int13/ORGANIZATION/{ORG_UUID}"
KEY = SigningKey()
KEYS = {"keys": [KEY.jwk()]}
# As in the captured one (facts 7.2).
CLAIMS: dict[str, Any] = {
    "sub": base64.b64encode(ORG.encode()).decode().rstrip("="),
    "oauthUrl": "https://integration.webexapis.com/v1/access_token",
    "orgName": "Atlas Device Management test org",
    "appUrl": "https://xapi-intb.ciscospark.com/xapi/api/organizations/1/apps/2",
    "manifestUrl": "https://xapi-intb.ciscospark.com/xapi/api/organizations/1/appManifests/2",
    "appId": "bc6b6972-538e-11ec-bf63-0242ac130002",
    "expiryTime": "2026-01-02T09:00:00.349444270Z",
    "action": "provision",
    "webexapisBaseUrl": "https://integration.webexapis.com/v1",
    "scopes": ",".join(REQUIRED_SCOPES),
    "region": "us-east-1_int13",
    "iat": int(NOW.timestamp()),
    "jti": "XIRecQcOStCKent4VQDeUA==",
    "refreshToken": "secret-refresh-token",
    "xapiAccess": '{"commands":["Bookings.*"],"statuses":["Bookings.*"],"events":[]}',
}


def read(now: datetime = NOW, cloud: Cloud | None = None, **changes: Any) -> Activation:
    """What the captured claims grant, with some of them changed; None leaves one out."""
    claims = {k: v for k, v in {**CLAIMS, **changes}.items() if v is not None}
    return read_activation(claims, cloud or Cloud(), now)
