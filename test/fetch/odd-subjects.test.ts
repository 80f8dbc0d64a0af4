import type { CutoverEventOf, Subject } from 'engramia-cutover';
import { expect, it } from 'vitest';
import { chatRequest, question, startHandler } from './chat-handler.ts';

/** What makes a thenable of an object that is no promise. */
const then = 'then';

it('waits for a subject that comes by a thenable which is no promise, where the head names the tenant', async () => {
  await using chat = await startHandler('live', {
    tenant: () => 'acme',
    identify: () =>
      ({
        [then](tell: (subject: Subject) => void) {
          tell({ task: question });
        },
      }) as never,
  });
  const response = await chat.handler(chatRequest());
  expect(await response.json()).toEqual({ reply: `candidate: ${question}` });
  expect(chat.handler.stats().routes.chat?.undecided.noTenant).toBe(0);
});

it.each([undefined, 'acme', 7])(
  'tells of a subject that is %s, where the head names the tenant',
  async (subject) => {
    await using chat = await startHandler('live', {
      tenant: () => 'acme',
      identify: async () => subject as never,
    });
    const told: CutoverEventOf<'error'>[] = [];
    chat.handler.on('error', (event) => told.push(event));
    expect(await (await chat.handler(chatRequest())).json()).toEqual({
      reply: `legacy: ${question}`,
    });
    expect(String(told[0]?.error.cause)).toContain('it must give { tenant, task }');
    expect(chat.handler.stats().routes.chat?.undecided.noTenant).toBe(1);
  },
);

it('says what to hand over where a framework’s own context came in the place of a request', async () => {
  await using chat = await startHandler('live', { legacy: () => new Response('legacy') });
  const told: CutoverEventOf<'error'>[] = [];
  chat.handler.on('error', (event) => told.push(event));
  const context = { req: { raw: chatRequest() } };
  expect(await (await chat.handler(context as never)).text()).toBe('legacy');
  expect(String(told[0]?.error.cause)).toContain('in Hono hand it c.req.raw');
});
