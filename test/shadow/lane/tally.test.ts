import { describe, expect, it } from 'vitest';
import { changeOf, Tally } from '../../../src/shadow/lane/tally.ts';

/** A tally, and a way to count what was passed by. */
function tallied() {
  const tally = new Tally();
  return { tally, passBy: tally.skip.bind(tally) };
}

const nothing = {
  offered: 0,
  accepted: 0,
  skipped: { noKey: 0, filtered: 0, unsafe: 0, unreadable: 0, sampled: 0, budget: 0 },
  dropped: { count: 0, bytes: 0, tenant: 0, closed: 0 },
  ok: { stored: 0, deduplicated: 0 },
  unknown: 0,
  failed: 0,
  timedOut: 0,
  aborted: 0,
  pending: 0,
};

describe('the counts of a lane', () => {
  it('begin with nothing, and count each under its name', () => {
    const { tally, passBy } = tallied();
    expect(tally.counts(0)).toEqual(nothing);
    tally.offered = 9;
    tally.accepted = 5;
    passBy('noKey');
    for (let drop = 0; drop < 2; drop += 1) tally.drop('tenant');
    tally.end('stored');
    tally.end('timedOut');
    expect(tally.counts(3)).toEqual({
      ...nothing,
      offered: 9,
      accepted: 5,
      skipped: { ...nothing.skipped, noKey: 1 },
      dropped: { ...nothing.dropped, tenant: 2 },
      ok: { stored: 1, deduplicated: 0 },
      timedOut: 1,
      pending: 3,
    });
  });

  it('stay as they were read, and change by what came since', () => {
    const { tally, passBy } = tallied();
    tally.offered = 2;
    tally.end('failed');
    passBy('filtered');
    const before = tally.counts(7);
    tally.offered = 5;
    tally.end('failed');
    tally.end('deduplicated');
    passBy('filtered');
    tally.drop('bytes');
    expect([before.failed, before.skipped.filtered]).toEqual([1, 1]);
    expect(changeOf(before, tally.counts(4))).toEqual({
      ...nothing,
      offered: 3,
      skipped: { ...nothing.skipped, filtered: 1 },
      dropped: { ...nothing.dropped, bytes: 1 },
      ok: { stored: 0, deduplicated: 1 },
      failed: 1,
      pending: 4,
    });
  });
});
