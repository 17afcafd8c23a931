/** A room in Home Assistant: its calendar, and what the entities beside it say. */
import type { HassEntity } from "home-assistant-js-websocket";
import type { Hass } from "./hass";

export const PLATFORM = "room_bookings";

/** What a room shows; `unknown` where Home Assistant does not know. */
export type RoomState = "free" | "pending" | "busy" | "unknown";

/** A booking; times in milliseconds since 1970, UTC. */
export interface Booking {
  id: string;
  title: string;
  organizer: string;
  start: number;
  end: number;
  checkedIn: boolean;
}

/** A room as its entities show it; `until` is when `state` changes next, as far as is known. */
export interface Room {
  calendar: string;
  name: string;
  state: RoomState;
  until: number | undefined;
  /** Whether somebody is there, as far as the system or the people say. */
  inUse: boolean;
  current: Booking | undefined;
  next: Booking | undefined;
}

/** The entities of a room by what the integration calls them. */
type Siblings = ReadonlyMap<string, string>;

/** More is not read by anyone, and would make each drawing slow. */
const LONGEST_TITLE = 300;
const CALENDAR = "bookings";

// The registry is an object that is replaced when it changes: what was found in one is kept with it.
const found = new WeakMap<Hass["entities"], ReadonlyMap<string, Siblings>>();

/** The calendars of all rooms of the integration, with the entities beside each. */
export function roomsIn(entities: Hass["entities"]): ReadonlyMap<string, Siblings> {
  const known = found.get(entities);
  if (known) return known;
  const devices = new Map<string, Map<string, string>>();
  for (const entry of Object.values(entities)) {
    if (entry.platform !== PLATFORM || !entry.device_id || !entry.translation_key) continue;
    const siblings = devices.get(entry.device_id) ?? new Map<string, string>();
    siblings.set(entry.translation_key, entry.entity_id);
    devices.set(entry.device_id, siblings);
  }
  const rooms = new Map<string, Siblings>();
  for (const siblings of devices.values()) {
    const calendar = siblings.get(CALENDAR);
    if (calendar) rooms.set(calendar, siblings);
  }
  found.set(entities, rooms);
  return rooms;
}

/** The calendar of the room to which an entity belongs, undefined if it belongs to none. */
export function calendarOf(hass: Hass, entityId: string): string | undefined {
  if (roomsIn(hass.entities).has(entityId)) return entityId;
  const device = hass.entities[entityId]?.device_id;
  if (!device) return undefined;
  for (const calendar of roomsIn(hass.entities).keys()) {
    if (hass.entities[calendar]?.device_id === device) return calendar;
  }
  return undefined;
}

const SHOWN = [CALENDAR, "availability", "current_booking", "next_booking", "in_use"] as const;

/** The states from which a room is read: while these are the same objects, so is the room. */
export function statesOf(hass: Hass, calendar: string): readonly (HassEntity | undefined)[] {
  const siblings = roomsIn(hass.entities).get(calendar);
  return SHOWN.map((key) => hass.states[siblings?.get(key) ?? ""]);
}

/** What is known of a room. */
export function readRoom(hass: Hass, calendar: string): Room {
  const [entity, availability, current, next, inUse] = statesOf(hass, calendar);
  const until = availability?.attributes.until as string | undefined;
  return {
    calendar,
    name: entity?.attributes.friendly_name ?? calendar,
    state: roomState(availability?.state),
    until: until === undefined ? undefined : Date.parse(until),
    inUse: inUse?.state === "on",
    current: bookingIn(current),
    next: bookingIn(next),
  };
}

/** The order of names in the user's language. */
export function byName(hass: Hass): (a: { name: string }, b: { name: string }) => number {
  const { compare } = new Intl.Collator(hass.language, { numeric: true });
  return (a, b) => compare(a.name, b.name);
}

/** Where the panel of a room is in the dashboard that the strategy makes. */
export function pathOf(calendar: string): string {
  const id = calendar.slice(calendar.indexOf(".") + 1);
  // The board has its own path, and a number would be the place of a view in their row.
  return id === "board" || !Number.isNaN(Number(id)) ? `${id}_panel` : id;
}

const HOME = [
  "entities",
  "devices",
  "areas",
  "locale",
  "language",
  "config",
  "connected",
  "connection",
  "kioskMode",
] as const;

/** Whether anything is different of what cards show of these rooms. */
export function differs(before: Hass, after: Hass, calendars: readonly string[]): boolean {
  return (
    HOME.some((key) => before[key] !== after[key]) ||
    calendars.some((calendar) => {
      const states = statesOf(before, calendar);
      return statesOf(after, calendar).some((state, index) => state !== states[index]);
    })
  );
}

/** A title as it is shown: of a length that somebody reads. */
export function shownTitle(title: string): string {
  if (title.length <= LONGEST_TITLE) return closed(title);
  const whole = /[\uD800-\uDBFF]/.test(title.charAt(LONGEST_TITLE - 1))
    ? LONGEST_TITLE - 1
    : LONGEST_TITLE;
  return closed(`${title.slice(0, whole)}…`);
}

/** An isolate of another direction that nobody closes would take in what stands behind the text. */
function closed(text: string): string {
  return text + "\u2069".repeat(text.match(/[\u2066-\u2068]/g)?.length ?? 0);
}

function roomState(state: string | undefined): RoomState {
  return state === "free" || state === "pending" || state === "busy" ? state : "unknown";
}

function bookingIn(sensor: HassEntity | undefined): Booking | undefined {
  const { booking_id: id, organizer, start, end, checked_in: checkedIn } = sensor?.attributes ?? {};
  if (!sensor || typeof id !== "string") return undefined;
  return {
    id,
    title: shownTitle(sensor.state),
    organizer: shownTitle(organizer ?? ""),
    start: Date.parse(start),
    end: Date.parse(end),
    checkedIn: checkedIn === true,
  };
}
