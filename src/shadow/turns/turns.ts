import type { Clock } from '../../core/time/clock.ts';
import type { Gate } from '../work.ts';
import type { Branch } from './branch.ts';
import type { Gates } from './gates.ts';
import { Leaf, type Queued } from './leaf.ts';

/**
 * Whose turn it is. A tree: the lane, below it gates, below each gate its tenants, below each tenant its tasks. On every
 * level all take turns; a child that has nothing to hand out, is full or waits for its gate is not among the turns, so
 * that nothing is looked at in vain. Each task costs a walk from the leaf to the root, whatever waits beside it.
 */
export class Turns<T extends Queued<T>> {
  readonly #gates: Gates<T>;
  readonly #root: Branch<T>;
  readonly #clock: Clock;

  constructor(gates: Gates<T>, clock: Clock) {
    this.#gates = gates;
    this.#root = gates.root;
    this.#clock = clock;
  }

  /** Tasks that were taken and not given back. */
  get running(): number {
    return this.#root.running;
  }

  /** Puts a new task at the end of its tenant's queue; `leaves` are the tenant's own. */
  add(task: T, gate: Gate | undefined, leaves: Leaf<T>[]): void {
    const branch = gate === undefined ? this.#root : this.#gates.branchOf(gate);
    const leaf = this.hold(task, leaves, branch);
    leaf.push(task);
    branch.gathering?.add(task.load, this.#clock.monotonic());
    if (branch.isFull) this.#gates.ask(branch);
    this.#gates.enter(leaf);
  }

  /** The next task whose gates are open, now running; undefined when there is none. */
  take(): T | undefined {
    let branch = this.#root;
    if (branch.running >= branch.gate.limit) return undefined;
    for (;;) {
      const child = branch.first;
      if (child === undefined) {
        if (branch.parent === undefined) return undefined;
        branch = branch.parent;
        branch.shift();
      } else if (child.kind === 'leaf') {
        const task = child.shift();
        if (task !== undefined) {
          branch.gathering?.take(task.load);
          this.#rotate(child);
          return task;
        }
        branch.shift();
      } else if (child.first !== undefined && this.#gates.isOpen(child)) {
        branch = child;
      } else {
        branch.shift();
      }
    }
  }

  /**
   * Takes what goes in one bundle with a task that was just taken, of all tenants by turns, in the slot of that task.
   * Undefined: it goes alone, as tasks of its gate do.
   */
  takeWith(leader: T): T[] | undefined {
    const branch = leader.leaf?.parent;
    if (branch?.gathering === undefined || branch.gate.bundles === undefined) return undefined;
    const riders = branch.takeWith(leader, branch.gate.bundles);
    branch.gathering.begin(this.#clock.monotonic());
    return riders;
  }

  /** Takes a slot for a task that has no gate and is in no queue, as nothing waits that could run before it. */
  pass(): void {
    this.#root.running++;
  }

  /** Counts a task in its tenant's queue at a branch, by default at no gate, without putting it there. */
  hold(task: T, leaves: Leaf<T>[], branch = this.#root): Leaf<T> {
    let leaf = leaves[0];
    // A tenant has one scope at a time, so the first queue is nearly always the one.
    if (leaf?.parent !== branch) leaf = leafAt(branch, leaves);
    task.leaf = leaf;
    leaf.held++;
    this.#gates.hold(branch);
    return leaf;
  }

  /** Gives back the slots of a task that was taken; it stays held. */
  release(task: T): void {
    if (task.leaf === undefined) {
      this.#root.running--;
      return;
    }
    for (let up: Branch<T> | undefined = task.leaf.parent; up !== undefined; up = up.parent) {
      up.running--;
      if (up.inTurn || up.parent === undefined) continue;
      // Its end may be what the gate waited for: a probe that was answered, say.
      this.#gates.ask(up);
    }
  }

  /** Puts a task that was released at the head of its queue again. */
  putBack(task: T): void {
    if (task.leaf === undefined) return;
    task.leaf.unshift(task);
    const branch = task.leaf.parent;
    if (branch.gathering !== undefined) {
      branch.gathering.addAgain(task.load);
      this.#gates.ask(branch);
    }
    this.#gates.enter(task.leaf);
  }

  /** Takes a waiting task out, whatever its place. */
  remove(task: T, leaves: Leaf<T>[]): void {
    task.leaf?.remove(task);
    task.leaf?.parent.gathering?.take(task.load);
    this.forget(task, leaves);
  }

  /** Holds a task no longer, and nothing that held only it; its tenant's last queue is kept to be used again, at no gate. */
  forget(task: T, leaves: Leaf<T>[]): void {
    const leaf = task.leaf;
    if (leaf === undefined) return;
    task.leaf = undefined;
    const { parent } = leaf;
    if (--leaf.held === 0) {
      if (leaf.inTurn || leaves.length > 1) leaves.splice(leaves.indexOf(leaf), 1);
      else leaf.parent = this.#root;
    }
    this.#gates.forget(parent);
  }

  /** The path of a task that was just taken: every child on it is the first of its parent and goes to the end. */
  #rotate(leaf: Leaf<T>): void {
    let child: Leaf<T> | Branch<T> = leaf;
    for (let up: Branch<T> | undefined = leaf.parent; up !== undefined; up = up.parent) {
      up.running++;
      up.shift();
      if (child.kind === 'leaf' ? !child.isEmpty : child.canTakeTurns) up.push(child);
      child = up;
    }
  }
}

/** A tenant's queue at a gate: the one it has there, the one that it has at none, or a new one. */
function leafAt<T extends Queued<T>>(branch: Branch<T>, leaves: Leaf<T>[]): Leaf<T> {
  const [only] = leaves;
  if (only?.held === 0) {
    only.parent = branch;
    return only;
  }
  let leaf = leaves.find((one) => one.parent === branch);
  if (leaf === undefined) {
    leaf = new Leaf<T>(branch);
    leaves.push(leaf);
  }
  return leaf;
}
