import { check, issuesOf, type OptionChecks, required, show } from '../../core/option-checks.ts';
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

type Read = Partial<AsyncIterable<unknown> & Iterable<unknown>> | null;

const recordingChecks: OptionChecks = {
  recording: required({
    // Not a text, though that can be iterated over: as the path of a file it would be a recording of nothing.
    test: (value) =>
      typeof value === 'object' &&
      typeof ((value as Read)?.[Symbol.asyncIterator] ?? (value as Read)?.[Symbol.iterator]) ===
        'function',
    must: 'be what readPairs(path) gives, or pairs in a list or another iterable',
  }),
};

/** What is wrong with something that a recording gives: bytes and lines of a file have no time. */
export function itemIssues(item: unknown): string[] {
  const { at } = (item ?? {}) as { readonly at?: unknown };
  if (typeof at === 'number') return [];
  return [
    `recording must give pairs, misses or counts, each with its time \`at\`, not ${show(item)}`,
  ];
}

/** Every issue of what a replay is asked: a plan without its gates would pass whatever was recorded. */
export function replayIssues(recording: unknown, plan: unknown, options: unknown): string[] {
  return [
    ...issuesOf({ recording }, recordingChecks),
    ...planIssues(plan),
    ...issuesOf(options, checks),
  ];
}
