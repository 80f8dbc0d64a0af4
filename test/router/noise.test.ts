import { type CallContext, type CutoverEventOf, type Stage, shadowSafe } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { chat } from './world.ts';

const usage = { inputTokens: 7, outputTokens: 3 };

/** A route whose legacy may be run twice, and what was told of its pairs. */
function noisy(stage: Stage, over: Parameters<typeof chat>[1] = {}) {
  const runs: unknown[][] = [];
  const { handler, warnings } = chat(stage, {
    candidate: shadowSafe(async () => 'candidate'),
    legacyShadow: async (context: CallContext, ...args: unknown[]) => {
      runs.push([context.mirrored, ...args]);
      context.report({ usage });
      return 'Something else altogether.';
    },
    sample: { mirror: 0, noise: 1 },
    ...over,
  });
  const pairs: CutoverEventOf<'compared'>[] = [];
  const settled: CutoverEventOf<'settled'>[] = [];
  handler.on('compared', (event) => pairs.push(event));
  handler.on('settled', (event) => settled.push(event));
  return { handler, runs, pairs, settled, warnings };
}

describe('the noise of legacy', () => {
  it('is its second answer to the same arguments, compared with what it served', async () => {
    const { handler, runs, pairs, settled } = noisy('shadow');
    expect(await handler.run(['u', 'hi'], { requestId: 'r-1' })).toBe('legacy: hi');
    await handler.flush();
    expect(runs).toEqual([[true, 'u', 'hi']]);
    expect(pairs).toMatchObject([
      {
        route: 'chat',
        requestId: 'r-1',
        tenant: 'acme',
        stage: 'shadow',
        noise: true,
        served: { leg: 'legacy', status: 'fulfilled', chars: 'legacy: hi'.length },
        mirrored: {
          leg: 'legacy',
          status: 'fulfilled',
          chars: 'Something else altogether.'.length,
          usage,
        },
        divergence: { verdict: 'different' },
      },
    ]);
    expect(settled.filter(({ noise }) => noise === true)).toMatchObject([
      { route: 'chat', requestId: 'r-1', tenant: 'acme', lane: 'mirror', outcome: 'stored' },
    ]);
  });

  it.each<Stage>(['off', 'dualwrite', 'live', 'rampdown', 'complete'])(
    'is not asked for in stage %s',
    async (stage) => {
      const { handler, pairs } = noisy(stage);
      await handler('u', 'hi');
      await handler.flush();
      expect(pairs.filter(({ noise }) => noise === true)).toEqual([]);
    },
  );

  it('is drawn by itself, beside the candidate’s own share', async () => {
    const draws = [0.2, 0.9, 0.9, 0.2, 0.2, 0.2, 0.3, 0.5];
    const { handler, pairs } = noisy('shadow', {
      sample: { mirror: 0.5, noise: 0.3 },
      random: () => draws.shift() ?? 1,
    });
    const kinds: string[][] = [];
    for (let call = 0; call < 4; call += 1) {
      await handler('u', 'hi');
      await handler.flush();
      kinds.push(pairs.splice(0).map(({ mirrored }) => mirrored.leg));
    }
    expect(kinds.map((legs) => legs.toSorted())).toEqual([
      ['legacy'],
      ['candidate'],
      ['candidate', 'legacy'],
      [],
    ]);
    // The first and the last were drawn for no mirror; calls that are not drawn for noise count nowhere.
    expect(handler.stats().mirror).toMatchObject({ offered: 6, skipped: { sampled: 2 } });
  });

  it('is not asked for where nobody asked for any, however the draw', async () => {
    const { handler, runs } = noisy('shadow', { sample: { mirror: 1 }, random: () => 0 });
    await handler('u', 'hi');
    await handler.flush();
    expect(runs).toEqual([]);
    expect(handler.stats().mirror.offered).toBe(1);
  });

  it('is not asked for where the candidate may not run in the shadow, or nothing is compared', async () => {
    for (const over of [{ candidate: async () => 'unsafe' }, { compare: false as const }]) {
      const { handler, runs } = noisy('shadow', over);
      await handler('u', 'hi');
      await handler.flush();
      expect(runs).toEqual([]);
    }
  });

  it('may be a failure of legacy, as its first answer may be', async () => {
    const { handler, pairs } = noisy('shadow', {
      legacy: async () => {
        throw new RangeError('no');
      },
      legacyShadow: async () => {
        throw new TypeError('no');
      },
    });
    await expect(handler('u', 'hi')).rejects.toThrow('no');
    await handler.flush();
    expect(pairs).toMatchObject([
      {
        noise: true,
        served: { status: 'rejected', error: { name: 'RangeError' } },
        mirrored: { status: 'rejected', error: { name: 'TypeError' } },
      },
    ]);
  });

  it('is part of what a reply in mode await waits for', async () => {
    const gate = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    const { handler } = noisy('shadow', {
      background: { mode: 'await' },
      legacyShadow: () => {
        asked.resolve();
        return gate.promise;
      },
    });
    let replied = false;
    const reply = handler('u', 'hi').then(() => {
      replied = true;
    });
    await asked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(replied).toBe(false);
    gate.resolve('legacy once more');
    await reply;
    expect(handler.stats().mirror).toMatchObject({ ok: { stored: 1 }, pending: 0 });
  });

  it('of a reply in pieces begins when its last piece was read', async () => {
    const pieces = async function* (...texts: string[]) {
      yield* texts;
    };
    const { handler, pairs, runs } = noisy('shadow', {
      legacy: (async () => pieces('two ', 'pieces')) as never,
      legacyShadow: async (_context, message) => {
        runs.push([message]);
        return pieces('two ', 'pieces');
      },
    });
    const reply: unknown = await handler('u', 'hi');
    await handler.flush();
    expect(runs).toEqual([]);
    for await (const _piece of reply as AsyncIterable<string>);
    await handler.flush();
    expect(runs).toEqual([['u']]);
    expect(pairs).toMatchObject([{ noise: true, divergence: { verdict: 'same' } }]);
  });
});
