import { describe, expect, it } from 'vitest';
import { LoopTurns } from '../../../src/compare/words/loop-turns.ts';
import { bytesInUse } from '../../shadow/collect-garbage.ts';

/** Work that takes one turn after the other, and is noted when it has had each. */
async function work(turns: LoopTurns, count: number, note: () => void): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await turns.take();
    note();
  }
}

describe('turns', () => {
  it('are given one in each turn of the loop, in the order in which they were asked for', async () => {
    const turns = new LoopTurns();
    const given: string[] = [];
    let loops = 0;
    const count = (): void => {
      loops += 1;
      if (given.length < 6) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(
      ['a', 'b', 'c'].map((name) => work(turns, 2, () => given.push(`${name} ${loops}`))),
    );
    expect(given.map((entry) => entry[0]).join('')).toBe('abcabc');
    expect(new Set(given.map((entry) => entry.slice(2))).size).toBe(6);
  });

  it('are not kept once they were given, also where somebody waits at every moment', async () => {
    const turns = new LoopTurns();
    const first: WeakRef<object>[] = [];
    const take = (): Promise<void> => {
      const turn = turns.take();
      if (first.length < 50) first.push(new WeakRef(turn));
      return turn;
    };
    const busy = async (): Promise<void> => {
      for (let turn = 0; turn < 100; turn += 1) await take();
    };
    // Three that take turns: the list of those that wait is never empty before the last has ended.
    const ends = [busy(), busy(), busy()];
    await Promise.race(ends);
    for (let turn = 0; turn < 3; turn += 1) void turns.take();
    bytesInUse();
    expect(first.filter((turn) => turn.deref() !== undefined)).toEqual([]);
    await Promise.all(ends);
  });
});
