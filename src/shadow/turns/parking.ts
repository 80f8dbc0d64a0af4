/** What a parking heap needs of its entries. */
export interface Parkable {
  /** When it may be asked again, on the monotonic clock. */
  wakeAt: number;
  /** Its place in the heap; -1: not parked. */
  place: number;
}

/** Gates that are not open yet, the next to be asked first. Each is looked at when its time has come, never before. */
export class Parking<T extends Parkable> {
  readonly #heap: T[] = [];

  /** When the first is to be asked; `Infinity` when none is. */
  get nextAt(): number {
    return this.#heap[0]?.wakeAt ?? Number.POSITIVE_INFINITY;
  }

  park(entry: T, wakeAt: number): void {
    entry.wakeAt = wakeAt;
    if (entry.place < 0) {
      entry.place = this.#heap.length;
      this.#heap.push(entry);
    }
    this.#sink(this.#rise(entry));
  }

  leave(entry: T): void {
    const place = entry.place;
    const last = this.#heap.pop();
    entry.place = -1;
    if (last === undefined || last === entry) return;
    last.place = place;
    this.#heap[place] = last;
    this.#sink(this.#rise(last));
  }

  /** Takes out the first one whose time has come. */
  shift(now: number): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.wakeAt > now) return undefined;
    this.leave(first);
    return first;
  }

  #rise(entry: T): T {
    for (;;) {
      const above = this.#heap[(entry.place - 1) >> 1];
      if (entry.place === 0 || above === undefined || above.wakeAt <= entry.wakeAt) return entry;
      this.#swap(above, entry);
    }
  }

  #sink(entry: T): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const below = right !== undefined && left && right.wakeAt < left.wakeAt ? right : left;
      if (below === undefined || below.wakeAt >= entry.wakeAt) return;
      this.#swap(entry, below);
    }
  }

  #swap(upper: T, lower: T): void {
    const place = upper.place;
    upper.place = lower.place;
    lower.place = place;
    this.#heap[upper.place] = upper;
    this.#heap[lower.place] = lower;
  }
}
