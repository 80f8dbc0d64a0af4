import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { chat } from './world.ts';

const counts = [0, 1, 2, 3, 4, 5];

describe.each(['off', 'dualwrite', 'shadow', 'live'] as const)('in stage %s', (stage) => {
  it.each(counts)(
    'each function gets %i arguments where the caller gave as many',
    async (count) => {
      const given: unknown[] = Array.from({ length: count }, (_, index) => `argument ${index}`);
      const got: Record<string, unknown[]> = {};
      const handler = createCutoverHandler({
        name: 'counts',
        legacy: (...args: unknown[]) => {
          got.legacy = args;
          return 'x';
        },
        candidate: shadowSafe((_context: unknown, ...args: unknown[]) => {
          got.candidate = args;
          return 'x';
        }),
        identify: (...args: unknown[]) => {
          got.identify = args;
          return { tenant: 'acme', task: 'a task' };
        },
        flags: memoryFlags(stage),
      });
      await handler(...given);
      await handler.close();
      const legs = { off: ['legacy'], dualwrite: ['legacy'], live: ['candidate'] }[stage as string];
      const all = ['identify', ...(legs ?? ['legacy', 'candidate'])];
      expect(got).toEqual(Object.fromEntries(all.map((name) => [name, given])));
    },
  );
});

describe('a conversation', () => {
  it('is empty where nobody keeps conversations', async () => {
    const { handler } = chat('live', {
      identify: () => ({ tenant: 'acme', task: 'hi', conversation: 'c' }),
      candidate: async (context) => JSON.stringify(await context.history()),
    });
    expect(await handler('u', 'hi')).toBe('[]');
  });

  it.each([undefined, '', 7, null])('that is named %j is none', async (conversation) => {
    const { handler } = chat('live', {
      identify: () => ({ tenant: 'acme', task: 'hi', conversation: conversation as string }),
      candidate: async (context) => JSON.stringify(await context.history()),
      transcript: memoryTranscript(),
    });
    const operations: string[] = [];
    handler.on('error', ({ operation }) => operations.push(operation));
    for (let call = 0; call < 2; call += 1) expect(await handler('u', 'hi')).toBe('[]');
    await handler.close();
    expect(handler.stats().conversations.recorded.offered).toBe(0);
    expect(operations).toEqual([]);
  });
});
