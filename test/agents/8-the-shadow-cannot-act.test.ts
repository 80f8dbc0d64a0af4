import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Agent,
  type AgentOptions,
  applyPatchTool,
  codeInterpreterTool,
  type Editor,
  fileSearchTool,
  handoff,
  hostedMcpTool,
  type MCPServer,
  type Model,
  Runner,
  type Shell,
  shellTool,
  tool,
  webSearchTool,
} from '@openai/agents';
import { agentCandidate, agentTool } from 'engramia-cutover/agents';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contextOf } from './call-contexts.ts';
import { ScriptedModel } from './scripted-model.ts';

const parameters = z.object({ name: z.string() });
const call = { name: 'write_file', arguments: { name: 'a.txt' } };

/** A tool that leaves something behind, in a folder of its own. */
function writing(name = 'write_file') {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-agents-'));
  const made = tool({
    name,
    description: 'Writes a file.',
    parameters,
    execute: ({ name: file }) => {
      writeFileSync(join(folder, file), 'written');
      return `wrote ${file}`;
    },
  });
  return { tool: made, written: () => readdirSync(folder) };
}

const agentWith = (model: Model, rest: Partial<AgentOptions> = {}): Agent =>
  new Agent({ name: 'worker', instructions: 'Work.', model, ...rest });

const runner = () => new Runner({ tracingDisabled: true });

describe('promise 8: the shadow cannot act', () => {
  it('does not run a tool that writes to disk; the served run does', async () => {
    const file = writing();
    const mirrored = new ScriptedModel([call], 'tried');
    const candidate = (model: Model) =>
      agentCandidate({ agent: agentWith(model, { tools: [file.tool] }), runner: runner() });
    const context = contextOf({ mirrored: true });

    expect(await candidate(mirrored)(context, 'write it')).toBe('tried');
    expect(file.written()).toEqual([]);
    expect(context.facts.toolCalls).toMatchObject([
      { ...call, result: expect.stringContaining('was not run') },
    ]);
    expect(mirrored.requests[0]?.tools.map(({ name }) => name)).toEqual(['write_file']);

    await candidate(new ScriptedModel([call], 'done'))(contextOf(), 'write it');
    expect(file.written()).toEqual(['a.txt']);
  });

  it('does not let an agent act that it hands over to, nor tells the app of the hand-over', async () => {
    const file = writing();
    const told: string[] = [];
    const candidate = () => {
      const expert = agentWith(new ScriptedModel([call], 'the expert is done'), {
        name: 'expert',
        tools: [file.tool],
      });
      const over = handoff(expert, { onHandoff: () => void told.push('handed over') });
      const desk = agentWith(new ScriptedModel([{ name: 'transfer_to_expert' }]), {
        name: 'desk',
        handoffs: [over],
      });
      // In circles, as agents often are.
      expert.handoffs.push(desk as never);
      return agentCandidate({ agent: desk, runner: runner() });
    };

    expect(await candidate()(contextOf({ mirrored: true }), 'write it')).toBe('the expert is done');
    expect({ written: file.written(), told }).toEqual({ written: [], told: [] });

    expect(await candidate()(contextOf(), 'write it')).toBe('the expert is done');
    expect({ written: file.written(), told }).toEqual({
      written: ['a.txt'],
      told: ['handed over'],
    });
  });

  it('does not ask an agent that asTool made a tool', async () => {
    const file = writing();
    const inner = new ScriptedModel([call], 'inner done');
    const candidate = (model: Model) => {
      const helper = agentWith(model, { name: 'helper', tools: [file.tool] });
      const outer = agentWith(new ScriptedModel([ask], 'outer done'), {
        tools: [helper.asTool({ toolName: 'ask_helper', toolDescription: 'Asks.' })],
      });
      return agentCandidate({ agent: outer, runner: runner() });
    };
    const ask = { name: 'ask_helper', arguments: { input: 'write it' } };

    expect(await candidate(inner)(contextOf({ mirrored: true }), 'go')).toBe('outer done');
    expect({ asked: inner.requests.length, written: file.written() }).toEqual({
      asked: 0,
      written: [],
    });

    await candidate(new ScriptedModel([call], 'inner done'))(contextOf(), 'go');
    expect(file.written()).toEqual(['a.txt']);
  });

  it('asks an agent that agentTool made a tool, with tools that cannot act', async () => {
    const file = writing();
    const inner = new ScriptedModel([call], 'inner done');
    const outer = new ScriptedModel(
      [{ name: 'ask_helper', arguments: { input: 'write it' } }],
      'outer done',
    );
    const helper = agentWith(inner, { name: 'helper', tools: [file.tool] });
    const agent = agentWith(outer, {
      tools: [agentTool(helper, { toolName: 'ask_helper', toolDescription: 'Asks.' })],
    });
    const candidate = agentCandidate({ agent, runner: runner() });

    expect(await candidate(contextOf({ mirrored: true }), 'go')).toBe('outer done');
    expect(file.written()).toEqual([]);
    expect(inner.requests).toHaveLength(2);
    expect(JSON.stringify(inner.requests[1]?.input)).toContain('was not run');
    expect(
      inner.requests.map(({ modelSettings, tracing }) => [modelSettings.store, tracing]),
    ).toEqual([
      [false, false],
      [false, false],
    ]);
    expect(JSON.stringify(outer.requests[1]?.input)).toContain('inner done');
  });

  it('takes hosted tools, computers, shells and editors away from the model', async () => {
    const acted: string[] = [];
    const shell: Shell = {
      run: async () => {
        acted.push('shell');
        return { output: [] };
      },
    };
    const editor = new Proxy({} as Editor, {
      get: () => async () => void acted.push('editor'),
    });
    const tools = [
      webSearchTool(),
      fileSearchTool('store'),
      codeInterpreterTool(),
      hostedMcpTool({ serverLabel: 'tickets', serverUrl: 'https://tickets.test' }),
      shellTool({ shell }),
      applyPatchTool({ editor }),
    ];
    const [mirrored, reading, served] = [1, 2, 3].map(() => new ScriptedModel('done'));
    const shown = (model: ScriptedModel | undefined) =>
      model?.requests[0]?.tools.map(({ name }) => name);

    await agentCandidate({ agent: agentWith(mirrored as Model, { tools }), runner: runner() })(
      contextOf({ mirrored: true }),
      'go',
    );
    await agentCandidate({
      agent: agentWith(reading as Model, { tools }),
      runner: runner(),
      readOnly: ['web_search', 'hosted_mcp', 'shell', 'apply_patch'],
    })(contextOf({ mirrored: true }), 'go');
    const context = contextOf();
    await agentCandidate({ agent: agentWith(served as Model, { tools }), runner: runner() })(
      context,
      'go',
    );

    expect(shown(mirrored)).toEqual([]);
    expect(shown(reading)).toEqual(['web_search']);
    expect(shown(served)).toHaveLength(6);
    expect(context.commits).toBeGreaterThan(0);
    expect(acted).toEqual([]);
  });

  it('does not call the tools of an MCP server; the served run does', async () => {
    const called: string[] = [];
    const server: MCPServer = {
      name: 'files',
      cacheToolsList: false,
      connect: async () => undefined,
      close: async () => undefined,
      invalidateToolsCache: async () => undefined,
      listTools: async () => [
        {
          name: 'delete_all',
          description: 'Deletes.',
          inputSchema: {
            type: 'object',
            properties: {},
            required: [],
            additionalProperties: false,
          },
        },
      ],
      callTool: async (name) => {
        called.push(name);
        return [{ type: 'text', text: 'deleted' }];
      },
    };
    const candidate = () =>
      agentCandidate({
        agent: agentWith(new ScriptedModel([{ name: 'delete_all' }], 'done'), {
          mcpServers: [server],
        }),
        runner: runner(),
      });

    const context = contextOf({ mirrored: true });
    expect(await candidate()(context, 'go')).toBe('done');
    expect(called).toEqual([]);
    expect(context.facts.toolCalls).toMatchObject([{ name: 'delete_all' }]);

    await candidate()(contextOf(), 'go');
    expect(called).toEqual(['delete_all']);
  });

  it('guards tools that were added after it was made, also those added while it runs', async () => {
    const [before, during] = [writing(), writing('write_more')];
    const more = { name: 'write_more', arguments: { name: 'b.txt' } };
    const steps = () => new ScriptedModel([call], [more], 'done');
    const candidateOf = (model: Model) => {
      const live: Agent = agentWith(model, {
        instructions: (_context, agent) => {
          for (const one of [live, agent as Agent]) {
            if (!one.tools.includes(during.tool)) one.tools.push(during.tool);
          }
          return 'Work.';
        },
      });
      const candidate = agentCandidate({ agent: live, runner: runner() });
      live.tools.push(before.tool);
      return candidate;
    };

    expect(await candidateOf(steps())(contextOf({ mirrored: true }), 'go')).toBe('done');
    expect([before.written(), during.written()]).toEqual([[], []]);

    await candidateOf(steps())(contextOf(), 'go');
    expect([before.written(), during.written()]).toEqual([['a.txt'], ['b.txt']]);
  });

  it('does not run what a policy of its own denies, though it is declared read-only', async () => {
    const file = writing();
    const candidate = agentCandidate({
      agent: agentWith(new ScriptedModel([call], 'done'), { tools: [file.tool] }),
      runner: runner(),
      readOnly: ['write_file'],
      mirror: { tools: { write_file: 'deny' } },
    });
    expect(await candidate(contextOf({ mirrored: true }), 'go')).toBe('done');
    expect(file.written()).toEqual([]);
  });

  it('leaves the live agent as it is', async () => {
    const file = writing();
    const agent = agentWith(new ScriptedModel([call], 'done'), { tools: [file.tool] });
    const before = { ...agent, tools: [...agent.tools] };
    const { invoke } = file.tool;
    await agentCandidate({ agent, runner: runner() })(contextOf({ mirrored: true }), 'go');
    expect({ ...agent }).toEqual(before);
    expect(agent.tools).toEqual([file.tool]);
    expect(file.tool.invoke).toBe(invoke);
    expect(Object.hasOwn(agent, 'getAllTools')).toBe(false);
  });

  it('asks no approval, guardrail or extractor of a tool that does not run', async () => {
    const asked: string[] = [];
    const guarded = tool({
      name: 'write_file',
      description: 'Writes.',
      parameters,
      needsApproval: async () => {
        asked.push('approval');
        return true;
      },
      inputGuardrails: [
        {
          name: 'guard',
          run: async () => {
            asked.push('guardrail');
            return { behavior: { type: 'allow' } };
          },
        },
      ],
      customDataExtractor: () => {
        asked.push('extractor');
        return {};
      },
      execute: () => void asked.push('execute'),
    });
    const agent = agentWith(new ScriptedModel([call], 'done'), { tools: [guarded] });
    const mirrored = await agentCandidate({ agent, runner: runner() })(
      contextOf({ mirrored: true }),
      'go',
    );
    expect({ mirrored, asked }).toEqual({ mirrored: 'done', asked: [] });
  });
});
