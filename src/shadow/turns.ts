import type { Clock } from '../core/clock.ts';
import { Branch } from './branch.ts';
import { Leaf, type Queued } from './leaf.ts';
import { Parking } from './parking.ts';
import type { Gate } from './work.ts';

/**
 * Whose turn it is. A tree: the lane, below it gates, below each gate its tenants, below each tenant its tasks. On every
 * level all take turns; a child that has nothing to hand out, is full or waits for its gate is not among the turns, so
 * that nothing is looked at in vain. Each task costs a walk from the leaf to the root, whatever waits beside it.
 */
export class Turns<T extends Queued<T>> {
  readonly #root: Branch<T>;
  /** Kept as long as their gates are: most come back at once, and a way of three costs as much as the task on it. */
  readonly #branches = new WeakMap<Gate, Branch<T>>();
  /** Those in which tasks wait for others, or run with them. */
  readonly #gatherings = new Set<Branch<T>>();
  readonly #parking = new Parking<Branch<T>>();
  readonly #clock: Clock;
  /** How many wait for all tasks to end. */
  #hurries = 0;
  /** Whether nothing is gathered any more, because of them. */
  #isUrged = false;

  constructor(limit: number, clock: Clock) {
    this.#clock = clock;
    this.#root = new Branch<T>({ limit, readyInMs: () => 0 }, undefined);
  }

  /** Tasks that were taken and not given back. */
  get running(): number {
    return this.#root.running;
  }

  /** When a gate is to be asked again, on the monotonic clock; `Infinity`: none is. */
  get nextAt(): number {
    return this.#parking.nextAt;
  }

  /** Puts a new task at the end of its tenant's queue; `leaves` are the tenant's own. */
  add(task: T, gate: Gate | undefined, leaves: Leaf<T>[]): void {
    const branch = gate === undefined ? this.#root : this.#branchOf(gate);
    const leaf = this.hold(task, leaves, branch);
    leaf.push(task);
    branch.gathering?.add(task.load, this.#clock.monotonic());
    if (this.#isFull(branch)) this.#ask(branch);
    this.#enter(leaf);
  }

  /** While it is on, nothing waits for others to go with from the next `urge` on. */
  hurry(isOn: boolean): void {
    this.#hurries += isOn ? 1 : -1;
    this.#isUrged = false;
  }

  /** Where somebody is in a hurry, nothing waits for others any more. */
  urge(): void {
    if (this.#hurries === 0 || this.#isUrged) return;
    this.#isUrged = true;
    for (const branch of this.#gatherings) this.#ask(branch);
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
      } else if (child.first !== undefined && this.#isOpen(child)) {
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
    for (let up: Branch<T> | undefined = branch; up !== undefined; up = up.parent) up.held++;
    if (branch.held === 1 && branch.gathering !== undefined) this.#gatherings.add(branch);
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
      this.#ask(up);
    }
  }

  /** Puts a task that was released at the head of its queue again. */
  putBack(task: T): void {
    if (task.leaf === undefined) return;
    task.leaf.unshift(task);
    const branch = task.leaf.parent;
    if (branch.gathering !== undefined) {
      branch.gathering.addAgain(task.load);
      this.#ask(branch);
    }
    this.#enter(task.leaf);
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
    let up: Branch<T> | undefined = leaf.parent;
    if (--leaf.held === 0) {
      if (leaf.inTurn || leaves.length > 1) leaves.splice(leaves.indexOf(leaf), 1);
      else leaf.parent = this.#root;
    }
    for (; up !== undefined; up = up.parent) {
      if (--up.held > 0 || up.parent === undefined) continue;
      if (up.gathering !== undefined) this.#gatherings.delete(up);
      if (up.place >= 0) this.#parking.leave(up);
    }
  }

  /** Lets the gates whose time has come take turns again. */
  wake(now: number): void {
    for (let up = this.#parking.shift(now); up !== undefined; up = this.#parking.shift(now)) {
      this.#enter(up);
    }
  }

  #branchOf(gate: Gate): Branch<T> {
    let branch = this.#branches.get(gate);
    if (branch === undefined) {
      const parent = gate.within === undefined ? this.#root : this.#branchOf(gate.within);
      branch = new Branch<T>(gate, parent);
      this.#branches.set(gate, branch);
    }
    return branch;
  }

  #enter(child: Leaf<T> | Branch<T>): void {
    if (child.inTurn || child.parent === undefined) return;
    if (child.kind === 'leaf' ? child.isEmpty : !child.canTakeTurns) return;
    child.parent.push(child);
    this.#enter(child.parent);
  }

  #isFull({ gathering, gate }: Branch<T>): boolean {
    return gate.bundles !== undefined && gathering?.isFull(gate.bundles) === true;
  }

  /** Lets a branch take turns again, if it waited for its gate and that is open now. */
  #ask(branch: Branch<T>): void {
    if (branch.place >= 0 && this.#isOpen(branch)) this.#parking.leave(branch);
    this.#enter(branch);
  }

  #isOpen(branch: Branch<T>): boolean {
    if (branch.running >= branch.gate.limit) return false;
    const waitMs = Math.max(branch.gate.readyInMs(), this.#gatheringMs(branch));
    if (!(waitMs > 0)) return true;
    this.#parking.park(branch, this.#clock.monotonic() + waitMs);
    return false;
  }

  #gatheringMs({ gathering, gate: { bundles } }: Branch<T>): number {
    if (gathering === undefined || bundles === undefined || this.#isUrged) return 0;
    return gathering.leftMs(bundles, this.#clock.monotonic());
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
