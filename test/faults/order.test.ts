import { createCutoverHandler, type Stage, shadowSafe, stages } from 'engramia-cutover';
import { faultServer, faults } from 'engramia-cutover/testing';
import { expect, it } from 'vitest';
import { shadowAt } from './shadow-at-fault.ts';

const stageNames = Object.keys(stages) as Stage[];
const settlingOrder = [3, 0, 5, 1, 4, 2];

it.each(faults)(
  'settles concurrent calls in the order of their legs, in every stage, with a service at fault: %s',
  async (fault) => {
    await using server = await faultServer({ fault });
    const { flags, ...options } = shadowAt(server.url);
    let gates: PromiseWithResolvers<string>[] = [];
    await using handler = createCutoverHandler({
      ...options,
      flags,
      name: 'chat',
      legacy: (index: number) => gates[index]?.promise,
      candidate: shadowSafe((_context, index) => gates[index]?.promise),
      identify: (index) => ({ tenant: 'acme', task: `Answer question ${index}, please` }),
    });
    for (const stage of stageNames) {
      flags.set('acme', stage);
      gates = settlingOrder.map(() => Promise.withResolvers<string>());
      const order: number[] = [];
      const calls = gates.map((_, index) => handler(index).then(() => order.push(index)));
      for (const index of settlingOrder) gates[index]?.resolve('done');
      await Promise.all(calls);
      expect({ stage, order }).toEqual({ stage, order: settlingOrder });
    }
    await handler.close({ timeoutMs: 1 });
  },
);
