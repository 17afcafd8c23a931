/** The dashboard that needs nothing but the integration: a board, and a panel for each room. */
import { calendarsIn, type Places } from "./board/places";
import type { Hass } from "./hass";
import { byName, pathOf, readRoom } from "./rooms";
import { sayIn } from "./words";

export class Dashboard extends HTMLElement {
  /** When one of these changes, Home Assistant has the dashboard made anew. */
  static registryDependencies = ["entities", "devices", "areas"];

  /** The views of all rooms, or of those in the places of the strategy's options. */
  static async generate(config: Places, hass: Hass) {
    const board = { ...config, type: "custom:room-bookings-board", panels: true };
    const rooms = calendarsIn(hass, config)
      .map((calendar) => readRoom(hass, calendar))
      .sort(byName(hass));
    return {
      views: [
        { title: sayIn(hass.language)("rooms"), path: "board", type: "panel", cards: [board] },
        ...rooms.map(({ calendar, name }) => ({
          title: name,
          path: pathOf(calendar),
          type: "panel",
          subview: true,
          cards: [{ type: "custom:room-bookings-panel", entity: calendar }],
        })),
      ],
    };
  }
}
