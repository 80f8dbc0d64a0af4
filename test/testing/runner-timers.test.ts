import { createCutoverHandler, createEngramiaClient, oneScope, type Stage } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';

const stages: readonly Stage[] = ['dualwrite', 'shadow', 'live', 'rampdown', 'complete'];

async function chatIn(stage: Stage) {
  const fake = await fakeEngramia({ keys: { 'key-a': { tenant: 'acme' } } });
  const chat = createCutoverHandler({
    name: 'chat',
    legacy: async (message: string) => `legacy: ${message}`,
    candidate: (_context, message: string) => `candidate: ${message}`,
    identify: (message: string) => ({ tenant: 'acme', task: message }),
    flags: memoryFlags(stage),
    engramia: oneScope(
      createEngramiaClient({ baseUrl: fake.url, apiKey: fake.key, fetch: fake.fetch }),
    ),
    logger: { warn: () => undefined },
  });
  onTestFinished(async () => {
    vi.useRealTimers();
    await chat.close({ timeoutMs: 1 });
  });
  return { fake, chat };
}

afterEach(() => {
  vi.useRealTimers();
});

describe.each(stages)("the timers of vitest, faked around stage '%s'", (stage) => {
  it('keep nobody from an answer, and let the shadow go on as they are advanced', async () => {
    const { fake, chat } = await chatIn(stage);
    vi.useFakeTimers();
    expect(await chat('Build a CSV parser')).toContain('CSV');
    const flushed = chat.flush();
    await vi.advanceTimersByTimeAsync(100);
    await flushed;
    expect(fake.patterns('acme')).toHaveLength(1);
  });

  it('may be switched off in the middle where immediates are real', async () => {
    const { fake, chat } = await chatIn(stage);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    await chat('Build a CSV parser');
    vi.useRealTimers();
    await chat('Write a parser of logs in JSON');
    await chat.flush();
    expect(fake.patterns('acme')).toHaveLength(2);
  });
});
