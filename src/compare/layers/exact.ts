import type { ComparedReply } from '../../core/contracts/compare-options.ts';
import type { Layer } from '../layer.ts';
import { equalTexts } from '../words/equal-texts.ts';
import { haveSameIndentation } from '../words/same-indentation.ts';

/** Beginnings say that texts are equal only if these go on in the same way. */
function canBeEqual(first: ComparedReply, second: ComparedReply): boolean {
  if (!first.isCut && !second.isCut) return true;
  return first.rest !== undefined && first.rest === second.rest;
}

/** Whether the texts are equal after normalization. */
export const exact: Layer = {
  name: 'exact',
  look({ legacy, candidate }, { ignoreCase }) {
    const isSame =
      canBeEqual(legacy, candidate) &&
      (equalTexts(legacy.text, candidate.text) ||
        (ignoreCase && equalTexts(legacy.text.toLowerCase(), candidate.text.toLowerCase()))) &&
      (legacy.text === candidate.text || haveSameIndentation(legacy.text, candidate.text));
    return { say: isSame ? 'same' : 'different' };
  },
};
