import type { ComparedPair, ComparedReply } from '../core/contracts/compare-options.ts';
import type { HeldPair } from '../core/contracts/comparer.ts';

/** A pair as the layers see it. */
export class Pair implements ComparedPair {
  readonly legacy: ComparedReply;
  readonly candidate: ComparedReply;
  readonly #held: HeldPair;

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
}
