import { createCutoverHandler } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { expect, it } from 'vitest';

it.each([7, null, {}, '', 'x'.repeat(1_000), '\ud800 half of a pair'])(
  'serves a call whose request id is %o, and tells it as it is',
  async (requestId) => {
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async () => 'legacy answers',
      candidate: async () => 'the candidate answers',
      identify: () => ({ tenant: 'acme', task: 'What is it?' }),
      flags: memoryFlags('live'),
    });
    const told: unknown[] = [];
    handler.on('served', (event) => told.push(event.requestId));
    expect(await handler.run([], { requestId: requestId as string })).toBe('the candidate answers');
    expect(told).toEqual([requestId ?? expect.any(String)]);
  },
);
