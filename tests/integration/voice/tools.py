"""The tools as a language model uses them."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm

from .conftest import ASSISTANT


def context(device_id: str | None = None) -> llm.LLMContext:
    """Somebody who speaks, perhaps to a satellite."""
    return llm.LLMContext(
        platform="test",
        context=Context(),
        language="en",
        assistant=ASSISTANT,
        device_id=device_id,
    )


async def api(hass: HomeAssistant, device_id: str | None = None) -> llm.APIInstance:
    """What a language model is given."""
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context(device_id))


async def use(
    hass: HomeAssistant, tool: str, device_id: str | None = None, **args: Any
) -> dict[str, Any]:
    """Let the language model use a tool that works."""
    result = await _called(hass, tool, device_id, args)
    assert not result.error, result.data
    return dict(result.data)


async def fail(
    hass: HomeAssistant, tool: str, device_id: str | None = None, **args: Any
) -> str:
    """Let the language model use a tool that does not; what it is told."""
    result = await _called(hass, tool, device_id, args)
    assert result.error, result.data
    return str(result.data["error"])


async def _called(
    hass: HomeAssistant, tool: str, device_id: str | None, args: dict[str, Any]
) -> llm.ToolResult:
    tools = await api(hass, device_id)
    return await tools.async_call_tool(
        llm.ToolInput(tool_name=f"room_bookings__{tool}", tool_args=args)
    )


async def which(hass: HomeAssistant, **data: Any) -> list[dict[str, Any]]:
    """What `which_room` answers."""
    answer: Any = await hass.services.async_call(
        "room_bookings", "which_room", data, blocking=True, return_response=True
    )
    rooms: list[dict[str, Any]] = answer["rooms"]
    return rooms
