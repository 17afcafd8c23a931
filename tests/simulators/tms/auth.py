"""Who may come in: Windows authentication per connection, Basic per request.

pyspnego's acceptor does the NTLM arithmetic. It knows accounts only from the file that
the environment names, so one is written for the moment of each step.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
import os
import struct
import tempfile
from typing import Any
from weakref import WeakKeyDictionary

import spnego
from spnego._ntlm_raw.crypto import ntowfv1
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

SCHEMES = ("Negotiate", "NTLM", "Basic")
"""In the order in which IIS offers them."""
_AUTHENTICATE = b"NTLMSSP\x00\x03\x00\x00\x00"
_REALM = 'Basic realm="tms.example.com"'


@dataclass(frozen=True, slots=True)
class Account:
    r"""A Windows account; `DOMAIN\user` in any case, or `user` alone, names it."""

    domain: str
    user: str
    password: str

    @property
    def name(self) -> str:
        r"""`DOMAIN\user`."""
        return f"{self.domain}\\{self.user}" if self.domain else self.user

    def is_called(self, name: str) -> bool:
        """Whether a logon with that name means this account."""
        return name.casefold() in (self.name.casefold(), self.user.casefold())

    @classmethod
    def of(cls, name: str, password: str) -> Account:
        r"""The account that `DOMAIN\user` names."""
        domain, _, user = name.rpartition("\\")
        return cls(domain, user, password)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Let in as `user`; `headers` belong to the answer."""

    user: str
    headers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Sent back with 401 and `headers`; `failed` where a logon was tried and failed."""

    headers: Sequence[tuple[str, str]]
    failed: str = ""


@dataclass(slots=True)
class _Connection:
    user: str = ""
    step: Any = None
    """The acceptor that waits for the client's answer to its challenge."""


@dataclass(slots=True)
class Doorman:
    """Accounts, what is offered, and who has come in over which connection."""

    accounts: list[Account]
    offered: tuple[str, ...] = SCHEMES
    persistent: bool = True
    """Whether a connection stays authenticated, as IIS has it by default."""
    bindings: GssChannelBindings | None = None
    """The TLS channel that a Windows logon has to be bound to, where required."""
    logons: Counter[str] = field(default_factory=Counter)
    failed_logons: Counter[str] = field(default_factory=Counter)
    _connections: WeakKeyDictionary[Any, _Connection] = field(
        default_factory=WeakKeyDictionary
    )

    def admit(
        self, connection: object, authorization: str | None
    ) -> Admitted | Refused:
        """Decide about a request on a connection."""
        state = self._connections.setdefault(connection, _Connection())
        if authorization is None:
            if state.user and self.persistent:
                return Admitted(state.user, (("Persistent-Auth", "true"),))
            return self._refuse()
        scheme, _, text = authorization.partition(" ")
        offered = {name.casefold(): name for name in self.offered}
        name = offered.get(scheme.casefold())
        try:
            token = base64.b64decode(text, validate=True)
        except binascii.Error:
            return self._refuse()
        match name:
            case None:
                return self._refuse()
            case "Basic":
                return self._basic(token)
            case _:
                return self._windows(state, name, token)

    def forget(self) -> None:
        """Let every connection authenticate anew, as a recycled worker does."""
        self._connections.clear()

    @property
    def offers(self) -> tuple[tuple[str, str], ...]:
        """The headers of an answer 401."""
        return tuple(
            ("WWW-Authenticate", _REALM if scheme == "Basic" else scheme)
            for scheme in self.offered
        )

    def account(self, name: str) -> Account | None:
        """The account that a logon with that name means."""
        return next((a for a in self.accounts if a.is_called(name)), None)

    def _basic(self, token: bytes) -> Admitted | Refused:
        name, _, password = token.decode("utf-8", "replace").partition(":")
        account = self.account(name)
        if account is None or account.password != password:
            return self._fail(name)
        self.logons[account.name] += 1
        return Admitted(account.name)

    def _windows(
        self, state: _Connection, scheme: str, token: bytes
    ) -> Admitted | Refused:
        state.user = ""
        name = _user_of(token)
        if name is not None and state.step is None:
            return self._refuse()
        try:
            with _accounts_file(self.accounts):
                if name is None:
                    state.step = _acceptor(token, self.bindings)
                answer = state.step.step(token)
        except SpnegoError, ValueError, struct.error:
            state.step = None
            return self._fail(name) if name else self._refuse()
        text = "" if answer is None else f" {base64.b64encode(answer).decode()}"
        if not state.step.complete:
            return Refused((("WWW-Authenticate", f"{scheme}{text}"),))
        state.step = None
        account = self.account(name or "")
        if account is None:
            return self._fail(name or "")
        self.logons[account.name] += 1
        if self.persistent:
            state.user = account.name
        headers = [("Persistent-Auth", "true" if self.persistent else "false")]
        if text:
            headers.append(("WWW-Authenticate", f"{scheme}{text}"))
        return Admitted(account.name, headers)

    def _fail(self, name: str) -> Refused:
        account = self.account(name)
        name = account.name if account else name
        self.failed_logons[name] += 1
        return Refused(self.offers, name)

    def _refuse(self) -> Refused:
        return Refused(self.offers)


def channel_of(der_hash: bytes) -> GssChannelBindings:
    """The channel that ends in the certificate with that hash (RFC 5929)."""
    return GssChannelBindings(application_data=b"tls-server-end-point:" + der_hash)


def _acceptor(token: bytes, bindings: GssChannelBindings | None) -> Any:
    """An acceptor for NTLM, bare (as most clients send it) or within SPNEGO."""
    bare = token.startswith(b"NTLMSSP\x00")
    return spnego.server(
        protocol="ntlm" if bare else "negotiate",
        options=spnego.NegotiateOptions.use_ntlm
        if bare
        else spnego.NegotiateOptions.use_negotiate,
        channel_bindings=bindings,
    )


def _user_of(token: bytes) -> str | None:
    r"""The `DOMAIN\user` of an NTLM AUTHENTICATE message; None for another message."""
    begin = token.find(_AUTHENTICATE)
    if begin < 0:
        return None
    message = token[begin:]
    if len(message) < 64:
        return ""
    encoding = "utf-16-le" if message[60] & 1 else "cp437"
    parts = []
    for position in (28, 36):
        length, _, offset = struct.unpack_from("<HHI", message, position)
        parts.append(message[offset : offset + length].decode(encoding, "replace"))
    return "\\".join(filter(None, parts))


@contextmanager
def _accounts_file(accounts: Sequence[Account]) -> Iterator[None]:
    """Name a file of the accounts, in smbpasswd's format, to pyspnego."""
    before = os.environ.get("NTLM_USER_FILE")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        for account in accounts:
            digest = ntowfv1(account.password).hex().upper()
            for name in {account.name, account.user}:
                file.write(f"{name}:1000:{'0' * 32}:{digest}:[U]:LCT-0\n")
        file.flush()
        os.environ["NTLM_USER_FILE"] = file.name
        try:
            yield
        finally:
            if before is None:
                del os.environ["NTLM_USER_FILE"]
            else:
                os.environ["NTLM_USER_FILE"] = before
