import type { Layer } from '../layer.ts';
import { isRefusal } from '../words/refusal-phrases.ts';

/** Whether one leg refuses what the other one answers. */
export const refusal: Layer = {
  name: 'refusal',
  ofEqual: { say: 'none' },
  look({ legacy, candidate }) {
    const [isBefore, isNow] = [isRefusal(legacy.text), isRefusal(candidate.text)];
    if (isBefore === isNow) return undefined;
    return isNow
      ? { say: 'worse', notes: ['refusal'] }
      : { say: 'different', notes: ['refusal-ended'] };
  },
};
