import { type Stage, shadowSafe } from 'engramia-cutover';
import { type FetchInit, fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { oddInits } from '../router/odd-inits.ts';

const answers: readonly [Stage, string][] = [
  ['off', 'legacy: hi'],
  ['shadow', 'legacy: hi'],
  ['live', 'candidate: hi false'],
];

describe.each(Object.entries(oddInits))('a request that comes with %s', (_name, init) => {
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

it('mirrors no request whose locals are copied later', async () => {
  let runs = 0;
  const chat = fetchCutover<unknown>({
    name: 'chat',
    legacy: () => new Response('legacy'),
    candidate: shadowSafe(() => {
      runs += 1;
      return 'candidate';
    }),
    identify: () => ({ tenant: 'acme', task: 'What is it?' }),
    snapshot: (async () => {
      throw new Error('written async');
    }) as never,
    flags: memoryFlags('shadow'),
    logger: { warn: () => undefined },
  });
  await (await chat(new Request('http://localhost/chat'))).text();
  await chat.close();
  expect([runs, chat.stats().mirror.skipped.unreadable]).toEqual([0, 1]);
});
