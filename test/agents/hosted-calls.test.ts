import { Agent, OpenAIResponsesModel, Runner, type Shell, shellTool } from '@openai/agents';
import { createCutoverHandler, type Divergence } from 'engramia-cutover';
import { agentCandidate } from 'engramia-cutover/agents';
import { memoryFlags } from 'engramia-cutover/flags';
import { responsesLeg } from 'engramia-cutover/openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenAIServer } from '../openai/openai-server.ts';
import { message } from '../openai/responses-service.ts';
import { contextOf } from './call-contexts.ts';

let server: OpenAIServer;

beforeEach(async () => {
  server = await OpenAIServer.start();
  server.responses.output = [
    { type: 'mcp_list_tools', id: 'ml_1', server_label: 'shop', tools: [] },
    {
      type: 'mcp_call',
      id: 'mcp_1',
      name: 'stock',
      server_label: 'shop',
      arguments: '{"id":7}',
      output: '3',
    },
    {
      type: 'web_search_call',
      id: 'ws_1',
      status: 'completed',
      action: { type: 'search', query: 'q' },
    },
    { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['a'], results: null },
    { type: 'code_interpreter_call', id: 'ci_1', code: '1+1', outputs: [{ logs: '2' }] },
    { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'a picture' },
    message('the answer'),
  ];
});

afterEach(() => server[Symbol.asyncDispose]());

// The agents' own copy of the package has types of its own.
const model = () => new OpenAIResponsesModel(server.client() as never, 'gpt-test');
const agent = () => new Agent({ name: 'worker', instructions: 'Work.', model: model() });
const runner = () => new Runner({ tracingDisabled: true });
const calls = [
  { name: 'stock', arguments: { id: 7 }, result: '3' },
  { name: 'web_search', arguments: { type: 'search', query: 'q' } },
  { name: 'file_search', arguments: { queries: ['a'] } },
  { name: 'code_interpreter', arguments: { code: '1+1' }, result: [{ logs: '2' }] },
  { name: 'image_generation', arguments: {} },
];

describe('tools that ran at the provider', () => {
  it('are told by the names of the tools, with what they were called with', async () => {
    const context = contextOf();
    await agentCandidate({ agent: agent(), runner: runner() })(context, 'go');
    expect(context.facts.toolCalls).toEqual(calls);
  });

  it('are the same calls as those of a leg of responses', async () => {
    const compared: (Divergence | undefined)[] = [];
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: responsesLeg({ client: server.client(), model: 'gpt-test', input: (t: string) => t }),
      candidate: agentCandidate({
        agent: agent(),
        runner: runner(),
        reply: ({ finalOutput }) => ({
          text: String(finalOutput),
          toolCalls: [],
          responseId: 'resp_1',
        }),
      }),
      identify: (task) => ({ tenant: 'acme', task }),
      flags: memoryFlags('shadow'),
    });
    handler.on('compared', ({ divergence }) => compared.push(divergence));
    await handler('what is a monad?');
    await handler.close();
    expect(compared).toMatchObject([{ verdict: 'same', notes: [] }]);
  });
});

describe('a shell that runs here', () => {
  it('is told with its commands', async () => {
    const action = { commands: ['ls'], max_output_length: null, timeout_ms: null };
    server.responses.output = [
      { type: 'shell_call', id: 'sh_1', call_id: 'c1', status: 'completed', action },
    ];
    const shell: Shell = {
      run: async () => {
        server.responses.output = [message('the answer')];
        return { output: [] };
      },
    };
    const context = contextOf();
    const worker = new Agent({ name: 'worker', model: model(), tools: [shellTool({ shell })] });
    await agentCandidate({ agent: worker, runner: runner() })(context, 'go');
    expect(context.commits).toBe(1);
    expect(context.facts.toolCalls).toMatchObject([
      { name: 'shell', arguments: { commands: ['ls'] } },
    ]);
  });
});

describe('a shell that runs at the provider', () => {
  it('is claimed before the model is asked: there is no later moment to do so', async () => {
    const shell = shellTool({ environment: { type: 'container_auto' } });
    const worker = new Agent({ name: 'worker', model: model(), tools: [shell] });
    const refusal = new Error('superseded');
    const late = agentCandidate({ agent: worker, runner: runner() })(contextOf({ refusal }), 'go');
    await expect(late).rejects.toBe(refusal);
    expect(server.got).toEqual([]);
    const context = contextOf();
    await agentCandidate({ agent: worker, runner: runner() })(context, 'go');
    expect(context.commits).toBe(1);
  });
});
