"""API keys and what they may do (facts B1)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from aiohttp import web


class Permission(IntEnum):
    """Whose rights a key has."""

    USER = 0
    SUPPORT = 1
    ADMIN = 2


@dataclass(slots=True)
class ApiKey:
    """A key, as a client sends it."""

    value: str
    permission: Permission = Permission.USER
    scopes: list[str] = field(default_factory=lambda: ["public"])
    expires: datetime | None = None
    revoked: bool = False
    user: str = "Room panels"
    email: str = "panels@example.com"

    @property
    def support(self) -> bool:
        """Whether it may do what support may."""
        return self.permission >= Permission.SUPPORT

    def allows(self, name: str, access: str) -> bool:
        """Whether its scopes let it `read` or `write` something of that name."""
        return bool({"public", name, f"{name}.{access}"} & set(self.scopes))

    def token(self, domain: str, now: datetime) -> dict[str, Any]:
        """What `api_keys/inspect` answers."""
        issued = int(now.timestamp())
        return {
            "iss": "POS",
            "iat": issued,
            "exp": issued + 300,
            "aud": domain,
            "sub": "user-panels",
            "scope": self.scopes,
            "u": {
                "n": self.user,
                "e": self.email,
                "p": int(self.permission),
                "r": [],
            },
        }


def key_of(request: web.Request) -> str | None:
    """The key that a request carries: header, query or cookie, in this order."""
    return (
        request.headers.get("X-API-Key")
        or request.query.get("api-key")
        or request.cookies.get("api-key")
    )
