/** What can be done at the door of a room, by its state and by what it can. */
import type { Button } from "../button";
import { act } from "../deeds";
import type { Hass } from "../hass";
import type { Facts } from "../link";
import type { Room } from "../rooms";
import { HOUR, MINUTE, type Times } from "../times";
import type { Say } from "../words";

/** A button and what it does; `work` answers with the words for what it did. */
export interface Offer extends Button {
  /** Whether a second tap has to confirm it. */
  sure?: boolean;
  work: (hass: Hass) => Promise<string>;
}

/** Everything that an offer depends on; times in milliseconds since 1970. */
export interface Situation {
  room: Room;
  facts: Facts;
  now: number;
  title: string | undefined;
  say: Say;
  times: Times;
  /** Why nothing can be done at all. */
  why: string | undefined;
}

const LENGTHS = [15, 30, 60];
const EXTENSION = 15;
/** A gap is worth booking from this length on, and one of more than this is not "until next". */
const SHORTEST_GAP = 5 * MINUTE;
const LONGEST_GAP = 8 * HOUR;

/** The buttons that a room offers now. */
export function offers(situation: Situation): Offer[] {
  const { room, facts } = situation;
  const can = (verb: string) => facts.verbs.includes(verb);
  const awaited =
    room.state === "pending" || (room.current && !room.current.checkedIn && !room.inUse);
  return [
    ...(can("check_in") && awaited ? [checkIn(situation)] : []),
    ...(can("book") && room.state === "free" ? bookings(situation) : []),
    ...(can("extend") && room.current ? [extension(situation)] : []),
    ...(can("end_meeting") && room.current ? [end(situation)] : []),
  ];
}

function bookings(situation: Situation): Offer[] {
  const { room, now, say, times, title } = situation;
  const next = room.next?.start ?? Number.POSITIVE_INFINITY;
  const book = async (hass: Hass, data: Record<string, unknown>) => {
    const named = title ? { ...data, title } : data;
    const { end } = await act<{ end: string }>(hass, "book", room.calendar, named);
    return say("booked", { time: times.clock(Date.parse(end)) });
  };
  const fixed = LENGTHS.map((minutes): Offer => ({
    id: `book_${minutes}`,
    label: say("book_for", { length: times.minutes(minutes) }),
    kind: "primary",
    why: situation.why ?? taken(situation, minutes * MINUTE),
    work: (hass) => book(hass, { duration: { minutes } }),
  }));
  const gap = next - now;
  if (gap < SHORTEST_GAP || gap > LONGEST_GAP) return fixed;
  const end = new Date(next).toISOString();
  const untilNext: Offer = {
    id: "book_until",
    label: say("book_until", { time: times.clock(next) }),
    kind: "primary",
    why: situation.why,
    work: (hass) => book(hass, { end }),
  };
  return [...fixed, untilNext];
}

function extension(situation: Situation): Offer {
  const { room, say, times } = situation;
  const end = room.current?.end ?? 0;
  const gap = room.next ? Math.floor((room.next.start - end) / MINUTE) : EXTENSION;
  const fits = gap >= EXTENSION;
  const minutes = fits || gap <= 0 ? EXTENSION : gap;
  return {
    id: "extend",
    label:
      fits || gap <= 0
        ? say("extend_for", { length: times.minutes(EXTENSION) })
        : say("extend_until", { time: times.clock(end + gap * MINUTE) }),
    why: situation.why ?? (gap <= 0 ? taken(situation, end + MINUTE - situation.now) : undefined),
    work: async (hass) => {
      const data = { duration: { minutes } };
      const answer = await act<{ end: string }>(hass, "extend", room.calendar, data);
      return say("extended", { time: times.clock(Date.parse(answer.end)) });
    },
  };
}

function end({ room, say, why }: Situation): Offer {
  return {
    id: "end",
    label: say("end"),
    kind: "danger",
    sure: true,
    why,
    work: async (hass) => {
      await act(hass, "end_meeting", room.calendar);
      return say("ended");
    },
  };
}

function checkIn({ room, say, why }: Situation): Offer {
  return {
    id: "check_in",
    label: say("check_in"),
    kind: "primary",
    why,
    work: async (hass) => {
      await act(hass, "check_in", room.calendar);
      return say("checked_in");
    },
  };
}

/** Why the room cannot be had for so long from now, undefined if it can. */
function taken({ room, now, say, times }: Situation, length: number): string | undefined {
  const next = room.next?.start;
  return next === undefined || now + length <= next
    ? undefined
    : say("taken_from", { time: times.clock(next) });
}
