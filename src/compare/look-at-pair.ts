import type { LayerSay } from '../core/contracts/compare-options.ts';
import type { Divergence, HeldPair, LayerFinding } from '../core/contracts/comparer.ts';
import type { Clock } from '../core/time/clock.ts';
import { toFinding } from './finding.ts';
import { Pair } from './pair.ts';
import { divergenceOf, type Said } from './verdict.ts';
import { askByWords } from './words/ask-by-words.ts';
import type { LoopTurns } from './words/loop-turns.ts';
import type { TextThread } from './words/text-thread.ts';
import type { WordLayer } from './words/word-layer.ts';
import type { WordSay } from './words/word-question.ts';

/** A layer of whatever origin, ready to be asked. */
export interface Step {
  readonly name: string;
  readonly overrules: readonly string[];
  /** Present: what is said of equal texts without asking. */
  readonly ofEqual?: LayerSay;
  /** Noted where the time was over before it had answered. @default 'layer-late' */
  readonly late?: string;
  look(pair: Pair): LayerSay | undefined | PromiseLike<LayerSay | undefined>;
}

/** The layers that are asked, in their order. */
export interface Steps {
  readonly cheap: readonly Step[];
  readonly byWords: readonly WordLayer[];
  /** Those of the app, and those that ask its services. */
  readonly last: readonly Step[];
}

interface Surroundings {
  readonly steps: Steps;
  /** The lexical threshold. */
  readonly lexical: number;
  readonly ignore: (text: string) => string;
  readonly clock: Clock;
  readonly contained: (error: unknown) => void;
  readonly turns: LoopTurns;
  readonly thread: Pick<TextThread, 'ask'>;
}

/** What there is to tell where a leg has failed. */
export function toOutcome(said: LayerSay): Divergence {
  return divergenceOf([{ ...toFinding('outcome', said, 0), overrules: [] }]);
}

const sayOfEqual = (name: string, ofEqual: LayerSay): Said => ({
  ...toFinding(name, ofEqual, 0),
  overrules: [],
  isUnasked: true,
});

/** One comparison on its way through the layers: a piece of work in each turn of the loop. */
export class LookAtPair {
  readonly #around: Surroundings;
  readonly #held: HeldPair;
  readonly #said: Said[] = [];
  /** When the layer that is waited for was asked. */
  #askedAt = 0;

  constructor(held: HeldPair, around: Surroundings) {
    this.#held = held;
    this.#around = around;
  }

  async run(underWay?: (soFar: () => Divergence) => void): Promise<Divergence> {
    const { steps, turns } = this.#around;
    await turns.take();
    const pair = new Pair(this.#held, (text) => this.#normalized(text));
    for (const step of steps.cheap) await this.#ask(step, pair);
    await this.#askByWords(pair);
    const before = this.#said.length;
    let isTold = false;
    underWay?.(() => {
      isTold = true;
      return this.#without(steps.last.slice(this.#said.length - before));
    });
    for (const step of steps.last) {
      // Nobody would hear an answer, and it may cost.
      if (isTold) break;
      await this.#ask(step, pair);
    }
    return divergenceOf(this.#said);
  }

  /** Of those that have not answered the first one was asked. */
  #without(late: readonly Step[]): Divergence {
    const waitedMs = this.#now() - this.#askedAt;
    const unheard = late.map((step, at) => this.#unheard(step, at === 0 ? waitedMs : 0));
    return divergenceOf([...this.#said, ...unheard]);
  }

  #unheard({ name, ofEqual, late = 'layer-late' }: Step, ms: number): Said {
    if (ofEqual !== undefined && this.#isSameText()) return sayOfEqual(name, ofEqual);
    return { ...toFinding(name, { say: 'none', notes: [late] }, ms), overrules: [] };
  }

  #now(): number {
    return this.#around.clock.monotonic();
  }

  #isSameText(): boolean {
    return this.#said.some(({ layer, say }) => layer === 'exact' && say === 'same');
  }

  async #ask({ name, overrules, ofEqual, look }: Step, pair: Pair): Promise<void> {
    if (ofEqual !== undefined && this.#isSameText()) {
      this.#said.push(sayOfEqual(name, ofEqual));
      return;
    }
    const start = this.#now();
    this.#askedAt = start;
    let found: LayerFinding;
    try {
      const answer = look(pair);
      const said = isPromise(answer) ? await answer : answer;
      // Read in here as well: a say of the app's own may throw when it is looked at.
      found = toFinding(name, said, this.#now() - start);
    } catch (error) {
      found = toFinding(name, this.#failed(error), this.#now() - start);
    }
    this.#said.push({ ...found, overrules });
  }

  async #askByWords(pair: Pair): Promise<void> {
    const { steps, lexical, turns, thread } = this.#around;
    const layers = steps.byWords.map(({ name }) => name);
    if (layers.length === 0) return;
    if (this.#isSameText()) {
      for (const { name, ofEqual } of steps.byWords) this.#said.push(sayOfEqual(name, ofEqual));
      return;
    }
    let says: readonly WordSay[];
    try {
      const places = { turns, thread, now: () => this.#now() };
      says = await askByWords(pair, { layers, lexical }, places);
    } catch (error) {
      const said = this.#failed(error);
      says = layers.map((layer) => ({ layer, said, ms: 0 }));
    }
    for (const { name, overrules = [] } of steps.byWords) {
      const say = says.find(({ layer }) => layer === name);
      this.#said.push({ ...toFinding(name, say?.said, say?.ms ?? 0), overrules });
    }
  }

  #failed(error: unknown): LayerSay {
    this.#around.contained(error);
    return { say: 'none', notes: ['layer-failed'] };
  }

  /** What the app's own rules throw must not hide the comparison: then nothing is ignored. */
  #normalized(text: string): string {
    let kept = text;
    try {
      kept = this.#around.ignore(text);
    } catch (error) {
      this.#around.contained(error);
    }
    return mayCompose.test(kept) ? kept.normalize('NFC') : kept;
  }
}

/** Below it nothing is changed by NFC. Of texts of one byte a character it takes nothing to know. */
const mayCompose = /[\u0300-\uffff]/;

const isPromise = (answer: ReturnType<Step['look']>): answer is PromiseLike<LayerSay | undefined> =>
  typeof (answer as { then?: unknown } | undefined)?.then === 'function';
