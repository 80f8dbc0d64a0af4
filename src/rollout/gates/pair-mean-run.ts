import { type Moments, noMoments, withValue } from '../../compare/sequential/moments.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { concernsPair } from './concerns.ts';
import type { GateReading, GateRun, GateSetting } from './gate.ts';
import { type MeanQuestion, readMean } from './mean-reading.ts';
import { type GateHead, toReading } from './to-reading.ts';
import { whyBlind } from './why-blind.ts';

/** A mean over pairs. */
export interface PairMeanQuestion extends MeanQuestion, GateHead<'pairs' | 'live-pairs'> {
  /** Undefined: the pair says nothing. */
  readonly value: (pair: PairRecord) => number | undefined;
}

/** A confidence sequence of a mean over pairs. */
export class PairMeanRun implements GateRun {
  readonly #question: PairMeanQuestion;
  readonly #setting: GateSetting;
  #moments: Moments = noMoments;

  constructor(question: PairMeanQuestion, setting: GateSetting) {
    this.#question = question;
    this.#setting = setting;
  }

  pair(pair: PairRecord): void {
    if (pair.kind !== 'compare' || !concernsPair(this.#question.source, pair)) return;
    const value = this.#question.value(pair);
    if (value !== undefined) this.#moments = withValue(this.#moments, value);
  }

  read(at: number): GateReading {
    const { alpha, since } = this.#setting;
    const blind = this.#moments.count === 0 && whyBlind(this.#question.source, this.#setting);
    if (blind) {
      const says = `${this.#question.subject} cannot be told: ${blind}`;
      return toReading(this.#question, { outcome: 'invalid', says });
    }
    const pace = { since, at, count: this.#moments.count };
    return toReading(this.#question, readMean(this.#question, this.#moments, { alpha, pace }));
  }
}
