import { createRequire } from 'node:module';
import { Agent, Runner } from '@openai/agents';
import { agentCandidate } from 'engramia-cutover/agents';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OpenAIServer } from '../openai/openai-server.ts';
import { contextOf } from './call-contexts.ts';
import { ScriptedModel } from './scripted-model.ts';

// What an app gets that uses `require()`, while this package imports the other one.
const copy = createRequire(import.meta.url)('@openai/agents') as typeof import('@openai/agents');

/** An agent of the other copy with a tool that acts, and what it found in its context. */
function actingAgent() {
  const found: unknown[] = [];
  const act = copy.tool({
    name: 'act',
    description: 'Acts.',
    parameters: z.object({}),
    execute: (_given, runContext) => {
      found.push(runContext?.context);
      return 'acted';
    },
  });
  const model = new ScriptedModel([{ name: 'act' }], 'done');
  return { agent: new copy.Agent({ name: 'coder', model, tools: [act] }), found };
}

describe('an agent and a runner of another copy of the SDK', () => {
  it.each([false, true])(
    'commit before they act, and tell what they did (streamed: %s)',
    async (stream) => {
      expect(copy.Agent).not.toBe(Agent);
      const heard: string[] = [];
      const runner = new copy.Runner({ tracingDisabled: true });
      runner.on('agent_tool_start', (_context, _agent, { name }) => void heard.push(name));
      const { agent, found } = actingAgent();
      const input = (_context: unknown, message: string) => message;
      const options = { agent, runner, input, context: () => ({ user: 'ann' }) };
      const context = contextOf();
      if (stream) {
        for await (const _event of await agentCandidate({ ...options, stream })(context, 'go'));
      } else expect(await agentCandidate(options)(context, 'go')).toBe('done');
      expect(context.commits).toBe(1);
      expect(found).toEqual([{ user: 'ann' }]);
      expect(heard).toEqual(['act']);
      expect(context.facts).toEqual({
        toolCalls: [{ name: 'act', arguments: {}, result: 'acted' }],
        usage: { inputTokens: 20, outputTokens: 10 },
      });
    },
  );

  it('do not act once legacy answers, nor in the shadow', async () => {
    const runner = new copy.Runner({ tracingDisabled: true });
    const { agent, found } = actingAgent();
    const candidate = agentCandidate({ agent, runner });
    await expect(candidate(contextOf({ refusal: new Error('late') }), 'go')).rejects.toThrow(
      'late',
    );
    await candidate(contextOf({ mirrored: true }), 'go');
    expect(found).toEqual([]);
  });

  it('ask by the client that was set for their copy', async () => {
    await using server = await OpenAIServer.start();
    copy.setDefaultOpenAIClient(server.client() as never);
    const agent = new copy.Agent({ name: 'coder', model: 'gpt-test' });
    const runner = new copy.Runner({ tracingDisabled: true });
    expect(await agentCandidate({ agent, runner })(contextOf(), 'go')).toBe('the answer');
  });

  it('commit also where the app has made the runner itself', async () => {
    class Own extends copy.Runner {}
    const context = contextOf();
    const runner = new Own({ tracingDisabled: true });
    await agentCandidate({ agent: actingAgent().agent, runner })(context, 'go');
    expect(context.commits).toBe(1);
  });

  it('leave a runner that the app has made to run as it does', async () => {
    class Counting extends Runner {
      runs = 0;
      override run: Runner['run'] = (...given: unknown[]) => {
        this.runs += 1;
        return Reflect.apply(Runner.prototype.run, this, given);
      };
    }
    const runner = new Counting({ tracingDisabled: true });
    await agentCandidate({ agent: actingAgent().agent, runner })(contextOf(), 'go');
    expect(runner.runs).toBe(1);
  });
});
