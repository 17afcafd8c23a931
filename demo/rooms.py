"""The integration's rooms as Home Assistant's registries list them."""

from dataclasses import dataclass
from typing import Any

from .client import Client


@dataclass(frozen=True, kw_only=True)
class Room:
    """A device of the integration and its entities."""

    name: str
    device_id: str
    manufacturer: str | None
    model: str | None
    _entities: tuple[dict[str, Any], ...]

    def find(self, platform: str, key: str) -> str | None:
        """Return the id of the entity that the contract calls platform and key, None if missing."""
        for entity in self._entities:
            its_platform = entity["entity_id"].split(".")[0]
            if its_platform == platform and entity["unique_id"].endswith(f"_{key}"):
                entity_id: str = entity["entity_id"]
                return entity_id
        return None

    def entity(self, platform: str, key: str) -> str:
        """Return the id of an entity. Raises LookupError."""
        entity_id = self.find(platform, key)
        if entity_id is None:
            raise LookupError(f"{self.name} has no {platform} {key}")
        return entity_id

    @property
    def calendar(self) -> str:
        """The calendar, which is what actions target."""
        return self.entity("calendar", "bookings")

    @property
    def entity_ids(self) -> list[str]:
        """All of its entities that are on, off by default ones left out."""
        return [e["entity_id"] for e in self._entities if not e["disabled_by"]]

    @property
    def disabled(self) -> list[str]:
        """Its entities that are off by default."""
        return [e["entity_id"] for e in self._entities if e["disabled_by"]]


async def rooms_of(client: Client, entry_id: str) -> dict[str, Room]:
    """Return a config entry's rooms by their names."""
    devices = await client.call("config/device_registry/list")
    entities = await client.call("config/entity_registry/list")
    return {
        device["name"]: Room(
            name=device["name"],
            device_id=device["id"],
            manufacturer=device["manufacturer"],
            model=device["model"],
            _entities=tuple(e for e in entities if e["device_id"] == device["id"]),
        )
        for device in devices
        if entry_id in device["config_entries"]
    }
