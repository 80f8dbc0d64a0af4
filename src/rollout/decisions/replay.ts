import type { PairRecord } from '../../core/contracts/pair-record.ts';
import type { MissedPairs } from '../../core/contracts/pair-sink.ts';
import type { RolloutState, RolloutStatus } from '../../core/contracts/rollout-state.ts';
import { refuse } from '../../core/option-checks.ts';
import type { ServedCounts } from '../evidence/served-counts.ts';
import type { EvidenceSource, Gate } from '../gates/gate.ts';
import { defaultPlan } from '../plan/default-plan.ts';
import type { PlanStep, RolloutPlan } from '../plan/plan.ts';
import { decideRamp } from './decide-ramp.ts';
import type { RampDecision } from './decision.ts';
import { createEvaluator, type StepEvidence } from './evaluator.ts';
import { itemIssues, replayIssues } from './replay-issues.ts';

/** What can be recorded of a ramp, and replayed. */
export type RecordedEvidence = PairRecord | MissedPairs | ServedCounts;

/** What a reading of `readPairs` is: its pairs alone would say that nothing was missed. */
interface PairLog extends AsyncIterable<PairRecord> {
  recorded(): AsyncIterable<PairRecord | MissedPairs>;
}

/** How a replay goes. */
export interface ReplayOptions {
  /** Milliseconds since the epoch; what is older is left out. @default all */
  readonly from?: number | undefined;
  /** Milliseconds of recorded time between two looks. @default 60_000 */
  readonly everyMs?: number | undefined;
  /** Whether it goes on after a roll back, at the first step again, as if a person had resumed it. @default false */
  readonly goOn?: boolean | undefined;
  /** Sources that the recording has; gates of others are left out. @default pairs and live pairs */
  readonly sources?: readonly EvidenceSource[] | undefined;
}

/** A decision that would have been made. */
export interface ReplayedDecision extends RampDecision {
  /** When, by the recording; milliseconds since the epoch. */
  readonly at: number;
  /** Index of the step that was in force, and its percentage. */
  readonly step: number;
  readonly percent: number;
  /** Pairs since the step began. */
  readonly pairs: number;
}

/** What a plan would have made of a recording. */
export interface Replay {
  /** Everything but staying, in the order of time, and where it stood when the recording ended. */
  readonly decisions: readonly ReplayedDecision[];
  /** Pairs that were taken, in all steps. */
  readonly pairs: number;
  /** Gates that a recording cannot answer. */
  readonly leftOut: readonly string[];
}

const always: readonly EvidenceSource[] = ['pairs', 'live-pairs'];

/** Decisions of a ramp that goes on however often it is rolled back; those that come later are not kept. */
const mostDecisions = 1_000;

const after: Readonly<Partial<Record<RampDecision['does'], RolloutStatus>>> = {
  pause: 'held',
  freeze: 'frozen',
  'roll-back': 'latched',
};

const isLog = (recording: object): recording is PairLog =>
  typeof (recording as Partial<PairLog>).recorded === 'function';

class ReplayedRamp {
  readonly decisions: ReplayedDecision[] = [];
  pairs = 0;
  ended = false;
  readonly #plan: RolloutPlan;
  readonly #steps: readonly PlanStep[];
  readonly #options: ReplayOptions;
  readonly #evaluator: { begin(state: RolloutState): StepEvidence };
  #state: RolloutState | undefined;
  #evidence: StepEvidence | undefined;
  #nextLook = Number.NEGATIVE_INFINITY;
  #at = Number.NEGATIVE_INFINITY;

  constructor(plan: RolloutPlan, gates: readonly Gate[], options: ReplayOptions) {
    const { alpha } = plan;
    this.#plan = plan;
    this.#steps = plan.steps ?? defaultPlan.steps;
    this.#options = options;
    this.#evaluator = createEvaluator({ gates, ...(alpha !== undefined && { alpha }) });
  }

  async take(item: RecordedEvidence): Promise<void> {
    // Recorded times may be out of order by a little: time does not go back here.
    this.#at = Math.max(this.#at, item.at);
    if (this.#state === undefined) this.#begin(0, this.#at);
    if (this.#at >= this.#nextLook) await this.#look(this.#at);
    if (this.ended) return;
    if ('why' in item) this.#evidence?.missed(item);
    else if ('calls' in item) this.#evidence?.served(item);
    else {
      this.pairs += 1;
      this.#evidence?.pair(item);
    }
  }

  /** The last look, at the end of the recording. */
  async end(): Promise<void> {
    if (this.ended || this.#state === undefined) return;
    await this.#look(this.#at, true);
  }

  async #look(at: number, isLast = false): Promise<void> {
    const { everyMs = 60_000 } = this.#options;
    this.#nextLook = at + everyMs;
    const [state, evidence] = [this.#state, this.#evidence];
    if (state === undefined || evidence === undefined) return;
    const decision = decideRamp(
      this.#standing(state, evidence.pairs, at),
      await evidence.readings(at),
    );
    const { step, percent } = state;
    const isNews = decision.does !== 'stay' && after[decision.does] !== state.status;
    if ((isNews || isLast) && this.decisions.length < mostDecisions) {
      this.decisions.push({ ...decision, at, step, percent, pairs: evidence.pairs });
    }
    if (isNews) this.#obey(decision, state, at);
  }

  #obey({ does, why }: RampDecision, state: RolloutState, at: number): void {
    const status = after[does];
    if (does === 'advance') this.#begin(state.step + 1, at);
    else if (does === 'roll-back' && this.#options.goOn) this.#begin(0, at);
    else if (status !== undefined) this.#state = { ...state, status, why };
    this.ended = does === 'roll-back' && !this.#options.goOn;
  }

  #begin(step: number, since: number): void {
    const { percent, to = 'live' } = this.#steps[step] ?? { percent: 0 };
    this.#state = {
      ...{ version: step + 1, from: this.#plan.from ?? 'shadow', to, percent, step, since },
      ...{ overrides: {}, salt: '', hash: 'v1', status: 'ramping' },
      ...{ policyHash: '', actor: 'replay' },
    };
    this.#evidence = this.#evaluator.begin(this.#state);
  }

  #standing(state: RolloutState, pairs: number, at: number) {
    const { holdMs, minPairs, dailyCycleMs } = this.#plan;
    const defaults = {
      ...(holdMs !== undefined && { holdMs }),
      ...(minPairs !== undefined && { minPairs }),
    };
    const step = { ...defaults, ...(this.#steps[state.step] ?? { percent: 0 }) };
    return {
      ...{ state, step, next: this.#steps[state.step + 1], at, pairs },
      ...{ approved: true, legacyAlive: true, automatic: true },
      ...(dailyCycleMs !== undefined && { dailyCycleMs }),
    };
  }
}

/**
 * Asks a plan's gates again, with other thresholds say, about what was recorded, at the times when it was: what would have been
 * decided, and when. Approvals count as given, and the plan as automatic. The recording is read as a stream, in the order of
 * time, and nothing of it is kept. Of `readPairs(path)` what has no pair is taken as well; of anything else, such as
 * `memoryPairs()`, only what it gives when it is iterated over, and without its misses `coverage()` knows of none.
 *
 * It ends at a roll back. What would have been recorded had the ramp gone another way is not known: the first decision that
 * differs from what was done is sound, what follows is an estimate.
 *
 * @throws InvalidOptionsError naming every issue of the recording, the plan and the options
 */
export async function replay(
  recording: AsyncIterable<RecordedEvidence> | Iterable<RecordedEvidence>,
  plan: RolloutPlan,
  options: ReplayOptions = {},
): Promise<Replay> {
  refuse('replay()', replayIssues(recording, plan, options));
  const { from = Number.NEGATIVE_INFINITY, sources = always } = options;
  const { gates = [] } = plan;
  const ramp = new ReplayedRamp(
    plan,
    gates.filter(({ source }) => sources.includes(source)),
    options,
  );
  for await (const item of isLog(recording) ? recording.recorded() : recording) {
    refuse('replay()', itemIssues(item));
    if (!(item.at >= from)) continue;
    await ramp.take(item);
    if (ramp.ended) break;
  }
  await ramp.end();
  const leftOut = gates.filter(({ source }) => !sources.includes(source)).map(({ name }) => name);
  return { decisions: ramp.decisions, pairs: ramp.pairs, leftOut };
}
