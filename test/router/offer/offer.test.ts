import { type Stage, shadowSafe } from 'engramia-cutover';
import { describe, expect, it, vi } from 'vitest';
import { shadowed } from '../shadowed.ts';
import type { chat } from '../world.ts';

const message = 'a message that is long enough';
const boom = new Error('broke');
const breaks = async (): Promise<never> => {
  throw boom;
};

describe('what is offered to the shadow', () => {
  it.each<[Stage, number, number]>([
    ['off', 0, 0],
    ['dualwrite', 1, 0],
    ['shadow', 1, 1],
    ['live', 1, 1],
    ['rampdown', 1, 0],
    ['complete', 1, 0],
  ])('in stage %s is learned %i times and mirrored %i times', async (stage, learned, mirrored) => {
    const { handler, counts } = await shadowed(stage);
    await handler('u', message);
    expect(counts()).toEqual({ learned, mirrored });
    await handler.close();
  });

  it('is the pair alone where legacy failed', async () => {
    const { handler, counts } = await shadowed('shadow', { legacy: breaks });
    await expect(handler('u', message)).rejects.toBe(boom);
    expect(counts()).toEqual({ learned: 0, mirrored: 1 });
    await handler.close();
  });

  it('is no pair where legacy answered in the candidate’s place', async () => {
    const { handler, counts } = await shadowed('live', { candidate: breaks });
    expect(await handler('u', message)).toBe(`legacy: ${message}`);
    expect(counts()).toEqual({ learned: 1, mirrored: 0 });
    await handler.close();
  });

  it.each<Stage>(['shadow', 'live'])(
    'is nothing of a caller who has gone, in stage %s',
    async (stage) => {
      const caller = new AbortController();
      const leaves = async (): Promise<string> => {
        caller.abort();
        return 'x';
      };
      const { handler, counts } = await shadowed(stage, {
        legacy: leaves,
        candidate: shadowSafe(leaves),
      });
      await handler.run(['u', message], { signal: caller.signal });
      expect(counts()).toEqual({ learned: 0, mirrored: 0 });
    },
  );

  it.each<Stage>(['shadow', 'live'])(
    'is nothing of a call that ends after a kill, in stage %s',
    async (stage) => {
      const gate = Promise.withResolvers<string>();
      const { handler, counts } = await shadowed(stage, {
        legacy: () => gate.promise,
        candidate: shadowSafe(() => gate.promise),
      });
      const reply = handler('u', message);
      handler.kill();
      gate.resolve('x');
      await reply;
      expect(counts()).toEqual({ learned: 0, mirrored: 0 });
    },
  );

  it('is nothing of a stream that ends after a kill, or whose caller has gone by then', async () => {
    for (const how of ['kill', 'gone']) {
      const caller = new AbortController();
      const { handler, counts } = await shadowed('shadow', {
        legacy: (async () => ReadableStream.from(['a', 'b'])) as never,
      });
      const reply: unknown = await handler.run(['u', message], { signal: caller.signal });
      if (how === 'kill') handler.kill();
      else caller.abort();
      for await (const _chunk of reply as AsyncIterable<string>);
      expect(counts()).toEqual({ learned: 0, mirrored: 0 });
    }
  });

  it.each<[number, number, number]>([
    [0, 0, 0],
    [0.5, 0.49, 1],
    [0.5, 0.5, 0],
    [1, 1, 1],
  ])('is a pair for a share of %d where %d is drawn: %i', async (mirror, drawn, stored) => {
    const { handler } = await shadowed('shadow', { sample: { mirror }, random: () => drawn });
    await handler('u', message);
    await handler.flush();
    expect(handler.stats().mirror).toMatchObject({
      offered: 1,
      skipped: { sampled: 1 - stored },
      ok: { stored },
    });
    await handler.close();
  });

  it('is counted as unsafe, and warned of once, where nobody vouched for the candidate', async () => {
    const { handler, warnings } = await shadowed('shadow', { candidate: async () => 'x' });
    for (let call = 0; call < 2; call += 1) await handler('u', message);
    expect(handler.stats().mirror).toMatchObject({ offered: 2, skipped: { unsafe: 2 } });
    expect(warnings).toEqual([
      expect.stringContaining('The candidate of route "chat" is not declared safe'),
    ]);
    await handler.close();
  });

  it.each<[string, Parameters<typeof chat>[1], Stage]>([
    ['legacy cannot be run twice', { legacyShadow: undefined as never }, 'live'],
    ['the app wants nothing compared', { compare: false }, 'shadow'],
    ['the app wants nothing compared', { compare: false }, 'live'],
  ])('is no pair, counted nowhere, where %s (%#)', async (_why, over, stage) => {
    const { handler, counts, warnings } = await shadowed(stage, over);
    await handler('u', message);
    expect(counts()).toEqual({ learned: 1, mirrored: 0 });
    expect(warnings).toEqual([]);
    await handler.close();
  });
});

describe('a mirrored reply that the route calls a failure', () => {
  it.each([
    ['a stream, which is given up', 'a stream'],
    ['a whole one, which is asked about once', { text: 'sorry' }],
  ])('is one: %s', async (_which, reply) => {
    const cancel = vi.fn();
    const isFailure = vi.fn((given: unknown) => given !== message);
    const { handler } = await shadowed('shadow', {
      legacy: async () => message,
      candidate: shadowSafe(async () =>
        reply === 'a stream' ? new ReadableStream({ cancel }) : reply,
      ) as never,
      fallback: { isFailure },
    });
    const told: unknown[] = [];
    handler.on('compared', ({ served, mirrored }) => told.push([served.status, mirrored.status]));
    await handler('u', message);
    await handler.flush();
    expect(told).toEqual([['fulfilled', 'rejected']]);
    expect(isFailure.mock.calls.filter(([given]) => given !== message)).toHaveLength(1);
    expect(cancel).toHaveBeenCalledTimes(reply === 'a stream' ? 1 : 0);
    await handler.close();
  });
});
