import {
  type PairedReading,
  type PairedTest,
  type PairedTestState,
  pairedTest,
} from '../../compare/sequential/paired-test.ts';
import { exchangeId } from '../../core/contracts/pair-id.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { ServedCounts } from '../evidence/served-counts.ts';
import { concernsPair } from './concerns.ts';
import type { GateReading, GateRun, GateSetting } from './gate.ts';
import { NoiseJoin } from './noise-join.ts';
import { sooner, waitFor } from './pace.ts';
import type { PairedView, PairSay } from './paired-view.ts';
import { promoteAlpha } from './promote-alpha.ts';
import { type Found, toReading } from './to-reading.ts';
import { whyBlind } from './why-blind.ts';
import { byTheFirst, countedAs, inPoints } from './wording.ts';

/** What a paired gate asks. */
export interface PairedQuestion {
  readonly name: string;
  readonly source: 'pairs' | 'live-pairs';
  /** What it is about, in a sentence: `wrong answers`. */
  readonly subject: string;
  readonly view: PairedView;
  /** Differences of rates: shown to be below `margin` passes, above `harm` fails. */
  readonly margin: number;
  readonly harm: number;
  readonly overNoise: boolean;
}

/** Exchanges after which evidence that has not come will not come. */
const enoughToSee = 100;

/** A paired sequential test of one question, looked at after each pair. */
export class PairedRun implements GateRun {
  readonly #question: PairedQuestion;
  readonly #setting: GateSetting;
  readonly #test: PairedTest;
  readonly #join = new NoiseJoin();
  #state: PairedTestState;
  /** Pairs by what they said, before noise was taken out. */
  readonly #seen = { pairs: 0, unknown: 0, advised: 0, noise: 0 };
  #liveCalls = 0;

  constructor(question: PairedQuestion, setting: GateSetting) {
    const { margin, harm } = question;
    const alpha = { promote: promoteAlpha, rollBack: setting.alpha };
    this.#question = question;
    this.#setting = setting;
    this.#test = pairedTest({ margin, harm, alpha });
    this.#state = this.#test.start();
  }

  pair(pair: PairRecord): void {
    const { source, view, overNoise } = this.#question;
    if (!concernsPair(source, pair)) return;
    if (overNoise) this.#joinNoise(pair);
    else if (pair.kind === 'compare') this.#count(this.#noted(view.say(pair)));
  }

  served({ leg, calls }: ServedCounts): void {
    if (leg === 'candidate' && Number.isFinite(calls)) this.#liveCalls += calls;
  }

  read(at: number): GateReading {
    const reading = this.#test.read(this.#state);
    const found = this.#blind(reading) ?? this.#said(reading, at);
    return toReading(this.#question, { ...found, inputs: this.#inputs(reading) });
  }

  #joinNoise(pair: PairRecord): void {
    const off = this.#question.view.off(pair);
    if (pair.kind === 'noise') this.#seen.noise += 1;
    const say = typeof off === 'string' ? off : 'same';
    if (pair.kind === 'compare') this.#noted(say);
    if (off === 'unknown') return;
    const both = this.#join.add(exchangeId(pair), pair.kind, off === true);
    if (both === undefined) return;
    if (both.compare === both.noise) this.#count('same');
    else this.#count(both.compare ? 'worse' : 'better');
  }

  #noted(say: PairSay): PairSay {
    this.#seen.pairs += 1;
    if (say === 'unknown') this.#seen.unknown += 1;
    if (say === 'advised') this.#seen.advised += 1;
    return say;
  }

  #count(say: PairSay): void {
    if (say === 'unknown') return;
    // What is only advised counts for nobody: harm is shown by the others, or not at all.
    this.#state = this.#test.add(this.#state, { [say === 'advised' ? 'same' : say]: 1 });
  }

  /** Why the evidence cannot be used, where it cannot. */
  #blind({ outcome, pairs }: PairedReading): Found | undefined {
    if (outcome === 'fail') return undefined;
    const { subject, overNoise, source } = this.#question;
    const { pairs: seen, advised, unknown, noise } = this.#seen;
    const blind = whyBlind(source, this.#setting);
    const rows: readonly (readonly [boolean, string])[] = [
      [
        advised > 0,
        `${advised} of ${seen} verdicts are advice, of a judge without a calibration or of an advisory layer`,
      ],
      [
        overNoise && noise === 0 && seen >= enoughToSee,
        'legacy has never run twice: sample.noise and legacyShadow make it',
      ],
      [pairs === 0 && unknown >= enoughToSee, `none of ${seen} pairs tells of it`],
      [
        source === 'live-pairs' && seen === 0 && this.#liveCalls >= enoughToSee,
        'no call that the candidate served was compared: routes need legacyShadow',
      ],
      [seen === 0 && blind !== undefined, blind ?? ''],
    ];
    const row = rows.find(([holds]) => holds);
    return row && { outcome: 'invalid', says: `${subject} cannot be told: ${row[1]}` };
  }

  #said(reading: PairedReading, at: number): Found {
    const { outcome, pairs, difference, harmful, needed, promote } = reading;
    const { subject, source, margin, harm } = this.#question;
    const unit = countedAs[source];
    if (difference === undefined) {
      const { pairs: seen } = this.#seen;
      const why = seen === 0 ? `no ${unit} to tell by` : `none of ${seen} ${unit} tells of it`;
      return { outcome: 'hold', says: `${subject} not measured yet: ${why}` };
    }
    const measured = `${subject} ${inPoints(difference)}`;
    const over = `over ${pairs} ${unit}`;
    if (outcome === 'pass') {
      const first = byTheFirst(this.#state.passedAt, promote);
      return {
        outcome,
        says: `${measured} ${over}, shown to be below ${inPoints(margin)}${first}`,
      };
    }
    if (outcome === 'fail') {
      const late = harmful
        ? `, ${inPoints(harmful.difference)} over ${harmful.pairs} of them in a row`
        : '';
      return { outcome, says: `${measured} ${over}${late}, shown to be above ${inPoints(harm)}` };
    }
    const wait = waitFor(sooner(needed), unit, { since: this.#setting.since, at, count: pairs });
    return { outcome, says: `${measured}, ${wait.says}`, etaMs: wait.etaMs };
  }

  #inputs({ pairs, difference, harmful, promote, rollBack, needed }: PairedReading) {
    const { worse, same, better, passedAt, failedAt } = this.#state;
    const { margin, harm } = this.#question;
    const { unknown, advised } = this.#seen;
    return {
      ...{ pairs, worse, same, better, unknown, advised, difference, margin, harm },
      ...{ passedAt, failedAt, alpha: this.#setting.alpha },
      harmfulPairs: harmful?.pairs,
      harmfulDifference: harmful?.difference,
      harmEvidence: rollBack.logEvidence,
      harmEnough: rollBack.enough,
      passEvidence: promote.logEvidence,
      passEnough: promote.enough,
      neededToPass: needed.pass,
      neededToFail: needed.fail,
    };
  }
}
