import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/core/contracts/audit-entry.ts';
import type { Store } from '../../../src/core/contracts/store.ts';
import { TrailBook } from '../../../src/rollout/state/trail-book.ts';

/** Reads a trail of such entries, each as it is written, and says after each whether legacy is alive. */
async function aliveAfter(
  ...said: readonly (readonly [kind: string, at: number, route?: string])[]
) {
  const entries: AuditEntry[] = [];
  const audit = async function* (_rollout: string, from = 0) {
    yield* entries.slice(from);
  };
  const book = new TrailBook({ audit } as unknown as Store, 'chat', () => undefined);
  const alive: boolean[] = [];
  for (const [seq, [kind, at, route = 'chat']] of said.entries()) {
    const fact = { kind, at, rollout: 'chat', actor: 'system', reason: 'r', evidence: { route } };
    entries.push({ ...fact, seq, previous: '', hash: `${seq}` });
    alive.push((await book.read()).legacyAlive);
  }
  return alive;
}

describe('what a trail says of legacy', () => {
  it('is that it is gone until every route that has missed it has heard of it again', async () => {
    expect(
      await aliveAfter(
        ['legacy.gone', 1, 'chat'],
        ['legacy.gone', 2, 'mail'],
        ['legacy.back', 3, 'mail'],
        ['legacy.back', 4, 'chat'],
      ),
    ).toEqual([false, false, false, true]);
  });

  it('is nothing of before somebody looked, even if it is entered after that', async () => {
    expect(
      await aliveAfter(
        ['legacy.gone', 10],
        ['ramp.resumed', 20],
        ['legacy.gone', 15, 'mail'],
        ['legacy.gone', 25],
      ),
    ).toEqual([false, true, true, false]);
  });
});
