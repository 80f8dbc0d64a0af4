import { type CutoverEventOf, createCutoverHandler, createCutoverStream } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';

/** A generator asks its service when its first chunk is asked for: that is where a dead one is found out. */
function streamWith(stage: 'off' | 'dualwrite' | 'live') {
  const service = { isGone: true };
  const flags = memoryFlags(stage);
  const stream = createCutoverStream({
    name: 'chat',
    legacy: async function* (text: string) {
      if (service.isGone) throw Object.assign(new Error('gone'), { status: 410 });
      yield `legacy: ${text}`;
    },
    candidate: async function* (_context, text) {
      if (text !== 'candidate') throw new Error('planted');
      yield 'candidate';
    },
    identify: (task) => ({ tenant: 'acme', task }),
    flags,
    logger: { warn: () => undefined },
  });
  const told: CutoverEventOf<'gone'>[] = [];
  stream.on('gone', (event) => told.push(event));
  return { stream, service, flags, told };
}

async function textOf(stream: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

describe('a legacy stream', () => {
  it('that fails in the candidate’s place because its endpoint is gone freezes a later kill', async () => {
    const { stream, told } = streamWith('live');
    await expect(textOf(stream('fails'))).rejects.toThrow('gone');
    expect(told).toMatchObject([{ alive: false }]);
    expect(stream.stats().routes.chat?.legacyGone).toBe(true);
    expect(stream.kill('answers look wrong')).toBe('frozen');
    expect(await textOf(stream('candidate'))).toBe('candidate');
  });

  it('counts as back when it has answered, not when it was merely handed over', async () => {
    const { stream, service, flags, told } = streamWith('live');
    await expect(textOf(stream('fails'))).rejects.toThrow('gone');
    for (const stage of ['off', 'dualwrite'] as const) {
      flags.set('acme', stage);
      await expect(textOf(stream('hello'))).rejects.toThrow('gone');
      expect(stream.stats().routes.chat?.legacyGone, stage).toBe(true);
    }
    service.isGone = false;
    expect(await textOf(stream('hello'))).toBe('legacy: hello');
    expect(stream.stats().routes.chat?.legacyGone).toBe(false);
    expect(told.map(({ alive }) => alive)).toEqual([false, true]);
  });

  it('that its consumer leaves before the first chunk says nothing about legacy', async () => {
    const flags = memoryFlags('live');
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async function* (_task: string) {
        yield await Promise.reject(Object.assign(new Error('gone'), { status: 410 }));
      },
      candidate: () => Promise.reject(new Error('planted')),
      identify: (task) => ({ tenant: 'acme', task }),
      flags,
      logger: { warn: () => undefined },
    });
    await expect(textOf(await handler('fails'))).rejects.toThrow('gone');
    flags.set('acme', 'dualwrite');
    await (await handler('hello')).return();
    expect(handler.stats().routes.chat?.legacyGone).toBe(true);
  });
});
