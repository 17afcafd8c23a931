"""A card laid over a page of Home Assistant and told what to show: for moments that no ordinary day has."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Locator, Page

from .rooms import DeviceRoom

# The page's own `hass`, with another state of one room and whatever else shall differ.
POSE = """
({ tag, config, calendar, said, changes, locale, variables }) => {
  const { hass } = document.querySelector("home-assistant");
  const device = hass.entities[calendar].device_id;
  const states = { ...hass.states };
  for (const entry of Object.values(hass.entities)) {
    const { state, attributes } = said[entry.translation_key] ?? {};
    if (entry.device_id !== device || state === undefined) continue;
    const before = states[entry.entity_id];
    const now = Object.entries({ ...before?.attributes, ...attributes });
    states[entry.entity_id] = {
      ...before, state, attributes: Object.fromEntries(now.filter(([, each]) => each !== null)),
    };
  }
  let stage = document.getElementById("stage");
  if (!stage) {
    stage = document.createElement("div");
    stage.id = "stage";
    stage.append(document.createElement(tag));
    document.body.append(stage);
  }
  stage.style = "position: fixed; inset: 0; z-index: 1000; overflow: auto;"
    + "background: var(--primary-background-color)";
  for (const [name, value] of Object.entries(variables)) stage.style.setProperty(name, value);
  const card = stage.firstElementChild;
  card.setConfig({ type: `custom:${tag}`, ...config });
  card.layout = "panel";
  card.hass = { ...hass, ...changes, locale: { ...hass.locale, ...locale }, states };
}
"""
PANEL = "room-bookings-panel"
BOARD = "room-bookings-board"


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A booking of a scene; times in minutes from now."""

    title: str
    start: float
    minutes: float = 30
    organizer: str = ""
    checked_in: bool = True

    def said(self, number: int) -> dict[str, Any]:
        """Return what its sensor says."""
        start, end = _at(self.start), _at(self.start + self.minutes)
        attributes = {
            "booking_id": f"booking-{number}",
            "organizer": self.organizer,
            "start": start,
            "end": end,
            "checked_in": self.checked_in,
        }
        return {"state": self.title, "attributes": attributes}


NO_MEETING = {"state": "unknown", "attributes": {"booking_id": None}}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a room's entities say; `until` is in minutes from now, the name what the room is called."""

    state: str
    until: float | None = None
    current: Meeting | None = None
    next: Meeting | None = None
    name: str | None = None

    def said(self) -> dict[str, Any]:
        """Return the states by the entities' translation keys."""
        until = {"until": None if self.until is None else _at(self.until)}
        name = {} if self.name is None else {"friendly_name": self.name}
        return {
            "bookings": {"state": "off", "attributes": name},
            "availability": {"state": self.state, "attributes": until},
            "current_booking": self.current.said(1) if self.current else NO_MEETING,
            "next_booking": self.next.said(2) if self.next else NO_MEETING,
        }


async def pose(
    page: Page,
    room: DeviceRoom,
    scene: Scene,
    *,
    tag: str = PANEL,
    locale: dict[str, str] | None = None,
    variables: dict[str, str] | None = None,
    **changes: Any,
) -> Locator:
    """Show the scene on a card that covers the page, which stays as it is below; the card.

    `locale` and `changes` replace what `hass` has, `variables` are a theme's.
    """
    config = {"entity": room.calendar} if tag == PANEL else {}
    await page.evaluate(
        POSE,
        {
            "tag": tag,
            "config": config,
            "calendar": room.calendar,
            "said": scene.said(),
            "changes": changes,
            "locale": locale or {},
            "variables": variables or {},
        },
    )
    card = page.locator(f"#stage > {tag}")
    await card.evaluate("async card => { await card.updateComplete }")
    return card


def _at(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
