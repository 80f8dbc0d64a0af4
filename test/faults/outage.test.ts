import {
  createCutoverHandler,
  createEngramiaClient,
  keyPerTenant,
  type LaneStats,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { type FakeClock, fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { droppedOf, uncounted } from '../../bench/conservation.ts';

const tenants = ['a', 'b', 'c', 'd', 'e'];
const bounds = { maxCount: 200, maxBytes: 1024 * 1024, concurrency: 4 };
const callsASecond = 100;
const looksASecond = 5;
const outageSeconds = 30 * 60;
/** The longest that the breaker stays open, and a little. */
const recoverySeconds = 150;

type Answer = (init: RequestInit) => Promise<Response>;

const refused = (): TypeError =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });

/** What a service that is down does. */
const outages = {
  refuse: () => Promise.reject(refused()),
  hang: ({ signal }) =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  error: async () => new Response('Internal Server Error', { status: 500 }),
} satisfies Record<string, Answer>;

/** A service that stores whatever it is sent, until it is down. */
class Service {
  stored = 0;
  down: Answer | undefined;

  readonly fetch = (_url: string | URL, init: RequestInit = {}): Promise<Response> =>
    this.down === undefined ? this.#answer(init) : this.down(init);

  async #answer({ method }: RequestInit): Promise<Response> {
    // The list of events: nothing of what failed was stored.
    if (method === 'GET') return Response.json({ events: [], total: 0 });
    this.stored += 1;
    return Response.json({ stored: true, pattern_count: this.stored });
  }
}

function startApp(clock: FakeClock) {
  const service = new Service();
  const client = createEngramiaClient({
    baseUrl: 'https://engramia.test',
    fetch: service.fetch,
    pacing: false,
    clock,
  });
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (tenant: string, message: string) => `reply to ${tenant}: ${message}`,
    candidate: async () => 'not asked',
    identify: (tenant, message) => ({ tenant, task: message }),
    flags: memoryFlags('dualwrite'),
    engramia: keyPerTenant(client, (tenant) => `key-of-${tenant}`, { clock }),
    shadow: { learn: bounds },
    random: () => 0.5,
    logger: { warn: () => undefined },
    clock,
  });
  return { service, handler };
}

type App = ReturnType<typeof startApp>;

/** Users who ask at an even rate, whatever becomes of the service. */
class Users {
  asked = 0;
  wrong = 0;
  mostPending = 0;
  readonly #app: App;
  readonly #clock: FakeClock;

  constructor(app: App, clock: FakeClock) {
    this.#app = app;
    this.#clock = clock;
  }

  /** Asks for so many seconds, and looks at the lane five times in each. */
  async ask(seconds: number, aSecond = callsASecond): Promise<void> {
    for (let look = 0; look < seconds * looksASecond; look += 1) {
      const calls: Promise<void>[] = [];
      for (let call = 0; call < aSecond / looksASecond; call += 1) calls.push(this.#askOnce());
      await Promise.all(calls);
      await this.#clock.advance(1000 / looksASecond);
      this.#look(this.#app.handler.stats().learn);
    }
  }

  async #askOnce(): Promise<void> {
    const tenant = tenants[this.asked % tenants.length] as string;
    const message = `This is question number ${this.asked}`;
    this.asked += 1;
    const reply = await this.#app.handler(tenant, message).catch(() => undefined);
    if (reply !== `reply to ${tenant}: ${message}`) this.wrong += 1;
  }

  #look(learn: LaneStats): void {
    this.mostPending = Math.max(this.mostPending, learn.pending);
    const { offered, pending, bytes, running } = learn;
    const isBounded =
      pending <= bounds.maxCount && bytes <= bounds.maxBytes && running <= bounds.concurrency;
    expect({ offered, uncounted: uncounted(learn), isBounded }).toEqual({
      offered: this.asked,
      uncounted: 0,
      isBounded: true,
    });
  }
}

describe.each(Object.entries(outages))('a service that is down: %s', (_how, down) => {
  it('costs 30 minutes at 100 calls a second no reply and no room, loses what is counted, and learns again afterwards', async () => {
    const clock = fakeClock();
    const app = startApp(clock);
    const { service, handler } = app;
    const told = { learned: 0, dropped: 0 };
    handler.on('learned', () => {
      told.learned += 1;
    });
    handler.on('dropped', () => {
      told.dropped += 1;
    });
    const users = new Users(app, clock);

    await users.ask(10);
    const healthy = handler.stats().learn;
    expect(healthy).toMatchObject({ offered: 1000, ok: { stored: 1000 }, pending: 0 });

    service.down = down;
    await users.ask(outageSeconds);
    const { learn: lost } = handler.stats();
    expect(lost.offered).toBe(1000 + outageSeconds * callsASecond);
    expect(lost.ok.stored).toBe(1000);
    expect(users.mostPending).toBe(bounds.maxCount);
    expect(droppedOf(lost)).toBe(told.dropped);
    expect(lost.accepted + droppedOf(lost)).toBe(lost.offered);

    service.down = undefined;
    await users.ask(recoverySeconds, callsASecond / 10);
    const { learn: back } = handler.stats();
    await users.ask(10);
    const { learn: later } = handler.stats();
    expect(later.ok.stored - back.ok.stored).toBe(10 * callsASecond);
    expect(droppedOf(later)).toBe(droppedOf(back));

    const closing = handler.close();
    await clock.advance(10_000);
    await closing;
    const { learn: end } = handler.stats();
    expect({ uncounted: uncounted(end), pending: end.pending }).toEqual({
      uncounted: 0,
      pending: 0,
    });
    expect({ stored: end.ok.stored, told: told.learned }).toEqual({
      stored: service.stored,
      told: service.stored,
    });
    expect(users.wrong).toBe(0);
  }, 60_000);
});
