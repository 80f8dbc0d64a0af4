import type { Subject } from 'engramia-cutover';
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
