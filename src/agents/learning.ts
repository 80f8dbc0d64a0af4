import { disregard } from '../core/attempt.ts';
import { type Clock, keepAliveBy, type TimerHandle } from '../core/time/clock.ts';
import type { LearnRequest } from '../engramia/requests.ts';
import { clientFor, type MemorySource } from './recall/memory-source.ts';

/** A finished run that waits to be learned. */
export interface FinishedRun {
  readonly tenant: string | undefined;
  readonly request: LearnRequest;
}

/** What became of finished runs; `offered` is the sum of all others and of those that wait. */
export interface LearnCounts {
  readonly offered: number;
  readonly stored: number;
  /** A near duplicate was there already. */
  readonly present: number;
  /** Not stored, or perhaps stored: the service did not say. */
  readonly failed: number;
  /** There was no scope to learn to. */
  readonly noScope: number;
  /** As many as may wait did so already. */
  readonly dropped: number;
}

/** Learns runs one after the other: the service's own check for duplicates fails when two come at once. */
export class Learning {
  readonly counts = { offered: 0, stored: 0, present: 0, failed: 0, noScope: 0, dropped: 0 };
  readonly #source: MemorySource;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #failed: (error: unknown) => void;
  readonly #waiting: FinishedRun[] = [];
  #work: Promise<void> | undefined;
  #pause: TimerHandle;
  /** How many wait for the end of it all. */
  #awaiting = 0;

  constructor(source: MemorySource, clock: Clock, most: number, failed: (error: unknown) => void) {
    this.#source = source;
    this.#clock = clock;
    this.#most = most;
    this.#failed = failed;
  }

  offer(run: FinishedRun): void {
    this.counts.offered += 1;
    if (this.#waiting.length >= this.#most) {
      this.counts.dropped += 1;
      return;
    }
    this.#waiting.push(run);
    this.#work ??= this.#learnAll();
  }

  /** Resolves when nothing waits any more. Never rejects. */
  async settled(): Promise<void> {
    this.#awaiting += 1;
    keepAliveBy(this.#pause);
    while (this.#work !== undefined) await this.#work;
    this.#awaiting -= 1;
  }

  async #learnAll(): Promise<void> {
    for (let run = this.#waiting.shift(); run !== undefined; run = this.#waiting.shift()) {
      try {
        this.counts[await this.#learn(run)] += 1;
      } catch (error) {
        this.counts.failed += 1;
        this.#tell(error);
      }
    }
    // Here, not by whoever awaits this: a run that came in between would be left waiting.
    this.#work = undefined;
  }

  async #learn({ tenant, request }: FinishedRun): Promise<'stored' | 'present' | 'noScope'> {
    const client = await clientFor(this.#source, tenant);
    if (client === undefined) return 'noScope';
    // Timers may be early, and others of the client quicker: asked anew after each wait.
    const readyInMs = (): number => client.pacing.readyInMs('learn', 'shadow');
    for (let ms = readyInMs(); ms > 0; ms = readyInMs()) await this.#pass(ms);
    const { stored } = await client.learn(request, { priority: 'shadow' });
    return stored ? 'stored' : 'present';
  }

  async #pass(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#pause = this.#clock.setTimeout(resolve, ms);
      if (this.#awaiting > 0) keepAliveBy(this.#pause);
    });
    this.#pause = undefined;
  }

  #tell(error: unknown): void {
    try {
      disregard(this.#failed(error) as unknown);
    } catch {
      // Whoever wants to be told of failures has failed: there is nobody left to tell.
    }
  }
}
