import type { LegRecord, PairRecord } from '../../core/contracts/pair-record.ts';
import { hourMs } from '../../core/time/spans.ts';

const start = Date.UTC(2026, 0, 30, 12);

/** How a leg ended that answered. */
function leg(name: 'legacy' | 'candidate', durationMs: number): LegRecord {
  return { leg: name, ended: 'answered', durationMs, chars: 10, sha256: 'a'.repeat(64) };
}

/** A compared exchange, one an hour. */
export function pairOf(n: number, more: Partial<PairRecord> = {}): PairRecord {
  return {
    kind: 'compare',
    requestId: `request-${n}`,
    at: start + n * hourMs,
    route: 'chat',
    tenant: 'acme',
    stage: 'shadow',
    served: 'legacy',
    legacy: leg('legacy', 100),
    candidate: leg('candidate', 130),
    divergence: { verdict: 'same', decidedBy: 'exact', layers: [], notes: [], ms: 0.25 },
    ...more,
  };
}
