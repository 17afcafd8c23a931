/** All rooms, or those of a place: the free ones first. */
import {
  html,
  LitElement,
  nothing,
  type PropertyValues,
  type TemplateResult,
  unsafeCSS,
} from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Deeds } from "../deeds";
import type { Card, Hass } from "../hass";
import { fillsScreen } from "../kiosk";
import { Link } from "../link";
import { byName, differs, type Room, readRoom, statesOf } from "../rooms";
import shared from "../shared.css";
import { MINUTE, timesOf } from "../times";
import { type Say, sayIn } from "../words";
import styles from "./board.css";
import { areaOf, calendarsIn, type Places } from "./places";
import { row, type Situation } from "./row";
import { Search } from "./search";

export interface BoardConfig extends Places {
  type: string;
  title?: string;
  /** Whether each room has a view with its panel in the same dashboard. */
  panels?: boolean;
}

type Fields = Record<"people" | "minutes", HTMLInputElement>;

const ORDER = ["free", "pending", "busy", "unknown"];
const USUAL_MINUTES = 30;

export class Board extends LitElement implements Card<BoardConfig> {
  static override properties = {
    hass: { attribute: false },
    layout: {},
    config: { state: true },
  };
  static override styles = [unsafeCSS(shared), unsafeCSS(styles)];

  declare hass?: Hass;
  declare layout?: string;
  declare private config?: BoardConfig;

  #link = new Link(this);
  #deeds = new Deeds(this);
  #search = new Search(this, (calendar) => this.#deeds.in(calendar) !== undefined);
  /** The rooms that are meant. */
  calendars: readonly string[] = [];
  #ranks = new Map<string, number>();
  /** The rows with everything that they were made from. */
  #rows = new Map<string, { seen: unknown[]; row: TemplateResult }>();
  /** The end of the minute that is running. */
  #now = 0;

  setConfig(config: BoardConfig): void {
    this.config = config;
  }

  getCardSize(): number {
    return 12;
  }

  getGridOptions() {
    return { columns: "full" };
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const before = changed.get("hass");
    if (changed.size !== 1 || !before || !this.hass) return true;
    return differs(before, this.hass, this.calendars);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { hass, config } = this;
    this.toggleAttribute("kiosk", fillsScreen(this));
    if (!hass || !config || !this.isConnected) return;
    this.calendars = calendarsIn(hass, config);
    this.#link.follow(hass, this.calendars);
    if (this.#link.lostSince) this.dataset.stale = "home_assistant";
    else delete this.dataset.stale;
    const now = Math.ceil(this.#link.now / MINUTE) * MINUTE;
    if (changed.has("hass") || now !== this.#now) this.#search.refresh();
    this.#now = now;
  }

  protected override update(changed: PropertyValues<this>): void {
    const focused = this.shadowRoot?.activeElement as HTMLElement | null | undefined;
    const room = focused?.closest("li");
    super.update(changed);
    // Whatever is moved loses it; where the button has gone, the room keeps it.
    const heir = focused?.isConnected ? focused : room?.querySelector("a");
    heir?.focus({ preventScroll: true });
  }

  protected override render() {
    const { hass, config } = this;
    if (!hass || !config) return nothing;
    const { lostSince, now } = this.#link;
    const say = sayIn(hass.language);
    const times = timesOf(hass);
    const rooms = this.calendars.map((calendar) => readRoom(hass, calendar));
    const free = rooms.filter(({ state }) => state === "free").length;
    return html`<header>
        <h1><bdi>${config.title || say("rooms")}</bdi></h1>
        <bdi>${lostSince ? nothing : say("free_of", { free, all: rooms.length })}</bdi>
        <p class="clock">${times.clock(now)}</p>
      </header>
      ${
        lostSince
          ? html`<p class="notice" role="alert">
              ${say("lost", { time: times.when(lostSince, now) })}
            </p>`
          : nothing
      }
      ${this.#form(say)}
      <ul>
        ${repeat(
          this.#shown(rooms, hass),
          ({ calendar }) => calendar,
          (room) => this.#row(room, hass, say),
        )}
      </ul>
      ${rooms.length ? nothing : say("none_here")}`;
  }

  #form(say: Say) {
    const ask = (event: SubmitEvent) => {
      event.preventDefault();
      const { people, minutes } = event.target as unknown as Fields;
      this.#search.ask(
        {
          capacity: people.valueAsNumber || undefined,
          duration: { minutes: minutes.valueAsNumber || USUAL_MINUTES },
        },
        say("searching"),
      );
    };
    const field = (name: keyof Fields, value: number | typeof nothing) =>
      html`<label>
        ${say(name)}<input name=${name} type="number" min="1" value=${value} />
      </label>`;
    return html`<form @submit=${ask} @reset=${() => this.#search.ask()}>
      ${field("people", nothing)} ${field("minutes", USUAL_MINUTES)}
      <button>${say("find")}</button>
      ${this.#search.question ? html`<button type="reset">${say("show_all")}</button>` : nothing}
      <p role="status">${this.#search.words}</p>
    </form>`;
  }

  /** What was found, as long as it is free; else all, in the order of their states. */
  #shown(rooms: readonly Room[], hass: Hass): Room[] {
    const { found } = this.#search;
    const isRead = ({ calendar }: Room) => this.#deeds.in(calendar) !== undefined;
    if (found) {
      return found
        .flatMap((calendar) => rooms.find((room) => room.calendar === calendar) ?? [])
        .filter((room) => room.state === "free" || isRead(room));
    }
    for (const room of rooms) {
      // Where somebody reads what became of a tap, the room stays; and all of them while they
      // are not known.
      if (!this.#link.lostSince && !isRead(room)) {
        this.#ranks.set(room.calendar, ORDER.indexOf(room.state));
      }
    }
    const rank = ({ calendar }: Room) => this.#ranks.get(calendar) ?? 0;
    const names = byName(hass);
    return rooms.toSorted((a, b) => rank(a) - rank(b) || names(a, b));
  }

  #row(room: Room, hass: Hass, say: Say) {
    const { calendar } = room;
    const facts = this.#link.facts(calendar);
    const lost = this.#link.lostSince;
    const situation: Situation = {
      facts,
      area: hass.areas[areaOf(hass, calendar)]?.name,
      stale: this.#link.staleSince(calendar),
      deed: this.#deeds.in(calendar),
      lost,
      why:
        lost || !hass.connected
          ? say("not_connected")
          : facts?.control
            ? undefined
            : say("not_allowed"),
      now: this.#now,
      wanted: this.#search.found && this.#search.question?.duration.minutes,
      linked: this.config?.panels,
      say,
      times: timesOf(hass),
    };
    const seen = [...statesOf(hass, calendar), ...Object.values(situation)];
    const drawn = this.#rows.get(calendar);
    if (drawn && seen.every((each, index) => each === drawn.seen[index])) return drawn.row;
    const drawing = row(room, situation, (work) => {
      if (this.hass) void this.#deeds.perform(calendar, "book", this.hass, say, work);
    });
    this.#rows.set(calendar, { seen, row: drawing });
    return drawing;
  }
}
