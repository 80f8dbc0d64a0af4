import { describe, expect, it } from 'vitest';
import { Branch } from '../../../src/shadow/turns/branch.ts';
import { Leaf, type Queued } from '../../../src/shadow/turns/leaf.ts';
import { Company } from '../../../src/shadow/work.ts';

interface Task extends Queued<Task> {
  readonly name: string;
}

const task = (name: string, load = 1, company?: Company): Task => ({
  name,
  load,
  company,
  since: 0,
  leaf: undefined,
  before: undefined,
  behind: undefined,
});

const gate = { limit: 2, readyInMs: () => 0 };
const names = (tasks: readonly Task[]): string[] => tasks.map(({ name }) => name);

/** A gate with queues, each of one tenant, that all have their turn. */
function branchWith(...queues: Task[][]): Branch<Task> {
  const branch = new Branch<Task>(gate, undefined);
  for (const tasks of queues) {
    const leaf = new Leaf<Task>(branch);
    for (const one of tasks) leaf.push(one);
    branch.push(leaf);
  }
  return branch;
}

/** Whose turn it is, by the first task of each queue. */
function turnsOf(branch: Branch<Task>): (string | undefined)[] {
  const turns: (string | undefined)[] = [];
  for (; branch.first !== undefined; branch.shift()) {
    turns.push((branch.first as Leaf<Task>).first?.name);
  }
  return turns;
}

describe('the turns at a gate', () => {
  it('go round in the order in which they were taken', () => {
    const branch = branchWith([task('a1')], [task('b1')], [task('c1')]);
    const first = branch.first as Leaf<Task>;
    expect(first.inTurn).toBe(true);
    branch.shift();
    expect([first.inTurn, first.next]).toEqual([false, undefined]);
    branch.push(first);
    expect(turnsOf(branch)).toEqual(['b1', 'c1', 'a1']);
    branch.shift();
    branch.push(first);
    expect(turnsOf(branch)).toEqual(['a1']);
  });

  it('are taken while it has room, is not put off, and has something to hand out', () => {
    const branch = branchWith([task('a1')]);
    expect(branch.canTakeTurns).toBe(true);
    branch.running = 2;
    expect(branch.canTakeTurns).toBe(false);
    branch.running = 1;
    branch.place = 0;
    expect(branch.canTakeTurns).toBe(false);
    branch.place = -1;
    branch.shift();
    expect(branch.canTakeTurns).toBe(false);
  });
});

describe('what goes with a task in one bundle', () => {
  const rule = { maxCount: 4, maxLoad: 10, gatherMs: 1_000 };

  it('is of all tenants by turns, up to the number of the bundle', () => {
    const branch = branchWith([task('a1'), task('a2'), task('a3')], [task('b1')], [task('c1')]);
    expect(names(branch.takeWith(task('leader'), rule))).toEqual(['a1', 'b1', 'c1']);
    expect(turnsOf(branch)).toEqual(['a2']);
    const few = branchWith([task('a1'), task('a2')]);
    expect(names(few.takeWith(task('leader'), rule))).toEqual(['a1', 'a2']);
    expect(turnsOf(few)).toEqual([]);
    expect(few.takeWith(task('leader'), { ...rule, maxCount: 1 })).toEqual([]);
  });

  it('is no more than the bundle may weigh with its leader, to the last of it', () => {
    const heavy = branchWith([task('a1', 4), task('a2', 1)], [task('b1', 3)], [task('c1', 3)]);
    expect(names(heavy.takeWith(task('leader', 3), rule))).toEqual(['a1', 'b1']);
    expect(turnsOf(heavy)).toEqual(['c1', 'a2']);
  });

  it('passes by what does not fit, which keeps its turn', () => {
    const branch = branchWith([task('a1', 9)], [task('b1', 2)], [task('c1', 9)], [task('d1', 2)]);
    expect(names(branch.takeWith(task('leader', 5), rule))).toEqual(['b1', 'd1']);
    expect(turnsOf(branch)).toEqual(['a1', 'c1']);
    const inVain = branchWith([task('a1', 9)], [task('b1', 9)]);
    expect(inVain.takeWith(task('leader', 5), rule)).toEqual([]);
    expect(turnsOf(inVain)).toEqual(['a1', 'b1']);
  });

  it('is of the same company, and of none where the leader has none', () => {
    const [ours, theirs] = [new Company(), new Company()];
    const queues = () => [
      [task('a1', 1, ours), task('a2', 1, ours)],
      [task('b1', 1, theirs)],
      [task('c1')],
    ];
    const taken = (company?: Company): string[] =>
      names(branchWith(...queues()).takeWith(task('leader', 1, company), rule));
    expect(taken(ours)).toEqual(['a1', 'a2']);
    expect(taken(theirs)).toEqual(['b1']);
    expect(taken()).toEqual(['c1']);
  });

  it('is nothing of gates below, and nothing of a queue that is empty', () => {
    const branch = branchWith([], [task('b1')]);
    expect(names(branch.takeWith(task('leader'), rule))).toEqual(['b1']);
    const wider = new Branch<Task>(gate, undefined);
    wider.push(branchWith([task('a1')]));
    expect(wider.takeWith(task('leader'), rule)).toEqual([]);
    expect(wider.first).toBeDefined();
  });
});
