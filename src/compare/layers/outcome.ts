import type { LayerSay } from '../../core/contracts/compare-options.ts';
import type { HeldPair, HeldReply } from '../../core/contracts/comparer.ts';

type End = HeldReply['ended'];

const failed: LayerSay = { say: 'worse', notes: ['candidate-failed'] };
const late: LayerSay = { say: 'worse', notes: ['candidate-late'] };
const better: LayerSay = { say: 'different', notes: ['legacy-failed'] };
const both: LayerSay = { say: 'same', notes: ['both-failed'] };

/** By legacy's end, then by the candidate's. Undefined: both answered, so that there is something to compare. */
const says: Readonly<Record<End, Readonly<Record<End, LayerSay | undefined>>>> = {
  answered: { answered: undefined, failed, late },
  failed: { answered: better, failed: both, late: both },
  late: { answered: better, failed: both, late: both },
};

/** What the ends of both legs say, where one of them is a failure: a candidate that fails is worse, never missing. */
export function outcome({ legacy, candidate }: HeldPair): LayerSay | undefined {
  return says[legacy.ended][candidate.ended];
}
