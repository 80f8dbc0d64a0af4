import { describe, expect, it } from 'vitest';
import { Branch } from '../../../src/shadow/turns/branch.ts';
import { Leaf, type Queued } from '../../../src/shadow/turns/leaf.ts';

interface Task extends Queued<Task> {
  readonly name: string;
}

const task = (name: string, since: number): Task => ({
  name,
  since,
  leaf: undefined,
  before: undefined,
  behind: undefined,
  load: 0,
  company: undefined,
});

/** A queue with tasks that were offered at these times, in this order. */
function queueOf(...times: number[]) {
  const leaf = new Leaf<Task>(new Branch<Task>({ limit: 1, readyInMs: () => 0 }, undefined));
  const tasks = times.map((at) => task(`at ${at}`, at));
  for (const one of tasks) leaf.push(one);
  const offeredBy = (then: number, most = 10): number[] => {
    const found: number[] = [];
    leaf.someOfferedBy(then, ({ since }) => found.push(since) < most);
    return found;
  };
  const rest = (): number[] => {
    const left: number[] = [];
    for (let next = leaf.shift(); next !== undefined; next = leaf.shift()) left.push(next.since);
    return left;
  };
  return { leaf, tasks, offeredBy, rest };
}

describe('a queue', () => {
  it('hands out what came first, and knows the newest', () => {
    const { leaf, tasks, rest } = queueOf(1, 2, 3);
    expect([leaf.first, leaf.newest]).toEqual([tasks[0], tasks[2]]);
    expect(leaf.isEmpty).toBe(false);
    expect(rest()).toEqual([1, 2, 3]);
    expect([leaf.isEmpty, leaf.first, leaf.newest]).toEqual([true, undefined, undefined]);
    expect(leaf.oldestAt).toBe(Infinity);
  });

  it.each([0, 1, 2])('loses the task in place %i alone', (place) => {
    const { leaf, tasks, rest } = queueOf(1, 2, 3);
    const [gone] = tasks.splice(place, 1) as [Task];
    leaf.remove(gone);
    expect([gone.before, gone.behind]).toEqual([undefined, undefined]);
    expect([leaf.first, leaf.newest]).toEqual(tasks);
    expect(tasks.map(({ before, behind }) => [before, behind])).toEqual([
      [undefined, tasks[1]],
      [tasks[0], undefined],
    ]);
    expect(rest()).toEqual(tasks.map(({ since }) => since));
  });

  it('takes back at its head what was taken out', () => {
    const { leaf, rest } = queueOf(1, 2);
    leaf.unshift(leaf.shift() as Task);
    leaf.unshift(task('alone', 0));
    expect(leaf.oldestAt).toBe(0);
    expect(rest()).toEqual([0, 1, 2]);
    const alone = task('alone', 3);
    leaf.unshift(alone);
    expect([leaf.first, leaf.newest, leaf.oldestAt]).toEqual([alone, alone, 3]);
    const behind = task('behind', 4);
    leaf.push(behind);
    expect([alone.behind, behind.before]).toEqual([behind, alone]);
  });
});

describe('the oldest of a queue', () => {
  it('is looked for where what was offered later came first', () => {
    expect(queueOf(1, 2, 3).leaf.oldestAt).toBe(1);
    expect(queueOf(3, 1, 2).leaf.oldestAt).toBe(1);
    expect(queueOf(3, 2, 1).leaf.oldestAt).toBe(1);
    const { leaf } = queueOf(2, 3);
    leaf.unshift(task('later', 5));
    expect(leaf.oldestAt).toBe(2);
  });

  it('is found among those offered by a time, to the number that is asked for', () => {
    expect(queueOf(1, 2, 3).offeredBy(2)).toEqual([1, 2]);
    expect(queueOf(3, 1, 2).offeredBy(2)).toEqual([1, 2]);
    expect(queueOf(3, 1, 2).offeredBy(2, 1)).toEqual([1]);
    expect(queueOf(1, 2, 3).offeredBy(0)).toEqual([]);
    const { leaf, offeredBy } = queueOf(2, 3);
    leaf.unshift(task('later', 5));
    expect(offeredBy(3)).toEqual([2, 3]);
  });

  it('is the first again once the queue was empty', () => {
    for (const enter of ['push', 'unshift'] as const) {
      const { leaf, rest } = queueOf(3, 1);
      rest();
      leaf[enter](task('first', 4));
      leaf.push(task('second', 5));
      const looked: number[] = [];
      const second = leaf.newest as Task;
      Object.defineProperty(second, 'since', { get: () => looked.push(5) && 5 });
      expect(leaf.oldestAt).toBe(4);
      expect(looked).toEqual([]);
    }
  });

  it('of equal age is not looked for', () => {
    const { leaf } = queueOf(1, 1);
    leaf.unshift(task('again', 1));
    const last = leaf.newest as Task;
    Object.defineProperty(last, 'since', {
      get: () => {
        throw new Error('looked at');
      },
    });
    expect(leaf.oldestAt).toBe(1);
  });
});
