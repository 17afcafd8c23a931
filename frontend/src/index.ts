/** Registers the cards and the strategy with Home Assistant. */
import { documentation } from "../../custom_components/room_bookings/manifest.json";
import { Board } from "./board/board";
import { boardEditor, pageSay, panelEditor } from "./editors";
import type { Hass } from "./hass";
import { Panel } from "./panel/panel";
import { calendarOf } from "./rooms";
import { Dashboard } from "./strategy";
import type { Say } from "./words";

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

define(PANEL, Object.assign(Panel, panelEditor), "customCards", "panel_name", {
  ...CARD,
  type: PANEL,
  getEntitySuggestion(hass: Hass, entityId: string) {
    const entity = calendarOf(hass, entityId);
    return entity ? { config: { type: `custom:${PANEL}`, entity } } : null;
  },
});
define(BOARD, Object.assign(Board, boardEditor), "customCards", "board_name", {
  ...CARD,
  type: BOARD,
});
define("ll-strategy-dashboard-room-bookings", Dashboard, "customStrategies", "rooms", {
  type: "room-bookings",
  strategyType: "dashboard",
  get description() {
    return pageSay("strategy_description");
  },
});

/** Define an element, and offer it; after an update a page may load this module once more. */
function define(
  tag: string,
  element: CustomElementConstructor,
  list: "customCards" | "customStrategies",
  name: Parameters<Say>[0],
  offered: object,
): void {
  if (customElements.get(tag)) return;
  customElements.define(tag, element);
  // The page has no language yet: it is asked for when somebody looks.
  const get = () => `Room Bookings: ${pageSay(name)}`;
  window[list] ??= [];
  window[list].push(Object.defineProperty(offered, "name", { get, enumerable: true }));
}
