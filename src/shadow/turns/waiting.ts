import type { Leaf, Queued } from './leaf.ts';

/** What of a tenant is looked at here. */
interface Owner<T extends Queued<T>> {
  readonly leaves: readonly Leaf<T>[];
}

/**
 * What waits in the queues, by age. Nothing is kept in order of age for it: tasks come and go all the time, and are too old
 * once in a long while. Then the queues are looked at, most of them at their first task alone.
 */
export class Waiting<T extends Queued<T>> {
  readonly #owners: () => Iterable<Owner<T>>;
  /** Tasks that wait. */
  size = 0;
  /** When the oldest was offered, or earlier; `Infinity` when there is none. */
  firstAt = Number.POSITIVE_INFINITY;

  constructor(owners: () => Iterable<Owner<T>>) {
    this.#owners = owners;
  }

  enter({ since }: T): void {
    this.size++;
    if (since < this.firstAt) this.firstAt = since;
  }

  leave(): void {
    this.size--;
    if (this.size === 0) this.firstAt = Number.POSITIVE_INFINITY;
  }

  /** Ends tasks that were offered by then, up to so many, the oldest of them first; tells how many. */
  expire(then: number, most: number, end: (task: T) => void): number {
    if (this.firstAt > then) return 0;
    const found: T[] = [];
    for (const leaf of this.#leaves()) {
      if (found.length >= most) break;
      leaf.someOfferedBy(then, (task) => found.push(task) < most);
    }
    for (const task of found.sort((a, b) => a.since - b.since)) {
      // Whoever is told of one may offer again, and another give way to that.
      if (task.leaf !== undefined) end(task);
    }
    this.firstAt = Number.POSITIVE_INFINITY;
    for (const { oldestAt } of this.#leaves()) this.firstAt = Math.min(this.firstAt, oldestAt);
    return found.length;
  }

  *#leaves(): Iterable<Leaf<T>> {
    for (const { leaves } of this.#owners()) yield* leaves;
  }
}
