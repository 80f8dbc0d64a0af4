import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createCutoverHandler,
  createEngramiaClient,
  keyPerTenant,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock, fakeEngramia } from 'engramia-cutover/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const tenants = ['a', 'b', 'c', '__proto__', 'no-key'] as const;
const keyOf = (tenant: string): string | undefined =>
  tenant === 'no-key' ? undefined : `key-of-${tenant}`;

/** What the service does with one learn. */
const replies = {
  stored: () => Response.json({ stored: true, pattern_count: 1 }),
  present: () => Response.json({ stored: false, pattern_count: 1 }),
  perhaps: () => new Response('Internal Server Error', { status: 500 }),
  broken: () => new Response('<html>', { status: 200 }),
  limited: () =>
    Response.json({ error_code: 'RATE_LIMITED', detail: 'slow down' }, { status: 429 }),
  refused: () => Response.json({ error_code: 'FORBIDDEN', detail: 'no' }, { status: 403 }),
} as const;
type Behaviour = keyof typeof replies;

interface Script {
  readonly calls: readonly { tenant: number; slow: boolean }[];
  readonly behaviours: readonly Behaviour[];
  readonly room: number;
}

const scripts: fc.Arbitrary<Script> = fc.record({
  calls: fc.array(fc.record({ tenant: fc.nat(tenants.length - 1), slow: fc.boolean() }), {
    minLength: 2,
    maxLength: 7,
  }),
  behaviours: fc.array(
    fc.constantFrom<Behaviour>('stored', 'present', 'perhaps', 'broken', 'limited', 'refused'),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  room: fc.integer({ min: 1, max: 8 }),
});

/** What one interleaving let the service and the mirrors see. */
interface Sightings {
  readonly sent: { key: string; body: string }[];
  readonly mirrors: { tenant: string; store: string | undefined; message: string }[];
  readonly learnStores: (string | undefined)[];
}

async function play(script: Script): Promise<Sightings> {
  const store = new AsyncLocalStorage<string>();
  const seen: Sightings = { sent: [], mirrors: [], learnStores: [] };
  let next = 0;
  const client = createEngramiaClient({
    baseUrl: 'https://engramia.test',
    pacing: false,
    fetch: async (_url, init) => {
      const key = new Headers(init?.headers).get('authorization') ?? '';
      if (typeof init?.body === 'string') seen.sent.push({ key, body: init.body });
      seen.learnStores.push(store.getStore());
      const behaviour = script.behaviours[next++ % script.behaviours.length] as Behaviour;
      return replies[behaviour]();
    },
  });
  const clock = fakeClock();
  const handler = createCutoverHandler({
    clock,
    name: 'chat',
    legacy: async (tenant: string, message: string, slow: boolean) => {
      if (slow) await new Promise((resolve) => setImmediate(resolve));
      return `reply to ${message} of <${tenant}>`;
    },
    candidate: shadowSafe(async (context, tenant, message) => {
      seen.mirrors.push({ tenant: context.tenant, store: store.getStore(), message });
      return `mirror of ${tenant}`;
    }),
    identify: (tenant, message) => ({ tenant, task: message }),
    flags: memoryFlags('shadow'),
    engramia: keyPerTenant(client, keyOf),
    shadow: { learn: { maxCount: script.room }, mirror: { maxCount: script.room } },
    logger: { warn: () => undefined },
  });
  await Promise.all(
    script.calls.map(({ tenant, slow }, index) => {
      const name = tenants[tenant] as string;
      return store.run(name, () => handler(name, `question ${index} of <${name}>`, slow));
    }),
  );
  // Minutes in which pauses end and what failed is tried again.
  for (let minute = 0; minute < 3 && handler.stats().learn.pending > 0; minute += 1) {
    await clock.advance(61_000);
  }
  await Promise.all([handler.close({ timeoutMs: 1 }), clock.advance(1)]);
  return seen;
}

function expectOwn(seen: Sightings): void {
  for (const { key, body } of seen.sent) {
    const [, owner] = /of <(.*?)>/.exec(body) ?? [];
    expect(key).toBe(`Bearer ${keyOf(owner as string)}`);
  }
  for (const { tenant, store, message } of seen.mirrors) {
    expect(store).toBe(tenant);
    expect(message).toContain(`of <${tenant}>`);
  }
  expect(seen.learnStores.every((held) => held === undefined)).toBe(true);
}

describe('Promise 4 (isolation)', () => {
  it('sends a tenant’s exchange under that tenant’s key only, over 10,000 interleavings of tenants, retries, drops and contexts', async () => {
    let interleavings = 0;
    let sent = 0;
    let mirrored = 0;
    let retried = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(scripts, { minLength: 20, maxLength: 20 }), async (together) => {
        for (const seen of await Promise.all(together.map(play))) {
          interleavings += 1;
          sent += seen.sent.length;
          retried += seen.sent.length - new Set(seen.sent.map(({ body }) => body)).size;
          mirrored += seen.mirrors.length;
          expectOwn(seen);
        }
      }),
      { numRuns: 500 },
    );
    expect(interleavings).toBeGreaterThanOrEqual(10_000);
    expect(sent).toBeGreaterThan(10_000);
    expect(retried).toBeGreaterThan(1_000);
    expect(mirrored).toBeGreaterThan(10_000);
  }, 240_000);

  it('makes no call and an event for a tenant without a key: never another’s key, never a default one', async () => {
    const fake = await fakeEngramia({
      keys: { 'key-of-a': { tenant: 'a', project: 'p', role: 'editor' } },
      rateLimits: false,
    });
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (tenant: string) => `reply for ${tenant}`,
      candidate: async () => 'x',
      identify: (tenant) => ({ tenant, task: `a question of tenant ${tenant}` }),
      flags: memoryFlags('dualwrite'),
      engramia: keyPerTenant(
        createEngramiaClient({
          baseUrl: fake.url,
          apiKey: 'key-of-a',
          fetch: fake.fetch,
          pacing: false,
        }),
        (tenant) => (tenant === 'a' ? 'key-of-a' : undefined),
      ),
      logger: { warn: () => undefined },
    });
    const settled: string[] = [];
    handler.on('settled', (event) => settled.push(`${event.tenant}: ${event.outcome}`));
    await handler('a');
    await handler('b');
    await handler.flush();
    expect(handler.stats().learn).toMatchObject({ ok: { stored: 1 }, skipped: { noKey: 1 } });
    expect(settled.toSorted()).toEqual(['a: stored', 'b: noKey']);
    expect(fake.requests).toHaveLength(1);
    expect(JSON.stringify(fake.requests)).not.toContain('tenant b');
  });
});
