/** Scopes, or addresses, that are remembered when nothing is on its way to them: their keys' fate, their pauses. */
const mostKnown = 10_000;

/** What is known of each scope or address, by name: bounded, but never forgotten while in use. */
export class Places<T extends { readonly inUse: number }> {
  readonly #known = new Map<string, T>();

  /** The place of that name, if it is known. */
  find(name: string): T | undefined {
    const known = this.#known.get(name);
    if (known === undefined || this.#known.size * 2 < mostKnown) return known;
    // Entered again at the end: the first are those that were not asked for the longest. While half empty, none is forgotten soon.
    this.#known.delete(name);
    this.#known.set(name, known);
    return known;
  }

  /** Keeps a new place in mind. */
  add(name: string, place: T): T {
    if (this.#known.size >= mostKnown) this.#forgetOne();
    this.#known.set(name, place);
    return place;
  }

  #forgetOne(): void {
    for (const [name, place] of this.#known) {
      if (place.inUse > 0) continue;
      this.#known.delete(name);
      return;
    }
  }
}
