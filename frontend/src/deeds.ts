/** What buttons do, and what became of it. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Hass, Refusal } from "./hass";
import { PLATFORM } from "./rooms";
import type { Say } from "./words";

/** What became of a tap on a button; `words` are for people. */
export interface Deed {
  button: string;
  phase: "pending" | "confirmed" | "refused";
  words: string;
}

/** So long may somebody read what became of it. */
const CONFIRMED_FOR = 6_000;
const REFUSED_FOR = 15_000;

/** The deeds of one card by room: one thing at a time is done to each. */
export class Deeds implements ReactiveController {
  readonly #deeds = new Map<string, Deed>();
  readonly #timers = new Map<string, number>();

  constructor(readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** What became of the last tap in a room, undefined once there was time to read it. */
  in(room: string): Deed | undefined {
    return this.#deeds.get(room);
  }

  /**
   * Do something in a room, unless something is being done there already.
   *
   * `work` answers with the words for what it did; what it throws is put into words here.
   */
  async perform(
    room: string,
    button: string,
    hass: Hass,
    say: Say,
    work: (hass: Hass) => Promise<string>,
  ): Promise<void> {
    if (this.#deeds.get(room)?.phase === "pending") return;
    this.#set(room, { button, phase: "pending", words: say("working") });
    try {
      const words = await work(hass);
      this.#set(room, { button, phase: "confirmed", words }, CONFIRMED_FOR);
    } catch (error) {
      const words = await reason(hass, say, error);
      this.#set(room, { button, phase: "refused", words }, REFUSED_FOR);
    }
  }

  hostDisconnected(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#deeds.clear();
  }

  #set(room: string, deed: Deed, milliseconds?: number): void {
    clearTimeout(this.#timers.get(room));
    this.#timers.delete(room);
    this.#deeds.set(room, deed);
    if (milliseconds !== undefined) {
      const forget = () => {
        this.#timers.delete(room);
        this.#deeds.delete(room);
        this.host.requestUpdate();
      };
      this.#timers.set(room, setTimeout(forget, milliseconds));
    }
    this.host.requestUpdate();
  }
}

/** Perform one of the integration's actions on a room; its response. */
export async function act<Response>(
  hass: Hass,
  service: string,
  calendar: string,
  data: Record<string, unknown> = {},
): Promise<Response> {
  const { response } = await hass.callWS<{ response: Record<string, Response> }>({
    type: "call_service",
    domain: PLATFORM,
    service,
    service_data: data,
    target: { entity_id: calendar },
    return_response: true,
  });
  return response[calendar] as Response;
}

/** Why Home Assistant refused, in the user's words. */
export async function reason(hass: Hass, say: Say, error: unknown): Promise<string> {
  if (error instanceof Error) return error.message;
  // Whoever is cut off hears of it by a number, bare or wrapped in one way or another.
  if (!isRefusal(error)) return say("cut_off");
  if (error.code === "unauthorized") return say("no_rights");
  const { translation_domain: domain, translation_key: key } = error;
  if (!domain || !key) return error.message;
  const localize = await hass.loadBackendTranslation("exceptions", domain);
  const words = localize(
    `component.${domain}.exceptions.${key}.message`,
    error.translation_placeholders,
  );
  return words || error.message;
}

function isRefusal(error: unknown): error is Refusal {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string" &&
    "message" in error
  );
}
