import {
  type PairedReading,
  type PairedTest,
  type PairedTestState,
  pairedTest,
} from '../../compare/sequential/paired-test.ts';
import { type Filled, givenOptions } from '../../core/given-options.ts';
import { check, issuesOf, orFalse, refuse } from '../../core/option-checks.ts';
import type { ServedCounts } from '../evidence/served-counts.ts';
import type { Gate, GateReading, GateRun, GateSetting } from './gate.ts';
import { type GateOptions, gateChecks } from './gate-options.ts';
import { sooner, waitFor } from './pace.ts';
import { promoteAlpha } from './promote-alpha.ts';
import { type Found, type GateHead, toReading } from './to-reading.ts';
import { Tripwire, type TripwireOptions } from './tripwire.ts';
import { byTheFirst, inPercent } from './wording.ts';

/** When what the candidate serves fails too often. */
export interface ServedErrorsOptions extends GateOptions {
  /**
   * Share of calls that may fail: shown to be below passes, above fails. An own limit, since tenants of one leg are other
   * people than those of the other. @default 0.05
   */
  readonly limit?: number | undefined;
  /** Whether a call that legacy had to answer counts as failed. @default true */
  readonly countFallbacks?: boolean | undefined;
  /** Fails at once on a catastrophe; `false`: never. */
  readonly tripwire?: TripwireOptions | false | undefined;
}

const tripwireChecks = { rate: check.share, calls: check.count, windowMs: check.positive };

const checks = {
  ...gateChecks,
  limit: check.chance,
  countFallbacks: check.boolean,
  tripwire: orFalse(check.object),
};

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

interface Policy {
  readonly limit: number;
  readonly countFallbacks: boolean;
  readonly tripwire: Filled<TripwireOptions> | false;
}

class ServedErrorsRun implements GateRun {
  readonly #gate: GateHead<'served'>;
  readonly #policy: Policy;
  readonly #setting: GateSetting;
  readonly #test: PairedTest;
  readonly #tripwire: Tripwire | undefined;
  #state: PairedTestState;
  /** Calls of one moment, which come tenant by tenant: whoever looked in between would take the first for all. */
  #latest = { from: 0, at: Number.NaN, calls: 0, bad: 0 };

  constructor(gate: GateHead<'served'>, policy: Policy, setting: GateSetting) {
    const { limit, tripwire } = policy;
    const alpha = { promote: promoteAlpha, rollBack: setting.alpha };
    this.#gate = gate;
    this.#policy = policy;
    this.#setting = setting;
    // A call that failed is a pair in which the candidate was worse than one that never fails.
    this.#test = pairedTest({ margin: limit, harm: limit, alpha });
    this.#state = this.#test.start();
    this.#tripwire = tripwire === false ? undefined : new Tripwire(tripwire);
  }

  served({ at, from = at, leg, calls, errors, fallbacks }: ServedCounts): void {
    if (leg !== 'candidate' || ![calls, errors, fallbacks].every(isCount)) return;
    if (at !== this.#latest.at) {
      this.#look();
      this.#latest = { from, at, calls: 0, bad: 0 };
    }
    // A call that fell back and failed nevertheless is in both counts.
    const bad = Math.min(calls, errors + (this.#policy.countFallbacks ? fallbacks : 0));
    this.#latest.calls += calls;
    this.#latest.bad += bad;
  }

  #look(): void {
    const { calls, bad } = this.#latest;
    if (calls === 0) return;
    this.#state = this.#test.add(this.#state, { worse: bad, same: calls - bad });
    this.#tripwire?.add(this.#latest);
    this.#latest = { ...this.#latest, calls: 0, bad: 0 };
  }

  read(at: number): GateReading {
    this.#look();
    const reading = this.#test.read(this.#state);
    const { worse: failed, passedAt, failedAt } = this.#state;
    const { limit } = this.#policy;
    const { pairs: calls, difference, harmful, needed, promote, rollBack } = reading;
    const inputs = {
      ...{ calls, failed, limit, rate: difference, alpha: this.#setting.alpha },
      ...{ passedAt, failedAt },
      harmfulCalls: harmful?.pairs,
      harmfulRate: harmful?.difference,
      harmEvidence: rollBack.logEvidence,
      harmEnough: rollBack.enough,
      passEvidence: promote.logEvidence,
      passEnough: promote.enough,
      neededToPass: needed.pass,
      neededToFail: needed.fail,
      tripped: this.#tripwire?.tripped === undefined ? 0 : 1,
    };
    return toReading(this.#gate, { ...(this.#caught() ?? this.#said(reading, at)), inputs });
  }

  #caught(): Found | undefined {
    const tripped = this.#tripwire?.tripped;
    if (tripped === undefined) return undefined;
    const says = `errors in ${tripped.bad} of ${tripped.calls} calls within moments, a catastrophe`;
    return { outcome: 'fail', says };
  }

  #said(reading: PairedReading, at: number): Found {
    const { outcome, pairs: calls, difference, harmful, needed, promote } = reading;
    if (difference === undefined) {
      return { outcome: 'hold', says: 'errors not measured yet: no calls to tell by' };
    }
    const measured = `errors ${inPercent(difference)}`;
    const side = outcome === 'pass' ? 'below' : 'above';
    const limit = inPercent(this.#policy.limit);
    if (outcome !== 'hold') {
      const late = harmful
        ? `, ${inPercent(harmful.difference)} of ${harmful.pairs} of them in a row`
        : '';
      const first = outcome === 'pass' ? byTheFirst(this.#state.passedAt, promote) : '';
      return {
        outcome,
        says: `${measured} of ${calls} calls${late}, shown to be ${side} ${limit}${first}`,
      };
    }
    const wait = waitFor(sooner(needed), 'calls', { since: this.#setting.since, at, count: calls });
    return { outcome, says: `${measured}, ${wait.says}`, etaMs: wait.etaMs };
  }
}

/**
 * Asks whether what the candidate serves fails too often: by a limit of its own, and at once on a catastrophe. A guardrail,
 * by what was served, so that it also sees at 100 %.
 *
 * @throws InvalidOptionsError naming every issue
 */
export function servedErrors(options: ServedErrorsOptions = {}): Gate {
  const issues = issuesOf(options, checks);
  const wire = options?.tripwire;
  if (check.object.test(wire)) issues.push(...issuesOf(wire, tripwireChecks, 'tripwire.'));
  refuse('servedErrors()', issues);
  const { limit = 0.05, countFallbacks = true } = options;
  const tripwire =
    wire === false ? wire : { rate: 0.5, calls: 20, windowMs: 300_000, ...givenOptions(wire) };
  const { name = 'served-errors', role = 'guardrail', dryRun = false } = options;
  const gate = { name, source: 'served' } as const;
  const policy = { limit, countFallbacks, tripwire };
  const asksAt = { above: 0 };
  return {
    ...gate,
    ...{ role, dryRun, asksAt, spends: true },
    policy: { kind: 'served-errors', ...policy, asksAt },
    begin: (setting) => new ServedErrorsRun(gate, policy, setting),
  };
}
