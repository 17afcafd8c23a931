"""Setting up a RoomOS device on the local network."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import BooleanSelector
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo

from ..backends.xapi.backend import XapiBackend
from ..backends.xapi.local.address import DeviceAddress
from ..backends.xapi.local.transport import LocalTransport
from ..const import CONF_SYSTEM
from ..issues import readable
from ..rooms.errors import CertificateChangedError, RoomError
from ..rooms.room import Room
from ..systems import SYSTEM_ROOMOS
from .common import PASSWORD, TEXT, FlowError, RoomsStep, flow_error

_FIRST: Final = vol.Schema(
    {
        vol.Required(CONF_HOST): TEXT,
        vol.Required(CONF_USERNAME): TEXT,
        vol.Required(CONF_PASSWORD): PASSWORD,
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
_AGAIN: Final = vol.Schema(
    {vol.Required(CONF_USERNAME): TEXT, vol.Required(CONF_PASSWORD): PASSWORD}
)


class RoomosSteps(RoomsStep):
    """The steps `roomos` and `certificate`, and its reauth and reconfigure."""

    _asked: str = SYSTEM_ROOMOS
    _input: Mapping[str, Any] | None = None
    _address: DeviceAddress
    _shown: str = ""
    # The host whose certificate was confirmed, and that certificate.
    _confirmed: tuple[str, str] | None = None

    async def async_step_roomos(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take the device's address and an account on it."""
        if user_input is None:
            return self._roomos_form(None)
        self._input = user_input
        return await self._roomos_tried(_address(user_input))

    async def roomos_reauth(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask again for the account."""
        self._asked = "reauth_confirm"
        stored = DeviceAddress.of(self._get_reauth_entry().data)
        if user_input is None:
            self._input = {CONF_USERNAME: stored.username}
            return self._roomos_form(None)
        self._input = user_input
        return await self._roomos_tried(
            replace(
                stored,
                username=user_input[CONF_USERNAME],
                password=user_input[CONF_PASSWORD],
            )
        )

    async def roomos_reconfigure(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the first step again."""
        self._asked = "reconfigure"
        stored = DeviceAddress.of(self._get_reconfigure_entry().data)
        if user_input is None:
            self._input = {
                CONF_HOST: stored.host,
                CONF_USERNAME: stored.username,
                CONF_VERIFY_SSL: stored.verify_ssl,
            }
            return self._roomos_form(None)
        self._input = user_input
        address = _address(user_input)
        if address.host == stored.host:
            address = replace(address, fingerprint=stored.fingerprint)
        return await self._roomos_tried(address)

    @override
    async def async_step_dhcp(
        self, discovery_info: DhcpServiceInfo
    ) -> ConfigFlowResult:
        """A device that is set up already has another address.

        It is followed only where its certificate tells it from a stranger: the password
        goes there.
        """
        registry = dr.async_get(self.hass)
        shown = (dr.CONNECTION_NETWORK_MAC, dr.format_mac(discovery_info.macaddress))
        for entry in self._async_current_entries():
            devices = dr.async_entries_for_config_entry(registry, entry.entry_id)
            if not any(shown in device.connections for device in devices):
                continue
            address = DeviceAddress.of(entry.data)
            if not address.verify_ssl:
                break
            await self.async_set_unique_id(entry.unique_id)
            self._abort_if_unique_id_configured(
                updates={CONF_HOST: address.moved_to(discovery_info.ip)}
            )
        return self.async_abort(reason="already_configured")

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the certificate that the device shows, and pin it when somebody confirms."""
        if user_input is not None:
            self._confirmed = (self._address.host, self._shown)
            return await self._roomos_tried(self._address)
        return self.async_show_form(
            step_id="certificate",
            data_schema=vol.Schema({}),
            description_placeholders={
                "fingerprint": readable(self._shown),
                "host": self._address.host,
            },
        )

    async def _roomos_tried(self, address: DeviceAddress) -> ConfigFlowResult:
        """Go on if the device can be read; else ask what can be asked."""
        if self._confirmed is not None and self._confirmed[0] == address.host:
            address = replace(address, fingerprint=self._confirmed[1])
        self._address = address
        try:
            rooms = await _proven(address)
        except CertificateChangedError as error:
            self._shown = error.fingerprint
            return await self.async_step_certificate()
        except RoomError as error:
            return self._roomos_form(flow_error(error))
        await self.async_set_unique_id(rooms[0].id, raise_on_progress=False)
        data = asdict(address)
        if self._asked == SYSTEM_ROOMOS:
            self._abort_if_unique_id_configured()
            return await self.finish(
                rooms[0].name, {CONF_SYSTEM: SYSTEM_ROOMOS, **data}, rooms
            )
        self._abort_if_unique_id_mismatch(reason="wrong_account")
        entry = (
            self._get_reauth_entry()
            if self.source == SOURCE_REAUTH
            else self._get_reconfigure_entry()
        )
        return self.async_update_reload_and_abort(entry, data_updates=data)

    def _roomos_form(self, problem: FlowError | None) -> ConfigFlowResult:
        schema = _AGAIN if self._asked == "reauth_confirm" else _FIRST
        return self.form(self._asked, schema, self._input, problem)


async def _proven(address: DeviceAddress) -> list[Room]:
    """The room of a device whose bookings this account may read; raises RoomError."""
    backend = XapiBackend(LocalTransport(address))
    try:
        await backend.connect()
        rooms = list(await backend.rooms())
        await backend.prove(rooms[0].id)
    finally:
        await backend.close()
    return rooms


def _address(user_input: Mapping[str, Any]) -> DeviceAddress:
    return DeviceAddress(
        host=user_input[CONF_HOST].strip(),
        username=user_input[CONF_USERNAME].strip(),
        password=user_input[CONF_PASSWORD],
        verify_ssl=user_input[CONF_VERIFY_SSL],
    )
