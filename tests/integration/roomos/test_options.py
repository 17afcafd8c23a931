"""The options of a RoomOS device are those of any system."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.eventually import eventually
from tests.simulators.roomos import RoomosSimulator


async def test_options(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """They are those of any system, and reload the entry."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["step_id"] == "init"
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"titles": "hide_all", "default_duration": 45}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    sim.book_locally("Secret")
    current = "sensor.fjord_current_booking"
    await eventually(lambda: hass.states.is_state(current, "Booked"))
