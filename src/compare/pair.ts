import type { ComparedPair, ComparedReply } from '../core/compare-options.ts';
import type { HeldPair } from '../core/comparer.ts';
import { type Overlap, overlapOf } from './jaccard.ts';
import { goes } from './thresholds.ts';
import { Tokenizer, type Tokens } from './tokens.ts';
import type { Turns } from './turns.ts';

/** The words of both replies, and what they have in common. */
export interface PairWords {
  readonly legacy: Tokens;
  readonly candidate: Tokens;
  readonly overlap: Overlap;
}

/** A pair as the library's own layers see it. */
export class Pair implements ComparedPair {
  readonly legacy: ComparedReply;
  readonly candidate: ComparedReply;
  readonly #held: HeldPair;
  #words: PairWords | undefined;

  constructor(held: HeldPair, normalize: (text: string) => string) {
    this.#held = held;
    this.legacy = { ...held.legacy, text: normalize(held.legacy.text ?? '') };
    this.candidate = { ...held.candidate, text: normalize(held.candidate.text ?? '') };
  }

  get task(): string {
    return this.#held.task;
  }

  get signal(): AbortSignal {
    return this.#held.signal;
  }

  /** The words, once they were looked for. */
  get words(): PairWords {
    return this.#words as PairWords;
  }

  /** Looks for the words of both texts, in goes. Gives the milliseconds that it took. */
  async findWords(turns: Turns, now: () => number): Promise<number> {
    if (this.#words !== undefined) return 0;
    let spentMs = 0;
    const timed = <T>(work: () => T): T => {
      const start = now();
      const made = work();
      spentMs += now() - start;
      return made;
    };
    const wordsOf = async ({ text }: ComparedReply) => {
      await turns.take();
      const tokenizer = timed(() => new Tokenizer(text));
      while (timed(() => tokenizer.step(goes.tokenizedChars))) await turns.take();
      return tokenizer.tokens();
    };
    const legacy = await wordsOf(this.legacy);
    const candidate = await wordsOf(this.candidate);
    const overlap = timed(() => overlapOf(legacy.hashes, candidate.hashes));
    this.#words = { legacy, candidate, overlap };
    return spentMs;
  }
}
