import type { PairRecord } from 'engramia-cutover/pairs';
import type { Leg } from '../../../src/core/stage.ts';
import { compared, type End } from '../comparing.ts';
import { defects, drawPair, inSameWords } from '../planted-defects.ts';

function legOf(leg: Leg, { text, toolCalls, durationMs = 900, ...end }: End) {
  const tools = toolCalls === undefined ? {} : { tools: toolCalls.map(({ name }) => name) };
  return 'reason' in end
    ? { leg, ended: 'failed' as const, durationMs, error: { name: 'Error' } }
    : { leg, ended: 'answered' as const, durationMs, chars: [...(text ?? '')].length, ...tools };
}

/** A pair as the shadow makes it of two ends, by the real comparison. */
async function comparedPair(
  legacy: End,
  candidate: End,
  said: Partial<PairRecord> = {},
): Promise<PairRecord> {
  const divergence = await compared(legacy, candidate);
  return {
    kind: 'compare',
    requestId: 'request',
    at: Date.UTC(2026, 0, 1),
    route: 'chat',
    tenant: 'acme',
    stage: 'shadow',
    served: 'legacy',
    legacy: legOf('legacy', legacy),
    candidate: legOf('candidate', candidate),
    ...(divergence && { divergence }),
    ...said,
  };
}

/** Exchanges of two legs that are equally noisy and equally good. */
export function healthyPairs(from: number, count: number, said: Partial<PairRecord> = {}) {
  return Promise.all(
    Array.from({ length: count }, (_, at) => {
      const { legacy, candidate } = drawPair(from + at, false);
      return comparedPair(legacy, candidate, { requestId: `healthy-${from + at}`, ...said });
    }),
  );
}

/** Exchanges in which the candidate has one defect. */
export function defectivePairs(name: string, from: number, count: number) {
  return Promise.all(
    Array.from({ length: count }, (_, at) => {
      const { facts, legacy, candidate } = drawPair(from + at, inSameWords.has(name));
      const bad = defects[name]?.candidate(candidate, facts) ?? candidate;
      return comparedPair(legacy, bad, { requestId: `${name}-${from + at}` });
    }),
  );
}
