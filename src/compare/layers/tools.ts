import type { Layer } from '../layer.ts';
import { toolDifference } from '../tool-difference.ts';

/** Which tools were called, and with what. Silent unless both legs told of theirs. */
export const tools: Layer = {
  name: 'tools',
  look({ legacy, candidate }, { toolOrder }) {
    if (legacy.tools === undefined || candidate.tools === undefined) {
      const isHalfKnown = (legacy.tools ?? candidate.tools ?? []).length > 0;
      return isHalfKnown ? { say: 'none', notes: ['tools-unknown'] } : undefined;
    }
    const found = toolDifference(legacy.tools, candidate.tools);
    const { matching, missing, extra, otherArguments } = found;
    const noticed = {
      'tool-missing': missing > 0,
      'tool-extra': extra > 0,
      'tool-arguments': otherArguments > 0,
      'tool-order': found.isReordered && toolOrder === 'strict',
    };
    const notes = Object.entries(noticed).flatMap(([note, isSo]) => (isSo ? [note] : []));
    const metrics = { matching, missing, extra, otherArguments };
    return { say: notes.length > 0 ? 'different' : 'same', metrics, notes };
  },
};
