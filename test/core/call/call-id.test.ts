import { expect, it } from 'vitest';
import { nextCallId } from '../../../src/core/call/call-id.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('an id is a UUID that no other call has', () => {
  const ids = Array.from({ length: 10_000 }, nextCallId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !uuid.test(id))).toEqual([]);
});

it('at most 256 ids have their random part in common', () => {
  const counts = new Map<string, number>();
  for (let call = 0; call < 2_560; call += 1) {
    const stem = nextCallId().slice(0, -2);
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  expect(Math.max(...counts.values())).toBe(256);
  expect(counts.size).toBeLessThanOrEqual(11);
});
