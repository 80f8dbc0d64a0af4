import { Agent } from '@openai/agents';
import { createCutoverHandler } from 'engramia-cutover';
import { agentCandidate } from 'engramia-cutover/agents';
import { memoryFlags } from 'engramia-cutover/flags';
import { assistantsLeg, responsesCandidate, responsesLeg } from 'engramia-cutover/openai';
import OpenAI from 'openai';
import { describe, expectTypeOf, it } from 'vitest';

const agent = new Agent({ name: 'desk' });
const client = new OpenAI({ apiKey: 'none' });
const identify = (tenant: string, task: string) => ({ tenant, task });
const shared = { name: 'chat', flags: memoryFlags('off'), identify };
const asked = { client, model: 'gpt-test', input: (_user: string, message: string) => message };
const threadOf = (user: string, _message: string) => user;
const answers = async (_user: string, message: string) => ({ reply: message });
const says = async (_user: string, message: string) => message;

describe('a leg in the place of a handler', () => {
  it('is refused without a `reply` where its own is not what the handler answers with', () => {
    // @ts-expect-error an agent answers with a text
    createCutoverHandler({ ...shared, legacy: answers, candidate: agentCandidate({ agent }) });
    const events = { agent, stream: true } as const;
    // @ts-expect-error a streamed agent answers with its events
    createCutoverHandler({ ...shared, legacy: says, candidate: agentCandidate(events) });
    // @ts-expect-error a response is more than its text
    createCutoverHandler({ ...shared, legacy: says, candidate: responsesCandidate(asked) });
    createCutoverHandler({
      ...shared,
      // @ts-expect-error an assistant's reply is more than its text
      legacy: assistantsLeg<[string, string], string>({ client, assistantId: 'asst_1', threadOf }),
      candidate: agentCandidate({ agent }),
    });
    // @ts-expect-error the same of a leg of responses
    responsesLeg<[string, string], string>(asked);
  });

  it('is taken where it is what the handler answers with, or `reply` makes it so', () => {
    const texts = createCutoverHandler({
      ...shared,
      legacy: says,
      candidate: agentCandidate({ agent }),
    });
    expectTypeOf(texts).returns.toEqualTypeOf<Promise<string>>();
    const replies = createCutoverHandler({
      ...shared,
      legacy: answers,
      candidate: agentCandidate({
        agent,
        reply: ({ finalOutput }) => ({ reply: String(finalOutput) }),
      }),
    });
    expectTypeOf(replies).returns.toEqualTypeOf<Promise<{ reply: string }>>();
    const perhaps = createCutoverHandler({
      ...shared,
      legacy: async (user: string, message: string) => (user === '' ? undefined : message),
      candidate: agentCandidate({ agent }),
    });
    expectTypeOf(perhaps).returns.toEqualTypeOf<Promise<string | undefined>>();
    const streams = agentCandidate({ agent, stream: true, reply: (run) => run.toTextStream() });
    expectTypeOf(streams).returns.resolves.toExtend<AsyncIterable<string>>();
  });
});
