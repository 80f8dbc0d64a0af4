import { describe, expect, it } from 'vitest';
import { gateOf, turnsOf as setUp, type Task } from './turn-taking.ts';

describe('what is gathered', () => {
  const bundles = { maxCount: 3, maxLoad: 100, gatherMs: 1_000 };

  it('waits from the first on, and leaves as one', async () => {
    const { gates, clock, turns, add } = setUp();
    const gate = gateOf({ bundles });
    add('a1', gate);
    await clock.advance(400);
    add('b1', gate);
    expect([turns.take(), gates.nextAt]).toEqual([undefined, 1_000]);
    await clock.advance(600);
    gates.wake(1_000);
    const leader = turns.take() as Task;
    expect(leader.name).toBe('a1');
    expect(turns.takeWith(leader)?.map(({ name }) => name)).toEqual(['b1']);
    expect([turns.running, turns.take()]).toEqual([1, undefined]);
  });

  it('leaves at once when there are enough, in number or in load, or nobody waits', () => {
    for (const enough of ['number', 'load', 'hurry']) {
      const { gates, add, takeAll } = setUp();
      const gate = gateOf({ bundles });
      add('a1', gate);
      expect(takeAll()).toEqual([]);
      if (enough === 'load') add('b1', gate, 99);
      if (enough === 'number') for (const name of ['b1', 'c1']) add(name, gate);
      if (enough === 'hurry') {
        gates.hurry(true);
        gates.urge();
      }
      expect(takeAll()).toEqual(['a1']);
    }
  });

  it('waits for what was offered before, whatever the hurry', () => {
    const { gates, add, takeAll } = setUp();
    const gate = gateOf({ bundles });
    gates.urge();
    add('a1', gate);
    expect(takeAll()).toEqual([]);
    gates.hurry(true);
    add('b1', gate);
    expect(takeAll()).toEqual([]);
    gates.urge();
    expect(takeAll()).toEqual(['a1']);
  });

  it('waits again when the hurry of all who were in one is over', () => {
    const { gates, add, takeAll, end } = setUp();
    const gate = gateOf({ bundles });
    gates.hurry(true);
    gates.hurry(true);
    gates.hurry(false);
    gates.urge();
    const first = add('a1', gate);
    expect(takeAll()).toEqual(['a1']);
    end(first);
    gates.hurry(false);
    gates.urge();
    add('a2', gate);
    expect(takeAll()).toEqual([]);
  });

  it('that is put back does not wait again', () => {
    const { gates, turns, add, takeAll } = setUp();
    const gate = gateOf({ bundles });
    gates.hurry(true);
    gates.urge();
    const task = add('a1', gate);
    takeAll();
    gates.hurry(false);
    turns.release(task);
    turns.putBack(task);
    expect(takeAll()).toEqual(['a1']);
  });

  it('that is put back takes along what has begun to wait meanwhile', () => {
    const { gates, turns, add } = setUp();
    const gate = gateOf({ bundles, limit: 2 });
    gates.hurry(true);
    gates.urge();
    const task = add('a1', gate);
    expect(turns.take()).toBe(task);
    gates.hurry(false);
    add('b1', gate);
    expect(turns.take()).toBeUndefined();
    turns.release(task);
    turns.putBack(task);
    const leader = turns.take() as Task;
    const names = [leader, ...(turns.takeWith(leader) ?? [])].map(({ name }) => name);
    expect(names.toSorted()).toEqual(['a1', 'b1']);
  });

  it('and did not fit begins to wait when the others leave', async () => {
    const { gates, clock, turns, add, end } = setUp();
    const gate = gateOf({ bundles });
    add('a1', gate);
    await clock.advance(900);
    for (const name of ['b1', 'c1', 'd1']) add(name, gate);
    const leader = turns.take() as Task;
    expect(turns.takeWith(leader)).toHaveLength(2);
    end(leader);
    expect([turns.take(), gates.nextAt]).toEqual([undefined, 1_900]);
  });

  it('weighs no more when some of it is taken out', () => {
    const { turns, add, takeAll, leavesOf } = setUp();
    const gate = gateOf({ bundles });
    add('a1', gate);
    const heavy = add('b1', gate, 60);
    turns.remove(heavy, leavesOf(heavy));
    add('c1', gate, 60);
    expect(takeAll()).toEqual([]);
    add('d1', gate, 40);
    expect(takeAll()).toEqual(['a1']);
  });

  it('is nothing where tasks go alone', () => {
    const { turns, add } = setUp();
    add('a1', gateOf());
    expect(turns.takeWith(turns.take() as Task)).toBeUndefined();
    add('a2');
    expect(turns.takeWith(turns.take() as Task)).toBeUndefined();
  });
});
