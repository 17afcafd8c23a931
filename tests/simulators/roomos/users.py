"""The local users of a device and how they say who they are (facts 4.1, 9.2)."""

import base64
import binascii
from dataclasses import dataclass

ROLES = ("Admin", "Audit", "User", "Integrator", "RoomControl")
SUBPROTOCOL = "auth-"


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
        return _decode("subprotocol", encoded[0].removeprefix(SUBPROTOCOL), "-_")
    if len(authorization) == 1:
        scheme, _, value = authorization[0].partition(" ")
        if scheme.lower() == "basic":
            return _decode("basic", value.strip(), "+/")
    return Credentials()


def _decode(authentication: str, encoded: str, alphabet: str) -> Credentials:
    padding = ""
    if authentication == "subprotocol":
        if "=" in encoded:
            return Credentials(authentication)
        padding = "=" * (-len(encoded) % 4)
    try:
        text = base64.b64decode(
            encoded + padding, altchars=alphabet.encode(), validate=True
        ).decode()
    except binascii.Error, UnicodeError:
        return Credentials(authentication)
    name, colon, password = text.partition(":")
    return Credentials(authentication, name, password) if colon else Credentials()
