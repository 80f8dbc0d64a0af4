import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type LegEnd,
  type LegRun,
  type LegTracing,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { chat, hangs, nextTurn } from './world.ts';

const boom = new Error('a leg broke');
const breaks = async (): Promise<never> => {
  throw boom;
};
const throws = (): never => {
  throw boom;
};

/** A tracing that notes what it is told, leg by leg. */
function noting() {
  const runs: LegRun[] = [];
  const ends: unknown[] = [];
  const tracing: LegTracing = {
    begin(run) {
      runs.push(run);
      const who = `${run.leg}${run.mirrored ? ' mirrored' : ''}`;
      return {
        within: (start) => start(),
        end: (how) => void ends.push([who, how]),
      };
    },
  };
  return { runs, ends, tracing };
}

describe('a tracing', () => {
  it.each<[Stage, 'legacy' | 'candidate']>([
    ['off', 'legacy'],
    ['dualwrite', 'legacy'],
    ['live', 'candidate'],
    ['complete', 'candidate'],
  ])('follows every call in stage %s, whether anybody listens or not', async (stage, leg) => {
    const { runs, ends, tracing } = noting();
    const { handler } = chat(stage, { tracing });
    for (const requestId of ['r-1', 'r-2', 'r-3']) await handler.run(['u', 'hi'], { requestId });
    expect(runs.map(({ requestId }) => requestId)).toEqual(['r-1', 'r-2', 'r-3']);
    expect(runs[1]).toEqual({
      route: 'chat',
      requestId: 'r-2',
      tenant: 'acme',
      stage,
      leg,
      mirrored: false,
      fellBack: false,
      decision: { reason: 'flag', flagKey: 'cutover.chat', flagProvider: 'memory' },
    });
    expect(ends).toEqual(Array(3).fill([leg, { status: 'fulfilled' }]));
  });

  it.each([
    ['throws', throws],
    ['rejects', breaks],
  ])('is told the reason when legacy %s', async (_how, legacy) => {
    const { ends, tracing } = noting();
    const { handler } = chat('dualwrite', { tracing, legacy });
    await expect(handler('u', 'hi')).rejects.toBe(boom);
    expect(ends).toEqual([['legacy', { status: 'rejected', reason: boom }]]);
  });

  it('is told of both legs when legacy answers in the candidate’s place, and the decision once', async () => {
    const { runs, ends, tracing } = noting();
    const { handler } = chat('live', { tracing, candidate: breaks });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(runs.map(({ leg, fellBack }) => [leg, fellBack])).toEqual([
      ['candidate', false],
      ['legacy', true],
    ]);
    expect(runs[1]?.decision).toBeUndefined();
    expect(ends).toEqual([
      ['candidate', { status: 'rejected', reason: boom, fallback: 'error' }],
      ['legacy', { status: 'fulfilled' }],
    ]);
  });

  it('may leave a leg untraced', async () => {
    const { handler } = chat('shadow', {
      tracing: { begin: () => undefined },
      candidate: shadowSafe(async () => 'candidate'),
    });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect((await handler.flush()).mirror.ok.stored).toBe(1);
  });
});

describe('a mirror that is traced', () => {
  it('ends with its reply', async () => {
    const { runs, ends, tracing } = noting();
    const { handler } = chat('shadow', { tracing, candidate: shadowSafe(async () => 'x') });
    await handler.run(['u', 'hi'], { requestId: 'r-1' });
    await handler.flush();
    expect(runs[1]).toEqual({
      route: 'chat',
      requestId: 'r-1',
      tenant: 'acme',
      stage: 'shadow',
      leg: 'candidate',
      mirrored: true,
      fellBack: false,
      decision: undefined,
    });
    expect(ends).toEqual([
      ['legacy', { status: 'fulfilled' }],
      ['candidate mirrored', { status: 'fulfilled' }],
    ]);
  });

  it.each([
    ['throws', throws],
    ['rejects', breaks],
  ])('ends with its failure when it %s', async (_how, candidate) => {
    const { ends, tracing } = noting();
    const { handler } = chat('shadow', { tracing, candidate: shadowSafe(candidate) });
    const errors: unknown[] = [];
    handler.on('compared', ({ mirrored }) => errors.push(mirrored.error?.cause));
    await handler('u', 'hi');
    await handler.flush();
    expect(ends[1]).toEqual(['candidate mirrored', { status: 'rejected', reason: boom }]);
    expect(errors).toEqual([boom]);
  });

  it('gives the reply of one that answers at once', async () => {
    const { ends, tracing } = noting();
    const { handler } = chat('shadow', {
      tracing,
      candidate: shadowSafe((() => 'legacy: hi') as never),
    });
    const verdicts: unknown[] = [];
    handler.on('compared', ({ divergence }) => verdicts.push(divergence?.verdict));
    await handler('u', 'hi');
    await handler.flush();
    expect(verdicts).toEqual(['same']);
    expect(ends[1]).toEqual(['candidate mirrored', { status: 'fulfilled' }]);
  });

  it('ends once, at the deadline, where it hangs, and not again when it answers later', async () => {
    const clock = fakeClock();
    const late = Promise.withResolvers<string>();
    const { ends, tracing } = noting();
    const { handler } = chat('shadow', {
      clock,
      tracing,
      candidate: shadowSafe(() => late.promise),
      shadow: { mirror: { deadlineMs: 200 } },
    });
    await handler('u', 'hi');
    await nextTurn();
    await clock.advance(200);
    expect(ends[1]).toEqual([
      'candidate mirrored',
      { status: 'rejected', reason: expect.anything() },
    ]);
    late.resolve('too late');
    await nextTurn();
    expect(ends).toHaveLength(2);
  });
});

it('a traced leg runs within its trace, served or mirrored', async () => {
  const store = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const notes = async () => {
    seen.push(store.getStore());
    return 'x';
  };
  const { handler } = chat('shadow', {
    tracing: {
      begin: ({ leg }) => ({
        within: (start) => store.run(`the trace of ${leg}`, start),
        end: () => undefined,
      }),
    },
    legacy: notes,
    candidate: shadowSafe(notes),
  });
  await handler('u', 'hi');
  await handler.flush();
  expect(seen).toEqual(['the trace of legacy', 'the trace of candidate']);
});

it('a traced candidate that hangs leaves legacy in the caller’s async context, outside of its trace', async () => {
  const clock = fakeClock();
  const store = new AsyncLocalStorage<string>();
  const ends: LegEnd[] = [];
  let seen: string | undefined;
  const { handler } = chat('live', {
    clock,
    tracing: {
      begin: ({ leg }) =>
        leg === 'legacy'
          ? undefined
          : {
              within: (start) => store.run('the trace', start),
              end: (how) => void ends.push(how),
            },
    },
    candidate: hangs,
    legacy: async () => {
      seen = store.getStore();
      return 'x';
    },
    fallback: { afterMs: 30 },
  });
  const reply = store.run('the caller', () => handler('u', 'hi'));
  await nextTurn();
  await clock.advance(30);
  await reply;
  expect(seen).toBe('the caller');
  expect(ends).toMatchObject([{ status: 'rejected', fallback: 'timeout' }]);
});
