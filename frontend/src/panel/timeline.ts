/** The day as a line: bookings as blocks, hours as marks, and now. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { HOUR, type Times } from "../times";
import type { Say } from "../words";
import type { Entry } from "./day";

/** Where a booking is drawn: along the day from 0 to 1, and in which of how many lanes. */
export interface Block {
  entry: Entry;
  from: number;
  to: number;
  lane: number;
  lanes: number;
}

/** The part of a day that is shown; milliseconds since 1970. */
export interface Span {
  start: number;
  end: number;
}

const FIRST_HOUR = 8;
const LAST_HOUR = 18;
/** More marks than these are in each other's way. */
const MOST_MARKS = 11;

/** The hours from 8 to 18, and as many more as now and the bookings take. */
export function spanOf(entries: readonly Entry[], now: number, times: Times): Span {
  const day = { start: times.startOfDay(now), end: times.endOfDay(now) };
  const first = Math.min(times.hourOfDay(now, FIRST_HOUR), now, ...entries.map((e) => e.start));
  const last = Math.max(
    times.hourOfDay(now, LAST_HOUR),
    now + HOUR / 2,
    ...entries.map((e) => e.end),
  );
  return {
    start: Math.max(day.start, day.start + HOUR * Math.floor((first - day.start) / HOUR)),
    end: Math.min(day.end, day.start + HOUR * Math.ceil((last - day.start) / HOUR)),
  };
}

/** Blocks for bookings in order of their starts; those that overlap lie side by side. */
export function blocksOf(entries: readonly Entry[], span: Span): Block[] {
  const length = span.end - span.start;
  const along = (time: number) => Math.min(1, Math.max(0, (time - span.start) / length));
  const blocks: Block[] = [];
  let group: Block[] = [];
  let laneEnds: number[] = [];
  const close = () => {
    for (const block of group) block.lanes = laneEnds.length;
    group = [];
    laneEnds = [];
  };
  for (const entry of entries) {
    if (entry.end <= span.start || entry.start >= span.end) continue;
    if (laneEnds.every((end) => end <= entry.start)) close();
    const free = laneEnds.findIndex((end) => end <= entry.start);
    const lane = free === -1 ? laneEnds.length : free;
    laneEnds[lane] = entry.end;
    const block = { entry, from: along(entry.start), to: along(entry.end), lane, lanes: 1 };
    group.push(block);
    blocks.push(block);
  }
  close();
  return blocks;
}

/** Draw the day. */
export function timeline(
  entries: readonly Entry[],
  now: number,
  times: Times,
  say: Say,
): TemplateResult {
  const span = spanOf(entries, now, times);
  const hours = Math.round((span.end - span.start) / HOUR);
  const every = HOUR * Math.ceil(hours / MOST_MARKS);
  const marks = Array.from(
    { length: Math.ceil((span.end - span.start) / every) },
    (_, index) => span.start + index * every,
  );
  const at = (time: number) => String((time - span.start) / (span.end - span.start));
  return html`<div class="day">
    <div class="marks" aria-hidden="true">
      ${marks.map(
        (time) =>
          html`<span class="mark" style="--from:${at(time)}">
            <span>${times.hour(time)}</span>
          </span>`,
      )}
    </div>
    <ol class="blocks" aria-label=${say("today")}>
      ${repeat(
        blocksOf(entries, span),
        ({ entry }) => entry.id,
        (block) => drawn(block, now, times, say),
      )}
    </ol>
    <div class="now-line" style="--from:${at(now)}" aria-hidden="true"></div>
  </div>`;
}

function drawn(
  { entry, from, to, lane, lanes }: Block,
  now: number,
  times: Times,
  say: Say,
): TemplateResult {
  const runs = entry.start <= now && now < entry.end && !entry.tentative;
  const time = entry.end <= now ? "past" : runs ? "runs" : "ahead";
  return html`<li
    class="block ${time} ${entry.tentative ? "tentative" : ""}"
    data-id=${entry.id}
    style="--from:${from};--to:${to};--lane:${lane};--lanes:${lanes}"
  >
    <span class="title"><bdi>${entry.title}</bdi></span>
    <span class="range">${times.range(entry.start, entry.end, now)}</span>
    ${entry.tentative ? html`<span class="range">${say("tentative")}</span>` : nothing}
  </li>`;
}
