"""What people set up in Home Assistant around the rooms: blueprints, automations, an assistant."""

import json
from pathlib import Path
from typing import Any

from demo.homeassistant import HomeAssistant

BLUEPRINTS = Path(__file__).parents[3] / "blueprints/automation"
AUTHOR = "room_bookings"
CONFIG = "/api/config/automation/config"
ASSISTANT = "conversation"


class Household:
    """Somebody who imports blueprints, makes automations and speaks to the house."""

    def __init__(self, home: HomeAssistant) -> None:
        """Have made nothing yet."""
        self._home = home
        self._automations: list[str] = []

    async def automate(self, blueprint: str, **chosen: Any) -> None:
        """Import a blueprint of this checkout, and make an automation of it."""
        path = f"{AUTHOR}/{blueprint}.yaml"
        await self._home.client.call(
            "blueprint/save",
            domain="automation",
            path=path,
            yaml=(BLUEPRINTS / path).read_text(),
            allow_override=True,
        )
        config = {"alias": blueprint, "use_blueprint": {"path": path, "input": chosen}}
        await self._home.client.request("POST", f"{CONFIG}/{blueprint}", json=config)
        self._automations.append(blueprint)
        entity_id = f"automation.{blueprint}"
        await self._home.states.until(
            f"{entity_id} is on",
            lambda: (s := self._home.states.get(entity_id)) and s.state == "on",
            10,
        )

    async def forget(self) -> None:
        """Remove all automations that were made."""
        while self._automations:
            await self._home.client.request(
                "DELETE", f"{CONFIG}/{self._automations.pop()}"
            )

    async def expose(self, *entity_ids: str) -> None:
        """Let the assistant speak of them."""
        await self._home.client.call(
            "homeassistant/expose_entity",
            assistants=[ASSISTANT],
            entity_ids=entity_ids,
            should_expose=True,
        )

    async def say(self, sentence: str) -> str:
        """Say something to Home Assistant's assistant; its answer."""
        answer = await self._home.client.request(
            "POST",
            "/api/conversation/process",
            json={"text": sentence, "language": "en"},
        )
        speech: str = answer["response"]["speech"]["plain"]["speech"]
        return speech

    def told(self, event_type: str) -> list[dict[str, Any]]:
        """What automations fired on the event bus under that name, oldest first."""
        events = map(json.loads, self._home.events)
        return [e["data"] for e in events if e["event_type"] == event_type]
