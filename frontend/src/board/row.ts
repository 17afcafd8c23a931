/** A room on the board. */
import { html, nothing, type TemplateResult } from "lit";
import { button } from "../button";
import { act, type Deed } from "../deeds";
import type { Hass } from "../hass";
import type { Facts } from "../link";
import { pathOf, type Room } from "../rooms";
import { shape } from "../shapes";
import { MINUTE, type Times } from "../times";
import type { Say } from "../words";

/** Everything beside the room's states that its row depends on; times in milliseconds since 1970. */
export interface Situation {
  facts: Facts | null | undefined;
  area: string | undefined;
  /** Since when the room's system has been away. */
  stale: number | undefined;
  deed: Deed | undefined;
  /** Since when Home Assistant has been out of reach. */
  lost: number | undefined;
  /** Why nothing can be done at all. */
  why: string | undefined;
  /** The end of the minute that is running: what is free by then is free now. */
  now: number;
  /** For how long somebody looks for a room; else it is booked for as long as is usual there. */
  wanted: number | undefined;
  /** Whether there is a view with the room's panel. */
  linked: boolean | undefined;
  say: Say;
  times: Times;
}

type Work = (hass: Hass) => Promise<string>;

/** A gap is worth booking from this length on. */
const SHORTEST_GAP = 5 * MINUTE;

/** Stands where the name of the room belongs. */
const ROOM = "\n";

/** Draw a room; `onBook` is told how to book it. */
export function row(room: Room, situation: Situation, onBook: (work: Work) => void) {
  const { facts, area, stale, deed, lost, now, linked, say, times } = situation;
  const state = lost ? "unknown" : room.state;
  const name = html`<bdi>${room.name}</bdi>`;
  const path = `/${location.pathname.split("/")[1]}/${pathOf(room.calendar)}${location.search}`;
  let until = "";
  if (!room.until) until = state === "free" ? say("no_end") : "";
  else if (state !== "unknown" && room.until >= now)
    until = say("until", { time: times.when(room.until, now) });
  const old =
    room.state === "unknown"
      ? say("unreachable")
      : stale && say("stale", { time: times.when(stale, now) });
  const seats = facts?.capacity && say("seats", { count: facts.capacity });
  return html`<li
    class="room"
    data-entity=${room.calendar}
    data-state=${state}
    style="--mark:var(--${state})"
    data-stale=${old ? "system" : nothing}
  >
    <div class="tile">${shape(state)}</div>
    <div class="about">
      <h2>${linked ? html`<a href=${path}>${name}</a>` : name}</h2>
      <p><b class="word">${say(state)}</b> <span class="until">${until}</span></p>
      <p class="quiet"><bdi>${[area, seats].filter(Boolean).join(" · ")}</bdi></p>
      <p class="quiet now">
        ${state === "busy" ? html`<bdi>${room.current?.title}</bdi>` : nothing}
      </p>
      ${old ? html`<p class="notice">${old}</p>` : nothing}
      <p role="status">${deed?.words}</p>
    </div>
    ${booking(room, situation, onBook)}
  </li>`;
}

/** The button that books from now on, until the next booking where that comes sooner. */
function booking(
  room: Room,
  { facts, deed, now, wanted, say, times, ...situation }: Situation,
  onBook: (work: Work) => void,
): TemplateResult | undefined {
  const free = room.state === "free";
  if (!facts?.verbs.includes("book") || !(free || deed)) return undefined;
  const minutes = wanted ?? facts.default_duration;
  const next = room.next?.start ?? Infinity;
  const fits = now + minutes * MINUTE <= next;
  const until = !fits && next - now >= SHORTEST_GAP;
  const words = {
    room: ROOM,
    length: times.minutes(minutes),
    time: fits ? "" : times.clock(next),
  };
  const taken = fits || until ? undefined : say("taken_from", words);
  const why = free ? (situation.why ?? taken) : "";
  const data = until ? { end: new Date(next).toISOString() } : { duration: { minutes } };
  // Who sees the room beside it need not read its name once more.
  const [before, after] = say(until ? "book_room_until" : "book_room", words).split(ROOM);
  const label = html`${before}<bdi class="unseen">${room.name}</bdi>${after}`;
  return button({ id: "book", label, kind: "primary", why }, deed, () =>
    onBook(async (hass) => {
      const { end } = await act<{ end: string }>(hass, "book", room.calendar, data);
      return say("booked", { time: times.clock(Date.parse(end)) });
    }),
  );
}
