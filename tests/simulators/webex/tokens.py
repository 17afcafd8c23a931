"""Access and refresh tokens (facts 7.3)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
import secrets
from typing import Any

from .errors import ApiError

LIFETIME = 64_800
"""Seconds an access token of a Workspace Integration lives: 18 h (facts 7.3)."""
REFRESH_LIFETIME = 7_776_000
"""Seconds a refresh token lives: 90 days (facts 7.3)."""

_UNAUTHORIZED = (
    "The request requires a valid access token set in the Authorization request header."
)


class Tokens:
    """The tokens of one Workspace Integration."""

    def __init__(self, clock: Callable[[], datetime], client_id: str) -> None:
        """Start with a refresh token and without access tokens."""
        self._clock = clock
        self._access: dict[str, datetime] = {}
        self.client_id = client_id
        self.client_secret = secrets.token_hex(32)
        self.refresh_token = self._new_refresh_token()
        self.lifetime = LIFETIME
        self.rotating = False
        """Whether each use of the refresh token replaces it."""
        self.granted = 0
        """How many access tokens were granted."""

    @staticmethod
    def _new_refresh_token() -> str:
        return secrets.token_urlsafe(48)

    def exchange(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Grant an access token; raises `ApiError`."""
        if body.get("grant_type") != "refresh_token":
            raise ApiError(400, "Unsupported grant type")
        if (body.get("client_id"), body.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            raise ApiError(401, "Invalid client id or client secret")
        if body.get("refresh_token") != self.refresh_token:
            raise ApiError(400, "Invalid refresh token")
        if self.rotating:
            self.refresh_token = self._new_refresh_token()
        access_token = secrets.token_urlsafe(48)
        self._access[access_token] = self._clock() + timedelta(seconds=self.lifetime)
        self.granted += 1
        return {
            "access_token": access_token,
            "expires_in": self.lifetime,
            "refresh_token": self.refresh_token,
            "refresh_token_expires_in": REFRESH_LIFETIME,
        }

    def check(self, authorization: str | None) -> None:
        """Raise `ApiError` 401 unless the header carries a token that lives."""
        scheme, _, token = (authorization or "").partition(" ")
        expiry = self._access.get(token)
        if scheme != "Bearer" or expiry is None or expiry <= self._clock():
            raise ApiError(401, _UNAUTHORIZED)

    def expire(self) -> None:
        """Let all access tokens expire now; the refresh token stays good."""
        self._access.clear()

    def replace_refresh_token(self, refresh_token: str | None = None) -> str:
        """Put another refresh token in the place of the present one, which it ends."""
        self.refresh_token = refresh_token or self._new_refresh_token()
        return self.refresh_token
