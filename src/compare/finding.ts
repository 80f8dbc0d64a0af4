import type { LayerSay } from '../core/contracts/compare-options.ts';
import type { LayerFinding } from '../core/contracts/comparer.ts';
import { CutoverError } from '../core/errors.ts';
import { isWord } from '../core/text/word.ts';

const [mostNotes, mostMetrics] = [16, 32];

const says: ReadonlySet<unknown> = new Set(['same', 'similar', 'different', 'worse', 'none']);

/** What is no verdict would be taken for silence: a layer that finds harm would find it in vain. */
function sayOf(layer: string, said: LayerSay | null | undefined): LayerFinding['say'] {
  const say = said === undefined || said === null ? 'none' : said.say;
  if (says.has(say)) return say;
  throw new CutoverError(
    'ERR_CUTOVER_CONTAINED',
    `The layer ${layer} said no verdict: its say must be one of ${[...says].join(', ')}.`,
  );
}

/**
 * What may be told of a layer's say.
 *
 * @throws CutoverError `ERR_CUTOVER_CONTAINED` for a say that is no verdict
 */
export function toFinding(layer: string, said: LayerSay | undefined, ms: number): LayerFinding {
  const notes: readonly unknown[] = Array.isArray(said?.notes) ? said.notes : [];
  // Anything but a word might be text of a reply.
  const words = notes.filter(isWord);
  const metrics = Object.entries(said?.metrics ?? {}).filter(
    ([name, value]) => isWord(name) && Number.isFinite(value),
  );
  return {
    layer,
    say: sayOf(layer, said),
    ms,
    ...(metrics.length > 0 && { metrics: Object.fromEntries(metrics.slice(0, mostMetrics)) }),
    ...(words.length > 0 && { notes: words.slice(0, mostNotes) }),
    ...(said?.advisory === true && { advisory: true }),
  };
}
