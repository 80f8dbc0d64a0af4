import type { Clock } from '../../core/time/clock.ts';
import type { Gate } from '../work.ts';
import { Branch } from './branch.ts';
import type { Leaf, Queued } from './leaf.ts';
import { Parking } from './parking.ts';

/** The gates of a lane, and which of them take part in the turns: one that is full, empty, or waits for its time does not. */
export class Gates<T extends Queued<T>> {
  /** What is behind no gate but the lane's own limit. */
  readonly root: Branch<T>;
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
    this.root = new Branch<T>({ limit, readyInMs: () => 0 }, undefined);
  }

  /** When a gate is to be asked again, on the monotonic clock; `Infinity`: none is. */
  get nextAt(): number {
    return this.#parking.nextAt;
  }

  branchOf(gate: Gate): Branch<T> {
    let branch = this.#branches.get(gate);
    if (branch === undefined) {
      const parent = gate.within === undefined ? this.root : this.branchOf(gate.within);
      branch = new Branch<T>(gate, parent);
      this.#branches.set(gate, branch);
    }
    return branch;
  }

  /** Lets what has something to hand out take turns, and what it is part of. */
  enter(child: Leaf<T> | Branch<T>): void {
    if (child.inTurn || child.parent === undefined) return;
    if (child.kind === 'leaf' ? child.isEmpty : !child.canTakeTurns) return;
    child.parent.push(child);
    this.enter(child.parent);
  }

  /** Lets a branch take turns again, if it waited for its gate and that is open now. */
  ask(branch: Branch<T>): void {
    if (branch.place >= 0 && this.isOpen(branch)) this.#parking.leave(branch);
    this.enter(branch);
  }

  /** Whether a branch may hand out a task now. One that may later is asked again then. */
  isOpen(branch: Branch<T>): boolean {
    if (branch.running >= branch.gate.limit) return false;
    const waitMs = Math.max(branch.gate.readyInMs(), this.#gatheringMs(branch));
    if (!(waitMs > 0)) return true;
    this.#parking.park(branch, this.#clock.monotonic() + waitMs);
    return false;
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
    for (const branch of this.#gatherings) this.ask(branch);
  }

  /** Lets the gates whose time has come take turns again. */
  wake(now: number): void {
    for (let up = this.#parking.shift(now); up !== undefined; up = this.#parking.shift(now)) {
      this.enter(up);
    }
  }

  /** A task is held behind a branch, and behind all that it is part of. */
  hold(branch: Branch<T>): void {
    for (let up: Branch<T> | undefined = branch; up !== undefined; up = up.parent) up.held++;
    if (branch.held === 1 && branch.gathering !== undefined) this.#gatherings.add(branch);
  }

  /** It is held there no longer. */
  forget(branch: Branch<T>): void {
    for (let up: Branch<T> | undefined = branch; up !== undefined; up = up.parent) {
      if (--up.held > 0 || up.parent === undefined) continue;
      if (up.gathering !== undefined) this.#gatherings.delete(up);
      if (up.place >= 0) this.#parking.leave(up);
      // A child that is told to have its turn would never ask for one, and this one is no longer asked when its time has come.
      up.clear();
    }
  }

  #gatheringMs({ gathering, gate: { bundles } }: Branch<T>): number {
    if (gathering === undefined || bundles === undefined || this.#isUrged) return 0;
    return gathering.leftMs(bundles, this.#clock.monotonic());
  }
}
