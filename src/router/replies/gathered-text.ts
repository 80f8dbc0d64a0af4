import { flatCopy } from '../../core/text/text.ts';

/** Code units that are gathered before they are laid out anew: what is put together word by word takes ten times its size. */
const mostGathered = 4096;

/** A text that comes in pieces, and keeps none of what they were cut from. */
export class GatheredText {
  #laidOut = '';
  #latest = '';

  /** Code units. */
  get length(): number {
    return this.#laidOut.length + this.#latest.length;
  }

  /** All of it so far. */
  get text(): string {
    return this.#laidOut + this.#latest;
  }

  add(piece: string): void {
    this.#latest += piece;
    if (this.#latest.length >= mostGathered) this.layOut();
  }

  /** For a text of which nothing more is expected. */
  layOut(): void {
    this.#laidOut += flatCopy(this.#latest);
    this.#latest = '';
  }
}
