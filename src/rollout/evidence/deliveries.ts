import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';

/** What is delivered, and where to. */
export interface DeliverySetting<B> {
  readonly clock: Clock;
  /** Milliseconds in which what comes is gathered. */
  readonly everyMs: number;
  /** Takes what was gathered, as batches. */
  readonly take: () => readonly B[];
  readonly send: (batch: B) => Promise<void>;
  readonly contained: (error: unknown) => void;
}

/**
 * Sends what was gathered, about every second. A batch that could not be sent is sent again as it was; meanwhile nothing is
 * taken, so that what waits is bounded where it is gathered.
 */
export class Deliveries<B> {
  readonly #setting: DeliverySetting<B>;
  #queue: readonly B[] = [];
  #sending: Promise<void> | undefined;
  /** Of those who wait until what is on its way is sent, and for what they have gathered. */
  #next: Promise<void> | undefined;
  #timer: TimerHandle;
  #waiting = false;

  constructor(setting: DeliverySetting<B>) {
    this.#setting = setting;
  }

  /** There is something to be sent, soon. */
  nudge(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    const { clock, everyMs } = this.#setting;
    inRootScope(() => {
      this.#timer = clock.setTimeout(() => {
        this.#waiting = false;
        void this.flush();
      }, everyMs);
    });
  }

  /** Resolves when what was gathered before is sent, or could not be. */
  flush(): Promise<void> {
    if (this.#sending === undefined) return this.#begin();
    // One wait for all: a store that hangs would have one more each second.
    this.#next ??= this.#sending.then(() => this.#sending ?? this.#begin());
    return this.#next;
  }

  /** Sends what was gathered, and once more what came meanwhile: calls that were under way are served while the store answers. */
  async close(): Promise<void> {
    await this.flush();
    await this.flush();
    this.#setting.clock.clearTimeout(this.#timer);
    this.#waiting = true;
  }

  #begin(): Promise<void> {
    // Over for all who wait at once: whoever comes then may have gathered more than the next one takes.
    this.#sending = this.#send().finally(() => {
      this.#sending = undefined;
      this.#next = undefined;
    });
    return this.#sending;
  }

  /** What is left of before, and what was gathered up to now: what comes meanwhile is gathered for the next time. */
  async #send(): Promise<void> {
    const { take, contained } = this.#setting;
    try {
      if (this.#queue.length > 0) await this.#sendQueue();
      this.#queue = take();
      await this.#sendQueue();
    } catch (error) {
      contained(error);
      this.nudge();
    }
  }

  async #sendQueue(): Promise<void> {
    for (; this.#queue.length > 0; this.#queue = this.#queue.slice(1)) {
      await this.#setting.send(this.#queue[0] as B);
    }
  }
}
