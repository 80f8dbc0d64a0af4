import { createCutoverHandler } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { expect, it } from 'vitest';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

it.each([
  [7, '7'],
  [7n, '7'],
  [null, expect.stringMatching(uuid)],
  [{}, expect.stringMatching(uuid)],
  [Symbol('7'), expect.stringMatching(uuid)],
  ['', expect.stringMatching(uuid)],
  ['x'.repeat(1_000), 'x'.repeat(1_000)],
  ['\ud800 half of a pair', '\ud800 half of a pair'],
])(
  'serves a call whose request id is %o, and tells a number as a text, and an id of its own for what names nothing',
  async (requestId, named) => {
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async () => 'legacy answers',
      candidate: async () => 'the candidate answers',
      identify: () => ({ tenant: 'acme', task: 'What is it?' }),
      flags: memoryFlags('live'),
    });
    const told: unknown[] = [];
    handler.on('served', (event) => told.push(event.requestId));
    expect(await handler.run([], { requestId: requestId as unknown as string })).toBe(
      'the candidate answers',
    );
    expect(told).toEqual([named]);
  },
);
