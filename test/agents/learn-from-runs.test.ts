import { EventEmitter } from 'node:events';
import { Agent, RunContext, Runner, tool, withTrace } from '@openai/agents';
import { type EngramiaClient, keyPerTenant, oneScope } from 'engramia-cutover';
import { agentCandidate, learnFromRuns } from 'engramia-cutover/agents';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { contextOf } from './call-contexts.ts';
import { memoryOf } from './memory.ts';
import { ScriptedModel } from './scripted-model.ts';

const look = tool({
  name: 'look',
  description: 'Looks.',
  parameters: z.object({ at: z.string() }),
  execute: () => 'seen',
});

const agentOf = (...steps: ConstructorParameters<typeof ScriptedModel>) =>
  new Agent({ name: 'coder', model: new ScriptedModel(...steps), tools: [look] });

const runner = () => new Runner({ tracingDisabled: true });

const learns = ({
  requests,
}: {
  requests: readonly { path: string; body: unknown }[];
}): unknown[] => requests.filter(({ path }) => path === '/v1/learn').map(({ body }) => body);

describe('learnFromRuns', () => {
  it.each([false, true])(
    'learns task, output and tools of a finished run (streamed: %s)',
    async (stream) => {
      await using memory = await memoryOf();
      const own = runner();
      using learning = learnFromRuns(own, { engramia: memory.client });
      const agent = agentOf([{ name: 'look', arguments: { at: 'ann@example.com' } }], 'parsed it');
      if (stream) {
        const result = await own.run(agent, 'Build a CSV parser', { stream });
        await result.completed;
      } else await own.run(agent, 'Build a CSV parser');
      await learning.settled();
      expect(learns(memory.fake)).toEqual([
        {
          task: 'Build a CSV parser',
          code: 'parsed it',
          eval_score: 7,
          run_id: 'agent-run',
          source: 'api',
          output: 'look({"at":"[email]"})',
        },
      ]);
      expect(learning.counts).toMatchObject({ offered: 1, stored: 1, failed: 0 });
    },
  );

  it('learns no task of fewer than eight code points, and texts as long as they may be', async () => {
    await using memory = await memoryOf();
    const own = runner();
    const runId = 'r'.repeat(201);
    using learning = learnFromRuns(own, { engramia: memory.client, runId });
    const words = (count: number): string => 'words '.repeat(count / 6 + 1).slice(0, count);
    await own.run(agentOf('done'), '😀bcdefg');
    await own.run(agentOf('done'), '😀bcdefgh');
    await own.run(agentOf(words(8_004)), words(2_004));
    await learning.settled();
    expect(learns(memory.fake)).toMatchObject([
      { task: '😀bcdefgh', run_id: 'r'.repeat(200) },
      { task: words(2_000), code: words(8_000) },
    ]);
  });

  it('learns one run after the other, each once, also where agents hand over', async () => {
    await using memory = await memoryOf([], { mode: 'json' });
    const own = runner();
    using learning = learnFromRuns(own, { engramia: memory.client });
    const expert = new Agent({ name: 'expert', model: new ScriptedModel('by the expert') });
    const desk = new Agent({
      name: 'desk',
      model: new ScriptedModel([{ name: 'transfer_to_expert' }]),
      handoffs: [expert],
    });
    const tasks = ['Sort numbers in place', 'Parse dates of all kinds', 'Draw a chart of sales'];
    await Promise.all([
      own.run(desk, 'Ask the expert about trees'),
      ...tasks.map((task) => own.run(agentOf(`answer to ${task}`), task)),
    ]);
    await learning.settled();
    expect(learning.counts).toMatchObject({ offered: 4, stored: 4, failed: 0 });
    expect(memory.fake.patterns('default').map(({ code }) => code)).toContain('by the expert');
  });

  it('leaves the service’s limits to served calls', async () => {
    const learn = vi.fn(async (_request: unknown, _options: unknown) => ({
      stored: true,
      patternCount: 1,
    }));
    const client = { recall: () => undefined, pacing: { readyInMs: () => 0 }, learn };
    const own = runner();
    using learning = learnFromRuns(own, { engramia: client as unknown as EngramiaClient });
    await own.run(agentOf('done'), 'Build a CSV parser');
    await learning.settled();
    expect(learn.mock.calls.map(([, options]) => options)).toEqual([{ priority: 'shadow' }]);
  });

  it('learns what an agent answered to its own task, where runs share a context', async () => {
    await using memory = await memoryOf([], { mode: 'json' });
    const own = runner();
    using learning = learnFromRuns(own, { engramia: memory.client });
    const context = new RunContext({});
    const ask = tool({
      name: 'ask',
      description: 'Asks another agent, within the run.',
      parameters: z.object({}),
      execute: async (_given, within) => {
        const inner = await own.run(agentOf('by lines'), 'Split a text into lines', {
          context: within as RunContext<unknown>,
        });
        return inner.finalOutput;
      },
    });
    const steps = [[{ name: 'ask' }], 'a parser'] as const;
    const outer = new Agent({ name: 'outer', model: new ScriptedModel(...steps), tools: [ask] });
    const tasks = ['Sort numbers in place', 'Parse dates of all kinds'];
    await Promise.all([
      own.run(outer, 'Build a CSV parser', { context }),
      ...tasks.map((task) => own.run(agentOf(`answer to ${task}`), task, { context })),
    ]);
    await own.run(outer, 'Build it once more', { context });
    await learning.settled();
    const learned = memory.fake.patterns('default').map(({ task, code }) => `${task}: ${code}`);
    expect(learned.sort()).toEqual([
      'Build a CSV parser: a parser',
      'Build it once more: nothing more to say',
      ...tasks.map((task) => `${task}: answer to ${task}`).reverse(),
      'Split a text into lines: by lines',
    ]);
  });

  it.each([
    [
      'at once',
      (runs: readonly (() => Promise<unknown>)[]) => Promise.all(runs.map((run) => run())),
    ],
    [
      'at once in one trace',
      (runs: readonly (() => Promise<unknown>)[]) =>
        withTrace('all', () => Promise.all(runs.map((run) => run()))),
    ],
  ])('tells runs of one agent with one context apart, also %s', async (_how, together) => {
    await using memory = await memoryOf([], { mode: 'json' });
    const own = runner();
    using learning = learnFromRuns(own, { engramia: memory.client });
    const context = new RunContext({});
    const answers = { 'Sort numbers in place': 'by merging', 'Draw a chart of sales': 'as bars' };
    const model = new ScriptedModel(...Object.values(answers));
    const agent = new Agent({ name: 'one', model });
    await together(Object.keys(answers).map((task) => () => own.run(agent, task, { context })));
    await learning.settled();
    const learned = memory.fake.patterns('default').map(({ task, code }) => [task, code]);
    expect(Object.fromEntries(learned)).toEqual(answers);
  });

  it('learns on where a run with the same context has failed', async () => {
    await using memory = await memoryOf();
    const own = runner();
    using learning = learnFromRuns(own, { engramia: memory.client });
    const context = new RunContext({});
    const agent = new Agent({ name: 'one', model: new ScriptedModel(new Error('down'), 'done') });
    await expect(own.run(agent, 'Sort numbers in place', { context })).rejects.toThrow('down');
    await own.run(agent, 'Build a CSV parser', { context });
    await learning.settled();
    expect(learns(memory.fake)).toMatchObject([{ task: 'Build a CSV parser', code: 'done' }]);
  });

  it('leaves the runs of an agentCandidate to the router, and unfinished ones alone', async () => {
    await using memory = await memoryOf();
    const own = runner();
    using learning = learnFromRuns(own, { engramia: memory.client });
    const agent = agentOf('done');
    await agentCandidate({ agent, runner: own })(contextOf(), 'Build a CSV parser');
    await expect(own.run(agentOf([{ name: 'none' }]), 'Build a CSV parser')).rejects.toThrow();
    await own.run(agentOf('done'), 'ok');
    await learning.settled();
    expect(learning.counts.offered).toBe(0);
  });

  it('never makes a run fail, nor leaves a rejection behind, whatever fails', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const told: unknown[] = [];
    await using memory = await memoryOf();
    memory.fake.down();
    const own = runner();
    const failing = () => {
      throw new Error('no');
    };
    using down = learnFromRuns(own, {
      engramia: memory.client,
      onError: async (error) => {
        told.push(error);
        throw error;
      },
    });
    using redacting = learnFromRuns(own, { engramia: memory.client, redact: failing });
    const rejecting = (async () => failing()) as never;
    using redactingLate = learnFromRuns(own, { engramia: memory.client, redact: rejecting });
    using keyless = learnFromRuns(own, {
      engramia: keyPerTenant(memory.client, async () => failing()),
      tenant: () => 'acme',
      onError: failing,
    });
    using asking = learnFromRuns(own, { engramia: oneScope(memory.client), tenant: failing });
    using askingLate = learnFromRuns(own, {
      engramia: oneScope(memory.client),
      tenant: rejecting,
    });
    using nobody = learnFromRuns(own, { engramia: oneScope(memory.client) });

    const result = await own.run(agentOf('done'), 'Build a CSV parser');
    const all = [down, redacting, redactingLate, keyless, asking, askingLate, nobody];
    for (const learning of all) await learning.settled();
    await new Promise(setImmediate);
    process.off('unhandledRejection', unhandled);
    expect(result.finalOutput).toBe('done');
    expect(unhandled).not.toHaveBeenCalled();
    expect(told).toHaveLength(1);
    expect(all.map(({ counts: { failed, noScope } }) => [failed, noScope])).toEqual([
      [1, 0],
      [0, 0],
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  it('keeps a process that waits for it from ending while the service’s pace is kept, and no other', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const holding = () =>
      timers.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef());
    const asked = Promise.withResolvers<void>();
    const waits = [20];
    const readyInMs = () => {
      asked.resolve();
      return waits.shift() ?? 0;
    };
    const client = {
      recall: () => undefined,
      pacing: { readyInMs },
      learn: async () => ({ stored: true, patternCount: 1 }),
    } as unknown as EngramiaClient;
    const own = runner();
    using learning = learnFromRuns(own, { engramia: client });
    const ran = own.run(agentOf('done'), 'Build a CSV parser');
    await asked.promise;
    expect(holding().at(-1)).toBe(false);
    const settled = learning.settled();
    expect(holding().at(-1)).toBe(true);
    await Promise.all([ran, settled]);
    expect(learning.counts.stored).toBe(1);
    timers.mockRestore();
  });

  it('waits once more where its wait ended before the minute did, or others were quicker', async () => {
    const waits = [2, 1];
    const client = {
      recall: () => undefined,
      pacing: { readyInMs: () => waits.shift() ?? 0 },
      learn: async () => {
        if (waits.length > 0) throw new Error('the calls of this minute are used up');
        return { stored: true, patternCount: 1 };
      },
    } as unknown as EngramiaClient;
    const own = runner();
    using learning = learnFromRuns(own, { engramia: client });
    await own.run(agentOf('done'), 'Build a CSV parser');
    await learning.settled();
    expect(learning.counts).toMatchObject({ offered: 1, stored: 1, failed: 0 });
  });

  it.each([
    ['as it is told to', { maxWaiting: 2 }, 2],
    ['a hundred', {}, 100],
  ])('keeps at most so many waiting: %s, and counts the others', async (_many, options, most) => {
    const gate = Promise.withResolvers<{ stored: boolean; patternCount: number }>();
    const client = {
      recall: () => undefined,
      pacing: { readyInMs: () => 0 },
      learn: () => gate.promise,
    } as unknown as EngramiaClient;
    const own = runner();
    using learning = learnFromRuns(own, { engramia: client, ...options });
    const offered = most + 3;
    for (let at = 0; at < offered; at += 1) {
      await own.run(agentOf('done'), `Build parser number ${at}`);
    }
    expect(learning.counts).toMatchObject({ offered, dropped: 2 });
    gate.resolve({ stored: true, patternCount: 1 });
    await learning.settled();
    expect(learning.counts).toMatchObject({ offered, dropped: 2, stored: most + 1 });
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'leaves no run waiting that ends %i turns of the microtasks after the one before it',
    async (turns) => {
      const client = {
        recall: () => undefined,
        pacing: { readyInMs: () => 0 },
        learn: async () => ({ stored: true, patternCount: 1 }),
      } as unknown as EngramiaClient;
      const own = new EventEmitter();
      using learning = learnFromRuns(own as unknown as Runner, { engramia: client });
      const ends = (message: string): void => {
        const [runContext, agent] = [{}, {}];
        own.emit('agent_start', runContext, agent, message);
        own.emit('agent_end', runContext, agent, 'done');
      };
      ends('Build a CSV parser');
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      ends('Build another CSV parser');
      await learning.settled();
      expect(learning.counts).toMatchObject({ offered: 2, stored: 2 });
    },
  );

  it('listens no more once disposed', async () => {
    await using memory = await memoryOf();
    const own = runner();
    const learning = learnFromRuns(own, { engramia: memory.client });
    learning[Symbol.dispose]();
    await own.run(agentOf('done'), 'Build a CSV parser');
    expect(learning.counts.offered).toBe(0);
    const types = ['agent_start', 'agent_tool_end', 'agent_end'] as const;
    const off = vi.spyOn(own, 'off');
    const on = vi.spyOn(own, 'on');
    learnFromRuns(own, { engramia: memory.client })[Symbol.dispose]();
    expect(on.mock.calls.map(([type]) => type).sort()).toEqual([...types].sort());
    expect(off.mock.calls).toEqual(on.mock.calls);
  });

  it('refuses options that cannot be used, all at once', () => {
    const wrong = { engramia: {}, evalScore: 11, maxWaiting: 0 } as never;
    expect(() => learnFromRuns(runner(), wrong)).toThrow(/engramia must.*evalScore.*maxWaiting/);
  });
});
