import type { Layer } from '../layer.ts';

type Vector = ArrayLike<number>;

/** Undefined for vectors that have no angle: empty, of other lengths, all zero, or not of finite numbers. */
function cosine(first: Vector, second: Vector): number | undefined {
  let [dot, a, b] = [0, 0, 0];
  if (first.length !== second.length) return undefined;
  for (let at = 0; at < first.length; at += 1) {
    const [x, y] = [first[at] as number, second[at] as number];
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  const value = dot / Math.sqrt(a * b);
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : undefined;
}

/** How near the meanings are, as the app's own model sees them. */
export const embedding: Layer = {
  name: 'embedding',
  overrules: ['exact', 'lexical'],
  ofEqual: { say: 'same', metrics: { cosine: 1 } },
  async look({ legacy, candidate, signal }, { embed, thresholds }) {
    if (embed === undefined) return undefined;
    const [first, second] = await embed([legacy.text, candidate.text], { signal });
    const value = first && second ? cosine(first, second) : undefined;
    if (value === undefined) return { say: 'none', notes: ['no-embedding'] };
    return {
      say: value >= thresholds.embedding ? 'similar' : 'different',
      metrics: { cosine: value },
    };
  },
};
