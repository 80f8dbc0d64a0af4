import type { CallContext, CutoverEventOf, ReportedFacts } from 'engramia-cutover';
import { shadowSafe } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { chat } from './world.ts';

const reporting = (...facts: unknown[]) =>
  shadowSafe(async (context: CallContext): Promise<string> => {
    for (const fact of facts) context.report(fact as ReportedFacts);
    return 'candidate';
  });

const facts = {
  usage: { inputTokens: 7, outputTokens: 3 },
  recalled: ['patterns/a', 'patterns/b'],
};

describe('what a leg has told of its run', () => {
  it('is told of the served leg, and of both legs of a comparison', async () => {
    const live = chat('live', {
      candidate: reporting(facts),
      legacyShadow: reporting({ usage: { inputTokens: 1, outputTokens: 2 } }),
    });
    const told: CutoverEventOf<'served' | 'compared'>[] = [];
    live.handler.on('served', (event) => told.push(event));
    live.handler.on('compared', (event) => told.push(event));
    await live.handler('u', 'hi');
    await live.handler.flush();
    expect(told).toMatchObject([
      { type: 'served', leg: 'candidate', ...facts },
      {
        type: 'compared',
        served: { leg: 'candidate', ...facts },
        mirrored: { leg: 'legacy', usage: { inputTokens: 1, outputTokens: 2 } },
      },
    ]);
  });

  it('is not told of legacy when it answers for the candidate that told it', async () => {
    const { handler } = chat('live', {
      candidate: async (context) => {
        context.report(facts);
        throw new Error('falls back');
      },
    });
    const told: CutoverEventOf<'served'>[] = [];
    handler.on('served', (event) => told.push(event));
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(told[0]).toMatchObject({ leg: 'legacy', fellBack: true });
    expect(told[0]).not.toHaveProperty('usage');
    expect(told[0]).not.toHaveProperty('recalled');
  });

  it('is told only as far as it is numbers and keys, and never troubles the user', async () => {
    const hostile = {
      get inputTokens(): number {
        throw new Error('no');
      },
    };
    const odd = [
      { usage: hostile, recalled: 'patterns/a' },
      { usage: { inputTokens: -1, outputTokens: 1 }, recalled: ['with blanks', 7, null] },
      { usage: null, recalled: { length: 1 }, toolCalls: 'all' },
    ];
    for (const fact of odd) {
      const { handler } = chat('live', { candidate: reporting(fact) });
      const told: CutoverEventOf<'served'>[] = [];
      handler.on('served', (event) => told.push(event));
      expect(await handler('u', 'hi')).toBe('candidate');
      expect(told[0]).not.toHaveProperty('usage');
      expect(told[0]?.recalled ?? []).toEqual([]);
    }
  });
});
