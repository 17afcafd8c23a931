"""Who may come in, and how often one may guess."""

import asyncio
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address, ip_network
from secrets import token_bytes
from typing import Final

# So many wrong passwords are a person who types.
_FREE: Final = 5
# Each further one costs its source so much longer for the next, in seconds, up to a limit.
_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 10.0
# A source is forgotten after so many seconds without a wrong password.
_FORGOTTEN_AFTER: Final = 900.0
# So many sources are remembered, and so many turns of each are given ahead.
_SOURCES: Final = 1024
_AHEAD: Final = 4
# Who has one IPv6 address has all of its network.
_IPV6_NETWORK: Final = 64


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows, as bytes: what encoding they have is the client's secret."""

    username: bytes
    password: bytes


def shown_credentials(headers: Sequence[str]) -> Credentials | None:
    """The credentials in the `Authorization` headers of a request (RFC 7617); None for none."""
    if len(headers) != 1:
        return None
    scheme, _, token = headers[0].partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        plain = b64decode(token.strip(), validate=True)
    except ValueError:
        return None
    username, colon, password = plain.partition(b":")
    return Credentials(username, password) if colon else None


class Access:
    """One user name and one password, of which only digests are kept."""

    def __init__(self, username: str, password: str) -> None:
        """Take what is right."""
        # Digests of one process are of no use anywhere else.
        self._salt = token_bytes(32)
        self._username = self._digest(username.encode())
        self._password = self._digest(password.encode())

    def admits(self, shown: Credentials) -> bool:
        """Whether both are right; takes as long whichever of them is wrong."""
        username = compare_digest(self._digest(shown.username), self._username)
        password = compare_digest(self._digest(shown.password), self._password)
        return username & password

    def _digest(self, text: bytes) -> bytes:
        return sha256(self._salt + text).digest()


@dataclass(slots=True)
class _Source:
    """Somebody who guessed: how often, when last, and when the next turn is."""

    wrong: int = 0
    last: float = 0.0
    turn_at: float = 0.0

    @property
    def pause(self) -> float:
        return min(_PAUSE * max(0, self.wrong - _FREE), _LONGEST_PAUSE)


class Brakes:
    """Gives turns to those who guessed wrong; nobody else ever waits.

    Right or wrong is not looked at before the turn has come: the time that an answer takes
    tells nothing, and guessing at the same time gains none.
    """

    def __init__(self) -> None:
        """Know nobody yet."""
        self._sources: OrderedDict[str, _Source] = OrderedDict()

    async def turn(self, name: str) -> bool:
        """Return when it is this source's turn; False if there is none to be had for long."""
        source = self._sources.get(name)
        if source is None:
            return True
        now = asyncio.get_running_loop().time()
        if now - source.last > _FORGOTTEN_AFTER:
            del self._sources[name]
            return True
        turn_at = max(now, source.turn_at)
        if turn_at - now > _AHEAD * source.pause:
            return False
        # Who does not wait for it has spent it all the same.
        source.turn_at = turn_at + source.pause
        await asyncio.sleep(turn_at - now)
        return True

    def wrong(self, name: str) -> bool:
        """Somebody guessed wrong; True if that is the first time in a while."""
        first = name not in self._sources
        source = self._sources.setdefault(name, _Source())
        self._sources.move_to_end(name)
        source.wrong += 1
        source.last = asyncio.get_running_loop().time()
        source.turn_at = max(source.turn_at, source.last + source.pause)
        if len(self._sources) > _SOURCES:
            self._sources.popitem(last=False)
        return first

    def right(self, name: str) -> None:
        """Somebody knew it."""
        self._sources.pop(name, None)


def source_of(remote: str | None) -> str:
    """Whom a request comes from: its address, of IPv6 the network."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), _IPV6_NETWORK), strict=False))
    return str(address)
