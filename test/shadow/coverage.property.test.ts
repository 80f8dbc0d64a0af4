import { type CallContext, createCutover, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectedPairs } from './collected-pairs.ts';

type How = 'answers' | 'fails' | 'hangs' | 'slow' | 'uncopyable' | 'unreadable';
type Step =
  | {
      readonly do: 'call';
      readonly route: 'chat' | 'unsafe';
      readonly tenant: string;
      readonly how: How;
      readonly times: number;
    }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'kill' | 'revive' | 'flush' };

const hows: readonly How[] = ['answers', 'answers', 'fails', 'hangs', 'slow', 'uncopyable'];
const call = fc.record({
  do: fc.constant('call' as const),
  route: fc.constantFrom('chat' as const, 'chat' as const, 'unsafe' as const),
  tenant: fc.constantFrom('acme', 'beta', '__proto__'),
  how: fc.constantFrom<How>(...hows, 'unreadable'),
  times: fc.integer({ min: 1, max: 12 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: call },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 1, 100, 1_000, 5_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('kill' as const, 'revive', 'flush') }),
  },
);

const schedule = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
  mirror: fc.constantFrom(0, 0.3, 1),
  noise: fc.constantFrom(0, 1),
  draws: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5, maxLength: 20 }),
  budget: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  lane: fc.record({
    maxCount: fc.integer({ min: 1, max: 15 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
    deadlineMs: fc.constantFrom(200, 2_000),
    maxAgeMs: fc.constantFrom(300, 60_000),
  }),
  closeAfterMs: fc.constantFrom(0, 50, 5_000),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

/** Plays a schedule, and gives what of each tenant and kind was to be compared, and what the sink knows. */
async function play({ steps, mirror, noise, draws, budget, lane, closeAfterMs }: Schedule) {
  const [clock, sink] = [fakeClock(), collectedPairs()];
  let drawn = 0;
  const cutover = createCutover({
    flags: memoryFlags('shadow'),
    clock,
    pairs: sink,
    random: () => draws[drawn++ % draws.length] as number,
    shadow: { mirror: lane, ...(budget !== undefined && { budget: { runsPerMinute: budget } }) },
    logger: { warn: () => undefined },
  });
  const wait = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
  const answer = async (context: CallContext, _tenant: string, how: How): Promise<string> => {
    context.report({ usage: { inputTokens: 1, outputTokens: 1 } });
    if (how === 'hangs') await new Promise(() => undefined);
    if (how === 'slow') await wait(150);
    if (how === 'fails') throw new Error('a candidate that fails');
    return how;
  };
  const routeOf = (name: string, candidate: typeof answer) =>
    cutover.handler({
      name,
      legacy: async (_tenant: string, how: How): Promise<string> => how,
      candidate,
      legacyShadow: answer,
      identify: (tenant) => ({ tenant, task: 'a question' }),
      snapshot: (args) => {
        if (args[1] === 'uncopyable') throw new Error('cannot be copied');
        return args;
      },
      view: (reply) => {
        if (reply === 'unreadable') throw new Error('cannot be read');
        return { text: reply };
      },
      sample: { mirror, noise },
    });
  const routes = {
    chat: routeOf('chat', shadowSafe(answer)),
    unsafe: routeOf('unsafe', (...given) => answer(...given)),
  };
  const wanted = new Map<string, number>();
  const want = (key: string, times: number) => wanted.set(key, (wanted.get(key) ?? 0) + times);
  let isKilled = false;
  for (const taken of steps) {
    if (taken.do === 'call') {
      for (let time = 0; time < taken.times; time += 1) {
        await routes[taken.route](taken.tenant, taken.how);
      }
      if (isKilled) continue;
      want(`${taken.tenant} compare`, taken.times);
      if (noise === 1 && taken.route === 'chat') want(`${taken.tenant} noise`, taken.times);
    } else if (taken.do === 'wait') await clock.advance(taken.ms);
    else if (taken.do === 'flush') void cutover.flush({ timeoutMs: 10 });
    else {
      isKilled = taken.do === 'kill';
      if (isKilled) cutover.kill();
      else cutover.revive();
    }
  }
  const closed = cutover.close({ timeoutMs: closeAfterMs });
  await clock.advance(closeAfterMs + 1);
  await closed;
  return { wanted, sink, stats: cutover.stats().mirror };
}

describe('coverage', () => {
  it('balances whatever happens: what was to be compared is a pair or a miss, per tenant and kind', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (played) => {
        const { wanted, sink, stats } = await play(played);
        const told = new Map<string, number>();
        const tell = (key: string, count: number) => told.set(key, (told.get(key) ?? 0) + count);
        for (const { tenant, kind } of sink.pairs) tell(`${tenant} ${kind}`, 1);
        for (const { tenant, kind, count } of sink.misses) tell(`${tenant} ${kind}`, count);
        expect(told).toEqual(wanted);
        const all = [...told.values()].reduce((sum, count) => sum + count, 0);
        expect(all).toBe(stats.offered);
        const ids = sink.pairs.map(({ kind, requestId }) => `${kind} ${requestId}`);
        expect(new Set(ids).size).toBe(ids.length);
        expect(sink.calls.at(-1)).toBe('close');
      }),
      { numRuns: 80 },
    );
  });
});
