import { describe, expect, it } from 'vitest';
import { Branch } from '../../../src/shadow/turns/branch.ts';
import { Leaf, type Queued } from '../../../src/shadow/turns/leaf.ts';
import { Waiting } from '../../../src/shadow/turns/waiting.ts';

interface Task extends Queued<Task> {
  readonly name: string;
}

/** Queues of one tenant each, with tasks by the times at which they were offered. */
function setUp(...queues: number[][]) {
  const branch = new Branch<Task>({ limit: 1, readyInMs: () => 0 }, undefined);
  const owners = queues.map(() => ({ leaves: [new Leaf<Task>(branch)] }));
  const waiting = new Waiting<Task>(() => owners);
  queues.forEach((times, place) => {
    const leaf = owners[place]?.leaves[0] as Leaf<Task>;
    for (const since of times) {
      const list = { leaf, before: undefined, behind: undefined };
      const task: Task = { name: `at ${since}`, since, load: 0, company: undefined, ...list };
      leaf.push(task);
      waiting.enter(task);
    }
  });
  const expire = (then: number, most = 10): string[] => {
    const names: string[] = [];
    const count = waiting.expire(then, most, (task) => {
      names.push(task.name);
      task.leaf?.remove(task);
      waiting.leave();
    });
    expect(count).toBe(names.length);
    return names;
  };
  return { waiting, expire };
}

describe('what waits in the queues', () => {
  it('is counted, and as old as the oldest of it', () => {
    const { waiting } = setUp([5, 8], [3], [9]);
    expect([waiting.size, waiting.firstAt]).toEqual([4, 3]);
    waiting.leave();
    expect([waiting.size, waiting.firstAt]).toEqual([3, 3]);
    for (let left = 3; left > 0; left -= 1) waiting.leave();
    expect([waiting.size, waiting.firstAt]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('ends when it is too old, the oldest first, and not before', () => {
    const { waiting, expire } = setUp([5, 8], [3, 4], [9]);
    expect(expire(2)).toEqual([]);
    expect(expire(5)).toEqual(['at 3', 'at 4', 'at 5']);
    expect([waiting.size, waiting.firstAt]).toEqual([2, 8]);
    expect(expire(7)).toEqual([]);
    expect(expire(9)).toEqual(['at 8', 'at 9']);
    expect(waiting.firstAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('ends so many at a time', () => {
    const { waiting, expire } = setUp([1, 2], [3, 4]);
    expect(expire(9, 3)).toEqual(['at 1', 'at 2', 'at 3']);
    expect(waiting.firstAt).toBe(4);
    expect(expire(9, 1)).toEqual(['at 4']);
    const few = setUp([1], [2]);
    expect(few.expire(9, 1)).toEqual(['at 1']);
    expect([few.waiting.size, few.waiting.firstAt]).toEqual([1, 2]);
  });

  it('ends nobody twice: who is told of one may take out another', () => {
    const { waiting } = setUp([1, 2]);
    const told: string[] = [];
    waiting.expire(9, 10, (task) => {
      told.push(task.name);
      if (task.behind) task.behind.leaf = undefined;
    });
    expect(told).toEqual(['at 1']);
  });
});
