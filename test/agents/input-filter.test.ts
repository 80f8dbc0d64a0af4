import { Agent, type CallModelInputFilter, Runner, tool } from '@openai/agents';
import { oneScope } from 'engramia-cutover';
import { agentCandidate } from 'engramia-cutover/agents';
import { describe, expect, it } from 'vitest';
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

/** What a model is asked by an agent with a filter and a memory. */
async function askedThrough(filter: CallModelInputFilter, taught: (typeof csv)[] = []) {
  await using memory = await memoryOf(taught);
  const model = new ScriptedModel([{ name: 'look' }], 'done');
  const agent = new Agent({ name: 'coder', instructions: 'You code.', model, tools: [look] });
  const candidate = agentCandidate({
    agent,
    engramia: oneScope(memory.client),
    runner: new Runner({ tracingDisabled: true }),
    run: (_context, _message: string) => ({ callModelInputFilter: filter }),
  });
  await candidate(contextOf(), csv[0]);
  return model;
}

describe('a filter of the app’s, beside what is recalled', () => {
  it.each([
    ['gives no instructions', ({ modelData: { input } }) => ({ input })],
    [
      'takes them out of what it was given',
      ({ modelData }) => {
        delete modelData.instructions;
        return modelData;
      },
    ],
  ] satisfies [string, CallModelInputFilter][])(
    'leaves the agent’s own where it %s',
    async (_how, filter) => {
      const found = await askedThrough(filter, [csv]);
      expect(found.instructions[0]).toMatch(/^You code\.\n\n.*split by lines/s);
      const nothing = await askedThrough(filter);
      expect(nothing.instructions[0]).toBe('You code.');
    },
  );

  it('empties them where it says so', async () => {
    const filter: CallModelInputFilter = ({ modelData }) => ({ ...modelData, instructions: '' });
    const { instructions } = await askedThrough(filter);
    expect(instructions[0]).toBe('');
  });

  it.each([true, false])('is given the items themselves if it asks for that (%s)', async (asks) => {
    const first: unknown[] = [];
    const filter: CallModelInputFilter = ({ modelData }) => {
      first.push(modelData.input[0]);
      return modelData;
    };
    filter.preserveInputIdentity = asks;
    await askedThrough(filter);
    expect(first).toHaveLength(2);
    expect(first[0] === first[1]).toBe(asks);
  });
});
