import type { QuantileName } from './distribution.ts';
import type { MeasureName } from './pair-measures.ts';

/** How a measure is called and which of its quantiles are told: of ratios the upper tail hurts, of likeness the lower one. */
export const measureLabels: Readonly<
  Record<MeasureName, { readonly label: string; readonly told: readonly QuantileName[] }>
> = {
  lengthRatio: { label: 'length, × legacy', told: ['p50', 'p90', 'p99'] },
  similarity: { label: 'similarity', told: ['p5', 'p25', 'p50'] },
  meaning: { label: 'meaning, cosine', told: ['p5', 'p25', 'p50'] },
  latencyRatio: { label: 'latency, × legacy', told: ['p50', 'p90', 'p99'] },
  inputTokenRatio: { label: 'tokens in, × legacy', told: ['p50', 'p90', 'p99'] },
  outputTokenRatio: { label: 'tokens out, × legacy', told: ['p50', 'p90', 'p99'] },
  costRatio: { label: 'cost, × legacy', told: ['p50', 'p90', 'p99'] },
};
