import type { Connection, MessageBase } from "home-assistant-js-websocket";

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/**
 * A subscription that is there whenever it can be.
 *
 * Home Assistant's own renewal after a lost connection tries once: an entity that is not there yet,
 * because Home Assistant is still starting, would be missed for good.
 */
export class Subscription<Event> {
  #attempt = 0;
  #close: (() => Promise<void>) | undefined;
  #pause = FIRST_PAUSE;
  #timer: number | undefined;

  constructor(
    readonly connection: Connection,
    readonly message: MessageBase,
    readonly onEvent: (event: Event) => void,
  ) {
    connection.addEventListener("ready", this.renew);
    connection.addEventListener("disconnected", this.#forget);
    this.renew();
  }

  /** Subscribe anew: what was subscribed to may have been replaced. */
  readonly renew = (): void => {
    this.#end();
    this.#pause = FIRST_PAUSE;
    void this.#open();
  };

  /** Stop for good. */
  stop(): void {
    this.connection.removeEventListener("ready", this.renew);
    this.connection.removeEventListener("disconnected", this.#forget);
    this.#end();
  }

  async #open(): Promise<void> {
    const attempt = ++this.#attempt;
    const isCurrent = () => attempt === this.#attempt;
    try {
      const close = await this.connection.subscribeMessage<Event>(
        (event) => {
          if (isCurrent()) this.onEvent(event);
        },
        this.message,
        { resubscribe: false },
      );
      if (isCurrent()) this.#close = close;
      else unsubscribe(close);
    } catch {
      // Refused or cut off: whichever it was, the next attempt tells.
      if (!isCurrent()) return;
      this.#timer = setTimeout(() => void this.#open(), this.#pause);
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
    }
  }

  #end(): void {
    const close = this.#close;
    this.#forget();
    if (close) unsubscribe(close);
  }

  readonly #forget = (): void => {
    this.#attempt++;
    this.#close = undefined;
    clearTimeout(this.#timer);
  };
}

/** Home Assistant may have dropped the subscription already, with what it was about. */
function unsubscribe(close: () => Promise<void>): void {
  close().catch(() => undefined);
}
