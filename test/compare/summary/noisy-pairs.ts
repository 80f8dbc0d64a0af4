import type { LegRecord, PairRecord } from 'engramia-cutover/pairs';
import { pairOf } from '../../pairs/pairs.ts';
import { seeded } from '../exchanges.ts';

type Random = () => number;

/** What is drawn for a pair: how often each thing is so, and how many times the candidate is larger than legacy. */
export interface Truth {
  readonly fails: number;
  readonly worse: number;
  readonly longer: number;
  readonly advised: number;
  readonly otherTool: number;
  readonly times: number;
  readonly likeness: number;
}

/** Legacy against itself. */
export const usual: Truth = {
  fails: 0.08,
  worse: 0.2,
  longer: 0.1,
  advised: 0.1,
  otherTool: 0.2,
  times: 1,
  likeness: 0.5,
};

/** Around 1, skewed to the right, as lengths and durations are. */
const skewed = (random: Random): number =>
  Math.exp(0.4 * (random() + random() + random() + random() - 2));

function legOf(
  random: Random,
  leg: LegRecord['leg'],
  { fails, times, otherTool }: Truth,
): LegRecord {
  const size = times * skewed(random);
  if (random() < fails)
    return { leg, ended: 'failed', durationMs: 10, error: { name: 'BusyError', status: 429 } };
  return {
    leg,
    ended: 'answered',
    durationMs: 800 * times * skewed(random),
    chars: Math.round(1_000 * size),
    tools: random() < otherTool ? ['search'] : ['look_up'],
    usage: {
      inputTokens: Math.round(900 * times * skewed(random)),
      outputTokens: Math.round(250 * size),
    },
  };
}

/** Pairs whose legs are drawn independently of each other; every metric of a report is told by some of them. */
export function noisyPairs(
  seed: number,
  count: number,
  kind: PairRecord['kind'],
  truth: Truth = usual,
): PairRecord[] {
  const random = seeded(seed);
  const mirrored = kind === 'noise' ? 'legacy' : 'candidate';
  return Array.from({ length: count }, (_, at) => {
    const isWorse = random() < truth.worse;
    const likeness = (): number => Math.min(1, truth.likeness * (0.5 + random()));
    const say = isWorse ? ('worse' as const) : ('similar' as const);
    return pairOf({
      kind,
      requestId: `${kind}-${at}`,
      legacy: legOf(random, 'legacy', { ...usual, otherTool: 0 }),
      candidate: legOf(random, mirrored, truth),
      divergence: {
        verdict: say,
        decidedBy: 'judge',
        ...(random() < truth.advised && { advisory: true as const }),
        layers: [
          { layer: 'tools', say: 'same', ms: 0 },
          { layer: 'lexical', say: 'similar', ms: 0, metrics: { similarity: likeness() } },
          { layer: 'embedding', say: 'similar', ms: 0, metrics: { cosine: likeness() } },
          { layer: 'judge', say, ms: 0 },
        ],
        notes: random() < truth.longer ? ['longer', 'numbers'] : [],
        ms: 0,
      },
    });
  });
}

/** What tokens cost in these tests. */
export const prices = {
  currency: 'USD',
  legacy: { input: 2, output: 8 },
  candidate: { input: 2, output: 8 },
};
