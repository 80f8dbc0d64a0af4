import {
  createUIMessageStreamResponse,
  generateText,
  jsonSchema,
  Output,
  streamText,
  ToolLoopAgent,
  toUIMessageStream,
} from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { createCutover } from 'engramia-cutover';
import { fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { learning } from '../express/chat-app.ts';
import { message } from './world.ts';

const said = '{"city":"Prague","temp":21}';
const tokens = { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined };
const usage = { inputTokens: tokens, outputTokens: { total: 1, text: 1, reasoning: undefined } };
const finishReason = { unified: 'stop', raw: 'stop' } as const;

/** A model that says one thing, whole or in pieces. */
const model = (): MockLanguageModelV4 =>
  new MockLanguageModelV4({
    doGenerate: async () => ({
      content: [{ type: 'text', text: said }],
      finishReason,
      usage,
      warnings: [],
    }),
    doStream: async () => ({
      stream: ReadableStream.from([
        { type: 'stream-start', warnings: [] } as const,
        { type: 'text-start', id: '0' } as const,
        ...said.split(/(?<=,)/).map((delta) => ({ type: 'text-delta', id: '0', delta }) as const),
        { type: 'text-end', id: '0' } as const,
        { type: 'finish', finishReason, usage } as const,
      ]),
    }),
  });

interface Weather {
  city: string;
  temp: number;
}
const schema = jsonSchema<Weather>({
  type: 'object',
  properties: { city: { type: 'string' }, temp: { type: 'number' } },
});
const ask = () => ({ model: model(), prompt: message, output: Output.object({ schema }) });
const streamed = () => streamText(ask());

async function readWhole(reply: unknown): Promise<void> {
  if (reply instanceof Response) await reply.text();
  else if (Symbol.asyncIterator in Object(reply)) {
    for await (const _chunk of reply as AsyncIterable<unknown>) void _chunk;
  }
}

type Answer = () => unknown;

/** What is learned of a candidate's answer in stage `live`. */
async function learned(way: 'plain' | 'fetch', candidate: Answer): Promise<unknown> {
  const { fake, engramia } = await learning();
  const logger = { warn: () => undefined };
  const cutover = createCutover({ flags: memoryFlags('live'), engramia, logger });
  const identify = () => ({ tenant: 'acme', task: message });
  if (way === 'fetch') {
    const legacy = () => new Response('legacy');
    const chat = fetchCutover({ cutover, name: 'chat', legacy, identify, candidate });
    await readWhole(await chat(new Request('http://chat.test/')));
  } else {
    const legacy = async (): Promise<unknown> => 'legacy';
    const chat = cutover.handler({ name: 'chat', legacy, identify, candidate });
    await readWhole(await chat());
  }
  await cutover.close();
  return fake.patterns('default')[0]?.code;
}

const uiResponse: Answer = () =>
  createUIMessageStreamResponse({ stream: toUIMessageStream({ stream: streamed().stream }) });
const agent = () => new ToolLoopAgent({ model: model() }).stream({ prompt: message });

/** The tables of the page about the AI SDK. Behind fetch the word for what cannot be sent is what legacy says. */
describe('of what the AI SDK gives is learned', () => {
  it.each<[what: string, answer: Answer, plain: string | undefined, fetch: string | undefined]>([
    ['a Response of its message stream', uiResponse, said, said],
    ['the same as it was made before', () => streamed().toUIMessageStreamResponse(), said, said],
    ['its text', () => streamed().textStream, said, said],
    ['its text as a Response', () => streamed().toTextStreamResponse(), said, said],
    ['the stream of its parts', () => streamed().stream, said, 'legacy'],
    ['its message stream', () => streamed().toUIMessageStream(), said, 'legacy'],
    ['the result of streamText()', () => streamed(), undefined, 'legacy'],
    ['what an agent streams', () => agent(), undefined, 'legacy'],
    ['partial outputs', () => streamed().partialOutputStream, undefined, 'legacy'],
    ['the result of generateText()', () => generateText(ask()), said, undefined],
    ['its text in an object', async () => ({ text: (await generateText(ask())).text }), said, said],
    ['its output', async () => (await generateText(ask())).output, undefined, undefined],
  ])('%s', async (_what, answer, plain, fetch) => {
    expect([await learned('plain', answer), await learned('fetch', answer)]).toEqual([
      plain,
      fetch,
    ]);
  });
});
