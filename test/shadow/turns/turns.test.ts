import { describe, expect, it } from 'vitest';
import { gateOf, turnsOf as setUp, type Task } from '../turn-taking.ts';

describe('the slots of a lane', () => {
  it('are taken until there is none, and again when one was given back', () => {
    const { turns, add, takeAll, end } = setUp(2);
    const first = add('a1');
    add('b1');
    add('c1');
    expect([takeAll(), turns.running]).toEqual([['a1', 'b1'], 2]);
    end(first);
    expect(turns.running).toBe(1);
    expect([takeAll(), turns.running]).toEqual([['c1'], 2]);
  });

  it('of a gate are taken until there is none, and leave those of others alone', () => {
    const { add, takeAll, end } = setUp();
    const gate = gateOf({ limit: 2 });
    const first = add('a1', gate);
    for (const name of ['b1', 'c1']) add(name, gate);
    add('d1');
    expect(takeAll()).toEqual(['a1', 'd1', 'b1']);
    end(first);
    expect(takeAll()).toEqual(['c1']);
  });

  it('of a wider gate are shared by those within it', () => {
    const { add, takeAll, end } = setUp();
    const within = gateOf({ limit: 1 });
    const first = add('a1', gateOf({ within }));
    add('a2', gateOf({ within }));
    expect(takeAll()).toEqual(['a1']);
    end(first);
    expect(takeAll()).toEqual(['a2']);
  });
});

describe('a gate that is not ready', () => {
  it('is asked again when it said, and not before', async () => {
    const { gates, clock, add, takeAll } = setUp();
    await clock.advance(100);
    const gate = gateOf();
    gate.readyMs = 50;
    add('a1', gate);
    expect([takeAll(), gates.nextAt]).toEqual([[], 150]);
    gate.readyMs = 0;
    gates.wake(149);
    expect(takeAll()).toEqual([]);
    expect(gate.asked).toBe(1);
    gates.wake(150);
    expect([takeAll(), gates.nextAt]).toEqual([['a1'], Number.POSITIVE_INFINITY]);
  });

  it('is asked when one of its tasks has ended', () => {
    const { gates, add, takeAll, end } = setUp();
    const gate = gateOf({ limit: 5 });
    const first = add('a1', gate);
    takeAll();
    gate.readyMs = Number.POSITIVE_INFINITY;
    add('a2', gate);
    expect([takeAll(), gates.nextAt]).toEqual([[], Number.POSITIVE_INFINITY]);
    gate.readyMs = 0;
    expect(takeAll()).toEqual([]);
    end(first);
    expect(takeAll()).toEqual(['a2']);
  });

  it('is not asked because more comes to wait behind it, nor for what is in no hurry', () => {
    const { gates, add, takeAll } = setUp();
    const gate = gateOf();
    gate.readyMs = 50;
    for (const name of ['a1', 'b1', 'b2']) {
      add(name, gate);
      expect(takeAll()).toEqual([]);
    }
    gates.hurry(false);
    expect(gate.asked).toBe(1);
  });

  it('is not asked any more when nothing waits behind it', () => {
    const { gates, turns, add, takeAll, leavesOf } = setUp();
    const gate = gateOf();
    gate.readyMs = 50;
    const [first, second] = [add('a1', gate), add('b1', gate)];
    takeAll();
    turns.remove(first, leavesOf(first));
    expect(gates.nextAt).toBe(50);
    turns.remove(second, leavesOf(second));
    expect(gates.nextAt).toBe(Number.POSITIVE_INFINITY);
    gate.readyMs = 0;
    add('c1', gate);
    expect(takeAll()).toEqual(['c1']);
  });

  it('is asked for what comes to wait within it after nothing did any more', () => {
    const { gates, turns, add, takeAll, leavesOf } = setUp();
    const widest = gateOf({ limit: 9 });
    const gate = gateOf({ within: gateOf({ limit: 9, within: widest }) });
    widest.readyMs = 50;
    for (const name of ['a1', 'b1', 'a2']) {
      const task = add(name, gate);
      expect([takeAll(), gates.nextAt]).toEqual([[], 50]);
      turns.remove(task, leavesOf(task));
      expect(gates.nextAt).toBe(Number.POSITIVE_INFINITY);
    }
    widest.readyMs = 0;
    for (const name of ['b2', 'a3']) add(name, gate);
    expect(takeAll()).toEqual(['b2']);
  });

  it('wakes with those that it is part of and those that are part of it', async () => {
    const { gates, clock, add, takeAll } = setUp();
    const within = gateOf({ limit: 9 });
    const [left, right] = [gateOf({ within }), gateOf({ within })];
    left.readyMs = 10;
    right.readyMs = 20;
    add('a1', left);
    add('b1', right);
    expect([takeAll(), gates.nextAt]).toEqual([[], 10]);
    await clock.advance(20);
    left.readyMs = 0;
    right.readyMs = 0;
    gates.wake(20);
    expect(takeAll()).toEqual(['a1', 'b1']);
  });
});

describe('a task', () => {
  it('that was put back is the next of its tenant', () => {
    const { turns, add, takeAll } = setUp(1);
    const first = add('a1');
    for (const name of ['a2', 'b1']) add(name);
    expect(takeAll()).toEqual(['a1']);
    turns.release(first);
    turns.putBack(first);
    expect(takeAll()).toEqual(['b1']);
    const other = setUp(3);
    const alone = other.add('a1');
    other.takeAll();
    other.turns.release(alone);
    other.turns.putBack(alone);
    other.add('a2');
    expect(other.takeAll()).toEqual(['a1', 'a2']);
  });

  it('that is nowhere is neither put back nor forgotten', () => {
    const { turns, add, takeAll, end, leavesOf } = setUp();
    const task = add('a1');
    takeAll();
    end(task);
    turns.putBack(task);
    turns.forget(task, leavesOf(task));
    expect(takeAll()).toEqual([]);
    add('a2');
    expect(takeAll()).toEqual(['a2']);
  });

  it('that is taken out of its queue keeps no other from its turn', () => {
    const { turns, add, takeAll, leavesOf } = setUp();
    const gone = add('a1', gateOf());
    add('b1', gateOf());
    turns.remove(gone, leavesOf(gone));
    expect(takeAll()).toEqual(['b1']);
    const gate = gateOf({ limit: 9 });
    const other = add('c1', gate);
    add('d1', gate);
    turns.remove(other, leavesOf(other));
    expect(takeAll()).toEqual(['d1']);
  });

  it('that is taken out of the middle leaves the others in order', () => {
    const { turns, add, takeAll, leavesOf } = setUp();
    const [, second] = ['a1', 'a2', 'a3'].map((name) => add(name));
    turns.remove(second as Task, leavesOf(second as Task));
    expect(takeAll()).toEqual(['a1', 'a3']);
  });
});

describe('the queues of a tenant', () => {
  it('are one, whatever gate it comes to, as long as it comes to one at a time', () => {
    const { add, takeAll, end, leavesOf } = setUp();
    const first = add('a1', gateOf());
    takeAll();
    const [queue] = leavesOf(first);
    end(first);
    const second = add('a2', gateOf());
    expect(leavesOf(second)).toEqual([queue]);
    expect(takeAll()).toEqual(['a2']);
  });

  it('are one at each gate that it has tasks at, and no more', () => {
    const { add, takeAll, end, leavesOf } = setUp();
    const [left, right] = [gateOf({ limit: 9 }), gateOf({ limit: 9 })];
    const tasks = [add('a1', left), add('a2', right), add('a3', left), add('a4', right)];
    const leaves = leavesOf({ name: 'a' });
    expect(leaves).toHaveLength(2);
    expect(takeAll()).toEqual(['a1', 'a2', 'a3', 'a4']);
    for (const task of tasks) end(task);
    expect(leaves).toHaveLength(1);
    add('a5');
    expect(takeAll()).toEqual(['a5']);
  });
});
