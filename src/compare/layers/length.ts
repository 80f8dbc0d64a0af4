import type { ComparedReply, LayerSay } from '../../core/compare-options.ts';
import type { Layer } from '../layer.ts';
import { floors } from '../thresholds.ts';

/**
 * How finished texts end: a full stop of any script, a closing mark, the end of a code block, an emoji. What is not seen may
 * follow: signs of direction, and those that say how an emoji is drawn.
 */
const finished =
  /(?:[.!?…:;。！？।؟۔)\]}>"'”’»」』*`_|\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]|\u20e3)(?:\p{Cf}|\ufe0f)*$/u;

/** Lines that end as they like: items of lists, headings, rows of tables, quotations. */
const freeLine = /^\s*(?:[-*•#|>]|\d{1,3}[.)])/;

const tail = 200;

/** Whether a reply ends in the middle of something. Where we have cut it ourselves nobody knows. */
function isBroken({ text, isCut }: ComparedReply): boolean {
  const end = text.slice(-tail).trimEnd();
  return (
    !isCut &&
    end !== '' &&
    !finished.test(end) &&
    !freeLine.test(end.slice(end.lastIndexOf('\n') + 1))
  );
}

/** How long the candidate's reply is by legacy's, and whether it is there at all and whole. */
export const length: Layer = {
  name: 'length',
  ofEqual: { say: 'none' },
  look({ legacy, candidate }, { thresholds }): LayerSay {
    const ratio = candidate.chars / Math.max(1, legacy.chars);
    const metrics = { ratio, legacyChars: legacy.chars, candidateChars: candidate.chars };
    if (candidate.isBlank) {
      return { say: legacy.isBlank ? 'none' : 'worse', metrics, notes: ['empty'] };
    }
    if (legacy.isBlank) return { say: 'different', metrics, notes: ['empty-ended'] };
    const isTelling = Math.max(legacy.chars, candidate.chars) >= floors.lengthChars;
    const noticed = {
      longer: isTelling && ratio >= thresholds.longer,
      shorter: isTelling && ratio <= thresholds.shorter,
      truncated: isTelling && isBroken(candidate) && !isBroken(legacy),
    };
    const notes = Object.entries(noticed).flatMap(([note, isSo]) => (isSo ? [note] : []));
    return { say: notes.length > 0 ? 'different' : 'none', metrics, notes };
  },
};
