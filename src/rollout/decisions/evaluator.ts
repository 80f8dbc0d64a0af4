import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import { stages } from '../../core/stage.ts';
import { wordsOf } from '../contained-words.ts';
import { sayable } from '../evidence/sayable.ts';
import type { ServedCounts } from '../evidence/served-counts.ts';
import type { Attestation, Gate, GateReading, GateRun } from '../gates/gate.ts';
import type { RolloutPlan } from '../plan/plan.ts';
import { within } from '../within.ts';
import { plainReading } from './plain-reading.ts';

/** What the gates of one step see, and say. Takes what belongs to the step, in the order of time; nothing here throws. */
export interface StepEvidence {
  pair(pair: PairRecord): void;
  missed(misses: MissedPairs): void;
  served(counts: ServedCounts): void;
  attested(attestation: Attestation): void;
  /** The overrides have changed within the step. */
  changed(state: RolloutState): void;
  /** Pairs of both legs so far. */
  readonly pairs: number;
  /** What every gate that is asked at this step says now; milliseconds since the epoch. Never rejects. */
  readings(at: number): Promise<readonly GateReading[]>;
}

/** Asks the gates of a plan. */
export interface Evaluator {
  /** Starts the gates anew: at each step, after any change of the plan, and after a restart, with what was recorded. */
  begin(state: RolloutState): StepEvidence;
}

/** Default of `RolloutPlan.alpha`. */
const defaultAlpha = 0.05;

/** Whether a gate can have evidence where a ramp stands. */
export function isAsked(
  { source, asksAt }: Gate,
  { percent, to }: Pick<RolloutState, 'percent' | 'to'>,
): boolean {
  const { above = Number.NEGATIVE_INFINITY, upTo = 100 } = asksAt ?? {};
  if (!(percent > above && percent <= upTo)) return false;
  // A stage that runs nothing in the shadow has no pairs of its own.
  return source !== 'live-pairs' || stages[to].mirrors !== undefined;
}

/** Code units of what a gate has failed by. */
const longestFailure = 500;

/** Told of what a gate has failed with, by the gate's name. */
export type GateFailed = (gate: string, error: unknown) => void;

/** Runs a gate; the first thing that it throws makes it unusable until the next step. */
class GuardedRun {
  readonly #gate: Gate;
  readonly #failed: GateFailed;
  readonly #run: GateRun | undefined;
  #broken = false;
  /** By what, in words that hold nothing of the app's: they go into the trail. */
  #failedBy = '';

  constructor(gate: Gate, setting: Parameters<Gate['begin']>[0], failed: GateFailed) {
    this.#gate = gate;
    this.#failed = failed;
    this.#run = this.#contained(() => gate.begin(setting));
  }

  take(give: (run: GateRun) => void): void {
    const run = this.#run;
    if (run !== undefined && !this.#broken) this.#contained(() => give(run));
  }

  async read(at: number): Promise<GateReading> {
    const { name, source, role, dryRun } = this.#gate;
    const marks = { role, ...(dryRun && { dryRun: true as const }) };
    const reading = await this.#said(at);
    if (reading !== undefined) return { ...reading, ...marks };
    const says = `invalid: the gate itself has failed: ${this.#failedBy}`;
    return { gate: name, source, outcome: 'invalid', says, inputs: {}, ...marks };
  }

  async #said(at: number): Promise<GateReading | undefined> {
    if (this.#broken) return undefined;
    try {
      return this.#run && plainReading(this.#gate, await within(this.#run.read(at)));
    } catch (error) {
      this.#fails(error);
      return undefined;
    }
  }

  #contained<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.#broken = true;
      this.#fails(error);
      return undefined;
    }
  }

  #fails(error: unknown): void {
    // Half a character in it would keep every change out of the trail, a rollback too.
    this.#failedBy = sayable(wordsOf(error), longestFailure);
    this.#failed(this.#gate.name, error);
  }
}

/**
 * Makes the evaluator of a plan: the gates that are asked at a step get an equal part each of the error budget, by all gates
 * that can fail by chance. A gate that throws is `invalid`.
 */
export function createEvaluator(
  { gates = [], alpha = defaultAlpha }: Pick<RolloutPlan, 'gates' | 'alpha'>,
  failed: GateFailed = () => undefined,
): Evaluator {
  const spending = gates.filter(({ spends, dryRun }) => spends && !dryRun).length;
  const each = alpha / Math.max(1, spending);
  return {
    begin(state) {
      const setting = { alpha: each, state, since: state.since };
      const asked = gates.filter((gate) => isAsked(gate, state));
      return evidenceOf(asked.map((gate) => new GuardedRun(gate, setting, failed)));
    },
  };
}

function evidenceOf(runs: readonly GuardedRun[]): StepEvidence {
  let pairs = 0;
  const toAll = (give: (run: GateRun) => void): void => {
    for (const run of runs) run.take(give);
  };
  return {
    get pairs() {
      return pairs;
    },
    pair(pair) {
      if (pair.kind === 'compare') pairs += 1;
      toAll((run) => run.pair?.(pair));
    },
    missed: (misses) => toAll((run) => run.missed?.(misses)),
    served: (counts) => toAll((run) => run.served?.(counts)),
    attested: (attestation) => toAll((run) => run.attested?.(attestation)),
    changed: (state) => toAll((run) => run.changed?.(state)),
    readings: (at) => Promise.all(runs.map((run) => run.read(at))),
  };
}
