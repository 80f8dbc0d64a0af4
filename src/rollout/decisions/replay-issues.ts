import { check, issuesOf, type OptionChecks } from '../../core/option-checks.ts';
import type { EvidenceSource } from '../gates/gate.ts';
import { planIssues, time } from '../plan/full-plan.ts';

const sources: Readonly<Record<EvidenceSource, true>> = {
  pairs: true,
  'live-pairs': true,
  served: true,
  probe: true,
  attested: true,
};

const checks: OptionChecks = {
  from: {
    test: (value) => typeof value === 'number' && !Number.isNaN(value),
    must: 'be a number of milliseconds since the epoch',
  },
  everyMs: time,
  goOn: check.boolean,
  sources: {
    test: (value) =>
      Array.isArray(value) && value.every((name) => Object.hasOwn(sources, String(name))),
    must: `be a list of ${Object.keys(sources).join(', ')}`,
  },
};

/** Every issue of what a replay is asked: a plan without its gates would pass whatever was recorded. */
export function replayIssues(plan: unknown, options: unknown): string[] {
  return [...planIssues(plan), ...issuesOf(options, checks)];
}
