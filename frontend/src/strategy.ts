/** The dashboard that needs nothing but the integration: a board, and a panel for each room. */
import { calendarsIn, type Places } from "./board/places";
import type { Hass } from "./hass";
import { pathOf } from "./rooms";
import { sayIn } from "./words";

// By the options of a dashboard, the rooms that have a view, in the order of the views. Home
// Assistant knows the view that it shows by its place alone: would views move, or go, a door would
// show another room.
const placed = new Map<string, Set<string>>();

const REGISTRIES = ["entities", "devices", "areas"] as const;

export class Dashboard extends HTMLElement {
  /**
   * Whether Home Assistant has to make the dashboard anew, with every card in it.
   *
   * Not when something else in the house gets another name: people may be reading, or typing.
   */
  static shouldRegenerate(config: Places, before: Hass, after: Hass): boolean {
    if (REGISTRIES.every((registry) => before[registry] === after[registry])) return false;
    const named = (hass: Hass) =>
      JSON.stringify(
        calendarsIn(hass, config).map((calendar) => [calendar, nameOf(hass, calendar)]),
      );
    return named(before) !== named(after);
  }

  /** The views of all rooms, or of those in the places of the strategy's options. */
  static async generate(config: Places, hass: Hass) {
    const board = { ...config, type: "custom:room-bookings-board", panels: true };
    const options = JSON.stringify(config);
    const rooms = placed.get(options) ?? new Set();
    placed.set(options, rooms);
    for (const calendar of calendarsIn(hass, config)) rooms.add(calendar);
    return {
      views: [
        { title: sayIn(hass.language)("rooms"), path: "board", type: "panel", cards: [board] },
        ...[...rooms].map((calendar) => ({
          title: nameOf(hass, calendar),
          path: pathOf(calendar),
          type: "panel",
          subview: true,
          cards: [{ type: "custom:room-bookings-panel", entity: calendar }],
        })),
      ],
    };
  }
}

/** The name of a room's device, which is there before anything is known of its entities. */
function nameOf({ entities, devices }: Hass, calendar: string): string {
  const device = devices[entities[calendar]?.device_id ?? ""];
  return device?.name_by_user || device?.name || calendar;
}
