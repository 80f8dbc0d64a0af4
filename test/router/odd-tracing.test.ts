import { type LegTracing, shadowSafe } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { chat, nextTurn } from './world.ts';

const boom = new Error('a leg broke');
const throws = (): never => {
  throw boom;
};
const breaks = async (): Promise<never> => throws();

const fail = (): never => {
  throw new Error('planted');
};
const odd: Readonly<Record<string, LegTracing>> = {
  'throws at once': { begin: fail },
  'throws before it starts a leg': { begin: () => ({ within: fail, end: fail }) },
  'never starts a leg': { begin: () => ({ within: () => undefined, end: () => undefined }) },
  'starts a leg twice, and later again': {
    begin: () => ({
      within: (start) => {
        start();
        start();
        queueMicrotask(start);
      },
      end: () => undefined,
    }),
  },
  'starts a leg and throws': {
    begin: () => ({
      within: (start) => {
        start();
        fail();
      },
      end: () => undefined,
    }),
  },
};

describe.each(Object.entries(odd))('a tracing that %s', (_what, tracing) => {
  it.each([
    ['answers', async () => 'x'],
    ['throws', throws],
    ['rejects', breaks],
  ])('runs each leg once, and changes nothing when it %s', async (_how, leg) => {
    for (const stage of ['shadow', 'complete'] as const) {
      const ran: string[] = [];
      const { handler } = chat(stage, {
        tracing,
        legacy: () => {
          ran.push('legacy');
          return leg();
        },
        candidate: shadowSafe(() => {
          ran.push('candidate');
          return leg();
        }),
      });
      const reply = await handler('u', 'hi').catch((error: unknown) => error);
      expect(reply).toBe(leg === throws || leg === breaks ? boom : 'x');
      await handler.close();
      await nextTurn();
      expect(ran).toEqual(stage === 'shadow' ? ['legacy', 'candidate'] : ['candidate']);
    }
  });
});

it('a tracing that throws is told by its route', async () => {
  const { handler } = chat('live', { tracing: { begin: fail } });
  const told: unknown[] = [];
  handler.on('error', ({ operation, route }) => told.push([operation, route]));
  await handler('u', 'hi');
  expect(told).toEqual([['tracing', 'chat']]);
});
