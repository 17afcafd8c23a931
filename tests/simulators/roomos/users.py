"""The local users of a device and how they say who they are (facts 4.1, 9.2)."""

import base64
import binascii
from dataclasses import dataclass
import re

ROLES = ("Admin", "Audit", "User", "Integrator", "RoomControl")
SUBPROTOCOL = "auth-"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class User:
    """A local user."""

    name: str
    password: str
    roles: frozenset[str] = frozenset({"Admin"})

    @property
    def may_use_bookings(self) -> bool:
        """Whether Bookings commands, events and status are open to the user."""
        return bool(self.roles & {"Admin", "User"})

    @property
    def is_admin(self) -> bool:
        """Whether configuration and Put are open to the user."""
        return "Admin" in self.roles


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a handshake carried; without a name nothing that could be read."""

    authentication: str = ""
    name: str = ""
    password: str = ""


def read_credentials(authorization: list[str], subprotocols: list[str]) -> Credentials:
    """The credentials of a handshake, from its headers' values.

    A subprotocol counts only as base64url without padding, and alone (facts 4.1).
    """
    offered = [one.strip() for value in subprotocols for one in value.split(",")]
    encoded = [one for one in offered if one.startswith(SUBPROTOCOL)]
    if encoded:
        if len(offered) != 1:
            return Credentials("subprotocol")
        return _subprotocol(encoded[0].removeprefix(SUBPROTOCOL))
    if len(authorization) == 1:
        scheme, _, value = authorization[0].partition(" ")
        if scheme.lower() == "basic":
            return _decode("basic", value.strip())
    return Credentials()


def _subprotocol(encoded: str) -> Credentials:
    if not _BASE64URL.fullmatch(encoded):
        return Credentials("subprotocol")
    standard = encoded.translate(str.maketrans("-_", "+/"))
    return _decode("subprotocol", standard + "=" * (-len(standard) % 4))


def _decode(authentication: str, encoded: str) -> Credentials:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except binascii.Error, UnicodeError:
        return Credentials(authentication)
    name, colon, password = text.partition(":")
    if not colon:
        return Credentials(authentication)
    return Credentials(authentication, name, password)
