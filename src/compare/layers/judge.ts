import type { LayerSay } from '../../core/contracts/compare-options.ts';
import { askBothOrders, type Preference } from '../judging/ask-both-orders.ts';
import { mayGate } from '../judging/may-gate.ts';
import type { Layer } from '../layer.ts';

const says: Readonly<Record<Preference, LayerSay['say']>> = {
  legacy: 'worse',
  candidate: 'similar',
  tie: 'similar',
};

/** Asks the app's judge in both orders. What a judge that was not calibrated says is only advice. */
export const judge: Layer = {
  name: 'judge',
  overrules: ['exact', 'length', 'language', 'entities', 'lexical', 'embedding'],
  ofEqual: { say: 'same' },
  late: 'judge-late',
  async look({ legacy, candidate, task, signal }, { judge: ask }) {
    if (ask === undefined) return undefined;
    const texts = { task, legacy: legacy.text, candidate: candidate.text };
    const ruling = await askBothOrders(ask, texts, { signal });
    if (ruling.preference === undefined) return { say: 'none', notes: [ruling.note] };
    const advisory = !mayGate(ask.calibration);
    const notes = [
      `judge-${ruling.preference}`,
      ...(ruling.flipped ? ['judge-order'] : []),
      ...(advisory ? ['judge-advisory'] : []),
    ];
    return { say: says[ruling.preference], notes, advisory };
  },
};
