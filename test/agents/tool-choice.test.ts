import {
  Agent,
  type AgentOptions,
  codeInterpreterTool,
  hostedMcpTool,
  OpenAIProvider,
  Runner,
  tool,
  toolNamespace,
  toolSearchTool,
  webSearchTool,
} from '@openai/agents';
import { agentCandidate } from 'engramia-cutover/agents';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contextOf } from './call-contexts.ts';

const answer = {
  id: 'response-1',
  object: 'response',
  output: [
    {
      type: 'message',
      id: 'message-1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'done', annotations: [] }],
    },
  ],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
};

type Sent = Readonly<Record<string, unknown>>;

/** What the provider is sent by a mirrored run. */
async function sentBy(options: Partial<AgentOptions>, readOnly: string[] = []): Promise<Sent> {
  const sent: Sent[] = [];
  const openAIClient = new OpenAI({
    apiKey: 'key',
    maxRetries: 0,
    fetch: async (_url, init) => {
      sent.push(JSON.parse(String(init?.body)) as Sent);
      return Response.json(answer);
    },
  });
  const modelProvider = new OpenAIProvider({ openAIClient, useResponses: true });
  const candidate = agentCandidate({
    agent: new Agent({ name: 'worker', model: 'gpt-4.1', ...options }),
    runner: new Runner({ tracingDisabled: true, modelProvider }),
    readOnly,
  });
  expect(await candidate(contextOf({ mirrored: true }), 'go')).toBe('done');
  expect(sent).toHaveLength(1);
  return sent[0] ?? {};
}

const lookUp = tool({
  name: 'look_up',
  description: 'Looks up.',
  parameters: z.object({}),
  execute: () => 'found',
});
const mcp = hostedMcpTool({ serverLabel: 'tickets', serverUrl: 'https://tickets.test' });

describe('a mirrored run whose model must choose a tool', () => {
  it.each([
    ['any', [webSearchTool()], 'required'],
    ['one that searches', [webSearchTool(), lookUp], 'web_search'],
    ['one that runs code', [codeInterpreterTool()], 'code_interpreter'],
    ['one of a server', [mcp], 'required'],
  ])('answers without where it was taken away: %s', async (_which, tools, toolChoice) => {
    const sent = await sentBy({ tools, modelSettings: { toolChoice, temperature: 0.5 } });
    expect(sent).not.toHaveProperty('tool_choice');
    expect(sent).toMatchObject({ store: false, temperature: 0.5 });
  });

  it('still must where one is left', async () => {
    const required = { modelSettings: { toolChoice: 'required' } } as const;
    expect(await sentBy({ ...required, tools: [webSearchTool(), lookUp] })).toMatchObject({
      tool_choice: 'required',
      tools: [{ name: 'look_up' }],
    });
    const other = new Agent({ name: 'other', model: 'gpt-4.1' });
    expect(await sentBy({ ...required, tools: [mcp], handoffs: [other] })).toMatchObject({
      tool_choice: 'required',
    });
    const named = { modelSettings: { toolChoice: 'look_up' }, tools: [mcp, lookUp] };
    expect(await sentBy(named)).toMatchObject({ tool_choice: { name: 'look_up' } });
    const reading = { modelSettings: { toolChoice: 'web_search' }, tools: [webSearchTool()] };
    expect(await sentBy(reading, ['web_search'])).toMatchObject({
      tool_choice: { type: 'web_search' },
    });
  });
});

describe('a mirrored run of tools that a search would load', () => {
  const later = tool({
    name: 'look_up',
    description: 'Looks up.',
    parameters: z.object({}),
    execute: () => 'found',
    deferLoading: true,
  });

  it.each([[['look_up']], [[]]])('has them at once, with %j read-only', async (readOnly) => {
    const sent = await sentBy({ tools: [later, toolSearchTool()] }, readOnly);
    expect(sent.tools).toMatchObject([{ type: 'function', name: 'look_up' }]);
    expect(sent.tools).not.toMatchObject([{ defer_loading: true }]);
    const tools = toolNamespace({ name: 'docs', description: 'Documents.', tools: [later] });
    const grouped = await sentBy({ tools: [...tools, toolSearchTool()] }, readOnly);
    expect(grouped.tools).toMatchObject([{ name: 'docs', tools: [{ name: 'look_up' }] }]);
  });
});

describe('a mirrored run of a prompt that the provider keeps', () => {
  it('has none of the tools that belong to the prompt', async () => {
    const sent = await sentBy({ prompt: { promptId: 'prompt-1' } });
    expect(sent).toMatchObject({ prompt: { id: 'prompt-1' }, tools: [], store: false });
  });
});
