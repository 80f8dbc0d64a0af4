import type { OptionChecks } from '../../core/option-checks.ts';

/** What only an adapter knows, by its rules, and the rest of the options. */
export function splitOptions(
  options: object,
  checks: OptionChecks,
): { own: Record<string, unknown>; rest: object } {
  const entries = Object.entries(options);
  const isOwn = ([name]: [string, unknown]): boolean => Object.hasOwn(checks, name);
  return {
    own: Object.fromEntries(entries.filter(isOwn)),
    rest: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  };
}
