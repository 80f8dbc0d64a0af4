import type { Clock } from '../core/clock.ts';
import type { LayerSay } from '../core/compare-options.ts';
import type { Divergence, HeldPair } from '../core/comparer.ts';
import { toFinding } from './finding.ts';
import { Pair } from './pair.ts';
import type { Turns } from './turns.ts';
import { divergenceOf, type Said } from './verdict.ts';

/** A layer of whatever origin, ready to be asked. */
export interface Step {
  readonly name: string;
  readonly overrules: readonly string[];
  readonly needsWords?: true;
  readonly readsText?: true;
  look(pair: Pair): LayerSay | undefined | PromiseLike<LayerSay | undefined>;
}

interface Surroundings {
  readonly steps: readonly Step[];
  readonly ignore: (text: string) => string;
  readonly clock: Clock;
  readonly contained: (error: unknown) => void;
  readonly turns: Turns;
}

/** What there is to tell where a leg has failed. */
export function toOutcome(said: LayerSay): Divergence {
  return divergenceOf([{ ...toFinding('outcome', said, 0), overrules: [] }]);
}

/** One comparison on its way through the layers: a piece of work in each turn of the loop. */
export class LookAtPair {
  readonly #around: Surroundings;
  readonly #held: HeldPair;
  readonly #said: Said[] = [];

  constructor(held: HeldPair, around: Surroundings) {
    this.#held = held;
    this.#around = around;
  }

  async run(): Promise<Divergence> {
    const { steps, turns } = this.#around;
    await turns.take();
    const pair = new Pair(this.#held, (text) => this.#normalized(text));
    for (const step of steps) {
      if (step.readsText && this.#isSameText()) continue;
      let wordsMs = 0;
      if (step.needsWords) {
        wordsMs = await pair.findWords(turns, () => this.#now());
        await turns.take();
      }
      await this.#ask(step, pair, wordsMs);
    }
    return divergenceOf(this.#said);
  }

  #now(): number {
    return this.#around.clock.monotonic();
  }

  #isSameText(): boolean {
    return this.#said.some(({ layer, say }) => layer === 'exact' && say === 'same');
  }

  /** The one border of what layers throw. */
  async #ask({ name, overrules, look }: Step, pair: Pair, wordsMs: number): Promise<void> {
    const start = this.#now();
    let said: LayerSay | undefined;
    try {
      const answer = look(pair);
      said = isPromise(answer) ? await answer : answer;
    } catch (error) {
      this.#around.contained(error);
      said = { say: 'none', notes: ['layer-failed'] };
    }
    const ms = wordsMs + this.#now() - start;
    this.#said.push({ ...toFinding(name, said, ms), overrules });
  }

  /** What the app's own rules throw must not hide the comparison: then nothing is ignored. */
  #normalized(text: string): string {
    let kept = text;
    try {
      kept = this.#around.ignore(text);
    } catch (error) {
      this.#around.contained(error);
    }
    return kept.normalize('NFC');
  }
}

const isPromise = (answer: ReturnType<Step['look']>): answer is PromiseLike<LayerSay | undefined> =>
  typeof (answer as { then?: unknown } | undefined)?.then === 'function';
