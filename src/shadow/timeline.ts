/** What a timeline needs of its entries, to be their list. */
export interface Timed<T> {
  at: number;
  earlier: T | undefined;
  later: T | undefined;
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
    while (earlier !== undefined && earlier.at > at) earlier = earlier.earlier;
    this.#place(entry, earlier);
  }

  /** Enters again what is among the earliest: the search for its place begins at the front. */
  reenter(entry: T, at: number): void {
    entry.at = at;
    let later = this.first;
    while (later !== undefined && later.at < at) later = later.later;
    this.#place(entry, later === undefined ? this.#last : later.earlier);
  }

  leave(entry: T): void {
    if (entry.earlier === undefined) this.first = entry.later;
    else entry.earlier.later = entry.later;
    if (entry.later === undefined) this.#last = entry.earlier;
    else entry.later.earlier = entry.earlier;
    entry.earlier = undefined;
    entry.later = undefined;
    this.size--;
  }

  #place(entry: T, earlier: T | undefined): void {
    const later = earlier === undefined ? this.first : earlier.later;
    entry.earlier = earlier;
    entry.later = later;
    if (earlier === undefined) this.first = entry;
    else earlier.later = entry;
    if (later === undefined) this.#last = entry;
    else later.earlier = entry;
    this.size++;
  }
}
