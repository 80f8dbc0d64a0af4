/** The newest values up to a count, the oldest first. Places are numbers that only grow, until `keep` counts anew. */
export class Ring<T> {
  readonly #max: number;
  #slots: T[] = [];
  #first = 0;
  #end = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#end - this.#first;
  }

  /** The place of the oldest value. */
  get first(): number {
    return this.#first;
  }

  /** The place that the next value will have. */
  get end(): number {
    return this.#end;
  }

  at(place: number): T | undefined {
    return place < this.#first || place >= this.#end ? undefined : this.#slots[place % this.#max];
  }

  replace(place: number, value: T): void {
    this.#slots[place % this.#max] = value;
  }

  /** Adds a value; gives the one that had to go for it. */
  push(value: T): T | undefined {
    const gone = this.size === this.#max ? this.at(this.#first) : undefined;
    if (gone !== undefined) this.#first += 1;
    this.#slots[this.#end % this.#max] = value;
    this.#end += 1;
    return gone;
  }

  /** Keeps only what passes; gives how many did not. */
  keep(passes: (value: T) => boolean): number {
    const before = this.size;
    this.#slots = this.values().filter(passes);
    this.#first = 0;
    this.#end = this.#slots.length;
    return before - this.size;
  }

  /** All of them, the oldest first: a copy, made in a fraction of the time that a walk takes. */
  values(): T[] {
    const [from, to] = [this.#first % this.#max, this.#end % this.#max];
    if (this.size === 0) return [];
    return from < to
      ? this.#slots.slice(from, to)
      : [...this.#slots.slice(from), ...this.#slots.slice(0, to)];
  }
}
