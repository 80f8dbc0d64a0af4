import { chainLine, type TrailHead, verifyTrail } from 'engramia-cutover/audit';
import { describe, expect, it } from 'vitest';
import { fact } from './trail.ts';

/** A file of so many entries that is never there as a whole. */
function* file(length: number): Generator<Uint8Array> {
  let head: TrailHead | undefined;
  let lines: string[] = [];
  for (let number = 0; number < length; number += 1) {
    const { entry, line } = chainLine(fact(number), head);
    head = entry;
    if (lines.push(line) < 100) continue;
    yield Buffer.from(`${lines.join('\n')}\n`);
    lines = [];
  }
}

describe('a long trail', () => {
  it('is verified without being held in memory', async () => {
    const start = process.memoryUsage().heapUsed;
    let most = 0;
    const { ok, entries } = await verifyTrail(file(40_000), {
      onEntry: ({ seq }) => {
        if (seq % 500 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
      },
    });
    expect({ ok, entries }).toEqual({ ok: true, entries: 40_000 });
    // Its text alone has 22 MB, and as objects it takes more than twice that bound.
    expect((most - start) / 2 ** 20).toBeLessThan(64);
  });
});
