"""A device that is set up already gets another address."""

from ipaddress import ip_address

import pytest

from custom_components.room_bookings.backends.xapi.local.address import DeviceAddress
from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import SOURCE_DHCP, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo

from .room import Room


async def announced(hass: HomeAssistant, mac: str) -> ConfigFlowResult:
    """What comes of a machine that asks the network for an address."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_DHCP},
        data=DhcpServiceInfo(
            ip=str(ip_address("127.0.0.2")),
            hostname="sep",
            macaddress=dr.format_mac(mac).replace(":", ""),
        ),
    )


async def test_a_known_device_is_followed(hass: HomeAssistant, room: Room) -> None:
    """With the port that it had."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    port = entry.data["host"].partition(":")[2]
    result = await announced(hass, room.sim.device.mac)
    assert result["reason"] == "already_configured"
    assert entry.data["host"] == f"127.0.0.2:{port}"


async def test_another_machine_is_not(hass: HomeAssistant, room: Room) -> None:
    """It is nobody that we know."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    before = entry.data["host"]
    result = await announced(hass, "00:00:5e:00:53:01")
    assert result["reason"] == "already_configured"
    assert entry.data["host"] == before


async def test_nobody_is_followed_whose_certificate_does_not_count(
    hass: HomeAssistant, room: Room
) -> None:
    """The password would go to whoever names the device's hardware address."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    before = entry.data["host"]
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "verify_ssl": False}
    )
    await announced(hass, room.sim.device.mac)
    assert entry.data["host"] == before


@pytest.mark.parametrize(
    ("ip", "host"), [("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "[2001:db8::7]")]
)
def test_the_usual_port_goes_without_saying(ip: str, host: str) -> None:
    """Others are named."""
    address = DeviceAddress(host="room.example", username="u", password="p")
    assert address.moved_to(ip) == host
