import { Agent, Runner, setTraceProcessors, setTracingDisabled, tool } from '@openai/agents';
import { type EngramiaClient, keyPerTenant } from 'engramia-cutover';
import { agentCandidate, engramiaInstructions } from 'engramia-cutover/agents';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { contextOf } from './call-contexts.ts';
import { memoryOf } from './memory.ts';
import { ScriptedModel } from './scripted-model.ts';

const csv = ['Build a CSV parser', 'split by lines, then by commas'] as const;
const look = tool({
  name: 'look',
  description: 'Looks.',
  parameters: z.object({}),
  execute: () => 'seen',
});

const run = (agent: Agent, input: string, context?: unknown) =>
  new Runner({ tracingDisabled: true }).run(agent, input, { context });

/** A memory that knows nothing, and what it was asked for. */
function askedMemory() {
  const tasks: string[] = [];
  const recall = async ({ task }: { task: string }) => {
    tasks.push(task);
    return { matches: [] };
  };
  return { tasks, client: { recall } as unknown as EngramiaClient };
}

describe('engramiaInstructions', () => {
  it('recalls for the message of the very first run, and shows what it found as data', async () => {
    await using memory = await memoryOf([csv]);
    const instructions = engramiaInstructions({ engramia: memory.client, base: 'You code.' });
    const model = new ScriptedModel('done');
    await run(new Agent({ name: 'coder', instructions, model }), 'Build a CSV parser please');

    expect(memory.fake.requests.at(-1)).toMatchObject({ path: '/v1/recall' });
    expect(model.instructions[0]).toMatch(/^You code\.\n\n/);
    expect(model.instructions[0]).toContain(
      '{"task":"Build a CSV parser","code":"split by lines, then by commas"}',
    );
    expect(instructions.counts).toMatchObject({ found: 1, failed: 0 });
  });

  it('recalls once a run, however many turns the model takes, with the same text in each', async () => {
    await using memory = await memoryOf([csv]);
    const instructions = engramiaInstructions({ engramia: memory.client, base: 'You code.' });
    const model = new ScriptedModel([{ name: 'look' }], [{ name: 'look' }], 'done');
    const agent = new Agent({ name: 'coder', instructions, model, tools: [look] });

    await run(agent, 'Build a CSV parser');
    expect(model.instructions).toHaveLength(3);
    expect(new Set(model.instructions).size).toBe(1);
    expect(memory.recalls()).toBe(1);

    await run(agent, 'Build a CSV parser');
    expect(memory.recalls()).toBe(2);
  });

  it('recalls once for agents that hand over to one another', async () => {
    await using memory = await memoryOf([csv]);
    const of = (base: string) => engramiaInstructions({ engramia: memory.client, base });
    const first = new ScriptedModel([{ name: 'transfer_to_expert' }]);
    const second = new ScriptedModel('done');
    const expert = new Agent({ name: 'expert', instructions: of('Expert.'), model: second });
    const desk = new Agent({
      name: 'desk',
      instructions: of('Desk.'),
      model: first,
      handoffs: [expert],
    });
    await run(desk, 'Build a CSV parser');
    expect(second.instructions[0]).toMatch(/^Expert\.\n\n.*CSV parser/s);
    expect(memory.recalls()).toBe(1);
  });

  it('recalls for each tenant and each message of one run by itself', async () => {
    await using memory = await memoryOf([], {
      keys: { 'key-a': { tenant: 'a' }, 'key-b': { tenant: 'b' } },
    });
    const engramia = keyPerTenant(memory.client, (tenant) => `key-${tenant}`);
    for (const tenant of ['a', 'b']) {
      const client = memory.client.withKey(`key-${tenant}`);
      await client.learn({ task: csv[0], code: `known to ${tenant}`, evalScore: 7 });
    }
    const of = (tenant: string) =>
      engramiaInstructions({ engramia, base: '', tenant: () => tenant });
    const [first, second] = [
      new ScriptedModel([{ name: 'transfer_to_expert' }]),
      new ScriptedModel('done'),
    ];
    const expert = new Agent({ name: 'expert', instructions: of('b'), model: second });
    const desk = new Agent({
      name: 'desk',
      instructions: of('a'),
      model: first,
      handoffs: [expert],
    });
    await run(desk, csv[0]);
    expect(first.instructions[0]).toContain('known to a');
    expect(first.instructions[0]).not.toContain('known to b');
    expect(second.instructions[0]).toContain('known to b');
    expect(second.instructions[0]).not.toContain('known to a');
  });

  it('recalls for the message that an agent is asked as a tool, not for that of the run', async () => {
    const { tasks, client } = askedMemory();
    const instructions = engramiaInstructions({ engramia: client, base: 'You code.' });
    const helper = new Agent({ name: 'helper', instructions, model: new ScriptedModel('helped') });
    const ask = { name: 'ask_helper', arguments: { input: 'Split a line by commas' } };
    const desk = new Agent({
      name: 'desk',
      instructions,
      model: new ScriptedModel([ask], 'done'),
      tools: [helper.asTool({ toolName: 'ask_helper', toolDescription: 'Asks.' })],
    });
    const candidate = agentCandidate({
      agent: desk,
      runner: new Runner({ tracingDisabled: true }),
    });
    await candidate(contextOf(), 'Build a CSV parser');
    expect(tasks).toEqual(['Build a CSV parser', 'Split a line by commas']);
  });

  it.each([false, true])('leaves the limits to served calls (mirrored: %s)', async (mirrored) => {
    const asked: unknown[] = [];
    const client = {
      recall: async (_request: unknown, options: unknown) => {
        asked.push(options);
        return { matches: [] };
      },
    } as unknown as EngramiaClient;
    const instructions = engramiaInstructions({ engramia: client, base: 'You code.' });
    const agent = new Agent({ name: 'coder', instructions, model: new ScriptedModel('done') });
    const candidate = agentCandidate({ agent, runner: new Runner({ tracingDisabled: true }) });
    await candidate(contextOf({ mirrored }), csv[0]);
    expect(asked).toMatchObject([{ priority: mirrored ? 'shadow' : 'served' }]);
  });

  it('leaves no timer behind when it was answered in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const client = { recall: async () => ({ matches: [] }) } as unknown as EngramiaClient;
      const instructions = engramiaInstructions({ engramia: client, base: 'You code.' });
      await run(new Agent({ name: 'coder', instructions, model: new ScriptedModel() }), csv[0]);
      expect(instructions.counts.nothing).toBe(1);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells runs apart that go on at the same time', async () => {
    await using memory = await memoryOf();
    const tasks: string[] = [];
    const client = {
      ...memory.client,
      recall: async ({ task }: { task: string }) => {
        tasks.push(task);
        const pattern = { task, code: `code of ${task}`, successScore: 7, reuseCount: 0 };
        return {
          matches: [{ similarity: 1, reuseTier: 'adapt', patternKey: task, pattern }],
        };
      },
    } as unknown as EngramiaClient;
    const instructions = engramiaInstructions({ engramia: client, base: '' });
    const model = new ScriptedModel();
    const agent = new Agent({ name: 'coder', instructions, model });
    const messages = ['first thing', 'second thing', 'third thing'];
    await Promise.all(messages.map((message) => run(agent, message)));
    for (const { input, systemInstructions } of model.requests) {
      const [{ content }] = input as unknown as [{ content: string }];
      expect(systemInstructions).toContain(`"code of ${content}"`);
    }
    expect(tasks.sort()).toEqual(messages.sort());
  });

  it.each([true, false])(
    'tells apart the calls of an agent that is a tool, made at once (traced: %s)',
    async (traced) => {
      await using memory = await memoryOf([
        ['first thing', 'code of first thing'],
        ['second thing', 'code of second thing'],
      ]);
      const model = new ScriptedModel('one', 'two');
      const instructions = engramiaInstructions({
        engramia: memory.client,
        base: '',
        recallLimit: 1,
      });
      const coder = new Agent({ name: 'coder', instructions, model });
      const calls = ['first thing', 'second thing'].map((input) => ({
        name: 'ask',
        arguments: { input },
      }));
      const desk = new Agent({
        name: 'desk',
        model: new ScriptedModel(calls, 'done'),
        tools: [coder.asTool({ toolName: 'ask' })],
      });
      setTraceProcessors([]);
      setTracingDisabled(!traced);
      await new Runner({ tracingDisabled: !traced }).run(desk, 'Do both');
      setTracingDisabled(true);
      expect(model.requests).toHaveLength(2);
      for (const { input, systemInstructions } of model.requests) {
        const [{ content }] = input as unknown as [{ content: string }];
        expect(systemInstructions).toContain(`"code of ${content}"`);
      }
      expect(memory.recalls()).toBe(2);
    },
  );

  it.each([
    ['is down', 'refuse'],
    ['answers with errors', 'error'],
  ] as const)('gives the base instructions when the service %s', async (_how, outage) => {
    await using memory = await memoryOf([csv]);
    memory.fake.down(outage);
    const instructions = engramiaInstructions({ engramia: memory.client, base: 'You code.' });
    const model = new ScriptedModel('done');
    const result = await run(new Agent({ name: 'coder', instructions, model }), csv[0]);
    expect(result.finalOutput).toBe('done');
    expect(model.instructions).toEqual(['You code.']);
    expect(instructions.counts.failed).toBe(1);
  });

  it('gives the base instructions at its deadline when the service hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let signal: AbortSignal | undefined;
      const asked = Promise.withResolvers<void>();
      const client = {
        recall: (_request: unknown, options: { signal: AbortSignal }) => {
          signal = options.signal;
          asked.resolve();
          return new Promise(() => undefined);
        },
      } as unknown as EngramiaClient;
      const instructions = engramiaInstructions({
        engramia: client,
        base: 'You code.',
        recallTimeoutMs: 250,
      });
      const model = new ScriptedModel('done');
      const running = run(new Agent({ name: 'coder', instructions, model }), csv[0]);
      await asked.promise;
      await vi.advanceTimersByTimeAsync(249);
      expect(model.requests).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(1);
      await running;
      expect(model.instructions).toEqual(['You code.']);
      expect(instructions.counts.late).toBe(1);
      expect(signal?.aborted).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('asks nobody when a run’s tenant is not known, and only the tenant’s own scope when it is', async () => {
    const keys = { 'key-a': { tenant: 'a' }, 'key-b': { tenant: 'b' } };
    await using memory = await memoryOf([csv], { keys });
    const instructions = engramiaInstructions({
      engramia: keyPerTenant(memory.client, (tenant) => `key-${tenant}`),
      base: 'You code.',
      tenant: ({ context }) => (context as { tenant?: string } | undefined)?.tenant,
    });
    const model = new ScriptedModel('done', 'done', 'done');
    const agent = new Agent({ name: 'coder', instructions, model });
    await run(agent, csv[0]);
    expect(memory.recalls()).toBe(0);
    await run(agent, csv[0], { tenant: 'b' });
    await run(agent, csv[0], { tenant: 'a' });
    expect(model.instructions.map((text) => text.includes(csv[1]))).toEqual([false, false, true]);
    expect(instructions.counts).toMatchObject({ noScope: 1, nothing: 1, found: 1 });
  });

  it('gives the base instructions when the tenant cannot be told', async () => {
    await using memory = await memoryOf([csv]);
    const instructions = engramiaInstructions({
      engramia: keyPerTenant(memory.client, () => memory.fake.key),
      base: 'You code.',
      tenant: () => {
        throw new Error('no');
      },
    });
    const model = new ScriptedModel('done');
    await run(new Agent({ name: 'coder', instructions, model }), csv[0]);
    expect(model.instructions).toEqual(['You code.']);
    expect(instructions.counts.noScope).toBe(1);
  });

  it('sends the message without personal data, and not at all when it says nothing', async () => {
    const { tasks, client } = askedMemory();
    const instructions = engramiaInstructions({ engramia: client, base: 'You code.' });
    const agent = new Agent({ name: 'coder', instructions, model: new ScriptedModel() });
    await run(agent, 'Write to ann@example.com');
    await run(agent, '  \n ');
    expect(tasks).toEqual(['Write to [email]']);
    expect(instructions.counts).toMatchObject({ nothing: 1, blank: 1 });
  });

  it('sends no half of an address that a cut went through, and nothing where redaction gives no text', async () => {
    const { tasks, client } = askedMemory();
    const cut = engramiaInstructions({ engramia: client, base: 'You code.' });
    const late = engramiaInstructions({
      engramia: client,
      base: 'You code.',
      redact: (async () => {
        throw new Error('written async');
      }) as never,
    });
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const long = 'ada.lovelace.of.the.long.names@mail.example '.repeat(1_000);
    for (const instructions of [cut, late]) {
      await run(new Agent({ name: 'coder', instructions, model: new ScriptedModel() }), long);
    }
    await new Promise(setImmediate);
    process.off('unhandledRejection', unhandled);
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toMatch(/^(\[email\] ?)+$/);
    expect(late.counts.failed).toBe(1);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('refuses options that cannot be used, all at once', () => {
    const wrong = { engramia: {}, recallLimit: 0, limit: 3 } as never;
    expect(() => engramiaInstructions(wrong)).toThrow(
      /engramia must be .*base is missing.*recallLimit must be/,
    );
  });
});
