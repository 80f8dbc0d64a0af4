import type { LaneStats } from 'engramia-cutover';
import { expect, test } from 'vitest';
import { droppedOf, uncounted } from '../../bench/conservation.ts';

const balanced: LaneStats = {
  offered: 20,
  accepted: 14,
  skipped: { noKey: 1, filtered: 0, unsafe: 0, unreadable: 0, sampled: 1, budget: 0 },
  dropped: { count: 2, bytes: 1, tenant: 1, closed: 0 },
  ok: { stored: 5, deduplicated: 1 },
  unknown: 1,
  failed: 2,
  timedOut: 1,
  aborted: 1,
  pending: 3,
  running: 1,
  bytes: 512,
  tenants: 2,
};

test('counts that add up leave nothing uncounted', () => {
  expect(uncounted(balanced)).toBe(0);
  expect(droppedOf(balanced)).toBe(4);
});

test('a task that was taken up and never ended is uncounted', () => {
  expect(uncounted({ ...balanced, pending: 2 })).toBe(1);
});

test('an offer that is neither taken up, skipped nor dropped is uncounted', () => {
  expect(uncounted({ ...balanced, offered: 23 })).toBe(3);
});
