import { Agent, MemorySession, Runner, RunState, tool } from '@openai/agents';
import { CutoverError, createCutoverHandler, oneScope } from 'engramia-cutover';
import { agentCandidate, engramiaInstructions } from 'engramia-cutover/agents';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contextOf } from './call-contexts.ts';
import { memoryOf } from './memory.ts';
import { ScriptedModel } from './scripted-model.ts';

const csv = ['Build a CSV parser', 'split by lines, then by commas'] as const;
const runner = () => new Runner({ tracingDisabled: true });

/** A tool that remembers what it was called with. */
function remembering(name: string) {
  const ran: unknown[] = [];
  const made = tool({
    name,
    description: name,
    parameters: z.object({ id: z.number() }),
    execute: ({ id }) => {
      ran.push(id);
      return `${name} ${id}`;
    },
  });
  return { made, ran };
}

describe('a served agent', () => {
  it('recalls for the call’s tenant, and reports tools, tokens and patterns', async () => {
    await using memory = await memoryOf([csv]);
    const look = remembering('look');
    const model = new ScriptedModel([{ name: 'look', arguments: { id: 4 } }], 'parsed');
    const agent = new Agent({
      name: 'coder',
      instructions: 'You code.',
      model,
      tools: [look.made],
    });
    const candidate = agentCandidate({
      agent,
      engramia: oneScope(memory.client),
      runner: runner(),
    });
    const context = contextOf();

    expect(await candidate(context, 'ann', csv[0])).toBe('parsed');
    expect(model.instructions[0]).toMatch(/^You code\.\n\n.*split by lines/s);
    expect(new Set(model.instructions).size).toBe(1);
    expect(memory.recalls()).toBe(1);
    expect(context.facts).toEqual({
      toolCalls: [{ name: 'look', arguments: { id: 4 }, result: 'look 4' }],
      usage: { inputTokens: 20, outputTokens: 10 },
      recalled: [expect.stringMatching(/^patterns\//)],
    });
  });

  it('does not recall a second time for an agent whose instructions do so themselves', async () => {
    await using memory = await memoryOf([csv]);
    const engramia = oneScope(memory.client);
    const instructions = engramiaInstructions({ engramia, base: 'You code.' });
    const model = new ScriptedModel('parsed');
    const agent = new Agent({ name: 'coder', instructions, model });
    const context = contextOf();
    await agentCandidate({ agent, engramia, runner: runner() })(context, csv[0]);
    expect(memory.recalls()).toBe(1);
    expect(model.instructions[0]?.match(/<<<patterns/g)).toHaveLength(1);
    expect(context.facts.recalled).toHaveLength(1);
  });

  it('commits before a tool that is not read-only, and not before one that is', async () => {
    const [look, write] = [remembering('look'), remembering('write')];
    const agent = (...steps: ConstructorParameters<typeof ScriptedModel>) =>
      new Agent({
        name: 'coder',
        model: new ScriptedModel(...steps),
        tools: [look.made, write.made],
      });
    const options = { runner: runner(), readOnly: ['look'] };
    const reading = contextOf();
    const looks = agent([{ name: 'look', arguments: { id: 1 } }], 'done');
    await agentCandidate({ agent: looks, ...options })(reading, 'go');
    expect(reading.commits).toBe(0);

    const acting = contextOf();
    const writes = agent([{ name: 'write', arguments: { id: 1 } }], 'done');
    await agentCandidate({ agent: writes, ...options })(acting, 'go');
    expect({ commits: acting.commits, ran: write.ran }).toEqual({ commits: 1, ran: [1] });
  });

  it.each([false, true])('runs no tool once it was superseded (streamed: %s)', async (stream) => {
    const write = remembering('write');
    const model = new ScriptedModel([{ name: 'write', arguments: { id: 1 } }], 'done');
    const agent = new Agent({ name: 'coder', model, tools: [write.made] });
    const refusal = new CutoverError('ERR_CUTOVER_SUPERSEDED', 'legacy answers');
    const context = contextOf({ refusal });
    const answered = stream
      ? agentCandidate({ agent, runner: runner(), stream: true })(context, 'go').then(
          ({ completed }) => completed,
        )
      : agentCandidate({ agent, runner: runner() })(context, 'go');
    const reason: unknown = await answered.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(reason).toBeInstanceOf(Error);
    if (!stream) expect(reason).toBe(refusal);
    expect(write.ran).toEqual([]);
  });

  it.each([false, true])('stops with the caller’s signal (streamed: %s)', async (stream) => {
    const gone = new Error('the caller has gone');
    const context = contextOf();
    const stopping = tool({
      name: 'look',
      description: 'Looks.',
      parameters: z.object({}),
      execute: () => {
        context.abort(gone);
        return 'seen';
      },
    });
    const model = new ScriptedModel([{ name: 'look' }], 'done');
    const agent = new Agent({ name: 'coder', model, tools: [stopping] });
    if (stream) {
      const result = await agentCandidate({ agent, runner: runner(), stream: true })(context, 'go');
      await result.completed.catch(() => undefined);
      expect(result.cancelled).toBe(true);
    } else {
      const candidate = agentCandidate({ agent, runner: runner() });
      await expect(candidate(context, 'go')).rejects.toBe(gone);
    }
    expect(model.requests).toHaveLength(1);
  });

  it('tells what it knows of a run that failed', async () => {
    const look = remembering('look');
    const model = new ScriptedModel([{ name: 'look', arguments: { id: 1 } }], [{ name: 'gone' }]);
    const agent = new Agent({ name: 'coder', model, tools: [look.made] });
    const context = contextOf();
    await expect(agentCandidate({ agent, runner: runner() })(context, 'go')).rejects.toThrow();
    expect(context.facts).toMatchObject({
      toolCalls: [{ name: 'look', result: 'look 1' }],
      usage: { inputTokens: 20 },
    });
  });

  it('says that a run waits for an approval instead of answering with nothing', async () => {
    const write = tool({
      name: 'write',
      description: 'Writes.',
      parameters: z.object({}),
      needsApproval: true,
      execute: () => 'written',
    });
    const model = new ScriptedModel([{ name: 'write' }], 'done');
    const candidate = agentCandidate({
      agent: new Agent({ name: 'coder', model, tools: [write] }),
      runner: runner(),
    });
    await expect(candidate(contextOf(), 'go')).rejects.toMatchObject({
      code: 'ERR_AGENT_INTERRUPTED',
    });
  });

  it('says how a run goes on that has waited for an approval, which is not its own to go on with', async () => {
    let ran = 0;
    const gated = tool({
      name: 'gated',
      description: 'Needs approval.',
      parameters: z.object({}),
      needsApproval: true,
      execute: () => `ran ${++ran}`,
    });
    const model = new ScriptedModel([{ name: 'gated' }], 'done');
    const agent = new Agent({ name: 'coder', model, tools: [gated] });
    const own = runner();
    const reply = await agentCandidate({
      agent,
      runner: own,
      input: (_context, message: string) => message,
      reply: ({ state }) => state.toString(),
    })(contextOf(), 'go');
    const state = await RunState.fromString(agent, reply);
    for (const interruption of state.getInterruptions()) state.approve(interruption);

    const resumed = agentCandidate({ agent, runner: own, input: () => state as never });
    for (const mirrored of [false, true]) {
      await expect(resumed(contextOf({ mirrored }))).rejects.toThrow(
        /"input" .* a text or a list of items: .* runner\.run\(agent, state\)/,
      );
    }
    expect(ran).toBe(0);
    expect((await own.run(agent, state)).finalOutput).toBe('done');
    expect(ran).toBe(1);
  });

  it('keeps the app’s hooks, filters, context and session', async () => {
    const heard: string[] = [];
    const session = new MemorySession();
    const model = new ScriptedModel('done');
    const agent = new Agent<{ user: string }>({
      name: 'coder',
      instructions: ({ context: { user } }) => `For ${user}.`,
      model,
    });
    agent.on('agent_end', (_context, output) => void heard.push(`agent: ${output}`));
    const own = new Runner({
      tracingDisabled: true,
      callModelInputFilter: ({ modelData }) => ({
        ...modelData,
        instructions: `${modelData.instructions} Filtered.`,
      }),
    });
    own.on('agent_end', (_context, _agent, output) => void heard.push(`runner: ${output}`));
    await using memory = await memoryOf([csv]);
    const candidate = agentCandidate<string[]>({
      agent,
      engramia: oneScope(memory.client),
      runner: own,
      context: ({ tenant }) => ({ user: tenant }),
      run: () => ({ session }),
    });
    await candidate(contextOf(), csv[0]);
    expect(model.instructions[0]).toMatch(/^For acme\. Filtered\.\n\n/);
    expect(heard).toEqual(['runner: done', 'agent: done']);
    expect(await session.getItems()).toHaveLength(2);

    await candidate(contextOf({ mirrored: true }), 'more');
    expect(model.requests[1]?.input).toHaveLength(3);
    expect(heard).toHaveLength(2);
    expect(await session.getItems()).toHaveLength(2);
  });

  it('refuses options that cannot be used, all at once', () => {
    const wrong = { engramia: {}, readOnly: 'look', mirror: { otherTools: 'replay' } } as never;
    expect(() => agentCandidate(wrong)).toThrow(
      /agent is missing.*engramia must be oneScope\(client\) or keyPerTenant.*readOnly must.*mirror\.recorded is missing/,
    );
    for (const model of [5, '', {}]) {
      expect(() => agentCandidate({ mirror: { model } } as never)).toThrow(
        'mirror.model must be a name, or a model with getResponse()',
      );
    }
  });
});

describe('an agent behind a cutover handler', () => {
  const handlerOf = (
    candidate: (typeof candidates)[0],
    stage: 'shadow' | 'live',
    client: Parameters<typeof oneScope>[0],
  ) =>
    createCutoverHandler({
      name: 'chat',
      legacy: async (_user: string, message: string) => `legacy: ${message}`,
      candidate,
      identify: (user, message) => ({ tenant: 'acme', user, task: message }),
      flags: memoryFlags(stage),
      engramia: oneScope(client),
      logger: { warn: () => undefined },
    });
  const candidates = [agentCandidate({ agent: new Agent({ name: 'none' }) })] as const;

  it('is mirrored and compared without a word of shadowSafe, and learned by the router once served', async () => {
    await using memory = await memoryOf();
    const write = remembering('write');
    const model = new ScriptedModel(
      [{ name: 'write', arguments: { id: 1 } }],
      'mirrored',
      [{ name: 'write', arguments: { id: 2 } }],
      'served',
    );
    const agent = new Agent({ name: 'coder', model, tools: [write.made] });
    const engramia = oneScope(memory.client);
    const candidate = agentCandidate({ agent, engramia, runner: runner() });

    await using shadow = handlerOf(candidate, 'shadow', memory.client);
    const tools: unknown[] = [];
    shadow.on('compared', ({ mirrored }) => void tools.push(mirrored.status, mirrored.tools));
    expect(await shadow('ann', 'Build a CSV parser')).toBe('legacy: Build a CSV parser');
    await shadow.flush();
    expect(tools).toEqual(['fulfilled', ['write']]);
    expect(write.ran).toEqual([]);

    await using live = handlerOf(candidate, 'live', memory.client);
    expect(await live('ann', 'Write a JSON printer by hand')).toBe('served');
    await live.flush();
    expect(write.ran).toEqual([2]);
    expect(memory.fake.patterns('default').map(({ code }) => code)).toEqual([
      'legacy: Build a CSV parser',
      'served',
    ]);
  });

  it('streams: the user gets the SDK’s events, the router learns their text', async () => {
    await using memory = await memoryOf();
    const model = new ScriptedModel('one two three', 'four five six');
    const agent = new Agent({ name: 'coder', model });
    const engramia = oneScope(memory.client);
    const candidate = agentCandidate({ agent, engramia, runner: runner(), stream: true });
    const textual = agentCandidate({
      agent,
      runner: runner(),
      stream: true,
      reply: (result) => result.toTextStream() as ReadableStream<string>,
    });
    const shared = {
      name: 'chat',
      identify: (message: string) => ({ tenant: 'acme', task: message }),
      flags: memoryFlags('live'),
      engramia,
    };
    await using events = createCutoverHandler({
      ...shared,
      legacy: async (_message: string): Promise<AsyncIterable<unknown>> => {
        throw new Error('unused');
      },
      candidate,
    });
    const types = new Set<string>();
    for await (const event of await events('Count to three, please')) {
      types.add((event as { type: string }).type);
    }
    await events.flush();
    expect(types).toContain('raw_model_stream_event');

    await using texts = createCutoverHandler({
      ...shared,
      legacy: async (_message: string): Promise<ReadableStream<string>> => {
        throw new Error('unused');
      },
      candidate: textual,
    });
    let text = '';
    for await (const chunk of await texts('Count on to six and stop')) text += chunk;
    await texts.flush();
    expect(text).toBe('four five six');
    expect(memory.fake.patterns('default').map(({ code }) => code)).toEqual([
      'one two three',
      'four five six',
    ]);
  });

  it('streams in the shadow too, and reports before the stream has ended', async () => {
    const look = remembering('look');
    const model = new ScriptedModel([{ name: 'look', arguments: { id: 1 } }], 'all done');
    const agent = new Agent({ name: 'coder', model, tools: [look.made] });
    const candidate = agentCandidate({ agent, runner: runner(), stream: true });
    const context = contextOf({ mirrored: true });
    for await (const event of await candidate(context, 'go')) void event;
    expect(context.facts).toMatchObject({
      toolCalls: [{ name: 'look', arguments: { id: 1 } }],
      usage: { inputTokens: 20, outputTokens: 10 },
    });
    expect(look.ran).toEqual([]);
  });
});
