import type { ComparedReply } from '../../core/compare-options.ts';
import { equalTexts } from '../equal-texts.ts';
import type { Layer } from '../layer.ts';

/** Beginnings say that texts are equal only if the texts are equally long. */
function canBeEqual(first: ComparedReply, second: ComparedReply): boolean {
  return first.isCut === second.isCut && (!first.isCut || first.chars === second.chars);
}

/** Whether the texts are equal after normalization. */
export const exact: Layer = {
  name: 'exact',
  look({ legacy, candidate }, { ignoreCase }) {
    const isSame =
      canBeEqual(legacy, candidate) &&
      (equalTexts(legacy.text, candidate.text) ||
        (ignoreCase && equalTexts(legacy.text.toLowerCase(), candidate.text.toLowerCase())));
    return { say: isSame ? 'same' : 'different' };
  },
};
