/** Registers the cards and the strategy with Home Assistant. */
import { Panel } from "./panel/panel";

customElements.define("room-bookings-panel", Panel);
