import { check, issuesOf, type OptionChecks } from '../../core/option-checks.ts';
import { evidenceSources } from '../gates/evidence-sources.ts';
import { planIssues, timeCheck } from '../plan/full-plan.ts';

const checks: OptionChecks = {
  from: {
    test: (value) => typeof value === 'number' && !Number.isNaN(value),
    must: 'be a number of milliseconds since the epoch',
  },
  everyMs: timeCheck,
  goOn: check.boolean,
  sources: {
    test: (value) => Array.isArray(value) && value.every((name) => evidenceSources.includes(name)),
    must: `be a list of ${evidenceSources.join(', ')}`,
  },
};

/** Every issue of what a replay is asked: a plan without its gates would pass whatever was recorded. */
export function replayIssues(plan: unknown, options: unknown): string[] {
  return [...planIssues(plan), ...issuesOf(options, checks)];
}
