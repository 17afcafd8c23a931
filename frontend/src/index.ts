/** Registers the cards and the strategy with Home Assistant. */
import { documentation } from "../../custom_components/room_bookings/manifest.json";
import { Board } from "./board/board";
import { boardEditor, pageSay, panelEditor } from "./editors";
import type { Hass } from "./hass";
import { Panel } from "./panel/panel";
import { calendarOf } from "./rooms";
import { Dashboard } from "./strategy";

declare global {
  interface Window {
    /** What Home Assistant offers to whoever adds a card, or a dashboard. */
    customCards?: object[];
    customStrategies?: object[];
  }
}

const PANEL = "room-bookings-panel";
const BOARD = "room-bookings-board";
const CARD = { preview: true, documentationURL: documentation };

define(PANEL, Object.assign(Panel, panelEditor), "customCards", "panel", {
  ...CARD,
  type: PANEL,
  getEntitySuggestion(hass: Hass, entityId: string) {
    const entity = calendarOf(hass, entityId);
    return entity ? { config: { type: `custom:${PANEL}`, entity } } : null;
  },
});
define(BOARD, Object.assign(Board, boardEditor), "customCards", "board", { ...CARD, type: BOARD });
define("ll-strategy-dashboard-room-bookings", Dashboard, "customStrategies", "strategy", {
  type: "room-bookings",
  strategyType: "dashboard",
});

/** Define an element, and offer it; after an update a page may load this module once more. */
function define(
  tag: string,
  element: CustomElementConstructor,
  list: "customCards" | "customStrategies",
  key: "panel" | "board" | "strategy",
  offered: object,
): void {
  if (customElements.get(tag)) return;
  customElements.define(tag, element);
  window[list] ??= [];
  window[list].push({
    ...offered,
    // The page has no language yet: it is asked for when somebody looks.
    get name() {
      return `Room Bookings: ${pageSay(key === "strategy" ? "rooms" : `${key}_name`)}`;
    },
    get description() {
      return pageSay(`${key}_description`);
    },
  });
}
