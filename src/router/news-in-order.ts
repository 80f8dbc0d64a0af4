/** What is told at once, at most: listeners that kill each time they hear of a kill would never come to an end. */
const mostAtOnce = 100;

/** Tells of a cutover's kills and of its legacy in the order in which it happened: a listener may kill or revive in its turn. */
export class NewsInOrder {
  /** What has happened since somebody began to tell of it. */
  readonly #untold: (() => void)[] = [];
  #isTelling = false;

  /** `tell` emits one event, and never throws. */
  add(tell: () => void): void {
    if (this.#untold.length < mostAtOnce) this.#untold.push(tell);
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (const next of this.#untold) next();
    this.#untold.length = 0;
    this.#isTelling = false;
  }
}
