/** Times as the user reads them, in the user's zone. */
import type { Hass } from "./hass";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Formats and days of one locale in one zone; all times in milliseconds since 1970. */
export class Times {
  readonly #clock: Intl.DateTimeFormat;
  readonly #hour: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #weekday: Intl.DateTimeFormat;
  readonly #parts: Intl.DateTimeFormat;
  readonly #minutes: Intl.NumberFormat;
  readonly #hours: Intl.NumberFormat;
  /** The day that was asked for last. */
  #start = 0;
  #end = 0;

  constructor(
    readonly locale: Hass["locale"],
    readonly serverZone: string,
  ) {
    const language = locale.language;
    const timeZone = locale.time_zone === "server" ? serverZone : undefined;
    const unit = (name: string) =>
      new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" });
    this.#clock = new Intl.DateTimeFormat(locale.time_format === "system" ? undefined : language, {
      timeZone,
      hour: "numeric",
      minute: "2-digit",
      ...cycle(locale),
    });
    // "8:00" is short enough, "8:00 AM" is not.
    this.#hour = this.#clock.resolvedOptions().hour12
      ? new Intl.DateTimeFormat(language, { timeZone, hour: "numeric", hour12: true })
      : this.#clock;
    this.#date = new Intl.DateTimeFormat(language, {
      timeZone,
      weekday: "long",
      day: "numeric",
      month: "long",
    });
    this.#weekday = new Intl.DateTimeFormat(language, { timeZone, weekday: "short" });
    this.#parts = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    this.#minutes = unit("minute");
    this.#hours = unit("hour");
  }

  /** The time of day: "14:30". */
  clock(time: number): string {
    return this.#clock.format(time);
  }

  /** A full hour, as short as it can be: "14:00", "2 PM". */
  hour(time: number): string {
    return this.#hour.format(time);
  }

  /** The day: "Friday, 20 November". */
  date(time: number): string {
    return this.#date.format(time);
  }

  /** The time of day, with the day of the week where that is not today's: "Mon 09:00". */
  when(time: number, now: number): string {
    const clock = this.clock(time);
    return this.startOfDay(time) === this.startOfDay(now)
      ? clock
      : `${this.#weekday.format(time)} ${clock}`;
  }

  /** From when to when: "14:30 – 15:00". */
  range(start: number, end: number, now: number): string {
    return `${this.when(start, now)} – ${this.clock(end)}`;
  }

  /** So many minutes, also where they are hours: "60 min". */
  minutes(count: number): string {
    return this.#minutes.format(count);
  }

  /** A length, to the minute that is not over yet: "1 hr 15 min". */
  length(milliseconds: number): string {
    const minutes = Math.ceil(milliseconds / MINUTE);
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (hours === 0) return this.#minutes.format(minutes);
    return rest === 0
      ? this.#hours.format(hours)
      : `${this.#hours.format(hours)} ${this.#minutes.format(rest)}`;
  }

  /** The midnight at which the day of a time began. */
  startOfDay(time: number): number {
    // Taking a time apart is slow, and most are of the same day.
    if (time < this.#start || time >= this.#end) {
      const { year, month, day } = this.#on(time);
      this.#start = this.#at(year, month, day);
      this.#end = this.#at(year, month, day + 1);
    }
    return this.#start;
  }

  /** The full hour of the day of a time; 0 is its midnight. */
  hourOfDay(time: number, hour: number): number {
    const { year, month, day } = this.#on(time);
    return this.#at(year, month, day, hour);
  }

  /** The midnight at which the day of a time ends; 23 to 25 hours after it began. */
  endOfDay(time: number): number {
    this.startOfDay(time);
    return this.#end;
  }

  #on(time: number) {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#parts.formatToParts(time)) parts[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return { year, month, day, wall: Date.UTC(year, month - 1, day, hour, minute, second) };
  }

  /** The moment at which clocks on the wall show an hour of a day, or leap over it. */
  #at(year: number, month: number, day: number, hour = 0): number {
    const wall = Date.UTC(year, month - 1, day, hour);
    let time = wall;
    // Twice, as the zone's offset at the first guess may be that of the other side of a change.
    for (let i = 0; i < 2; i++) time += wall - this.#on(time).wall;
    // Where clocks leap over it, such as over midnight, this is before or after the leap.
    return time + Math.max(0, wall - this.#on(time).wall);
  }
}

let latest: Times | undefined;

/** The formats of the user; made once, for they are slow to make. */
export function timesOf(hass: Hass): Times {
  if (latest?.locale !== hass.locale || latest.serverZone !== hass.config.time_zone) {
    latest = new Times(hass.locale, hass.config.time_zone);
  }
  return latest;
}

function cycle({ time_format }: Hass["locale"]): Intl.DateTimeFormatOptions {
  if (time_format === "12") return { hour12: true };
  return time_format === "24" ? { hourCycle: "h23" } : {};
}
