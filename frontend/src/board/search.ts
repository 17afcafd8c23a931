/** The search for a room that is free now, through the action `find_room`. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { reason } from "../deeds";
import type { Hass } from "../hass";
import { PLATFORM } from "../rooms";
import { timesOf } from "../times";
import { sayIn } from "../words";

/** For how many people, for how long from now on; as the action wants it. */
interface Question {
  capacity: number | undefined;
  duration: { minutes: number };
}

interface Answer {
  response: { rooms: { entity_id: string }[] };
}

/** Rooms change in bursts. */
const REFRESH_AFTER = 1_000;

/** A question that stays until another is asked, and its newest answer. */
export class Search implements ReactiveController {
  question: Question | undefined;
  /** Calendars, the best fit first; undefined until there is an answer. */
  found: readonly string[] | undefined;
  /** What there is to say of the answer. */
  words = "";

  #timer: number | undefined;

  constructor(
    readonly host: ReactiveControllerHost & { hass?: Hass; calendars: readonly string[] },
    /** Whether a room has to stay where it is, because somebody reads what became of a tap. */
    readonly isRead: (calendar: string) => boolean,
  ) {
    host.addController(this);
  }

  /** Ask something else, with what there is to say until the answer; or nothing any more. */
  ask(question?: Question, words = ""): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.question = question;
    this.found = undefined;
    this.words = words;
    this.host.requestUpdate();
    void this.#find();
  }

  /** Ask the same again soon, for rooms have changed. */
  refresh(): void {
    if (!this.question) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.found?.some(this.isRead)) this.refresh();
      else void this.#find();
    }, REFRESH_AFTER);
  }

  hostDisconnected(): void {
    this.ask();
  }

  async #find(): Promise<void> {
    const { question } = this;
    const { hass } = this.host;
    if (!question || !hass) return;
    const say = sayIn(hass.language);
    let { found } = this;
    let words: string;
    try {
      const { response } = await hass.callWS<Answer>({
        type: "call_service",
        domain: PLATFORM,
        service: "find_room",
        service_data: question,
        return_response: true,
      });
      found = response.rooms
        .map(({ entity_id }) => entity_id)
        .filter((calendar) => this.host.calendars.includes(calendar));
      const length = timesOf(hass).minutes(question.duration.minutes);
      words = say(found.length ? "found" : "none_fits", { length });
    } catch (error) {
      words = hass.connected ? await reason(hass, say, error) : say("not_connected");
    }
    // Somebody who has asked something else meanwhile waits for that.
    if (question !== this.question) return;
    this.found = found;
    this.words = words;
    this.host.requestUpdate();
  }
}
