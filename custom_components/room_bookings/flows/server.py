"""Setting up a server with rooms: the same three forms, whichever system it is."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import Field, asdict, dataclass
from typing import Any, ClassVar, Final, Protocol

import voluptuous as vol
from yarl import URL

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant

from ..backends.addresses import is_loopback, is_web_address
from ..const import CONF_SYSTEM
from ..rooms.room import Room
from .common import FlowError, RoomsStep

# What is stored and never shown again.
_SECRETS: Final = ("password", "api_key")


class Address(Protocol):
    """Where a server is and who we are to it: a dataclass that is stored field by field."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def url(self) -> str:
        """The server's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a server showed of itself; `identity` where only it can tell."""

    rooms: Sequence[Room]
    identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKind[A: Address]:
    """What is particular about setting up the servers of one system.

    `first` is the form for a new server, `again` the one for what expires. `address`
    reads a form, filled up with what is stored, and raises FlowError; `identity` tells
    the unique id before anything is sent, None where the server has to say it. `prove`
    finds the rooms, and raises FlowError.
    """

    system: str
    first: vol.Schema
    again: vol.Schema
    address: Callable[[Mapping[str, Any]], A]
    identity: Callable[[A], str | None]
    prove: Callable[[HomeAssistant, A], Awaitable[Proof]]


class ServerSteps(RoomsStep):
    """Add, renew and reconfigure a server."""

    async def server_step[A: Address](
        self, kind: ServerKind[A], user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Take the server's address and who we are to it."""
        problem: FlowError | None = None
        if user_input is not None:
            try:
                address = kind.address(user_input)
                if await self._identify(kind.identity(address)):
                    self._abort_if_unique_id_configured()
                proof = await _proven(self.hass, kind, address)
            except FlowError as error:
                problem = error
            else:
                if await self._identify(proof.identity):
                    self._abort_if_unique_id_configured()
                data = {CONF_SYSTEM: kind.system, **asdict(address)}
                return await self.finish(server_name(address.url), data, proof.rooms)
        return self.form(kind.system, kind.first, user_input, problem)

    async def server_reauth[A: Address](
        self, kind: ServerKind[A], user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask again for what expires; it is still the same account."""
        entry = self._get_reauth_entry()
        problem: FlowError | None = None
        if user_input is not None:
            try:
                address = kind.address({**entry.data, **user_input})
                if await self._identify(kind.identity(address)):
                    self._abort_if_unique_id_mismatch(reason="wrong_account")
                proof = await _proven(self.hass, kind, address)
            except FlowError as error:
                problem = error
            else:
                if await self._identify(proof.identity):
                    self._abort_if_unique_id_mismatch(reason="wrong_account")
                return self.async_update_reload_and_abort(
                    entry, data_updates=asdict(address)
                )
        return self.form(
            "reauth_confirm", kind.again, user_input or _shown(entry.data), problem
        )

    async def server_reconfigure[A: Address](
        self, kind: ServerKind[A], user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the first step again; servers move and accounts are renamed."""
        entry = self._get_reconfigure_entry()
        problem: FlowError | None = None
        if user_input is not None:
            try:
                address = kind.address(user_input)
                await self._identify(kind.identity(address))
                self._abort_if_another(entry.unique_id)
                proof = await _proven(self.hass, kind, address)
            except FlowError as error:
                problem = error
            else:
                if await self._identify(proof.identity):
                    self._abort_if_unique_id_mismatch(reason="wrong_account")
                return self.async_update_reload_and_abort(
                    entry,
                    unique_id=self.unique_id,
                    data_updates=asdict(address),
                )
        return self.form(
            "reconfigure", kind.first, user_input or _shown(entry.data), problem
        )

    def _abort_if_another(self, unique_id: str | None) -> None:
        """Abort if this is a server that another entry has."""
        if self.unique_id not in (None, unique_id):
            self._abort_if_unique_id_configured()

    async def _identify(self, identity: str | None) -> bool:
        """Take a unique id, if there is one; a form that is open elsewhere does not matter."""
        if identity is not None:
            await self.async_set_unique_id(identity, raise_on_progress=False)
        return identity is not None


async def _proven[A: Address](
    hass: HomeAssistant, kind: ServerKind[A], address: A
) -> Proof:
    proof = await kind.prove(hass, address)
    if not proof.rooms:
        raise FlowError("no_rooms")
    return proof


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in _SECRETS}


def web_address(text: str) -> URL:
    """What a person typed as a server's address, https unless it says so; raises FlowError."""
    text = text.strip()
    try:
        url = URL(text if "://" in text else f"https://{text}")
        usable = is_web_address(url)
    except ValueError:
        usable = False
    if not usable:
        raise FlowError("cannot_connect")
    return url


def service_address(text: str, *, insecure: str) -> str:
    """A server's address with its path; raises FlowError(`insecure`) where secrets would be seen."""
    url = web_address(text).with_query(None).with_fragment(None)
    if url.scheme == "http" and not is_loopback(url):
        raise FlowError(insecure)
    return str(url).rstrip("/")


def server_name(url: str) -> str:
    """The server's name, with its port where that says something."""
    return f"{URL(url).host_port_subcomponent}"
