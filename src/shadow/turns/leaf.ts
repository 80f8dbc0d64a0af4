import type { Company } from '../work.ts';
import type { Branch } from './branch.ts';

/** What a leaf needs of its tasks, to be their list. */
export interface Queued<T extends Queued<T>> {
  leaf: Leaf<T> | undefined;
  before: T | undefined;
  behind: T | undefined;
  /** When it was offered, on the monotonic clock. */
  readonly since: number;
  load: number;
  company: Company | undefined;
}

/** The tasks of one tenant that wait at one gate, first in first out. */
export class Leaf<T extends Queued<T>> {
  readonly kind = 'leaf';
  parent: Branch<T>;
  next: Leaf<T> | Branch<T> | undefined = undefined;
  inTurn = false;
  /** Tasks that wait here or were started from here. */
  held = 0;
  #first: T | undefined = undefined;
  #last: T | undefined = undefined;
  /** Whether the first is the oldest: what was prepared for long may come behind what was offered later. */
  #isOrdered = true;

  constructor(parent: Branch<T>) {
    this.parent = parent;
  }

  get first(): T | undefined {
    return this.#first;
  }

  get newest(): T | undefined {
    return this.#last;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  push(task: T): void {
    task.before = this.#last;
    if (this.#last === undefined) {
      this.#first = task;
      this.#isOrdered = true;
    } else {
      if (task.since < this.#last.since) this.#isOrdered = false;
      this.#last.behind = task;
    }
    this.#last = task;
  }

  unshift(task: T): void {
    task.behind = this.#first;
    if (this.#first === undefined) {
      this.#last = task;
      this.#isOrdered = true;
    } else {
      if (task.since > this.#first.since) this.#isOrdered = false;
      this.#first.before = task;
    }
    this.#first = task;
  }

  shift(): T | undefined {
    const task = this.#first;
    if (task !== undefined) this.remove(task);
    return task;
  }

  /** When the oldest was offered; `Infinity` when there is none. */
  get oldestAt(): number {
    const first = this.#first;
    if (first === undefined) return Number.POSITIVE_INFINITY;
    if (this.#isOrdered) return first.since;
    let oldest = first.since;
    for (let task = first.behind; task !== undefined; task = task.behind) {
      oldest = Math.min(oldest, task.since);
    }
    return oldest;
  }

  /** Tells of tasks that were offered by then, until it is told to stop. */
  someOfferedBy(then: number, goesOn: (task: T) => boolean): void {
    for (let task = this.#first; task !== undefined; task = task.behind) {
      if (task.since > then) {
        if (this.#isOrdered) return;
      } else if (!goesOn(task)) return;
    }
  }

  remove(task: T): void {
    if (task.before === undefined) this.#first = task.behind;
    else task.before.behind = task.behind;
    if (task.behind === undefined) this.#last = task.before;
    else task.behind.before = task.before;
    task.before = undefined;
    task.behind = undefined;
  }
}
