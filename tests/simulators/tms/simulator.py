"""The simulator: a TMS behind IIS, and what a test may turn."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, override
from weakref import WeakSet

from aiohttp import web

from tests.simulators.common.certificate import Certificate, server_context
from tests.simulators.common.server import ControlledServer, WebServer
from tests.simulators.common.times import utc_now

from .auth import SCHEMES, Account, Doorman, channel_of
from .control import make_app
from .engine import Caller, Settings, TmsServer, TmsSystem, TmsUser
from .faults import Faults
from .http import BOOKING_PATH, REMOTE_SETUP_PATH, Front
from .operations import Desk
from .outsider import Outsider
from .request_log import Challenge, RequestLog


class TmsSimulator(ControlledServer, WebServer):
    """A Cisco TMS on 127.0.0.1 with one account that may book for others.

    Time comes from `clock`; nothing in it moves by itself.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        username: str = "EXAMPLE\\room.bookings",
        password: str = "secret",  # noqa: S107
        tls: bool = False,
        *,
        api_version: int = 23,
        schemes: Iterable[str] = SCHEMES,
        channel_binding: bool = False,
        settings: Settings | None = None,
        certificate: Certificate | None = None,
        seed: int = 0,
    ) -> None:
        r"""Make a server without systems; nothing listens before `start`.

        `schemes` are those of Negotiate, NTLM and Basic that are offered. With
        `channel_binding` a Windows logon has to be bound to the TLS channel (Extended
        Protection for Authentication). `username` is `DOMAIN\user`.
        """
        super().__init__(server_context() if tls else None)
        settings = settings or Settings()
        settings.api_version = api_version
        self._clock = clock
        self.clock_offset = timedelta()
        """How far its time is off that of `clock`."""
        self.server = TmsServer(self.clock, settings=settings, seed=seed)
        self.local = self.server.local
        """What people do at TMS itself."""
        self.settings = settings
        self.desk = Desk(self.server)
        self.outsider = Outsider(self.server)
        self.faults = Faults()
        self.requests = RequestLog()
        self.challenges: list[Challenge] = []
        """The requests that were sent back with 401."""
        self.violations: list[str] = []
        """What was wrong with requests, in words; a test wants it empty."""
        self.lenient = False
        """Whether elements that no schema knows are ignored, as TMS does."""
        self.gzip = False
        """Whether answers are compressed for those who accept it."""
        self.at_once = 0
        """How many authenticated requests are being handled."""
        self.most_at_once = 0
        self.connections: WeakSet[asyncio.Transport] = WeakSet()
        """Those that have asked for something."""

        self.certificate = certificate if tls else None
        self._channel_binding = channel_binding
        self.doorman = Doorman([], tuple(schemes))
        self._show_certificate()
        self.username = username
        self.user = self.add_account(username, password, book_on_behalf_of=True)

    # Life

    @override
    def _make_app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", Front(self).handle)
        return app

    @override
    def _make_control_app(self) -> web.Application:
        return make_app(self)

    @override
    async def _close(self) -> None:
        self.disconnect()
        await super()._close()

    def clock(self) -> datetime:
        """What time it is there."""
        return self._clock() + self.clock_offset

    # Where it is

    @property
    def url(self) -> str:
        """The server's address, `https://127.0.0.1:PORT`."""
        return f"{'https' if self._context else 'http'}://{self.host}"

    @property
    def booking_url(self) -> str:
        """The address of the booking service."""
        return f"{self.url}{BOOKING_PATH}"

    @property
    def remote_setup_url(self) -> str:
        """The address of the remote setup service."""
        return f"{self.url}{REMOTE_SETUP_PATH}"

    # Who may come in

    @property
    def password(self) -> str:
        """The password of the account that it was made with."""
        account = self.doorman.account(self.username)
        assert account is not None
        return account.password

    @password.setter
    def password(self, password: str) -> None:
        self.set_password(self.username, password)

    def add_account(self, username: str, password: str, **rights: Any) -> TmsUser:
        r"""A Windows account `DOMAIN\user` and its TMS user; `rights` are its fields."""
        self.doorman.accounts.append(Account.of(username, password))
        return self.local.add_user(username, **rights)

    def set_password(self, username: str, password: str) -> None:
        """Change a password; connections that are authenticated stay so."""
        self.doorman.accounts[:] = [
            Account(account.domain, account.user, password)
            if account.is_called(username)
            else account
            for account in self.doorman.accounts
        ]

    @property
    def schemes(self) -> tuple[str, ...]:
        """What is offered, in this order: some of Negotiate, NTLM and Basic."""
        return self.doorman.offered

    @schemes.setter
    def schemes(self, schemes: Iterable[str]) -> None:
        self.doorman.offered = tuple(schemes)

    @property
    def persistent_auth(self) -> bool:
        """Whether a connection stays authenticated."""
        return self.doorman.persistent

    @persistent_auth.setter
    def persistent_auth(self, persistent: bool) -> None:
        self.doorman.persistent = persistent

    @property
    def logons(self) -> Counter[str]:
        """How often each account has logged on."""
        return self.doorman.logons

    @property
    def failed_logons(self) -> Counter[str]:
        """How often a logon has failed, by account."""
        return self.doorman.failed_logons

    def log_everybody_off(self) -> None:
        """Let every connection authenticate anew, as a recycled worker does."""
        self.doorman.forget()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate in hexadecimal digits; empty without TLS."""
        return self.certificate.fingerprint if self.certificate else ""

    def renew_certificate(self) -> str:
        """Show another certificate to new connections; its fingerprint."""
        self.certificate = None
        self._show_certificate()
        return self.fingerprint

    def _show_certificate(self) -> None:
        if self._context is None:
            return
        self.certificate = self.certificate or Certificate.make("tms.example.com")
        self.certificate.show_in(self._context)
        if self._channel_binding:
            self.doorman.bindings = channel_of(bytes.fromhex(self.fingerprint))

    # What there is

    def add_system(
        self, name: str, system_id: int | None = None, **fields: Any
    ) -> TmsSystem:
        """A system of category Room unless told; `fields` are those of TmsSystem."""
        if system_id is None:
            known = [system.system_id for system in self.systems]
            system_id = max(known, default=4) + 1
        return self.local.add_system(system_id, name, **fields)

    @property
    def systems(self) -> tuple[TmsSystem, ...]:
        """All systems."""
        return self.server.get_systems(Caller(self.username))

    # What was asked

    def clear_log(self) -> None:
        """Forget the requests so far, and how many there were at once."""
        self.requests.clear()
        self.challenges.clear()
        self.most_at_once = self.at_once

    def entered(self) -> None:
        """Count a request that begins."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)

    def left(self) -> None:
        """Count a request that ends."""
        self.at_once -= 1

    # When it is not there

    @override
    def disconnect(self) -> None:
        """Cut every connection, idle ones too."""
        for connection in tuple(self.connections):
            connection.abort()
