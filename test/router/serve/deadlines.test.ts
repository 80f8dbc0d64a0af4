import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it, vi } from 'vitest';
import { Deadlines, type Expiring } from '../../../src/router/serve/deadlines.ts';
import { nextTurn } from '../world.ts';

interface Item extends Expiring<Item> {
  readonly name: string;
}

const named = (name: string): Item => ({ name, slot: 0, link: undefined });

/** Deadlines of 100 ms, and what expired when. */
function deadlines() {
  const clock = fakeClock();
  const expired: string[] = [];
  const list = new Deadlines<Item>(100, clock, ({ name }) => {
    expired.push(`${name} at ${clock.monotonic()}`);
  });
  return { clock, expired, list };
}

describe('deadlines', () => {
  it('expire once each, at their own time, by one timer', async () => {
    const { clock, expired, list } = deadlines();
    list.add(named('a'));
    await nextTurn();
    await clock.advance(40);
    list.add(named('b'));
    list.add(named('c'));
    await nextTurn();
    expect(clock.pending).toBe(1);
    await clock.advance(59);
    expect(expired).toEqual([]);
    await clock.advance(1);
    expect(expired).toEqual(['a at 100']);
    expect(clock.pending).toBe(1);
    await clock.advance(1_000);
    expect(expired).toEqual(['a at 100', 'b at 140', 'c at 140']);
    expect(clock.pending).toBe(0);
  });

  it('set that timer for the next of them, and not before it', async () => {
    const { clock, list } = deadlines();
    const timers = vi.spyOn(clock, 'setTimeout');
    list.add(named('a'));
    await nextTurn();
    await clock.advance(40);
    list.add(named('b'));
    await nextTurn();
    await clock.advance(100);
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([100, 40]);
  });

  it('begin anew when all have expired', async () => {
    const { clock, expired, list } = deadlines();
    list.add(named('a'));
    await nextTurn();
    await clock.advance(150);
    list.add(named('b'));
    await nextTurn();
    await clock.advance(100);
    expect(expired).toEqual(['a at 100', 'b at 250']);
  });

  it('of what ended in the turn in which it began cost no timer', async () => {
    const { clock, list } = deadlines();
    const items = [named('a'), named('b')];
    for (const item of items) list.add(item);
    for (const item of items) list.remove(item);
    await nextTurn();
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['the first', ['a'], ['b', 'c']],
    ['the middle', ['b'], ['a', 'c']],
    ['the last', ['c'], ['a', 'b']],
    ['the first two', ['a', 'b'], ['c']],
    ['the last two, backwards', ['c', 'b'], ['a']],
    ['all but what comes later', ['b', 'a', 'c'], []],
  ])('of those that were not taken back hold when %s is', async (_which, taken, left) => {
    for (const isLater of [false, true]) {
      const { clock, expired, list } = deadlines();
      const items = ['a', 'b', 'c'].map(named);
      for (const item of items) list.add(item);
      if (isLater) await nextTurn();
      for (const name of taken) list.remove(items.find((item) => item.name === name) as Item);
      if (!isLater) await nextTurn();
      list.add(named('d'));
      await nextTurn();
      await clock.advance(100);
      expect(expired).toEqual([...left, 'd'].map((name) => `${name} at 100`));
    }
  });

  it('are not taken from others by what is over already', async () => {
    const { clock, expired, list } = deadlines();
    const [gone, done] = [named('gone'), named('done')];
    list.add(gone);
    list.add(done);
    await nextTurn();
    list.remove(done);
    await clock.advance(100);
    list.add(named('a'));
    list.add(named('b'));
    for (const item of [gone, done]) list.remove(item);
    await nextTurn();
    for (const item of [gone, done]) list.remove(item);
    await clock.advance(100);
    expect(expired).toEqual(['gone at 100', 'a at 200', 'b at 200']);
  });

  it('wait on for those that began after the one whose timer fires', async () => {
    const { clock, expired, list } = deadlines();
    const first = named('first');
    list.add(first);
    await nextTurn();
    await clock.advance(99.5);
    list.add(named('second'));
    await nextTurn();
    list.remove(first);
    await clock.advance(200);
    expect(expired).toEqual(['second at 199.5']);
  });
});
