import {
  type Budget,
  type CallContext,
  type CutoverEventOf,
  type CutoverHandler,
  type CutoverOptions,
  createCutoverHandler,
  type RouteOptions,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { collectedPairs } from '../collected-pairs.ts';

type Route = RouteOptions<[tenant: string], Promise<string>>;

interface World {
  readonly handler: CutoverHandler<[tenant: string], Promise<string>>;
  readonly warnings: string[];
  readonly told: CutoverEventOf<'delivery'>[];
  /** Calls of a tenant, each of them mirrored to its end before the next. */
  call(tenant: string, times?: number): Promise<void>;
  /** Mirrored runs so far, by tenant. */
  readonly runs: Record<string, number>;
}

const used = (inputTokens: number, outputTokens = 0) => ({ usage: { inputTokens, outputTokens } });

function world(
  budget: NonNullable<CutoverOptions['shadow']>['budget'],
  over: Partial<Route & CutoverOptions> = {},
): World {
  const [warnings, runs]: [string[], Record<string, number>] = [[], {}];
  const told: World['told'] = [];
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (tenant: string) => `legacy of ${tenant}`,
    candidate: shadowSafe(async (context: CallContext, tenant: string) => {
      runs[tenant] = (runs[tenant] ?? 0) + 1;
      context.report(used(80, 20));
      return 'candidate';
    }),
    identify: (tenant) => ({ tenant, task: 'a question' }),
    flags: memoryFlags('shadow'),
    logger: { warn: (line) => void warnings.push(line) },
    shadow: budget === undefined ? {} : { budget },
    ...over,
  });
  handler.on('delivery', (event) => told.push(event));
  const call = async (tenant: string, times = 1): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      expect(await handler(tenant)).toBe(`legacy of ${tenant}`);
      await handler.flush();
    }
  };
  return { handler, warnings, told, call, runs };
}

describe('a budget of the shadow', () => {
  it('of tokens ends the mirroring for the UTC day: skipped, counted, said once, and once when it goes on', async () => {
    const clock = fakeClock(Date.UTC(2026, 0, 1, 23, 59, 0));
    const sink = collectedPairs();
    const { handler, call, warnings, told, runs } = world(
      { tokensPerDay: 250 },
      { clock, pairs: sink },
    );
    await call('acme', 6);
    expect(runs).toEqual({ acme: 3 });
    expect(handler.stats().mirror).toMatchObject({ offered: 6, skipped: { budget: 3 } });
    expect(sink.missedBy()).toEqual({ budget: 3 });
    expect(told).toEqual([{ type: 'delivery', lane: 'mirror', state: 'spent' }]);
    expect(warnings).toEqual([expect.stringContaining('CUTOVER_BUDGET_SPENT')]);

    await clock.advance(60_000);
    await call('acme');
    expect(runs).toEqual({ acme: 4 });
    expect(told.at(-1)).toEqual({ type: 'delivery', lane: 'mirror', state: 'resumed' });
    expect(warnings.at(-1)).toContain('3 mirrored runs were skipped');
    expect([told.length, warnings.length]).toEqual([2, 2]);
  });

  it('of runs lets so many through in a minute', async () => {
    const clock = fakeClock();
    const { call, runs } = world({ runsPerMinute: 2 }, { clock });
    await call('acme', 5);
    expect(runs).toEqual({ acme: 2 });
    await clock.advance(59_000);
    await call('acme');
    expect(runs).toEqual({ acme: 2 });
    await clock.advance(6_000);
    await call('acme', 3);
    expect(runs).toEqual({ acme: 4 });
  });

  it('of one tenant leaves the others theirs, and names it', async () => {
    const { call, runs, told, warnings } = world({ perTenant: { runsPerMinute: 1 } });
    await call('acme', 3);
    await call('beta', 3);
    expect(runs).toEqual({ acme: 1, beta: 1 });
    expect(told).toEqual([
      { type: 'delivery', lane: 'mirror', state: 'spent', tenant: 'acme' },
      { type: 'delivery', lane: 'mirror', state: 'spent', tenant: 'beta' },
    ]);
    expect(warnings.join()).not.toMatch(/acme|beta/);
  });

  it('counts runs under way with the mean of those before, so that a burst does not overdraw it', async () => {
    const [clock, gate] = [fakeClock(), Promise.withResolvers<void>()];
    let waits = false;
    let started = 0;
    const { handler, call } = world(
      { tokensPerDay: 1_000 },
      {
        clock,
        candidate: shadowSafe(async (context: CallContext) => {
          started += 1;
          if (waits) await gate.promise;
          context.report(used(100));
          return 'x';
        }),
        shadow: { budget: { tokensPerDay: 1_000 }, mirror: { concurrency: 100 } },
      },
    );
    await call('acme');
    waits = true;
    for (let time = 0; time < 50; time += 1) await handler('acme');
    await clock.advance(0);
    expect(started).toBe(10);
    gate.resolve();
    await handler.flush();
    expect(handler.stats().mirror.skipped.budget).toBe(41);
  });

  it('is told of what a run used although it was given up, and gets a run back that never began', async () => {
    const clock = fakeClock();
    const log: string[] = [];
    const budget: Budget = {
      take: (tenant) => void log.push(`take ${tenant}`),
      spend: (tenant, tokens) => void log.push(`spend ${tenant} ${tokens}`),
      release: (tenant) => void log.push(`release ${tenant}`),
    };
    const end = Promise.withResolvers<void>();
    const { handler } = world(budget, {
      clock,
      candidate: shadowSafe(async (context: CallContext) => {
        context.report(used(10));
        await end.promise;
        context.report(used(10, 5));
        return 'x';
      }),
      snapshot: (args) => {
        if (args[0] === 'uncopyable') throw new Error('cannot');
        return args;
      },
    });
    await handler('late');
    await handler('uncopyable');
    await clock.advance(30_000);
    expect(log).toEqual([
      'take late',
      'take uncopyable',
      'release uncopyable',
      'spend late 10',
      'release late',
    ]);
    end.resolve();
    await clock.advance(0);
    expect(log.at(-1)).toBe('spend late 5');
    expect(log).toHaveLength(6);
  });

  it('of the app refuses the run when it throws, and is told as such', async () => {
    const broken: Budget = {
      take: () => {
        throw new Error('no connection');
      },
      spend: () => {
        throw new Error('no connection');
      },
    };
    const { handler, call, runs } = world(broken);
    const operations: string[] = [];
    handler.on('error', ({ operation }) => operations.push(operation));
    await call('acme', 2);
    expect(runs).toEqual({});
    expect(operations).toEqual(['budget', 'budget']);
    expect(handler.stats().mirror.skipped.budget).toBe(2);
  });

  it('ignores tokens that are no numbers', async () => {
    const { call, handler } = world(
      { tokensPerDay: 10 },
      {
        candidate: shadowSafe(async (context: CallContext) => {
          context.report({ usage: { inputTokens: Number.NaN, outputTokens: -5 } });
          context.report({ usage: 'many' as never });
          return 'x';
        }),
      },
    );
    await call('acme', 3);
    expect(handler.stats().mirror.ok.stored).toBe(3);
  });

  it.each<[string, NonNullable<CutoverOptions['shadow']>['budget'], boolean]>([
    ['tokens in all, and none are told', { tokensPerDay: 1_000 }, true],
    ['tokens of a tenant, told in other words', { perTenant: { tokensPerDay: 9 } }, true],
    ['runs alone', { runsPerMinute: 1_000 }, false],
  ])('of %s: that it bounds nothing is said once', async (what, budget, isSaid) => {
    const foreign = { usage: { prompt_tokens: 900, completion_tokens: 120 } } as never;
    const candidate = shadowSafe(async (context: CallContext) => {
      if (what.includes('other words')) context.report(foreign);
      return 'candidate';
    });
    const { call, warnings } = world(budget, { candidate });
    await call('acme', 19);
    expect(warnings).toEqual([]);
    await call('acme', 30);
    const told = expect.stringContaining(
      'context.report({ usage: { inputTokens, outputTokens } })',
    );
    expect(warnings).toEqual(isSaid ? [told] : []);
  });

  it.each<[string, (context: CallContext) => string]>([
    [
      'fails before it has used any',
      () => {
        throw new Error('no key');
      },
    ],
    [
      'tells that it has used none',
      (context) => {
        context.report({ usage: { inputTokens: 0, outputTokens: 0 } });
        return 'candidate';
      },
    ],
  ])('of tokens is not called blind for a candidate that %s', async (_what, run) => {
    const { call, warnings } = world({ tokensPerDay: 1_000 }, { candidate: shadowSafe(run) });
    await call('acme', 30);
    expect(warnings).toEqual([]);
  });

  it('is refused where its bounds are no bounds, all of them named at once', () => {
    const budget = { tokensPerDay: 0, perTenant: { runsPerMinute: 1.5, runs: 1 } };
    expect(() => world(budget as never)).toThrow(
      /shadow\.budget\.tokensPerDay must be a whole number above 0, not 0; .*shadow\.budget\.perTenant\.runs is not an option.*shadow\.budget\.perTenant\.runsPerMinute must be/,
    );
    expect(() => world('cheap' as never)).toThrow('shadow.budget must be an object, not "cheap"');
  });
});
