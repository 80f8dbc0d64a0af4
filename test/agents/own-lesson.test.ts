import { Agent, Runner } from '@openai/agents';
import { type CallContext, createCutoverHandler, oneScope } from 'engramia-cutover';
import { agentCandidate, engramiaInstructions } from 'engramia-cutover/agents';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { type Memory, memoryOf } from './memory.ts';
import { ScriptedModel } from './scripted-model.ts';

const task = 'Where is my parcel?';
const ways = ['learn', 'import'] as const;
const recallers = ['the leg', 'instructions'] as const;

/** A handler whose candidate runs once legacy's reply to the same call has been learned. */
function handlerOf(memory: Memory, via: 'learn' | 'import', recaller: string, recallLimit = 3) {
  const model = new ScriptedModel('done');
  const engramia = oneScope(memory.client);
  const isLeg = recaller === 'the leg';
  const instructions = isLeg
    ? 'base'
    : engramiaInstructions({ engramia, base: 'base', recallLimit });
  const learned = Promise.withResolvers<void>();
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (message: string) => `legacy on ${message}`,
    candidate: agentCandidate({
      agent: new Agent({ name: 'desk', model, instructions }),
      runner: new Runner({ tracingDisabled: true }),
      ...(isLeg && { engramia, recallLimit }),
      input: async (_context: CallContext, message: string) => {
        await learned.promise;
        return message;
      },
    }),
    identify: (message) => ({ tenant: 'acme', task: message }),
    flags: memoryFlags('shadow'),
    engramia,
    learn: { via },
  });
  handler.on('learned', () => learned.resolve());
  return {
    handler,
    told: () => model.requests.map(({ systemInstructions }) => systemInstructions),
  };
}

async function teach({ client }: Memory, code: string): Promise<void> {
  const data = { task, design: { code }, success_score: 5 };
  const key = `patterns/0badcafe_${Date.now() - 60_000}_abc123`;
  await client.import({ records: [{ version: 1, key, data }] });
}

describe.each(ways)('a mirrored agent, while exchanges are learned by %s', (via) => {
  it.each(recallers)('does not recall the very reply that it is compared with (%s)', async (by) => {
    await using memory = await memoryOf([], { keys: { admin: { tenant: 'acme', role: 'admin' } } });
    const { handler, told } = handlerOf(memory, via, by);
    expect(await handler(task)).toBe(`legacy on ${task}`);
    await handler.close();
    expect(memory.fake.patterns('acme').map(({ code }) => code)).toEqual([`legacy on ${task}`]);
    expect(told()).toEqual(['base']);
  });

  it.each([
    ['the leg', 3, 4],
    ['the leg', 50, 50],
    ['instructions', 3, 4],
    ['instructions', 50, 50],
  ])(
    'asks for one more than it shows, if the service gives so many (%s, %d)',
    async (by, limit, asked) => {
      await using memory = await memoryOf([], {
        keys: { admin: { tenant: 'acme', role: 'admin' } },
      });
      const { handler } = handlerOf(memory, via, by, limit);
      await handler(task);
      await handler.close();
      const recalls = memory.fake.requests.filter(({ path }) => path === '/v1/recall');
      expect(recalls.map(({ body }) => body)).toMatchObject([{ limit: asked }]);
    },
  );

  it.each(recallers)('recalls what was known when the call was made (%s)', async (by) => {
    await using memory = await memoryOf([], { keys: { admin: { tenant: 'acme', role: 'admin' } } });
    await teach(memory, 'an older reply');
    const { handler, told } = handlerOf(memory, via, by);
    // Another wording, or the service would take it for the same.
    await handler(`${task} It was sent on Monday to the old address`);
    await handler.close();
    expect(memory.fake.patterns('acme')).toHaveLength(2);
    expect(told()).toEqual([expect.stringContaining('an older reply')]);
    expect(told()).toEqual([expect.not.stringContaining('legacy on')]);
  });
});
