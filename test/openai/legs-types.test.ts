import { createCutoverHandler } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import {
  type AssistantsReply,
  assistantsLeg,
  type ResponsesStream,
  responsesCandidate,
  responsesLeg,
} from 'engramia-cutover/openai';
import OpenAI, { AzureOpenAI } from 'openai';
import { describe, expectTypeOf, it } from 'vitest';

const client = new OpenAI({ apiKey: 'none' });
const azure = new AzureOpenAI({ apiKey: 'none', apiVersion: 'v1', endpoint: 'http://127.0.0.1' });
const shared = { name: 'chat', flags: memoryFlags('off') };
const asked = { client, model: 'gpt-test' };
const threadOf = (user: string, _message: string) => user;

describe('the types of the legs', () => {
  it('make a handler of an assistant without a word about its arguments', () => {
    const handler = createCutoverHandler({
      ...shared,
      legacy: assistantsLeg({
        client: azure,
        assistantId: 'asst_1',
        threadOf,
        input: (_user, message) => message,
        reply: ({ text }) => text,
      }),
      candidate: async (_context, user, message) => `${user} ${message}`,
      identify: (user, message) => ({ tenant: user, task: message }),
    });
    expectTypeOf(handler).parameters.toEqualTypeOf<[string, string]>();
    expectTypeOf(handler).returns.toEqualTypeOf<Promise<string>>();
  });

  it('give the whole reply where none is made of it', () => {
    const leg = assistantsLeg({ client, assistantId: 'asst_1', threadOf });
    const handler = createCutoverHandler({
      ...shared,
      legacy: leg,
      legacyShadow: leg.shadow,
      candidate: async () => ({ text: '', images: [], threadId: '', runId: '' }),
      identify: (user, message) => ({ tenant: user, task: message }),
    });
    expectTypeOf(handler).returns.toEqualTypeOf<Promise<AssistantsReply>>();
  });

  it('let a candidate of responses take its arguments from legacy', () => {
    const handler = createCutoverHandler({
      ...shared,
      legacy: async (user: string, message: string) => `${user} ${message}`,
      candidate: responsesCandidate({
        ...asked,
        input: (_user, message) => message,
        reply: ({ text }) => text,
      }),
      identify: (user, message) => ({ tenant: user, task: message }),
    });
    expectTypeOf(handler).returns.toEqualTypeOf<Promise<string>>();
  });

  it('make a handler of events on both legs', () => {
    const handler = createCutoverHandler({
      ...shared,
      legacy: responsesLeg({
        ...asked,
        stream: true,
        input: (_user: string, text: string) => text,
      }),
      candidate: responsesCandidate({ ...asked, stream: true, input: (_user, text) => text }),
      identify: (user, message) => ({ tenant: user, task: message }),
    });
    expectTypeOf(handler).parameters.toEqualTypeOf<[string, string]>();
    expectTypeOf(handler).returns.toEqualTypeOf<Promise<ResponsesStream>>();
  });
});
