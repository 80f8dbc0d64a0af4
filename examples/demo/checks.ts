import type { CutoverStats, LaneStats, Leg, PairRecord } from 'engramia-cutover';
import { routeName } from './app.ts';
import { type Check, equal } from './check.ts';
import { compareChecks } from './compare-checks.ts';
import type { Decided } from './decided.ts';
import type { Evidence } from './evidence.ts';
import type { Models } from './models.ts';
import type { Ramp } from './ramp.ts';
import { rampChecks } from './ramp-checks.ts';
import type { Trail } from './trail.ts';
import type { Walked } from './walk.ts';
import { count } from './wording.ts';

/** The run as it ended. */
export interface Outcome {
  readonly walked: readonly Walked[];
  /** The counts after the close. */
  readonly stats: CutoverStats;
  /** Learns that were stored, by tenant, as the events told. */
  readonly stored: ReadonlyMap<string, number>;
  /** Duplicates that had been sent before: perhaps of their own first attempt, whose answer was lost. */
  readonly retried: ReadonlyMap<string, number>;
  /** What was compared in the whole walk. */
  readonly pairs: readonly PairRecord[];
  readonly models: Models;
  readonly decided: Decided;
  readonly ramp: Ramp;
  readonly trail: Trail;
  /** Undefined: the service is not ours to look into. */
  readonly evidence: Evidence | undefined;
  /** Patterns that a service of others had before and has after the walk; empty for the emulator. */
  readonly patternCounts: readonly number[];
}

const sum = (counts: Iterable<number>): number =>
  [...counts].reduce((total, value) => total + value, 0);

const named = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${name} ${count(value)}`)
    .join(', ') || 'none';

function userChecks({ walked, stats, decided }: Outcome): Check[] {
  const route = stats.routes[routeName];
  const total = (of: (phase: Walked) => number): number => sum(walked.map(of));
  const calls = total(({ figures }) => figures.calls);
  const legs = (leg: Leg): number => total(({ figures }) => figures.legs[leg]);
  return [
    equal(calls, route?.calls ?? 0, 'Calls that users made and the cutover counted'),
    equal(legs('legacy'), route?.served.legacy ?? 0, 'Answers by legacy, seen and counted'),
    equal(legs('candidate'), route?.served.candidate ?? 0, 'Answers by the candidate, likewise'),
    equal(
      decided.candidate,
      legs('candidate') + total(({ figures }) => figures.fallbacks),
      'Calls decided for the candidate, and its answers with what legacy answered for it',
    ),
    equal(
      total(({ figures }) => figures.errors),
      0,
      'Errors that users got',
    ),
    equal(
      total(({ figures }) => figures.bareErrors),
      0,
      'Errors of the bare app',
    ),
  ];
}

/** Conservation: nothing offered is lost without a count. */
function laneChecks(name: string, lane: LaneStats, expected: number): Check[] {
  const { offered, accepted, skipped, dropped, ok } = lane;
  const { unknown, failed, timedOut, aborted, pending } = lane;
  // A mirror is thrown away: what the lane counts as stored has run to its end.
  const done = name === 'mirrored' ? { 'run to the end': ok.stored } : ok;
  const ended = { ...done, unknown, failed, timedOut, aborted, pending };
  return [
    equal(expected, offered, `Calls decided to be ${name}, and offers`),
    equal(
      offered,
      accepted + sum(Object.values(skipped)) + sum(Object.values(dropped)),
      `  offered = accepted ${count(accepted)} + skipped (${named(skipped)}) + dropped (${named(dropped)})`,
    ),
    equal(accepted, sum(Object.values(ended)), `  accepted = ${named(ended)}`),
    equal(pending, 0, '  still pending after the close'),
  ];
}

function memoryChecks({ stats, stored, retried }: Outcome, evidence: Evidence): Check[] {
  const { patterns, strays, texts, addresses } = evidence;
  const { learn } = stats;
  const tooMany = [...patterns].filter(
    ([tenant, held]) =>
      held > (stored.get(tenant) ?? 0) + (retried.get(tenant) ?? 0) + learn.unknown,
  );
  const held = sum(patterns.values());
  return [
    equal(sum(stored.values()), learn.ok.stored, 'Stored by the events and by the counters'),
    {
      holds: held > 0 && tooMany.length === 0,
      says:
        `No tenant's memory holds more than was learned for it: ${count(held)} patterns of ` +
        `${count(learn.ok.stored)} stored; the others replaced one by a better score`,
    },
    {
      holds: texts > 0 && strays === 0,
      says: `Texts under a key that is not their tenant's: ${strays} of ${count(texts)}`,
    },
    { holds: addresses === 0, says: `Texts with the planted e-mail address: ${addresses}` },
  ];
}

/** Every statement that must hold for the demo to succeed. */
export function checksOf(outcome: Outcome): Check[] {
  const { stats, decided, evidence } = outcome;
  return [
    ...userChecks(outcome),
    ...laneChecks('learned', stats.learn, decided.learned),
    ...laneChecks('mirrored', stats.mirror, decided.mirrored),
    ...compareChecks(outcome),
    ...rampChecks(outcome),
    ...(evidence === undefined ? [] : memoryChecks(outcome, evidence)),
  ];
}
