import type { LayerSay } from '../core/contracts/compare-options.ts';
import type { LayerFinding } from '../core/contracts/comparer.ts';
import { isWord } from '../core/text/word.ts';

const [mostNotes, mostMetrics] = [16, 32];

const says: ReadonlySet<unknown> = new Set(['same', 'similar', 'different', 'worse']);

/** What may be told of a layer's say, whatever a layer of the app made of it. */
export function toFinding(layer: string, said: LayerSay | undefined, ms: number): LayerFinding {
  const notes: readonly unknown[] = Array.isArray(said?.notes) ? said.notes : [];
  // Anything but a word might be text of a reply.
  const words = notes.filter(isWord);
  const metrics = Object.entries(said?.metrics ?? {}).filter(
    ([name, value]) => isWord(name) && Number.isFinite(value),
  );
  return {
    layer,
    say: says.has(said?.say) ? (said?.say as LayerFinding['say']) : 'none',
    ms,
    ...(metrics.length > 0 && { metrics: Object.fromEntries(metrics.slice(0, mostMetrics)) }),
    ...(words.length > 0 && { notes: words.slice(0, mostNotes) }),
    ...(said?.advisory === true && { advisory: true }),
  };
}
