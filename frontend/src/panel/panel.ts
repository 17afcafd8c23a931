/** The panel beside a room's door. */
import {
  html,
  LitElement,
  nothing,
  type PropertyValues,
  type TemplateResult,
  unsafeCSS,
} from "lit";
import { button } from "../button";
import { Deeds } from "../deeds";
import type { Card, Hass } from "../hass";
import { fillsScreen } from "../kiosk";
import { Link } from "../link";
import { type Booking, calendarOf, differs, type Room, readRoom } from "../rooms";
import { shape } from "../shapes";
import shared from "../shared.css";
import { type Times, timesOf } from "../times";
import { type Say, sayIn } from "../words";
import { Day, overlaid } from "./day";
import { type Offer, offers } from "./offers";
import styles from "./panel.css";
import { timeline } from "./timeline";

export interface PanelConfig {
  type: string;
  /** The room's calendar. */
  entity?: string;
  /** Title of what is booked here. */
  title?: string;
}

/** So long a button waits for the tap that confirms. */
const SURE_FOR = 5_000;

/** Everything that one drawing is made from. */
interface Scene {
  hass: Hass;
  room: Room;
  now: number;
  say: Say;
  times: Times;
}

export class Panel extends LitElement implements Card<PanelConfig> {
  static override properties = {
    hass: { attribute: false },
    layout: { reflect: true },
    config: { state: true },
    sure: { state: true },
  };
  static override styles = [unsafeCSS(shared), unsafeCSS(styles)];

  declare hass?: Hass;
  /** How the dashboard lays the card out: "panel" where it has a view for itself. */
  declare layout?: string;
  declare private config?: PanelConfig;
  /** The button that waits for a second tap. */
  declare private sure?: string | undefined;

  #link = new Link(this);
  #day = new Day(this);
  #deeds = new Deeds(this);
  #sureTimer: number | undefined;

  constructor() {
    super();
    this.#link.onReturn = () => this.#day.renew();
  }

  setConfig(config: PanelConfig): void {
    this.config = config;
  }

  getCardSize(): number {
    return 10;
  }

  getGridOptions() {
    return { columns: 12, rows: 9, min_columns: 6, min_rows: 6 };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.#sureTimer);
    this.sure = undefined;
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const before = changed.get("hass");
    if (changed.size !== 1 || !before || !this.hass || !this.#calendar) return true;
    return differs(before, this.hass, [this.#calendar]);
  }

  protected override willUpdate(): void {
    const scene = this.#scene();
    const lost = this.#link.lostSince !== undefined;
    this.toggleAttribute("kiosk", fillsScreen(this));
    this.dataset.state = scene && !lost ? scene.room.state : "unknown";
    const stale = scene && this.#link.staleSince(scene.room.calendar) !== undefined;
    if (lost) this.dataset.stale = "home_assistant";
    else if (stale || scene?.room.state === "unknown") this.dataset.stale = "system";
    else delete this.dataset.stale;
    if (!scene || !this.isConnected) return;
    const { hass, room, now, times } = scene;
    this.#link.follow(hass, [room.calendar]);
    this.#day.follow(hass, room.calendar, times.startOfDay(now), times.endOfDay(now));
  }

  protected override render() {
    if (!this.hass || !this.config) return nothing;
    const scene = this.#scene();
    if (scene) return this.#panel(scene);
    const say = sayIn(this.hass.language);
    const entity = this.config.entity;
    return html`<p class="nothing" role="alert">
      ${entity ? say("no_such_room", { entity }) : say("no_room_chosen")}
    </p>`;
  }

  /** The room's calendar, also where another of its entities was chosen. */
  get #calendar(): string | undefined {
    const { hass, config } = this;
    return hass && config?.entity && calendarOf(hass, config.entity);
  }

  #scene(): Scene | undefined {
    const { hass } = this;
    const calendar = this.#calendar;
    if (!hass || !calendar) return undefined;
    return {
      hass,
      room: readRoom(hass, calendar),
      now: this.#link.now,
      say: sayIn(hass.language),
      times: timesOf(hass),
    };
  }

  #panel(scene: Scene): TemplateResult {
    const { room, now, say, times } = scene;
    const entries = overlaid(
      this.#day.entries ?? [],
      [room.current, room.next],
      times.startOfDay(now),
      times.endOfDay(now),
    );
    return html`<section
      class="panel"
      style="--mark:var(--${this.dataset.state})"
      aria-label=${room.name}
    >
      <div class="state">
        <header>
          <h1><bdi>${room.name}</bdi></h1>
          <p class="date">${times.date(now)}</p>
          <p class="clock">${times.clock(now)}</p>
        </header>
        ${this.#notice(scene)} ${this.#status(scene)}
        <div class="meetings">
          ${this.#meeting("now", room.current, scene)} ${this.#meeting("next", room.next, scene)}
        </div>
      </div>
      <div class="doing">
        <div class="buttons">${this.#offers(scene).map((offer) => this.#button(offer, scene))}</div>
        <p class="deed" role="status">${this.#words(scene)}</p>
      </div>
      ${timeline(entries, now, times, say)}
    </section>`;
  }

  #status({ room, now, say, times }: Scene): TemplateResult {
    const state = this.#link.lostSince === undefined ? room.state : "unknown";
    const left = room.until === undefined ? 0 : room.until - now;
    const until =
      room.until === undefined
        ? state === "free" && say("no_end")
        : left > 0 && say("until", { time: times.when(room.until, now) });
    return html`<div class="status">
      ${shape(state)}
      <p>
        <span class="word">${say(state)}</span>
        ${
          state === "unknown"
            ? nothing
            : html`<span class="until">
                ${until || nothing}
                ${
                  left > 0 && left < 24 * 3_600_000
                    ? html`<span class="left">${say("left", { length: times.length(left) })}</span>`
                    : nothing
                }
              </span>`
        }
      </p>
    </div>`;
  }

  #meeting(which: "now" | "next", booking: Booking | undefined, scene: Scene) {
    const { now, say, times, room } = scene;
    if (!booking && (which === "now" || room.state === "unknown")) return nothing;
    return html`<div class="meeting ${which}">
      <h2>${say(which)}</h2>
      ${
        booking
          ? html`<bdi class="title">${booking.title}</bdi>
              <p class="detail">
                ${times.range(booking.start, booking.end, now)}
                ${booking.organizer ? html`· <bdi>${booking.organizer}</bdi>` : nothing}
              </p>`
          : html`<p class="title">${say("nothing_next")}</p>`
      }
    </div>`;
  }

  #notice({ room, now, say, times }: Scene) {
    const since = (time: number) => ({ time: times.when(time, now) });
    const { lostSince } = this.#link;
    const staleSince = this.#link.staleSince(room.calendar);
    const words =
      lostSince !== undefined
        ? say("lost", since(lostSince))
        : room.state === "unknown"
          ? say("unreachable")
          : staleSince !== undefined && say("stale", since(staleSince));
    return words ? html`<p class="notice" role="alert">${words}</p>` : nothing;
  }

  #offers({ hass, room, now, say, times }: Scene): Offer[] {
    const facts = this.#link.facts(room.calendar);
    if (!facts || room.state === "unknown") return [];
    const lost = this.#link.lostSince !== undefined || !hass.connected;
    return offers({
      room,
      facts,
      now,
      title: this.config?.title,
      say,
      times,
      why: lost ? say("not_connected") : facts.control ? undefined : say("not_allowed"),
    });
  }

  #button(offer: Offer, { hass, room, say }: Scene): TemplateResult {
    const sure = this.sure === offer.id;
    const label = sure ? say("end_sure") : offer.label;
    return button({ ...offer, label }, this.#deeds.in(room.calendar), () => {
      const wait = offer.sure && !sure;
      this.#ask(wait ? offer.id : undefined);
      if (!wait) void this.#deeds.perform(room.calendar, offer.id, hass, say, offer.work);
    });
  }

  #words({ room, say }: Scene) {
    const deed = this.#deeds.in(room.calendar);
    if (deed) return deed.words;
    return this.#link.facts(room.calendar)?.control === false ? say("no_rights") : nothing;
  }

  #ask(id: string | undefined): void {
    window.clearTimeout(this.#sureTimer);
    this.sure = id;
    if (id) this.#sureTimer = window.setTimeout(() => this.#ask(undefined), SURE_FOR);
  }
}
