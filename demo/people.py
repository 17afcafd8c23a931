"""People with an account in the demo's Home Assistant, and the keys that their browsers keep."""

from dataclasses import dataclass, field
from typing import Any

from .homeassistant import HomeAssistant

READ_ONLY = "system-read-only"


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    name: str
    tokens: dict[str, Any] = field(repr=False)


async def invite(home: HomeAssistant, name: str, group: str) -> Person:
    """Create a user in one of Home Assistant's groups, and log in as that user."""
    made = await home.client.call("config/auth/create", name=name, group_ids=[group])
    user_id = made["user"]["id"]
    credentials = {"username": name.lower(), "password": f"password of {name}"}
    await home.client.call(
        "config/auth_provider/homeassistant/create", user_id=user_id, **credentials
    )
    return Person(name, await home.log_in(**credentials))
