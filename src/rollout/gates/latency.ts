import { joined, type Moments, noMoments } from '../../compare/sequential/moments.ts';
import type { PairRecord } from '../../core/contracts/pair-record.ts';
import { check, issuesOf, oneOf, refuse } from '../../core/option-checks.ts';
import type { ServedCounts } from '../evidence/served-counts.ts';
import type { Gate, GateReading, GateRun, GateSetting } from './gate.ts';
import { type PairGateOptions, pairGate, pairGateChecks } from './gate-options.ts';
import { type MeanQuestion, readMean } from './mean-reading.ts';
import { PairMeanRun } from './pair-mean-run.ts';
import { type GateHead, toReading } from './to-reading.ts';
import { countedAs } from './wording.ts';

/** When the candidate takes too long. */
export interface LatencyOptions extends Omit<PairGateOptions, 'source'> {
  /**
   * `served`: the mean of what users waited where the candidate was asked, also for legacy's answer in its place. Otherwise
   * differences on the same requests. @default 'pairs'
   */
  readonly source?: 'pairs' | 'live-pairs' | 'served' | undefined;
  /** Milliseconds that the candidate may be slower on average, by pairs. @default 1_000 */
  readonly slowerMs?: number | undefined;
  /** Milliseconds that the candidate may take on average, by what was served. @default 10_000 */
  readonly limitMs?: number | undefined;
}

const whole = (ms: number): string => `${Math.round(ms)} ms`;
const signed = (ms: number): string => `${ms > 0 ? '+' : ''}${whole(ms)}`;

/** A leg that was late has taken at least as long as it was given. */
function addedMs({ legacy, candidate }: PairRecord): number | undefined {
  if (legacy.ended !== 'answered' || candidate.ended === 'failed') return undefined;
  return candidate.durationMs - legacy.durationMs;
}

const anyLow = Number.NEGATIVE_INFINITY;

/** The moments behind a number of values, their sum and the sum of their squares; none where they cannot be. */
function momentsOf({ count, sum, squares }: ServedCounts['durations']): Moments {
  const mean = sum / count;
  if (!(count > 0) || ![mean, squares].every(Number.isFinite)) return noMoments;
  return { count, mean, squares: Math.max(0, squares - sum * mean) };
}

class ServedLatencyRun implements GateRun {
  readonly #question: MeanQuestion & GateHead<'served'>;
  readonly #setting: GateSetting;
  #moments: Moments = noMoments;

  constructor(question: MeanQuestion & GateHead<'served'>, setting: GateSetting) {
    this.#question = question;
    this.#setting = setting;
  }

  served({ leg, durations }: ServedCounts): void {
    if (leg === 'candidate') this.#moments = joined(this.#moments, momentsOf(durations));
  }

  read(at: number): GateReading {
    const { alpha, since } = this.#setting;
    const pace = { since, at, count: this.#moments.count };
    return toReading(this.#question, readMean(this.#question, this.#moments, { alpha, pace }));
  }
}

function servedLatency({ name, role, dryRun, limitMs = 10_000, upTo = 100 }: LatencyOptions): Gate {
  const asksAt = { above: 0, upTo };
  const [source, words] = ['served', { subject: 'latency', unit: 'calls', shown: whole }] as const;
  const question = { name: name ?? 'latency-served', source, ...words, low: anyLow, high: limitMs };
  return {
    ...{ name: question.name, source, role: role ?? 'signal', dryRun: dryRun ?? false },
    asksAt,
    spends: true,
    policy: { kind: 'latency', limitMs, asksAt },
    begin: (setting) => new ServedLatencyRun(question, setting),
  };
}

/**
 * Asks whether the candidate is too slow. A signal.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function latency(options: LatencyOptions = {}): Gate {
  const source = oneOf('pairs', 'live-pairs', 'served');
  const checks = { ...pairGateChecks, source, slowerMs: check.positive, limitMs: check.positive };
  refuse('latency()', issuesOf(options, checks));
  if (options.source === 'served') return servedLatency(options);
  const { slowerMs = 1_000, source: from = 'pairs', ...rest } = options;
  const head = pairGate('latency', 'signal', { ...rest, source: from });
  const words = { subject: 'latency', unit: countedAs[from], shown: signed };
  const question = { ...head, ...words, low: anyLow, high: slowerMs, value: addedMs };
  return {
    ...head,
    spends: true,
    policy: { kind: 'latency', slowerMs, asksAt: head.asksAt },
    begin: (setting) => new PairMeanRun(question, setting),
  };
}
