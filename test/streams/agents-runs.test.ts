import { text as textOf } from 'node:stream/consumers';
import { Agent, type AgentOutputType, Runner, type StreamedRunResult } from '@openai/agents';
import { describe, expect, it } from 'vitest';
import { ScriptedModel } from '../agents/scripted-model.ts';
import { message, servesLegacy, stages, streamWorld } from './world.ts';

type Run = StreamedRunResult<unknown, Agent<unknown, AgentOutputType>>;

// The SDK's own type of it has no `getReader`.
const streamOf = (run: Run) => run.toStream() as unknown as ReadableStream<{ type: string }>;

const answer = 'Streams come in pieces.';
const deltas = ['Streams ', 'come ', 'in ', 'pieces.'];

async function runOf(signal?: AbortSignal): Promise<Run> {
  const agent = new Agent({ name: 'memo', model: new ScriptedModel(answer) });
  const runner = new Runner({ tracingDisabled: true });
  return (await runner.run(agent, 'hi', {
    stream: true,
    ...(signal && { signal }),
  })) as unknown as Run;
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const chunk of stream) got.push(chunk);
  return got;
}

const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);

/** Every way in which a run says its answer. */
const readings: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
  'for await': async (run) => typesOf(await collect(run)),
  'toStream()': async (run) => typesOf(await collect(streamOf(run))),
  'a reader of toStream()': async (run) => {
    const reader = streamOf(run).getReader();
    const types: string[] = [];
    for (let read = await reader.read(); !read.done; read = await reader.read())
      types.push(read.value.type);
    return types;
  },
  'toTextStream()': async (run) => collect(run.toTextStream() as AsyncIterable<string>),
  'toTextStream() for Node': (run) => textOf(run.toTextStream({ compatibleWithNodeStreams: true })),
  'completed and finalOutput': async (run) => {
    await run.completed;
    return run.finalOutput;
  },
};

describe.each(stages)('a streamed run of an agent in stage %s', (stage) => {
  async function world(signal?: AbortSignal) {
    const made = await runOf(signal);
    const { handler, learned } = await streamWorld(stage, (leg) =>
      leg === (servesLegacy(stage) ? 'legacy' : 'candidate') ? made : 'the other leg',
    );
    const reply = (await handler(message)) as Run;
    expect(reply).toBe(made);
    return { reply, handler, learned };
  }

  it.each(Object.keys(readings))('says the same by %s, and is learned as one text', async (way) => {
    const read = readings[way] as (run: Run) => Promise<unknown>;
    const { reply, handler, learned } = await world();
    expect(await read(reply)).toEqual(await read(await runOf()));
    await reply.completed;
    expect(reply.finalOutput).toBe(answer);
    expect(reply.lastAgent?.name).toBe('memo');
    expect(await learned()).toEqual(stage === 'off' ? [] : [answer]);
    expect(handler.stats().routes.chat?.served).toMatchObject({
      [servesLegacy(stage) ? 'legacy' : 'candidate']: 1,
    });
  });

  it('gives each delta once and in order', async () => {
    const { reply } = await world();
    expect(await collect(reply.toTextStream() as AsyncIterable<string>)).toEqual(deltas);
  });

  it('cannot be read twice, as without a cutover', async () => {
    const { reply } = await world();
    const stream = reply.toTextStream();
    expect(() => reply.toTextStream()).toThrow(/locked/);
    expect(streamOf(reply).locked).toBe(true);
    await collect(stream as AsyncIterable<string>);
  });

  it('that is read in parts, and waited for in between, is learned once', async () => {
    const { reply, learned } = await world();
    const reader = streamOf(reply).getReader();
    await reader.read();
    reader.releaseLock();
    await reply.completed;
    await collect(reply);
    expect(await learned()).toEqual(stage === 'off' ? [] : [answer]);
  });

  it('that has completed is not learned when its reader cancels it unread', async () => {
    const { reply, learned } = await world();
    const reader = streamOf(reply).getReader();
    await reply.completed;
    await reader.cancel();
    expect(await learned()).toEqual([]);
  });

  it('that its reader leaves is cancelled and not learned', async () => {
    const { reply, learned } = await world();
    for await (const _ of reply) break;
    expect(reply.cancelled).toBe(true);
    expect(await learned()).toEqual([]);
  });

  it('that its own signal stops midway is not learned', async () => {
    const stop = new AbortController();
    const { reply, learned } = await world(stop.signal);
    const reader = streamOf(reply).getReader();
    // Past the start of the run and of the response: some of its text is there.
    for (let event = 0; event < 4; event += 1) await reader.read();
    stop.abort();
    while (!(await reader.read()).done);
    expect(reply.cancelled).toBe(true);
    expect(await learned()).toEqual([]);
  });
});

describe('a streamed run of an agent whose model fails', () => {
  it('fails with its own error, which is counted, and is not learned', async () => {
    const failure = new Error('the model is down');
    class FailingModel extends ScriptedModel {
      override async *getStreamedResponse(request: never) {
        for await (const event of super.getStreamedResponse(request)) {
          yield event;
          throw failure;
        }
      }
    }
    const agent = new Agent({ name: 'memo', model: new FailingModel(answer) });
    const runner = new Runner({ tracingDisabled: true });
    const run = (await runner.run(agent, 'hi', { stream: true })) as unknown as Run;
    const { handler, learned } = await streamWorld('complete', () => run);
    const reply = (await handler(message)) as Run;
    await expect(collect(reply)).rejects.toBe(failure);
    expect(await learned()).toEqual([]);
    expect(handler.stats().routes.chat?.failed.candidate).toBe(1);
  });
});
