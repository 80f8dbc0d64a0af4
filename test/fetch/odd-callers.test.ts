import type { Stage } from 'engramia-cutover';
import { type FetchInit, fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';

const closed = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const odd: Readonly<Record<string, unknown>> = {
  'nothing but null': null,
  'a signal that is null, as `fetch` takes it': { signal: null },
  'a signal that throws when it is looked at': { signal: closed() },
  'a signal that is none': { signal: {} },
  'an id that no text can be made of': { requestId: Object.create(null) },
};

const answers: readonly [Stage, string][] = [
  ['off', 'legacy: hi'],
  ['shadow', 'legacy: hi'],
  ['live', 'candidate: hi false'],
];

describe.each(Object.entries(odd))('a request that comes with %s', (_name, init) => {
  it.each(answers)('is answered as any other in stage %s', async (stage, answer) => {
    const chat = fetchCutover<unknown>({
      name: 'chat',
      legacy: async (request) => new Response(`legacy: ${await request.text()}`),
      candidate: async ({ signal }, request) =>
        `candidate: ${await request.text()} ${signal.aborted}`,
      identify: () => ({ tenant: 'acme', task: 'What is it?' }),
      flags: memoryFlags(stage),
    });
    const request = new Request('http://localhost/chat', { method: 'POST', body: 'hi' });
    const response = await chat(request, init as FetchInit<unknown>);
    expect(await response.text()).toBe(answer);
    expect((await chat.close()).drained).toBe(true);
  });
});
