import type { BundleRule, Gate } from '../work.ts';
import { Gathering } from './gathering.ts';
import type { Leaf, Queued } from './leaf.ts';
import type { Parkable } from './parking.ts';

/** A gate in the tree of turns: below it wider gates, scopes or tenants, in the order in which they come next. */
export class Branch<T extends Queued<T>> implements Parkable {
  readonly kind = 'branch';
  readonly gate: Gate;
  readonly parent: Branch<T> | undefined;
  next: Leaf<T> | Branch<T> | undefined = undefined;
  inTurn = false;
  /** Tasks that wait or run below. */
  held = 0;
  running = 0;
  /** What waits here for a bundle; undefined: tasks run one by one. */
  readonly gathering: Gathering | undefined;
  wakeAt = 0;
  place = -1;
  /** The child whose turn it is. */
  first: Leaf<T> | Branch<T> | undefined = undefined;
  #last: Leaf<T> | Branch<T> | undefined = undefined;

  constructor(gate: Gate, parent: Branch<T> | undefined) {
    this.gate = gate;
    this.parent = parent;
    this.gathering = gate.bundles && new Gathering();
  }

  /** Whether it could hand out a task, as far as it knows without asking its gate. */
  get canTakeTurns(): boolean {
    return this.place < 0 && this.running < this.gate.limit && this.first !== undefined;
  }

  /** Whether what waits here fills a bundle. */
  get isFull(): boolean {
    const { bundles } = this.gate;
    return bundles !== undefined && this.gathering?.isFull(bundles) === true;
  }

  /** Puts a child at the end of the turns. */
  push(child: Leaf<T> | Branch<T>): void {
    child.inTurn = true;
    if (this.#last === undefined) this.first = child;
    else this.#last.next = child;
    this.#last = child;
  }

  /** Takes the first child out of the turns. */
  shift(): void {
    const child = this.first;
    if (child === undefined) return;
    this.first = child.next;
    if (child.next === undefined) this.#last = undefined;
    child.next = undefined;
    child.inTurn = false;
  }

  /** Nothing is held below any more: no child has anything to hand out. */
  clear(): void {
    while (this.first !== undefined) this.shift();
  }

  /** Takes the tasks below that may go with one that was taken: one of each tenant by turns, until the bundle is full. */
  takeWith(leader: T, { maxCount, maxLoad }: BundleRule): T[] {
    const riders: T[] = [];
    let left = maxLoad - leader.load;
    let inVain: Leaf<T> | Branch<T> | undefined;
    while (riders.length + 1 < maxCount) {
      const child = this.first;
      if (child?.kind !== 'leaf' || child === inVain) break;
      this.shift();
      const task = child.first;
      if (task === undefined) continue;
      if (task.load <= left && task.company === leader.company) {
        child.shift();
        this.gathering?.take(task.load);
        left -= task.load;
        riders.push(task);
        inVain = undefined;
      } else inVain ??= child;
      if (!child.isEmpty) this.push(child);
    }
    return riders;
  }
}
