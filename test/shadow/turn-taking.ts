import { Gates } from '../../src/shadow/turns/gates.ts';
import type { Leaf, Queued } from '../../src/shadow/turns/leaf.ts';
import { Turns } from '../../src/shadow/turns/turns.ts';
import type { Gate } from '../../src/shadow/work.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';

/** A task that has nothing but its name. */
export interface Task extends Queued<Task> {
  readonly name: string;
}

/** A gate that says when it is ready. */
interface TestGate extends Gate {
  readyMs: number;
  asked: number;
}

export function gateOf(parts: Partial<Gate> = {}): TestGate {
  const gate: TestGate = {
    limit: 1,
    ...parts,
    readyMs: 0,
    asked: 0,
    readyInMs: () => {
      gate.asked += 1;
      return gate.readyMs;
    },
  };
  return gate;
}

/** The turns of tasks whose names begin with their tenants'. */
export function turnsOf(limit = 10) {
  const clock = fakeClock();
  const gates = new Gates<Task>(limit, clock);
  const turns = new Turns<Task>(gates, clock);
  const leaves = new Map<string, Leaf<Task>[]>();
  const leavesOf = ({ name }: { name: string }): Leaf<Task>[] => {
    const tenant = name.charAt(0);
    const own = leaves.get(tenant) ?? [];
    leaves.set(tenant, own);
    return own;
  };
  const add = (name: string, gate?: Gate, load = 1): Task => {
    const list = { leaf: undefined, before: undefined, behind: undefined };
    const task: Task = { name, load, since: clock.monotonic(), company: undefined, ...list };
    turns.add(task, gate, leavesOf(task));
    return task;
  };
  /** Takes all that can be taken; tells their names. */
  const takeAll = (): string[] => {
    const names: string[] = [];
    for (let task = turns.take(); task !== undefined; task = turns.take()) names.push(task.name);
    return names;
  };
  const end = (task: Task): void => {
    turns.release(task);
    turns.forget(task, leavesOf(task));
  };
  return { clock, gates, turns, add, takeAll, end, leavesOf };
}
