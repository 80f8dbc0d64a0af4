import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  createCutoverHandler,
  createEngramiaClient,
  keyPerTenant,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { memoryPairs } from 'engramia-cutover/pairs';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { expect, it } from 'vitest';
import { keyCopy } from '../../src/core/text/text.ts';
import { systemClock } from '../../src/core/time/clock.ts';
import { DecisionCache } from '../../src/flags/source/decision-cache.ts';
import { KeyMemo } from '../../src/flags/source/key-memo.ts';
import { TrafficMeter } from '../../src/rollout/evidence/traffic-meter.ts';
import { toBudget } from '../../src/shadow/budget/budget.ts';
import { createLearnLane } from '../../src/shadow/learn/learn-lane.ts';
import { RunIds } from '../../src/shadow/learn/run-ids.ts';
import { MissedTable } from '../../src/shadow/mirror/missed-table.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { Moments } from '../../src/transcript/moments.ts';
import { threadKey } from '../../src/transcript/thread-key.ts';
import { bytesInUse } from '../shadow/collect-garbage.ts';
import { servedExchange } from '../shadow/exchanges.ts';
import { instantTarget } from '../shadow/instant-target.ts';
import { recorder } from '../shadow/recorder.ts';

const tenants = 200;
const bodyBytes = 100_000;

/** Tells the name of each tenant, cut from a body of its own. */
async function eachTenant(tell: (tenant: string) => unknown): Promise<void> {
  const body = Buffer.alloc(bodyBytes, '.');
  for (let index = 0; index < tenants; index += 1) {
    body.write(`tenant-${String(index).padStart(30, '0')}`);
    await tell(body.toString('latin1').slice(0, 37));
  }
}

/** What is remembered of tenants, and how long after they have been seen. */
const memories = {
  'the lane': () => {
    const target = instantTarget();
    const learner = { targetOf: () => target };
    const setup = { learner, clock: systemClock, random: Math.random, reporter: recorder([]) };
    const lane = createLearnLane(setup);
    return {
      see: (tenant: string) => lane.offer(servedExchange({ tenant, waiter: undefined })),
      settled: () => lane.flush(5_000),
    };
  },
  'the run ids of lessons': () => {
    const ids = new RunIds();
    const owners: object[] = [];
    return {
      see(tenant: string) {
        const owner = { tenant: keyCopy(tenant), note: undefined };
        owners.push(owner);
        const exchange = servedExchange({ tenant });
        const { learning } = exchange;
        expect(ids.of(exchange, learning, owner)).toBe(`shadow:${tenant}`);
        const runId = (): string => tenant;
        expect(ids.of(exchange, { ...learning, runId }, owner)).toBe(tenant);
      },
    };
  },
  'the decisions of a flag service': () => {
    const cache = new DecisionCache({ clock: systemClock, ttlMs: 5_000, maxPerGeneration: 10_000 });
    return { see: (tenant: string) => cache.put(tenant, 'live') };
  },
  'the older decisions of a flag service': () => {
    const cache = new DecisionCache({
      clock: systemClock,
      ttlMs: 5_000,
      maxPerGeneration: tenants,
    });
    return {
      see: (tenant: string) => cache.put(tenant, 'live'),
      // One more makes them the older generation: what is read of it is kept again.
      settled: async () => {
        cache.put('one more', 'live');
        await eachTenant((tenant) => expect(cache.lastKnown(tenant)?.stage).toBe('live'));
      },
    };
  },
  'the keys of decisions': () => {
    const memo = new KeyMemo(10_000);
    return {
      see: (tenant: string) => {
        const attributes = { region: tenant };
        memo.keyOf(tenant, { tenant, user: tenant, task: '', attributes });
      },
    };
  },
  'the keys of tenants': () => {
    const client = createEngramiaClient({ baseUrl: 'http://127.0.0.1:9', apiKey: 'key' });
    const source = keyPerTenant(client, () => undefined);
    return { see: (tenant: string) => source.targetOf(tenant) };
  },
  'a lane whose service is down': () => {
    const target = instantTarget({ readyInMs: () => 60_000 });
    const learner = { targetOf: () => target };
    const setup = { learner, clock: systemClock, random: Math.random, reporter: recorder([]) };
    const lane = createLearnLane({ ...setup, options: { tenantShare: 1 } });
    return {
      see: (tenant: string) => lane.offer(servedExchange({ tenant, waiter: undefined })),
      // All of them have been read, and wait.
      settled: async () => {
        for (let turns = 0; turns < 50; turns += 1) await nextTurn();
        expect(lane.stats()).toMatchObject({ pending: tenants });
      },
    };
  },
  'a mirror lane whose candidate hangs': () => {
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (_tenant: string) => 'legacy answers',
      candidate: shadowSafe(() => new Promise<string>(() => undefined)),
      identify: (tenant) => ({ tenant, task: tenant, attributes: { plan: 'pro' } }),
      flags: memoryFlags('shadow'),
    });
    return {
      see: (tenant: string) => handler(tenant),
      // All of them have been copied, and wait.
      settled: async () => {
        for (let turns = 0; turns < 50; turns += 1) await nextTurn();
        expect(handler.stats().mirror).toMatchObject({ pending: tenants, running: 4 });
      },
    };
  },
  'the pairs of a mirror': () => {
    const pairs = memoryPairs();
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (_tenant: string) => 'legacy answers',
      candidate: shadowSafe(async () => 'the candidate answers'),
      identify: (tenant) => ({ tenant, task: 'What is it?' }),
      flags: memoryFlags('shadow'),
      pairs,
    });
    return {
      see: (tenant: string) => handler(tenant),
      settled: async () => {
        await handler.flush();
        expect(pairs.pairs()).toHaveLength(tenants);
      },
    };
  },
  'the traffic that no store has taken yet': () => {
    const meter = new TrafficMeter({
      store: { ...memoryStore(), addTraffic: () => new Promise(() => undefined) },
      clock: systemClock,
      everyMs: 60_000,
      phaseOf: () => 'phase',
      batchId: () => 'batch',
      contained: () => undefined,
      now: Date.now,
    });
    const call = { route: 'chat', requestId: 'one', stage: 'live', leg: 'candidate' } as const;
    const how = { type: 'served', fellBack: false, status: 'fulfilled', durationMs: 1 } as const;
    return { see: (tenant: string) => meter.count({ ...call, ...how, tenant }) };
  },
  'the moments of conversations': () => {
    const moments = new Moments(systemClock);
    return { see: (tenant: string) => moments.give(threadKey(tenant, 'one')) };
  },
  'the erasures of a transcript': () => {
    const transcript = memoryTranscript();
    return { see: (tenant: string) => transcript.erase(tenant) };
  },
  'the budget of mirrored runs': () => {
    const budget = toBudget({ perTenant: { runsPerMinute: 5 } }, systemClock);
    return { see: (tenant: string) => budget.take(tenant) };
  },
  'the sums of what has no pair': () => {
    const table = new MissedTable();
    const what = { route: 'chat', stage: 'shadow', kind: 'compare' } as const;
    return { see: (tenant: string) => table.count({ ...what, tenant }, 'sampled') };
  },
} satisfies Record<string, () => { see(tenant: string): unknown; settled?(): Promise<unknown> }>;

it.each(Object.keys(memories) as (keyof typeof memories)[])(
  'Promise 3 (boundedness): %s keeps a tenant’s name, and not the body that it was cut from',
  async (which) => {
    const memory: { see(tenant: string): unknown; settled?(): Promise<unknown> } =
      memories[which]();
    const before = bytesInUse();
    await eachTenant((tenant) => memory.see(tenant));
    await memory.settled?.();
    expect(bytesInUse() - before).toBeLessThan((tenants * bodyBytes) / 10);
    memory.see('it is still there');
  },
);
