/** What a timeline needs of its entries, to be their list. */
export interface Timed<T> {
  at: number;
  before: T | undefined;
  behind: T | undefined;
}

/** Entries in the order of their times, for limits that are the same for all: the first is always the next to expire. */
export class Timeline<T extends Timed<T>> {
  first: T | undefined = undefined;
  #last: T | undefined = undefined;
  size = 0;

  /** The time of the first entry; `Infinity` when there is none. */
  get firstAt(): number {
    return this.first === undefined ? Number.POSITIVE_INFINITY : this.first.at;
  }

  /** Enters what is among the latest: the search for its place begins at the end. */
  enter(entry: T, at: number): void {
    entry.at = at;
    let earlier = this.#last;
    while (earlier !== undefined && earlier.at > at) earlier = earlier.before;
    this.#place(entry, earlier);
  }

  leave(entry: T): void {
    if (entry.before === undefined) this.first = entry.behind;
    else entry.before.behind = entry.behind;
    if (entry.behind === undefined) this.#last = entry.before;
    else entry.behind.before = entry.before;
    entry.before = undefined;
    entry.behind = undefined;
    this.size--;
  }

  #place(entry: T, earlier: T | undefined): void {
    const later = earlier === undefined ? this.first : earlier.behind;
    entry.before = earlier;
    entry.behind = later;
    if (earlier === undefined) this.first = entry;
    else earlier.behind = entry;
    if (later === undefined) this.#last = entry;
    else later.before = entry;
    this.size++;
  }
}
