import type { PairRecord } from '../../../src/core/contracts/pair-record.ts';
import type { MissedPairs } from '../../../src/core/contracts/pair-sink.ts';
import type { RolloutState } from '../../../src/core/contracts/rollout-state.ts';
import type { ServedCounts } from '../../../src/rollout/evidence/served-counts.ts';
import type { GateSetting } from '../../../src/rollout/gates/gate.ts';

/** When the steps of these tests begin. */
export const since = Date.UTC(2026, 0, 1);
export const hour = 3_600_000;

/** A ramp of a test, at 25 percent unless said otherwise. */
export function stateOf(said: Partial<RolloutState> = {}): RolloutState {
  return {
    version: 1,
    from: 'shadow',
    to: 'live',
    percent: 25,
    overrides: {},
    salt: 'salt',
    hash: 'v1',
    step: 2,
    since,
    status: 'ramping',
    policyHash: 'policy',
    actor: 'ann',
    ...said,
  };
}

export function settingOf(said: Partial<GateSetting> = {}): GateSetting {
  return { alpha: 0.05, state: stateOf(), since, ...said };
}

/** What a pair of a test says. */
export interface Said extends Partial<Omit<PairRecord, 'legacy' | 'candidate' | 'divergence'>> {
  readonly legacy?: Partial<PairRecord['legacy']>;
  readonly candidate?: Partial<PairRecord['candidate']>;
  readonly divergence?: Partial<NonNullable<PairRecord['divergence']>>;
}

let requests = 0;

const answered = { ended: 'answered', durationMs: 800, chars: 200 } as const;

/** A pair in which all is well, unless said otherwise. */
export function pair({ legacy, candidate, divergence, ...said }: Said = {}): PairRecord {
  requests += 1;
  return {
    ...{ kind: 'compare', requestId: `request-${requests}`, at: since + hour, route: 'chat' },
    ...{ tenant: 'acme', stage: 'shadow', served: 'legacy' },
    legacy: { leg: 'legacy', ...answered, ...legacy },
    candidate: { leg: 'candidate', ...answered, ...candidate },
    divergence: {
      ...{ verdict: 'similar', decidedBy: 'lexical', layers: [], notes: [], ms: 1 },
      ...divergence,
    },
    ...said,
  };
}

/** The candidate was wrong, and legacy was not. */
export const worse = (said: Said = {}): PairRecord =>
  pair({ ...said, divergence: { verdict: 'worse', decidedBy: 'judge', notes: ['judge-legacy'] } });

/** Legacy was wrong, and the candidate was not. */
export const better = (said: Said = {}): PairRecord =>
  pair({ ...said, divergence: { verdict: 'similar', notes: ['judge-candidate'] } });

/** What was not told is not there at all. */
export function uncompared(said: Said = {}): PairRecord {
  const { divergence: _, ...rest } = pair(said);
  return rest;
}

/** A pair that the candidate served. */
export const live = { stage: 'live', served: 'candidate' } as const;

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

export function misses(said: Partial<MissedPairs> = {}): MissedPairs {
  return {
    ...{ kind: 'compare', at: since + hour, route: 'chat', tenant: 'acme', stage: 'shadow' },
    ...{ why: 'count', count: 1 },
    ...said,
  };
}

export function served(said: Partial<ServedCounts> = {}): ServedCounts {
  return {
    ...{ at: since + hour, route: 'chat', tenant: 'acme', leg: 'candidate' },
    ...{ calls: 1, errors: 0, fallbacks: 0, durations: { count: 0, sum: 0, squares: 0 } },
    ...said,
  };
}
