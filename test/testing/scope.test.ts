import { expect, it } from 'vitest';
import { Scope } from '../../src/testing/engine/scope.ts';

it('keeps the latest 10,000 events of a scope', () => {
  const scope = new Scope('t', 'p');
  const event = { kind: 'recall', eval_score: null, similarity: null, reuse_tier: null } as const;
  for (let ts = 0; ts < 10_003; ts += 1) scope.record({ ...event, ts, pattern_key: null });
  expect([scope.events.length, scope.events[0]?.ts]).toEqual([10_000, 3]);
});
