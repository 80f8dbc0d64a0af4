import { createCutoverHandler } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';

describe('a conversation that is erased', () => {
  it.each([
    ['right after several calls of one millisecond', 0],
    ['after the clock was set back', -60_000],
  ])('%s keeps nothing of what was answered before', async (_when, setBackMs) => {
    const fake = fakeClock(1_000_000);
    let movedMs = 0;
    const clock = { ...fake, now: () => fake.now() + movedMs };
    const transcript = memoryTranscript({ clock });
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (message: string) => `on ${message}`,
      candidate: async (_context, message) => message,
      identify: (message) => ({ tenant: 'acme', conversation: 'c', task: message }),
      flags: memoryFlags('dualwrite'),
      transcript,
      clock,
    });
    await handler('the very first');
    await handler.flush();
    movedMs = setBackMs;
    await Promise.all(['one', 'two', 'three'].map((message) => handler(message)));
    await transcript.erase('acme');
    await handler.flush();
    expect(await transcript.history('acme', 'c')).toEqual([]);

    await fake.advance(1);
    await handler('four');
    await handler.close();
    const texts = (await transcript.history('acme', 'c')).map(({ text }) => text);
    expect(texts).toEqual(['four', 'on four']);
  });
});
