import type { Coverage } from './coverage.ts';
import { whole } from './report-numbers.ts';

/** What most often helps where exchanges were not compared. */
const mends: Readonly<Record<string, string>> = {
  unsafe: 'declare the candidate by `shadowSafe` or `agentCandidate`',
  unreadable: 'give a `view`, and a `snapshot` for arguments that cannot be cloned',
  budget: 'raise `shadow.budget`, or sample',
  noKey: 'give the tenant a key',
  count: 'raise the mirror lane’s room, or sample',
  bytes: 'raise the room of the mirror lane or of the pair log, or sample',
  tenant: 'one tenant fills its share of the mirror lane: raise its room, or sample',
  late: 'raise the mirror lane’s concurrency, or sample',
};

/** What was wanted and did not run, though nobody chose to leave it out. */
export interface CoverageGap {
  /** Exchanges. */
  readonly count: number;
  /** How many for which reason, with what mends it. */
  readonly reasons: string;
}

function reasonsOf({ missed, unaccounted }: Coverage): string {
  const { sampled: _, ...others } = missed;
  const reasons = Object.entries(others)
    .sort(([, a], [, b]) => b - a)
    .map(([why, count]) => `${whole(count)} ${why}${mends[why] ? ` (${mends[why]})` : ''}`);
  if (unaccounted !== 0) reasons.push(`${whole(unaccounted)} that nobody accounts for`);
  return reasons.join(', ');
}

/** The gap between what was wanted and what ran. */
export function gapOf(coverage: Coverage): CoverageGap {
  const { skipped, dropped, failed, unaccounted } = coverage;
  const count = skipped + dropped + failed + Math.abs(unaccounted);
  return { count, reasons: reasonsOf(coverage) };
}
