import type { Stage } from 'engramia-cutover';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { shadowed } from './shadowed.ts';
import type { chat } from './world.ts';

const message = 'a message that is long enough';

describe('a reply that cannot be looked into', () => {
  const locked = () => {
    const stream = ReadableStream.from(['a']);
    stream.getReader();
    return stream;
  };
  const unreadable = (over: Parameters<typeof chat>[1] = {}, stage: Stage = 'shadow') =>
    shadowed(stage, { legacy: (async () => locked()) as never, ...over });

  it('is counted as unreadable by both lanes', async () => {
    const { handler } = await unreadable();
    await handler('u', message);
    expect(handler.stats()).toMatchObject({
      learn: { offered: 1, skipped: { unreadable: 1 } },
      mirror: { offered: 1, skipped: { unreadable: 1 } },
    });
    await handler.close();
  });

  it('is counted as not drawn, or as unsafe, where it would not have been mirrored anyway', async () => {
    const sampled = await unreadable({ sample: { mirror: 0 } });
    await sampled.handler('u', message);
    expect(sampled.handler.stats().mirror.skipped).toMatchObject({ sampled: 1, unreadable: 0 });
    const unsafe = await unreadable({ candidate: async () => 'x' });
    await unsafe.handler('u', message);
    expect(unsafe.handler.stats().mirror.skipped).toMatchObject({ unsafe: 1, unreadable: 0 });
    const alone = await unreadable({}, 'dualwrite');
    await alone.handler('u', message);
    expect(alone.counts()).toEqual({ learned: 1, mirrored: 0 });
  });

  it('is left out of its conversation, as unreadable or as cut where the caller has gone', async () => {
    const identify = () => ({ tenant: 'acme', task: message, conversation: 'c' });
    const caller = new AbortController();
    const kept = await unreadable({ identify, transcript: memoryTranscript() });
    await kept.handler('u', message);
    const left = await unreadable({
      identify,
      transcript: memoryTranscript(),
      legacy: (async () => {
        caller.abort();
        return locked();
      }) as never,
    });
    await left.handler.run(['u', message], { signal: caller.signal });
    const recorded = [kept, left].map(({ handler }) => handler.stats().conversations.recorded);
    expect(recorded).toMatchObject([
      { offered: 1, unreadable: 1, cut: 0 },
      { offered: 1, unreadable: 0, cut: 1 },
    ]);
  });

  it('is told of with what may be done where it is longer than is kept', async () => {
    const { handler } = await unreadable({
      legacy: (async () => ReadableStream.from(['a'.repeat(9)])) as never,
      maxReplyBytes: 8,
      view: () => ({ text: 'never asked of what was not kept' }),
    });
    const told = Promise.withResolvers<string>();
    handler.on('error', ({ error }) => told.resolve(`${(error.cause as Error).message}`));
    const reply = (await handler('u', message)) as unknown as ReadableStream<string>;
    for await (const chunk of reply) expect(chunk).toHaveLength(9);
    expect(await told.promise).toContain('`maxReplyBytes`');
    await handler.close();
  });

  it('is counted for its noise too, where that was drawn', async () => {
    const { handler } = await unreadable({ sample: { noise: 1 } });
    await handler('u', message);
    expect(handler.stats().mirror).toMatchObject({ offered: 2, skipped: { unreadable: 2 } });
    await handler.close();
  });

  it('is counted nowhere after a kill or for a caller who has gone', async () => {
    const caller = new AbortController();
    const gone = await unreadable({
      legacy: (async () => {
        caller.abort();
        return locked();
      }) as never,
    });
    await gone.handler.run(['u', message], { signal: caller.signal });
    expect(gone.counts()).toEqual({ learned: 0, mirrored: 0 });
    const killed = await unreadable({
      legacy: (async () => {
        killed.handler.kill();
        return locked();
      }) as never,
    });
    await killed.handler('u', message);
    expect(killed.counts()).toEqual({ learned: 0, mirrored: 0 });
  });
});
