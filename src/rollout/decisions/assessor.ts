import type { PairDay, TrafficDay } from '../../core/contracts/evidence-store.ts';
import { pairId } from '../../core/contracts/pair-id.ts';
import type { MissReason } from '../../core/contracts/pair-sink.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { Store } from '../../core/contracts/store.ts';
import { dayMs } from '../../core/time/spans.ts';
import type { GateReading } from '../gates/gate.ts';
import { haveSameOverrides } from '../replica/same-overrides.ts';
import { attestedIn } from '../state/attested-in.ts';
import { phaseOf } from '../state/ramp-state.ts';
import { CountedRows } from './counted-rows.ts';
import type { StepEvidence } from './evaluator.ts';

/** What the gates were read from. */
export interface AssessorSetting {
  readonly store: Store;
  readonly rollout: string;
  readonly now: () => number;
  /** Milliseconds between two looks, if nothing is in the way. @default 5_000 */
  readonly lookMs?: number;
  /** Starts the gates anew, for a step. */
  readonly begin: (state: RolloutState) => StepEvidence;
}

/** The gates' say on what has come since a step began. */
export interface Look {
  readonly at: number;
  /** Pairs of both legs. */
  readonly pairs: number;
  readonly readings: readonly GateReading[];
}

/**
 * Milliseconds in which pairs may come late and still be seen in the order in which they are read: twice as many each time
 * that one was passed by, since a replica whose clock is behind comes late with every pair.
 */
const late = { firstMs: 60_000, mostMs: 960_000 };

/** How far the evidence of a step was read. */
interface Course {
  readonly key: string;
  readonly phase: string;
  readonly evidence: StepEvidence;
  readonly seen: Map<string, number>;
  readonly served: CountedRows;
  readonly missed: CountedRows;
  /** Pairs in the store, when they were counted last, and how many of them were read. */
  stored: number;
  taken: number;
  /** Pairs that were counted and are not there: they were pruned. */
  gone: number;
  /** When the first pair was made that is there. */
  first: number;
  until: number;
  /** When what was served was read last; before that, when the step began. */
  servedAt: number;
  overrides: RolloutState['overrides'];
  /** The place of the trail's next entry that was not read. */
  entry: number;
  /** Until one look has come to its end; `over overrides`: those of the step have changed before it. */
  catchesUp: 'so far' | 'over overrides' | 'no more';
}

/** Feeds gates from the store with what is new since the last look; begins anew with each step and policy. */
export class Assessor {
  readonly #setting: AssessorSetting;
  #course: Course | undefined;
  #lateMs = late.firstMs;
  #last: Promise<unknown> = Promise.resolve();
  #said: Look | undefined;

  constructor(setting: AssessorSetting) {
    this.#setting = setting;
  }

  /** One look at a time, since they share what was read. */
  look(state: RolloutState): Promise<Look> {
    const look = this.#last.then(() => this.#look(state));
    this.#last = look.catch(() => undefined);
    return look;
  }

  /** The last look, for the trail. */
  get lastSaid(): object {
    return this.#said === undefined
      ? {}
      : { lookedAt: this.#said.at, readings: this.#said.readings };
  }

  async #look(state: RolloutState): Promise<Look> {
    const at = this.#setting.now();
    let course = this.#courseOf(state);
    await this.#readPairs(course, at);
    if (course.taken + course.gone < course.stored)
      course = await this.#readAgain(course, state, at);
    // Other versions of the same split, such as one that awaits an approval, are no news to the gates.
    if (!haveSameOverrides(course, state)) course.evidence.changed(state);
    course.overrides = state.overrides;
    await this.#readTrail(course, state);
    await this.#readMissed(course, at);
    await this.#readServed(course, at);
    // Counts of before cannot be told from later ones: after a restart they are all read at once.
    if (course.catchesUp === 'over overrides') course.evidence.changed(state);
    course.catchesUp = 'no more';
    const readings = await course.evidence.readings(at);
    this.#said = { at, pairs: course.evidence.pairs, readings };
    return this.#said;
  }

  #courseOf(state: RolloutState): Course {
    const phase = phaseOf(this.#setting.rollout, state);
    const key = `${state.policyHash} ${phase}`;
    if (this.#course?.key === key) return this.#course;
    return this.#begin(key, phase, state);
  }

  #begin(key: string, phase: string, state: RolloutState): Course {
    const evidence = this.#setting.begin(state);
    const counted = { served: new CountedRows(), missed: new CountedRows() };
    const read = { seen: new Map(), ...counted, until: 0, entry: 0 };
    const pairs = { stored: 0, taken: 0, gone: 0, first: Number.POSITIVE_INFINITY };
    const { overrides, since: servedAt } = state;
    const catching = { overrides, servedAt, catchesUp: 'so far' } as const;
    this.#course = { key, phase, evidence, ...read, ...pairs, ...catching };
    return this.#course;
  }

  /** Begins anew where pairs came so late that they were passed by: a replica had not reached the store. */
  async #readAgain({ key, phase, stored }: Course, state: RolloutState, at: number) {
    this.#lateMs = Math.min(2 * this.#lateMs, late.mostMs);
    const course = this.#begin(key, phase, state);
    await this.#readPairs(course, at);
    course.gone = Math.max(0, stored - course.taken);
    return course;
  }

  async #readTrail(course: Course, { since }: RolloutState): Promise<void> {
    const { store, rollout } = this.#setting;
    for await (const entry of store.audit(rollout, course.entry)) {
      course.entry = entry.seq + 1;
      const isOfStep = entry.kind === 'override' && entry.at >= since;
      if (isOfStep && course.catchesUp === 'so far') course.catchesUp = 'over overrides';
      const said = attestedIn(entry);
      if (said !== undefined) course.evidence.attested(said);
    }
  }

  async #readPairs(course: Course, at: number): Promise<void> {
    const { phase, seen, evidence } = course;
    const from = Math.max(0, course.until - this.#lateMs);
    for await (const pair of this.#setting.store.pairs({ phase, from })) {
      const id = pairId(pair);
      if (seen.has(id)) continue;
      course.taken += 1;
      course.first = Math.min(course.first, pair.at);
      seen.set(id, pair.at);
      course.until = Math.max(course.until, Math.min(pair.at, at));
      evidence.pair(pair);
    }
    for (const [id, when] of seen) if (when < course.until - this.#lateMs) seen.delete(id);
  }

  async #readMissed(course: Course, at: number): Promise<void> {
    const { phase, missed, evidence } = course;
    const rows = await this.#setting.store.pairDays({ phase });
    const namesOf = ({ day, tenant, route, stage, kind }: PairDay) => {
      return [day, tenant, route, stage, kind];
    };
    let stored = 0;
    await missed.each(rows, namesOf, ({ day, tenant, route, stage, kind, counts }, added) => {
      stored += counts.pairs ?? 0;
      for (const metric of Object.keys(counts)) {
        if (!metric.startsWith('missed.')) continue;
        // Pairs of that day were pruned: its misses alone would say that nothing was compared.
        if (course.gone > 0 && Date.parse(day) + dayMs <= course.first) continue;
        const why = metric.slice('missed.'.length) as MissReason;
        const count = added(metric);
        if (count > 0) evidence.missed({ kind, at, route, tenant, stage, why, count });
      }
      return 'taken';
    });
    course.stored = stored;
  }

  async #readServed(course: Course, at: number): Promise<void> {
    const { phase, served, evidence, servedAt } = course;
    const { lookMs = 5_000 } = this.#setting;
    // What one look found after the other is of this moment, however rarely it looks.
    const from = at - servedAt > 2 * lookMs ? servedAt : at;
    const rows = await this.#setting.store.traffic({ phase });
    const namesOf = ({ day, route, tenant, leg }: TrafficDay) => [day, route, tenant, leg];
    await served.each(rows, namesOf, ({ route, tenant, leg }, added) => {
      const calls = added('calls');
      // What was read of calls in part waits for the rest: nobody could take it without them.
      if (calls <= 0) return 'later';
      const [errors, fallbacks] = [added('errors'), added('fallbacks')];
      const durations = { count: added('timed'), sum: added('ms'), squares: added('squaredMs') };
      evidence.served({ at, from, route, tenant, leg, calls, errors, fallbacks, durations });
      return 'taken';
    });
    course.servedAt = at;
  }
}
