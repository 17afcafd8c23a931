/** The bookings of a room's day, as its calendar tells them. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Hass } from "../hass";
import { type Booking, shownTitle } from "../rooms";
import { Subscription } from "../subscription";

/** A booking in the timeline; times in milliseconds since 1970. */
export interface Entry extends Pick<Booking, "id" | "title" | "start" | "end"> {
  tentative: boolean;
}

interface CalendarEvents {
  /** Null where the calendar could not be read. */
  events: CalendarEvent[] | null;
}

interface CalendarEvent {
  uid?: string | null;
  summary: string;
  start: string;
  end: string;
  status?: string | null;
}

/** Follows the calendar of a room for one day at a time. */
export class Day implements ReactiveController {
  /** Undefined until the calendar has told them. */
  entries: readonly Entry[] | undefined;

  #subscription: Subscription<CalendarEvents> | undefined;
  #followed = "";

  constructor(readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** Follow the calendar from one midnight to the next. */
  follow(hass: Hass, calendar: string, start: number, end: number): void {
    const followed = `${calendar} ${start} ${end}`;
    if (followed === this.#followed && this.#subscription?.connection === hass.connection) return;
    this.#stop();
    this.#followed = followed;
    this.#subscription = new Subscription<CalendarEvents>(
      hass.connection,
      {
        type: "calendar/event/subscribe",
        entity_id: calendar,
        start: new Date(start).toISOString(),
        end: new Date(end).toISOString(),
      },
      ({ events }) => {
        if (!events) return;
        this.entries = events.map(entryOf);
        this.host.requestUpdate();
      },
    );
  }

  /** Follow anew: the calendar has been replaced by another of the same name. */
  renew(): void {
    this.#subscription?.renew();
  }

  hostConnected(): void {
    // Whoever is drawn follows again.
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#stop();
  }

  #stop(): void {
    this.#subscription?.stop();
    this.#subscription = undefined;
    this.#followed = "";
    this.entries = undefined;
  }
}

/** The day's entries, with what the room's sensors say already laid over what the calendar says. */
export function overlaid(
  entries: readonly Entry[],
  known: readonly (Booking | undefined)[],
  start: number,
  end: number,
): Entry[] {
  const fresh = known.filter((b) => b !== undefined && b.start < end && b.end > start) as Booking[];
  const ids = new Set(fresh.map(({ id }) => id));
  return [
    ...entries.filter(({ id }) => !ids.has(id)),
    ...fresh.map(({ id, title, start, end }) => ({ id, title, start, end, tentative: false })),
  ].sort((a, b) => a.start - b.start || a.end - b.end);
}

function entryOf({ uid, summary, start, end, status }: CalendarEvent): Entry {
  return {
    id: uid ?? `${start} ${summary}`,
    title: shownTitle(summary),
    start: Date.parse(start),
    end: Date.parse(end),
    tentative: status?.toLowerCase() === "tentative",
  };
}
