import type { Verdict } from '../../core/contracts/comparer.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import { CoverageCount } from './coverage.ts';
import { distributionExcess } from './distribution-excess.ts';
import type { FindingKind } from './finding-kinds.ts';
import { FindingCounts } from './findings.ts';
import { LayerSays } from './layer-says.ts';
import { LegCount } from './leg-figures.ts';
import { Origins } from './origins.ts';
import type { PairFacts, PairOutcome } from './pair-facts.ts';
import type { ExcessFigures, PairFigures } from './pair-figures.ts';
import { type MeasureName, measureNames, measures, type PairPrices } from './pair-measures.ts';
import { excessOverNoise, type Rate, rateOf } from './rate.ts';
import { Spread } from './spread.ts';
import { ToolMatrix } from './tool-matrix.ts';

/** Counts pairs of one kind. */
export class PairTally {
  readonly findings = new FindingCounts();
  readonly #prices: PairPrices;
  readonly #coverage = new CoverageCount();
  readonly #spreads = measured((name) => new Spread(measures[name].scale));
  /** The same as a list: it is walked for every pair. */
  readonly #measured = measureNames.map((name) => ({
    of: measures[name].of,
    spread: this.#spreads[name],
  }));
  readonly #legs: { readonly legacy: LegCount; readonly candidate: LegCount };
  readonly #layers = new LayerSays();
  readonly #origins = new Origins();
  readonly #tools = new ToolMatrix();
  readonly #outcomes: Record<PairOutcome, number> = {
    bothAnswered: 0,
    candidateFailed: 0,
    candidateLate: 0,
    legacyFailed: 0,
    bothFailed: 0,
  };
  readonly #verdicts: Record<Verdict | 'unknown', number> = {
    same: 0,
    similar: 0,
    different: 0,
    worse: 0,
    unknown: 0,
  };
  #advisory = 0;
  #toolsUnknown = 0;
  #count = 0;

  constructor(prices: PairPrices) {
    this.#prices = prices;
    this.#legs = {
      legacy: new LegCount(prices.legacy),
      candidate: new LegCount(prices.candidate),
    };
  }

  /** Gives the kinds of findings that hold. */
  add(pair: PairRecord, facts: PairFacts): readonly FindingKind[] {
    const { divergence } = pair;
    this.#count += 1;
    this.#coverage.pair();
    this.#origins.add(pair);
    this.#outcomes[facts.outcome] += 1;
    this.#verdicts[divergence?.verdict ?? 'unknown'] += 1;
    if (divergence?.advisory) this.#advisory += 1;
    if (facts.notes.includes('tools-unknown')) this.#toolsUnknown += 1;
    for (const { of, spread } of this.#measured) spread.add(of(pair, facts, this.#prices));
    if (divergence !== undefined) this.#layers.add(divergence.layers);
    this.#legs.legacy.add(pair.legacy);
    this.#legs.candidate.add(pair.candidate);
    this.#tools.add(pair);
    return this.findings.add(facts);
  }

  miss({ why, count }: MissedPairs): void {
    this.#coverage.miss(why, count);
  }

  get toolsUnknown(): Rate {
    return rateOf(this.#toolsUnknown, this.#count);
  }

  figures(served?: number): PairFigures {
    const { legacy, candidate } = this.#legs;
    return {
      coverage: this.#coverage.coverage(served),
      outcomes: this.#rates(this.#outcomes),
      verdicts: this.#rates(this.#verdicts),
      ...measured((name) => this.#spreads[name].distribution),
      advisory: this.#advisory,
      layers: this.#layers.rates(),
      legs: { legacy: legacy.figures(), candidate: candidate.figures() },
      tools: this.#tools.cells(),
    };
  }

  /** How far it lies above pairs of legacy against itself, of which a number is asked for; undefined without any. */
  excessOver(noise: PairTally, asked: number): ExcessFigures | undefined {
    if (noise.#count === 0 || this.#count === 0) return undefined;
    const rates = <K extends string>(ours: Record<K, number>, itself: Record<K, number>) =>
      each(this.#rates(ours), (rate, name) =>
        excessOverNoise(rate, rateOf(itself[name], noise.#count), asked),
      );
    const advisory = { advisory: this.#advisory };
    return {
      pairs: noise.#count,
      asked,
      ...this.#origins.sharedWith(noise.#origins),
      outcomes: rates(this.#outcomes, noise.#outcomes),
      verdicts: rates(this.#verdicts, noise.#verdicts),
      ...measured((name) => distributionExcess(this.#spreads[name], noise.#spreads[name], asked)),
      ...rates(advisory, { advisory: noise.#advisory }),
      layers: this.#layers.excessOver(noise.#layers, asked),
      legs: each(this.#legs, (leg, name) => leg.excessOver(noise.#legs[name], asked)),
      tools: this.#tools.excessOver(noise.#tools, asked),
    };
  }

  #rates<K extends string>(counts: Readonly<Record<K, number>>): Record<K, Rate> {
    return each(counts, (count) => rateOf(count, this.#count));
  }
}

function each<K extends string, T, U>(
  record: Readonly<Record<K, T>>,
  told: (value: T, name: K) => U,
): Record<K, U> {
  const entries = Object.entries<T>(record).map(([name, value]) => [name, told(value, name as K)]);
  return Object.fromEntries(entries) as Record<K, U>;
}

function measured<T>(told: (name: MeasureName) => T): Record<MeasureName, T> {
  return each(measures, (_, name) => told(name));
}
