import {
  type CutoverHandler,
  createCutoverHandler,
  createEngramiaClient,
  keyPerTenant,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { type FakeClock, fakeClock } from 'engramia-cutover/testing';
import type fc from 'fast-check';

/** What the service does with one learn. */
export type ServiceMood = 'stores' | 'breaks' | 'is gone' | 'hangs';

/** What happens, in this order; the scheduler says when, beside all that is under way. */
export type Step =
  | { readonly do: 'call'; readonly tenant: string; readonly fails: boolean }
  | { readonly do: 'flag'; readonly stage: Stage }
  | { readonly do: 'service'; readonly mood: ServiceMood }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'kill' | 'revive' | 'flush' | 'close' };

/** The turns that a world awaits: the scheduler gives them in any order. */
type Scheduler = fc.Scheduler<unknown>;

/** A cutover whose every wait is a turn that a scheduler gives, and what was seen of it. */
export class ScheduledWorld {
  readonly clock: FakeClock = fakeClock();
  readonly handler: CutoverHandler<[string, boolean], Promise<string>>;
  readonly replies: PromiseSettledResult<string>[] = [];
  readonly reports: unknown[] = [];
  /** Promises that were given out and have not settled. */
  outstanding = 0;
  /** Candidates that started between a `kill()` that had returned and the `revive()` after it. */
  startedThoughKilled = 0;
  killed = false;
  readonly #turns: Scheduler;
  #stage: Stage = 'live';
  #mood: ServiceMood = 'stores';

  constructor(turns: Scheduler) {
    this.#turns = turns;
    const { clock } = this;
    const client = createEngramiaClient({
      baseUrl: 'https://engramia.test',
      pacing: false,
      clock,
      fetch: (_url, init) => this.#serve(init?.method ?? 'GET', init?.signal ?? undefined),
    });
    this.handler = createCutoverHandler({
      name: 'chat',
      legacy: async (_tenant: string, _fails: boolean) => {
        await this.#turn('legacy');
        return 'legacy';
      },
      candidate: shadowSafe(async (_context, _tenant, fails) => {
        if (this.killed) this.startedThoughKilled += 1;
        await this.#turn('candidate');
        if (fails) throw new Error('a candidate that fails');
        return 'candidate';
      }),
      identify: (tenant) => ({ tenant, task: `A question of tenant ${tenant}` }),
      flags: {
        metadata: { name: 'remote' },
        resolveStringEvaluation: async () => {
          const value = this.#stage;
          await this.#turn('flag');
          return { value };
        },
      },
      engramia: keyPerTenant(client, (tenant) => `key-of-${tenant}`, { clock }),
      shadow: { learn: { maxCount: 4, concurrency: 2 }, mirror: { maxCount: 3, concurrency: 1 } },
      decideTimeoutMs: 1_000_000,
      random: () => 0.5,
      logger: { warn: () => undefined },
      clock,
    });
  }

  /** Plays the steps and gives all turns that come of them, until nothing happens any more. */
  async play(steps: readonly Step[]): Promise<void> {
    this.#turns.scheduleSequence(steps.map((step) => async () => this.#take(step)));
    // Waits end: breakers close, deadlines pass.
    for (let quiet = 0; quiet < 2; ) {
      if (this.#turns.count() > 0) {
        await this.#turns.waitOne();
        quiet = 0;
      } else {
        await this.clock.advance(60_000);
        quiet = this.#turns.count() > 0 ? 0 : quiet + 1;
      }
    }
    this.#take({ do: 'close' });
    await this.clock.advance(20_000);
    while (this.#turns.count() > 0) await this.#turns.waitOne();
    await this.clock.advance(0);
  }

  #take(step: Step): void {
    const { handler } = this;
    if (step.do === 'call') this.#follow(handler(step.tenant, step.fails), this.replies);
    else if (step.do === 'flag') this.#stage = step.stage;
    else if (step.do === 'service') this.#mood = step.mood;
    else if (step.do === 'wait') this.#follow(this.clock.advance(step.ms), []);
    else if (step.do === 'flush') this.#follow(handler.flush({ timeoutMs: 5_000 }), []);
    else if (step.do === 'close') this.#follow(handler.close({ timeoutMs: 5_000 }), this.reports);
    else if (step.do === 'kill') {
      handler.kill();
      this.killed = true;
    } else {
      this.killed = false;
      handler.revive();
    }
  }

  #follow<T>(promise: Promise<T>, into: (PromiseSettledResult<T> | T)[]): void {
    this.outstanding += 1;
    void Promise.allSettled([promise]).then(([result]) => {
      this.outstanding -= 1;
      into.push(into === this.reports ? (result as PromiseFulfilledResult<T>).value : result);
    });
  }

  async #turn(label: string): Promise<void> {
    await this.#turns.schedule(Promise.resolve(), label);
  }

  async #serve(method: string, signal: AbortSignal | undefined): Promise<Response> {
    const mood = this.#mood;
    if (mood === 'hangs') {
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
    await this.#turn('service');
    if (mood === 'is gone') throw new TypeError('fetch failed');
    if (mood === 'breaks') return new Response('Internal Server Error', { status: 500 });
    return method === 'GET'
      ? Response.json({ events: [], total: 0 })
      : Response.json({ stored: true, pattern_count: 1 });
  }
}
