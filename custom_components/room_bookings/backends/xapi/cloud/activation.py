"""The activation code of a workspace integration: a signed token (facts 7.2).

Its signature, age and addresses are checked here; that it is used only once is for
the caller to remember, by `Activation.jti`.
"""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import jwt
import orjson

from ....rooms.errors import PermissionDeniedError, RejectedError
from ..wire import Json, JsonObject, as_items, as_object, as_text, as_time
from .addresses import Cloud
from .client import CloudClient

# Without an expiry a code is good for this long after it was made (facts 7.2, WIN).
_DEFAULT_LIFE: Final = timedelta(minutes=5)
_CLOCK_SKEW: Final = timedelta(minutes=1)
_MAX_CODE: Final = 64 * 1024

REQUIRED_SCOPES: Final = (
    "spark-admin:devices_read",
    "spark-admin:workspaces_read",
    "spark:xapi_statuses",
    "spark:xapi_commands",
)
REQUIRED_COMMANDS: Final = ("Bookings.List", "Bookings.Book", "Bookings.Delete")


class InvalidActivationCodeError(RejectedError):
    """Not a code of this cloud, or too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What a valid code grants; its repr holds no secret."""

    jti: str
    organisation: str
    organisation_name: str
    app_id: str
    app_url: str
    oauth_url: str
    refresh_token: str = field(repr=False)


async def checked_code(client: CloudClient, code: str, now: datetime) -> Activation:
    """What an activation code grants, after all checks but its single use."""
    keys = await client.keys(_unverified_region(code))
    return read_activation(verified_claims(code, keys), client.cloud, now)


async def action_claims(client: CloudClient, token: str, now: datetime) -> JsonObject:
    """What the cloud says about this integration, after all checks.

    Raises InvalidActivationCodeError for a token that is not the cloud's, too old, or
    about another integration.
    """
    claims = verified_claims(token, await client.keys(_unverified_region(token)))
    expiry = as_time(claims.get("expiryTime"))
    if expiry is not None and now - _CLOCK_SKEW > expiry:
        raise InvalidActivationCodeError("too old")
    if as_text(claims.get("appId")) not in ("", client.credentials.app_id):
        raise InvalidActivationCodeError("about another integration")
    return claims


def _unverified_region(code: str) -> str:
    """Which region signed a code; nothing else of it is looked at before the signature."""
    try:
        claims = jwt.decode(_sane(code), options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise InvalidActivationCodeError("not a token") from error
    return as_text(claims.get("region"))


def verified_claims(code: str, keys: Json) -> JsonObject:
    """The claims of a token signed by one of the published keys (JWKS), ES256 only."""
    try:
        key_id = jwt.get_unverified_header(_sane(code)).get("kid")
        for entry in as_items(as_object(keys).get("keys")):
            key = as_object(entry)
            if key.get("kid") == key_id and key.get("crv") == "P-256":
                public = jwt.PyJWK.from_dict(dict(key), algorithm="ES256")
                claims: JsonObject = jwt.decode(
                    code.strip(),
                    public,
                    algorithms=["ES256"],
                    leeway=_CLOCK_SKEW,
                    options={"verify_aud": False},
                )
                return claims
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise InvalidActivationCodeError(
            "the signature or the time does not hold"
        ) from error
    raise InvalidActivationCodeError("signed by an unknown key")


def read_activation(claims: JsonObject, cloud: Cloud, now: datetime) -> Activation:
    """What verified claims grant at `now`.

    Raises InvalidActivationCodeError for one that is too old or not a provisioning
    code, UntrustedAddressError for addresses outside the cloud, and
    PermissionDeniedError naming the first right that is missing.
    """
    if as_text(claims.get("action")) != "provision" or not as_text(claims.get("jti")):
        raise InvalidActivationCodeError("not an activation code")
    if now - _CLOCK_SKEW > _expiry(claims):
        raise InvalidActivationCodeError("too old")
    activation = Activation(
        jti=as_text(claims.get("jti")),
        organisation=_organisation(as_text(claims.get("sub"))),
        organisation_name=as_text(claims.get("orgName")),
        app_id=as_text(claims.get("appId")),
        app_url=str(cloud.trusted(claims.get("appUrl"))),
        oauth_url=str(cloud.trusted(claims.get("oauthUrl"))),
        refresh_token=as_text(claims.get("refreshToken")),
    )
    if not (activation.refresh_token and activation.app_id and activation.organisation):
        raise InvalidActivationCodeError("incomplete")
    _check_rights(claims)
    return activation


def granted(wanted: str, patterns: Json) -> bool:
    """Whether a path such as `Bookings.List` is in a list that may hold `Bookings.*`."""
    for item in as_items(patterns):
        pattern = as_text(item).lower()
        if pattern == wanted.lower() or (
            pattern.endswith("*") and wanted.lower().startswith(pattern[:-1])
        ):
            return True
    return False


def _check_rights(claims: JsonObject) -> None:
    """What a code does not speak of is left to the first request that needs it."""
    scopes = claims.get("scopes")
    if isinstance(scopes, str):
        granted_scopes = scopes.replace(",", " ").split()
        for scope in REQUIRED_SCOPES:
            if scope not in granted_scopes:
                raise PermissionDeniedError(scope)
    access = _xapi_access(claims.get("xapiAccess"))
    for command in REQUIRED_COMMANDS:
        if access and not granted(command, access.get("commands")):
            raise PermissionDeniedError(command)


def _xapi_access(value: Json) -> JsonObject:
    """`xapiAccess` is JSON inside a string (facts 7.2); an object is accepted as well."""
    if isinstance(value, str):
        try:
            return as_object(orjson.loads(value))
        except orjson.JSONDecodeError:
            return {}
    return as_object(value)


def _expiry(claims: JsonObject) -> datetime:
    if (expiry := as_time(claims.get("expiryTime"))) is not None:
        return expiry
    issued = claims.get("iat")
    if not isinstance(issued, int | float):
        raise InvalidActivationCodeError("without a time")
    try:
        return datetime.fromtimestamp(issued, UTC) + _DEFAULT_LIFE
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidActivationCodeError("without a time") from error


def _organisation(subject: str) -> str:
    """The organisation's own id out of the cloud's long form; the text itself otherwise.

    The long form carries the region, which changes when an organisation moves.
    """
    try:
        decoded = base64.b64decode(
            subject + "=" * (-len(subject) % 4), validate=True
        ).decode()
    except binascii.Error, UnicodeDecodeError, ValueError:
        return subject
    return (
        decoded.rsplit("/", 1)[-1] if decoded.startswith("ciscospark://") else subject
    )


def _sane(code: str) -> str:
    code = code.strip()
    if not code or len(code) > _MAX_CODE:
        raise InvalidActivationCodeError("not a token")
    return code
