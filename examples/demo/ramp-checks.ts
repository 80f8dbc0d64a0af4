import type { AuditEntry } from 'engramia-cutover/audit';
import type { GateReading } from 'engramia-cutover/rollout';
import { type Check, equal } from './check.ts';
import type { Outcome } from './checks.ts';
import { count } from './wording.ts';

/** What an entry says of the state, as far as it says something. */
interface Told {
  readonly before?: { readonly percent: number };
  readonly after?: { readonly percent: number; readonly to: string; readonly status: string };
  readonly evidence?: { readonly on?: number; readonly readings?: readonly GateReading[] };
}

/** What an entry holds beside its sentence. */
export const toldBy = (entry: AuditEntry): Told => entry as Told;

/** The gate whose failure an automatic rollback was entered with. */
const failureIn = (entry: AuditEntry): GateReading | undefined =>
  toldBy(entry).evidence?.readings?.find(({ outcome }) => outcome === 'fail');

/** Who has moved the ramp first after a rollback. */
function movedOnBy(entries: readonly AuditEntry[], rollback: AuditEntry): string | undefined {
  const next = entries.find((entry) => entry.seq > rollback.seq && toldBy(entry).after);
  return next?.kind === 'ramp.resumed' ? next.actor : undefined;
}

function rollbackChecks({ trail, models }: Outcome): Check[] {
  const back = trail.entries.filter(({ kind }) => kind === 'rollback');
  const from = back.map((entry) => `${toldBy(entry).before?.percent} %`);
  const failures = back.map(failureIn);
  const worse = failures.map((reading) => reading?.inputs.worse ?? 0);
  const sum = worse.reduce((total, value) => total + value, 0);
  return [
    {
      holds:
        from.join() === '0 %,50 %' &&
        back.every(({ actor }) => actor === 'system') &&
        failures.every((reading) => reading?.gate === 'wrong-answers'),
      says: `Rollbacks, all by the gate wrong-answers and by nobody's hand, from: ${from.join(' and ')}`,
    },
    {
      holds: worse.length > 0 && worse.every((value) => value > 0) && sum <= models.badMirrored,
      says:
        `  wrong answers in their entries: ${worse.join(' and ')}, ` +
        `of ${count(models.badMirrored)} that the mirrored candidate gave`,
    },
    {
      holds: back.every((entry) => movedOnBy(trail.entries, entry) === 'Ada'),
      says: '  after each of them nothing moved until a person resumed it',
    },
  ];
}

function stickyChecks({ ramp, decided }: Outcome): Check[] {
  const left = ramp.reached.flatMap(({ state, moved }, at) => {
    const before = ramp.reached[at - 1];
    if (before === undefined || state.percent < before.state.percent) return [];
    return [...before.moved].filter((tenant) => !moved.has(tenant));
  });
  return [
    equal(left.length, 0, 'Tenants that a state took out while its percentage rose'),
    equal(decided.wentBack, 0, 'Calls that went back to legacy without a rollback or a kill'),
  ];
}

function trailChecks({ trail, ramp }: Outcome): Check[] {
  const { entries, report, edited, cut } = trail;
  const version = ramp.now()?.version ?? 0;
  const entered = entries.filter((entry) => toldBy(entry).after).map((entry) => toldBy(entry));
  const versions = new Set(entered.map(({ evidence }) => (evidence?.on ?? -1) + 1));
  const whole = Array.from({ length: version }, (_, at) => at + 1).every((one) =>
    versions.has(one),
  );
  return [
    {
      holds: whole && versions.size === version && entered.length === version,
      says: `Every version of the state has its entry: ${entered.length} entries of ${version} versions`,
    },
    {
      holds: report.ok && report.vouchedFor === entries.length - 1,
      says: `The trail is verified: ${report.message}`,
    },
    {
      holds: edited.problems[0]?.kind === 'edited' && cut.problems[0]?.kind === 'truncated',
      says: `  a percentage edited, and the end cut off, are found: ${edited.problems[0]?.message}; ${cut.problems[0]?.message}`,
    },
  ];
}

/** What must hold of a ramp that climbed, rolled back by itself, and was completed. */
export function rampChecks(outcome: Outcome): Check[] {
  const { walked } = outcome;
  const wrong = (which: boolean): number =>
    walked
      .filter(({ name }) => (name === 'regression') === which)
      .reduce((sum, { figures }) => sum + figures.wrong, 0);
  return [
    {
      holds: wrong(true) > 0 && wrong(false) === 0,
      says: `Wrong answers that users got in the regression: ${wrong(true)}, in all other phases: ${wrong(false)}`,
    },
    ...rollbackChecks(outcome),
    ...stickyChecks(outcome),
    ...trailChecks(outcome),
  ];
}
