import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createCutoverHandler,
  type EngramiaClient,
  EngramiaError,
  keyPerTenant,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

const tenants = ['a', 'b', 'c', 'constructor', '__proto__'];
const keyOf = (tenant: string): string => `key-of-${tenant}`;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A source of numbers that a seed repeats. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

const refused = new EngramiaError('ERR_ENGRAMIA_HTTP', 'Forbidden', { status: 403 });
const answers = [{ stored: true }, { stored: false }, undefined];

/** Everything that waits, waits here: which goes on next is drawn. */
class DrawnTurns {
  readonly #draw: (below: number) => number;
  #waiting: (() => void)[] = [];

  constructor(draw: (below: number) => number) {
    this.#draw = draw;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  take(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets one go on; now and then the event loop turns before the next. */
  async give(): Promise<void> {
    const [goOn] = this.#waiting.splice(this.#draw(this.#waiting.length), 1);
    goOn?.();
    if (this.#draw(3) === 0) await nextTurn();
    else await undefined;
  }
}

/** What was seen of other tenants; the first of it is told. */
interface Seen {
  sent: number;
  mirrored: number;
  leaks: string[];
}

function createWorld(turns: DrawnTurns, draw: (below: number) => number, seen: Seen) {
  const store = new AsyncLocalStorage<string>();
  let now = 0;
  // Time passes between interleavings alone; no key is remembered from one to the next.
  const clock = {
    now: () => now,
    monotonic: () => now,
    setTimeout: () => undefined,
    clearTimeout: () => undefined,
  };
  const owns = (what: string, tenant: string | undefined, told: unknown): void => {
    const owner = /of <(.*?)>/.exec(String(told))?.[1];
    if (owner !== tenant) seen.leaks.push(`${what}: ${owner} at ${tenant}`);
  };
  // Of the client no more than learning uses: HTTP would cost ten times what is looked at here.
  const client = {
    baseUrl: 'https://engramia.test',
    pacing: { readyInMs: () => 0, clockSkewMs: 0 },
    withKey: (key: string) => ({
      ...client,
      fingerprint: key,
      learn: async ({ task, code }: { task: string; code: string }) => {
        seen.sent += 1;
        const tenant = tenants.find((name) => key === keyOf(name));
        owns('sent task', tenant, task);
        owns('sent code', tenant, code);
        if (store.getStore() !== undefined) seen.leaks.push('sent: in the context of a call');
        await turns.take();
        const answer = answers[draw(answers.length)];
        if (answer === undefined) throw refused;
        return answer;
      },
    }),
  };
  const lookUp = async (tenant: string): Promise<string> => {
    await turns.take();
    return keyOf(tenant);
  };
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (tenant: string, message: string) => {
      await turns.take();
      owns('legacy', store.getStore(), message);
      return `reply to ${message} of <${tenant}>`;
    },
    candidate: shadowSafe(async (context, _tenant, message) => {
      owns('mirror', context.tenant, message);
      await turns.take();
      owns('mirror context', store.getStore(), message);
      seen.mirrored += 1;
      return 'mirror';
    }),
    identify: (tenant, message) => ({ tenant, task: message }),
    flags: memoryFlags('shadow'),
    engramia: keyPerTenant(client as unknown as EngramiaClient, lookUp, { clock, ttlMs: 1 }),
    shadow: { learn: { maxCount: 4, concurrency: 2 }, mirror: { maxCount: 3, concurrency: 2 } },
    logger: { warn: () => undefined },
    clock,
  });
  return { handler, store, tick: () => (now += 10) };
}

type World = ReturnType<typeof createWorld>;

/** Two to four calls of drawn tenants, with all that follows from them, in one drawn order. */
async function interleave(
  { handler, store, tick }: World,
  turns: DrawnTurns,
  draw: (below: number) => number,
  seen: Seen,
): Promise<void> {
  tick();
  let open = 2 + draw(3);
  for (let left = open; left > 0; left -= 1) {
    const tenant = tenants[draw(tenants.length)] as string;
    const reply = store.run(tenant, () => handler(tenant, `a question of <${tenant}>`));
    void reply.then((text) => {
      open -= 1;
      if (!text.endsWith(`of <${tenant}>`)) seen.leaks.push(`reply: ${text} at ${tenant}`);
    });
  }
  for (let idle = 0; idle < 2 || open > 0; ) {
    if (turns.isEmpty) {
      idle += 1;
      await nextTurn();
    } else {
      idle = 0;
      await turns.give();
    }
  }
}

/** Plays interleavings one after another in one world: what an earlier one left behind would be seen by a later one. */
async function interleaveMany(seed: number): Promise<void> {
  const draw = numbersFrom(seed);
  const turns = new DrawnTurns(draw);
  const world = createWorld(turns, draw, seen);
  for (let left = inOneRun; left > 0; left -= 1) {
    await interleave(world, turns, draw, seen);
    interleavings += 1;
  }
  expect(seen.leaks.slice(0, 5)).toEqual([]);
  const { learn, mirror } = world.handler.stats();
  expect(learn.pending + mirror.pending).toBe(0);
  expect(learn.dropped.count + learn.dropped.tenant).toBeGreaterThan(0);
  await world.handler.close();
}

const inOneRun = 1_000;
const runs = 100;
const together = 20;
const seen: Seen = { sent: 0, mirrored: 0, leaks: [] };
let interleavings = 0;
afterAll(() => {
  process.stdout.write(
    `isolation: ${interleavings} interleavings, ${seen.sent} requests, ${seen.mirrored} mirrors\n`,
  );
});

describe('Promise 4 (isolation)', () => {
  it('keeps key, text, reply and async context of a tenant to that tenant over 100,000 interleavings of calls that share lanes', async () => {
    const seeds = fc.array(fc.integer(), { minLength: together, maxLength: together });
    await fc.assert(
      fc.asyncProperty(seeds, async (given) => {
        await Promise.all(given.map(interleaveMany));
      }),
      { numRuns: runs / together, endOnFailure: true },
    );
    expect(interleavings).toBeGreaterThanOrEqual(100_000);
    expect(seen.sent).toBeGreaterThan(100_000);
    expect(seen.mirrored).toBeGreaterThan(100_000);
  }, 300_000);
});
