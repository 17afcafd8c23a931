/** The link to Home Assistant: how fresh it is, and what no state of an entity tells. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Hass } from "./hass";
import { Subscription } from "./subscription";
import { MINUTE } from "./times";

/** What a room can do, and how fresh what it shows is. */
export interface Facts {
  name: string;
  capacity: number | null;
  /** Whether this user may do anything to the room. */
  control: boolean;
  verbs: readonly string[];
  /** Minutes. */
  default_duration: number;
  stale_since: string | null;
}

interface FactsEvent {
  now: string;
  rooms: Record<string, Facts | null>;
}

/** A connection that comes back at once was never worth a word. */
const UNNOTICED = 3_000;
/** A room's system may be away for so long before anybody is told. */
const SYSTEM_UNNOTICED = 30_000;
const PING_EVERY = 30_000;
const PING_PATIENCE = 10_000;
/** A clock that is wrong by less is right enough: the network takes its time, too. */
const CLOCK_TOLERANCE = 2_000;

/**
 * Follows rooms for a card: their facts, the connection, the time.
 *
 * The card is drawn again when any of it changes, and at every full minute. A connection that
 * answers no more is noticed by asking, and replaced.
 */
export class Link implements ReactiveController {
  /** Called when a room's entities have come anew: whoever follows them must do so again. */
  onReturn: (calendar: string) => void = () => undefined;

  #hass: Hass | undefined;
  #calendars: readonly string[] = [];
  #facts = new Map<string, Facts | null>();
  #subscription: Subscription<FactsEvent> | undefined;
  /** What has to be added to this machine's clock. */
  #offset = 0;
  #lostAt: number | undefined;
  #timers = new Set<number>();
  #ping: number | undefined;
  #tick: number | undefined;

  constructor(readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** Follow these rooms. */
  follow(hass: Hass, calendars: readonly string[]): void {
    const other =
      hass.connection !== this.#hass?.connection ||
      calendars.length !== this.#calendars.length ||
      calendars.some((calendar, index) => calendar !== this.#calendars[index]);
    this.#hass = hass;
    this.#calendars = calendars;
    this.#notice(hass.connected);
    if (other && this.#tick !== undefined) this.#subscribe();
  }

  /** The time by Home Assistant's clock, in milliseconds since 1970. */
  get now(): number {
    return Date.now() + this.#offset;
  }

  /** What is known of a room; null if it is not there, undefined if nobody has said yet. */
  facts(calendar: string): Facts | null | undefined {
    return this.#facts.get(calendar);
  }

  /** Since when Home Assistant has been out of reach, undefined while it is not. */
  get lostSince(): number | undefined {
    return this.#lostAt !== undefined && this.now - this.#lostAt >= UNNOTICED
      ? this.#lostAt
      : undefined;
  }

  /** Since when a room's system has been out of reach, undefined while it is not. */
  staleSince(calendar: string): number | undefined {
    const since = Date.parse(this.#facts.get(calendar)?.stale_since ?? "");
    return this.now - since >= SYSTEM_UNNOTICED ? since : undefined;
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.#onVisible);
    this.#ping = setInterval(this.#ask, PING_EVERY);
    this.#tickAtMinute();
    this.#subscribe();
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.#onVisible);
    clearInterval(this.#ping);
    clearTimeout(this.#tick);
    this.#tick = undefined;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#subscription?.stop();
    this.#subscription = undefined;
    this.#facts.clear();
  }

  #subscribe(): void {
    this.#subscription?.stop();
    this.#subscription = undefined;
    this.#facts.clear();
    if (!this.#hass || this.#calendars.length === 0) return;
    this.#subscription = new Subscription<FactsEvent>(
      this.#hass.connection,
      { type: "room_bookings/subscribe", entity_ids: this.#calendars },
      (event) => this.#take(event),
    );
  }

  #take({ now, rooms }: FactsEvent): void {
    const offset = Date.parse(now) - Date.now();
    const corrected = Math.abs(offset) < CLOCK_TOLERANCE ? 0 : offset;
    if (corrected !== this.#offset) {
      this.#offset = corrected;
      this.#tickAtMinute();
    }
    for (const [calendar, facts] of Object.entries(rooms)) {
      const before = this.#facts.get(calendar);
      this.#facts.set(calendar, facts);
      if (facts && before === null) this.onReturn(calendar);
      if (facts?.stale_since) this.#drawIn(SYSTEM_UNNOTICED);
    }
    this.host.requestUpdate();
  }

  #notice(connected: boolean): void {
    if (connected) this.#lostAt = undefined;
    else if (this.#lostAt === undefined) {
      this.#lostAt = this.now;
      this.#drawIn(UNNOTICED);
    }
  }

  readonly #ask = async (): Promise<void> => {
    const hass = this.#hass;
    if (!hass?.connected) return;
    const patience = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), PING_PATIENCE);
    });
    const answer = hass.connection.ping().then(
      () => true,
      () => false,
    );
    const answered = await Promise.race([answer, patience]);
    // Whoever was away meanwhile has another connection, or none, and knows.
    if (!this.#hass?.connected || this.#tick === undefined) return;
    this.#notice(answered);
    if (!answered) hass.connection.reconnect(true);
    this.host.requestUpdate();
  };

  readonly #onVisible = (): void => {
    if (document.visibilityState !== "visible") return;
    this.#tickAtMinute();
    this.host.requestUpdate();
    void this.#ask();
  };

  #tickAtMinute(): void {
    clearTimeout(this.#tick);
    const left = MINUTE - (this.now % MINUTE);
    this.#tick = setTimeout(() => {
      this.host.requestUpdate();
      this.#tickAtMinute();
    }, left);
  }

  #drawIn(milliseconds: number): void {
    // A little later, so that whoever compares times finds them over.
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.host.requestUpdate();
    }, milliseconds + 50);
    this.#timers.add(timer);
  }
}
