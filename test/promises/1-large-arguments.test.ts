import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { expect, it, vi } from 'vitest';

it('Promise 1 (non-interference): a text that is too large to be mirrored holds the loop up by no copy', async () => {
  const image = Buffer.from('中'.repeat(10_000_000)).toString();
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_input: { message: string; image: string }) => 'legacy answers',
    candidate: shadowSafe(async () => 'the candidate answers'),
    identify: () => ({ tenant: 'acme', task: 'What is in this picture?' }),
    flags: memoryFlags('shadow'),
  });
  const copied = vi.spyOn(Buffer, 'from');
  await handler({ message: 'What is it?', image });
  await handler.flush();
  const lengths = copied.mock.calls.map(([text]) => String(text).length);
  expect(handler.stats().mirror.dropped.bytes).toBe(1);
  expect(Math.max(0, ...lengths)).toBeLessThan(10_000);
});
