/** What a place of the table holds, cell by cell: the hash, the name, and what is known of it. */
type Cell<Value> = number | string | Value | undefined;
const cellsAPlace = 3;

/** A mark is 32 bits for 4 places. With half of the places taken, at most one bit of sixteen is set. */
const bitsOfIndex = 5;
const placesAMark = 4;

/**
 * Values by name, where whoever asks has a hash of the name. What belongs to a place lies side by side, and a bit says
 * beforehand whether there is anything: memory that is far away is what a search costs.
 */
export class HashTable<Value extends object> {
  readonly #marks: Int32Array;
  readonly #lastMark: number;
  readonly #cells: Cell<Value>[];
  readonly #lastPlace: number;

  /** @param most - names that will be put, so that at least half of the places stay free */
  constructor(most: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * most + placesAMark));
    this.#lastPlace = places - 1;
    this.#cells = new Array(cellsAPlace * places).fill(undefined);
    this.#lastMark = places / placesAMark - 1;
    this.#marks = new Int32Array(places / placesAMark);
  }

  /**
   * Puts what is known of a name into its place or, if another name is there, into the next free one.
   *
   * @returns how many places behind its own that is
   */
  put(name: string, hash: number, value: Value): number {
    const cells = this.#cells;
    let place = hash & this.#lastPlace;
    let further = 0;
    while (cells[cellsAPlace * place] !== undefined && cells[cellsAPlace * place + 1] !== name) {
      place = (place + 1) & this.#lastPlace;
      further += 1;
    }
    const cell = cellsAPlace * place;
    cells[cell] = hash;
    cells[cell + 1] = name;
    cells[cell + 2] = value;
    const mark = (hash >> bitsOfIndex) & this.#lastMark;
    this.#marks[mark] = (this.#marks[mark] as number) | (1 << hash);
    return further;
  }

  /** @param hash - the one that the name was put with */
  find(name: string, hash: number): Value | undefined {
    const mark = this.#marks[(hash >> bitsOfIndex) & this.#lastMark] as number;
    if ((mark & (1 << hash)) === 0) return undefined;
    const cells = this.#cells;
    const cell = cellsAPlace * (hash & this.#lastPlace);
    // Where nearly every name is: what has a loop in it costs a call of its own.
    if (cells[cell] === hash && cells[cell + 1] === name) return cells[cell + 2] as Value;
    return this.#search(name, hash);
  }

  #search(name: string, hash: number): Value | undefined {
    const cells = this.#cells;
    let place = hash & this.#lastPlace;
    for (;;) {
      const cell = cellsAPlace * place;
      const its = cells[cell];
      if (its === undefined) return undefined;
      if (its === hash && cells[cell + 1] === name) return cells[cell + 2] as Value;
      place = (place + 1) & this.#lastPlace;
    }
  }
}
