import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, vi } from 'vitest';
import type { Comparer, HeldReply } from '../../../src/core/contracts/comparer.ts';
import type {
  LearnPolicy,
  Mirror,
  MirrorableExchange,
} from '../../../src/core/contracts/exchange.ts';
import type { CutoverEventType } from '../../../src/core/events/events.ts';
import type { BudgetGuard } from '../../../src/shadow/budget/budget-guard.ts';
import { MirrorTask } from '../../../src/shadow/mirror/mirror-task.ts';
import { MirrorWork } from '../../../src/shadow/mirror/mirror-work.ts';
import type { Owner, Prepared } from '../../../src/shadow/work.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { servedExchange } from '../exchanges.ts';
import { recorder } from '../recorder.ts';

/** What makes a thenable of an object that is no promise. */
const then = 'then';

const owner: Owner = { tenant: 'acme', note: undefined };

interface Given {
  readonly start?: Mirror['start'];
  readonly view?: LearnPolicy['view'];
  readonly comparer?: Comparer;
  readonly served?: MirrorableExchange['served'];
  readonly hears?: readonly CutoverEventType[];
  readonly isKilled?: () => boolean;
  readonly toMirror?: () => Mirror;
  readonly budget?: BudgetGuard;
}

type Ready = Parameters<MirrorWork['run']>[0];

/** Mirror work and one call for it, whose leg does as it is told. */
function workOf({ hears = ['compared', 'settled'], ...given }: Given = {}) {
  const clock = fakeClock();
  const reporter = recorder(hears);
  const start = vi.fn(given.start ?? (() => 'mirrored'));
  const toMirror = vi.fn(
    given.toMirror ??
      ((): Mirror => ({
        ...{ route: 'chat', requestId: 'request-1', tenant: 'acme', stage: 'shadow' },
        ...{ kind: 'compare', leg: 'candidate', subject: { tenant: 'acme', task: 'a task' } },
        ...{ bytes: 100, facts: undefined, comparer: given.comparer, start, waiter: undefined },
        failureOf: () => undefined,
      })),
  );
  const view = given.view ?? ((reply: unknown) => ({ text: String(reply) }));
  const exchange = {
    ...servedExchange({ learning: { view } }),
    kind: 'compare',
    served: given.served ?? {
      ...{ leg: 'legacy', status: 'fulfilled', value: 'served', durationMs: 7 },
    },
    toMirror,
  } satisfies MirrorableExchange;
  const { isKilled, budget } = given;
  const work = new MirrorWork({ clock, reporter, isKilled, budget });
  const task = new MirrorTask(exchange);
  const prepare = (isNow = false) => work.prepare(task, owner, isNow);
  const readied = async (): Promise<Ready> => ((await prepare()) as Prepared<Ready>).ready;
  return { clock, reporter, start, toMirror, exchange, work, task, prepare, readied };
}

const run = { signal: new AbortController().signal, over: false };

/** What compares by nothing, and holds so many bytes. */
function comparerOf(bytes = 0) {
  const hold = vi.fn((ended: { leg: string }) => ({ leg: ended.leg, bytes }) as HeldReply);
  const compare = vi.fn(() => ({ verdict: 'same' }));
  return { hold, compare, comparer: { hold, compare } as unknown as Comparer };
}

describe('a mirror that is prepared', () => {
  it('is the tenant’s by the lane’s own name', () => {
    const { prepare, toMirror } = workOf();
    prepare();
    expect(toMirror).toHaveBeenLastCalledWith('acme', false);
  });

  it.each([
    ['at once, and has no copies of its texts, where nobody hears of it', [], true],
    [
      'perhaps only when the served reply has been read, and has copies, where somebody does',
      ['compared'],
      false,
    ],
  ] as const)('starts %s', (_when, hears, isNow) => {
    const { prepare, toMirror } = workOf({ hears });
    prepare(true);
    expect(toMirror).toHaveBeenLastCalledWith('acme', isNow);
  });

  it.each([
    ['nobody hears of it', { hears: [] }],
    ['the served reply can be read at once', {}],
  ])('is ready at once where %s', (_where, given) => {
    expect(workOf(given).prepare()).toMatchObject({ bytes: 612 });
  });

  it('is ready later where the served reply is read later', async () => {
    const { prepare, work, reporter, clock } = workOf({ view: async () => ({ text: 'later' }) });
    const preparing = prepare();
    expect(preparing).toBeInstanceOf(Promise);
    const { ready } = (await preparing) as Prepared<Ready>;
    clock.advance(5);
    expect(await work.run(ready, run)).toBe('stored');
    expect(reporter.of('compared')).toMatchObject([
      { served: { chars: 5 }, mirrored: { chars: 5 } },
    ]);
  });

  it('takes what is held of the served reply', () => {
    expect(workOf({ comparer: comparerOf(40).comparer }).prepare()).toMatchObject({ bytes: 652 });
  });

  it('is unreadable where it has no copy, and that is told', () => {
    const { prepare, reporter } = workOf({
      toMirror: () => {
        throw new Error('no copy');
      },
    });
    const contained = vi.spyOn(reporter, 'contained');
    expect(prepare()).toBe('unreadable');
    expect(contained).toHaveBeenCalledWith('snapshot', new Error('no copy'), {
      route: 'chat',
      tenant: 'acme',
    });
  });

  it('lets go of the call', async () => {
    const { task, readied } = workOf();
    await readied();
    expect(task.exchange).toBeUndefined();
    expect(task.subject).toMatchObject({ kind: 'compare', leg: 'candidate' });
  });
});

describe('a view that fails', () => {
  it.each([
    ['at once', () => new Error('at once')],
    ['later', async () => new Error('later')],
  ] as const)('%s is told of, and both legs are without a text', async (when, fails) => {
    const { readied, work, reporter } = workOf({
      view: () => {
        const failure = fails();
        if (failure instanceof Promise) {
          return failure.then((error) => {
            throw error;
          });
        }
        throw failure;
      },
    });
    const contained = vi.spyOn(reporter, 'contained');
    await work.run(await readied(), run);
    const where = { route: 'chat', tenant: 'acme' };
    expect(contained.mock.calls).toEqual([
      ['view', new Error(when), where],
      ['view', new Error(when), where],
    ]);
    const [event] = reporter.of('compared');
    expect(event?.served).toEqual({ leg: 'legacy', status: 'fulfilled', durationMs: 7 });
  });

  it('is not asked of a leg that failed', async () => {
    const view = vi.fn((reply: unknown) => ({ text: String(reply) }));
    const { readied, work, reporter } = workOf({
      view,
      served: { leg: 'legacy', status: 'rejected', reason: new Error('down'), durationMs: 3 },
      start: () => {
        throw new Error('down, too');
      },
    });
    await work.run(await readied(), run);
    expect(view).not.toHaveBeenCalled();
    expect(reporter.of('compared')).toMatchObject([
      { served: { status: 'rejected' }, mirrored: { status: 'rejected' } },
    ]);
  });
});

describe('a mirror that runs', () => {
  it.each(['fulfilled', 'rejected'] as const)(
    'is timed by its own start, also when it is %s',
    async (status) => {
      const { readied, work, reporter, clock, start } = workOf();
      start.mockImplementation(async () => {
        await clock.advance(30);
        if (status === 'rejected') throw new Error('down');
        return 'mirrored';
      });
      await clock.advance(1_000);
      await work.run(await readied(), run);
      expect(reporter.of('compared')).toMatchObject([{ mirrored: { status, durationMs: 30 } }]);
    },
  );

  it.each([
    ['heard of', ['compared']],
    ['heard of by nobody', []],
  ] as const)('%s is not started after a kill', async (_how, hears) => {
    const { readied, work, start } = workOf({ hears, isKilled: () => true });
    expect(await work.run(await readied(), run)).toBe('aborted');
    expect(start).not.toHaveBeenCalled();
  });

  it.each(
    Object.entries<Mirror['start']>({
      answers: () => 'mirrored',
      'answers later': async () => 'mirrored',
      throws: () => {
        throw new Error('down');
      },
      'fails later': () => Promise.reject(new Error('down')),
    }),
  )('unheard is stored when it %s', async (_how, start) => {
    const { readied, work, reporter } = workOf({ hears: [], start });
    expect(await work.run(await readied(), run)).toBe('stored');
    expect(reporter.events).toEqual([]);
  });

  it.each([
    ['heard of', ['compared']],
    ['heard of by nobody', []],
  ] as const)(
    '%s is in the async context of its call, also what a thenable of its own does',
    async (_how, hears) => {
      const storage = new AsyncLocalStorage<string>();
      const seen: unknown[] = [];
      const { readied, work } = storage.run('the call', () =>
        workOf({
          hears,
          start: () => {
            seen.push(storage.getStore());
            return {
              [then](resolve: (value: string) => void) {
                seen.push(storage.getStore());
                resolve('mirrored');
              },
            };
          },
        }),
      );
      expect(await work.run(await readied(), run)).toBe('stored');
      expect(seen).toEqual(['the call', 'the call']);
    },
  );

  it('is told of by nobody when it has been given up meanwhile', async () => {
    for (const givenUp of ['before it was read', 'while it was read']) {
      const handle = { signal: run.signal, over: false };
      const over = (): void => {
        handle.over = true;
      };
      const isEarly = givenUp === 'before it was read';
      let looks = 0;
      const view = vi.fn((reply: unknown) => {
        looks += 1;
        if (!isEarly && looks === 2) over();
        return { text: String(reply) };
      });
      const { comparer, compare } = comparerOf();
      const start = (): unknown => isEarly && over();
      const { readied, work, reporter } = workOf({ view, comparer, start });
      expect(await work.run(await readied(), handle)).toBe('stored');
      expect(view).toHaveBeenCalledTimes(isEarly ? 1 : 2);
      expect(compare).not.toHaveBeenCalled();
      expect(reporter.of('compared')).toEqual([]);
    }
  });

  it('is compared with legacy in its place, within the run’s own signal', async () => {
    const { comparer, compare } = comparerOf();
    const { readied, work, reporter } = workOf({ comparer });
    await work.run(await readied(), run);
    expect(compare).toHaveBeenCalledWith(
      expect.objectContaining({
        ...{ legacy: { leg: 'legacy', bytes: 0 }, candidate: { leg: 'candidate', bytes: 0 } },
        ...{ task: 'a task', signal: run.signal },
      }),
      expect.any(Function),
    );
    expect(reporter.of('compared')).toMatchObject([{ divergence: { verdict: 'same' } }]);
  });
});

describe('what a mirror used', () => {
  const usage = { inputTokens: 3, outputTokens: 4 };

  it.each([
    ['heard of', ['compared']],
    ['heard of by nobody', []],
  ] as const)('is told to the budget once, when it has run, also %s', async (_how, hears) => {
    const budget = { take: () => true, spend: vi.fn(), heard: vi.fn(), release: vi.fn() };
    const { readied, work } = workOf({ hears, budget: budget as unknown as BudgetGuard });
    const ready = await readied();
    Object.assign(ready.mirror, { facts: { usage } });
    await work.run(ready, run);
    expect(budget.spend.mock.calls).toEqual([['acme', 7]]);
    work.ended(ready, 'stored');
    expect(budget.spend).toHaveBeenCalledTimes(1);
    expect(budget.release.mock.calls).toEqual([['acme']]);
  });
});

describe('a mirror that is late', () => {
  it('is compared as a failure after so long', async () => {
    const { comparer, hold, compare } = comparerOf();
    const { readied, work, reporter, clock } = workOf({
      comparer,
      start: () => new Promise(() => {}),
    });
    await clock.advance(1_000);
    const ready = await readied();
    void work.run(ready, run);
    await clock.advance(50);
    work.ended(ready, 'timedOut');
    const [event] = reporter.of('compared');
    expect(event).toMatchObject({
      mirrored: { status: 'rejected', durationMs: 50, error: { code: 'ERR_CUTOVER_DEADLINE' } },
      divergence: { verdict: 'same' },
    });
    const [ended] = hold.mock.lastCall as unknown as [{ reason: Error }];
    expect(ended.reason.message).toBe('The mirror ran past its deadline.');
    const [asked] = compare.mock.lastCall as unknown as [{ signal: AbortSignal }];
    expect(asked.signal.aborted).toBe(true);
  });

  it('has no divergence while what tells quickly has not told all of it', async () => {
    const asked = Promise.withResolvers<void>();
    const compare = () => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    };
    const comparer = { ...comparerOf().comparer, compare };
    const { readied, work, reporter } = workOf({ comparer });
    const ready = await readied();
    void work.run(ready, run);
    await asked.promise;
    work.ended(ready, 'timedOut');
    expect(reporter.of('compared')).toMatchObject([{ mirrored: { status: 'fulfilled' } }]);
    expect(reporter.of('compared')[0]).not.toHaveProperty('divergence');
  });

  it.each([
    ['never started', ['compared']],
    ['was heard of by nobody', []],
  ] as const)('is not compared when it %s', async (_why, hears) => {
    const { readied, work, reporter } = workOf({ hears });
    work.ended(await readied(), 'timedOut');
    expect(reporter.of('compared')).toEqual([]);
  });
});
