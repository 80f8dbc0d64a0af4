import type { Branch } from './branch.ts';
import type { Company } from './work.ts';

/** What a leaf needs of its tasks, to be their list. */
export interface Queued<T extends Queued<T>> {
  leaf: Leaf<T> | undefined;
  before: T | undefined;
  behind: T | undefined;
  load: number;
  company: Company | undefined;
}

/** The tasks of one tenant that wait at one gate, first in first out. */
export class Leaf<T extends Queued<T>> {
  readonly kind = 'leaf';
  readonly parent: Branch<T>;
  next: Leaf<T> | Branch<T> | undefined = undefined;
  inTurn = false;
  /** Tasks that wait here or were started from here. */
  held = 0;
  #first: T | undefined = undefined;
  #last: T | undefined = undefined;

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
    if (this.#last === undefined) this.#first = task;
    else this.#last.behind = task;
    this.#last = task;
  }

  unshift(task: T): void {
    task.behind = this.#first;
    if (this.#first === undefined) this.#last = task;
    else this.#first.before = task;
    this.#first = task;
  }

  shift(): T | undefined {
    const task = this.#first;
    if (task !== undefined) this.remove(task);
    return task;
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
