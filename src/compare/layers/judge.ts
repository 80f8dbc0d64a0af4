import type { JudgeAnswer, LayerSay } from '../../core/compare-options.ts';
import type { Layer } from '../layer.ts';

type Preference = 'legacy' | 'candidate' | 'tie';

/** Who is preferred, by the order of asking and the answer. A null prototype: an answer may be any word. */
const preferences: Readonly<Record<'legacyFirst' | 'candidateFirst', Record<string, Preference>>> =
  {
    legacyFirst: known({ first: 'legacy', second: 'candidate', tie: 'tie' }),
    candidateFirst: known({ first: 'candidate', second: 'legacy', tie: 'tie' }),
  };

function known(table: Record<JudgeAnswer, Preference>): Record<string, Preference> {
  return Object.assign(Object.create(null), table);
}

const says: Readonly<Record<Preference, LayerSay>> = {
  legacy: { say: 'worse', notes: ['judge-legacy'] },
  candidate: { say: 'similar', notes: ['judge-candidate'] },
  tie: { say: 'similar', notes: ['judge-tie'] },
};

/** Asks the app's judge in both orders, the second time only when the first was readable. */
export const judge: Layer = {
  name: 'judge',
  overrules: ['exact', 'length', 'language', 'entities', 'lexical', 'embedding'],
  readsText: true,
  async look({ legacy, candidate, task, signal }, { judge: ask }) {
    if (ask === undefined) return undefined;
    const unreadable: LayerSay = { say: 'none', notes: ['judge-unreadable'] };
    const [one, other] = [legacy.text, candidate.text];
    const before =
      preferences.legacyFirst[await ask({ task, first: one, second: other }, { signal })];
    if (before === undefined) return unreadable;
    const after =
      preferences.candidateFirst[await ask({ task, first: other, second: one }, { signal })];
    if (after === undefined) return unreadable;
    if (before !== after) return { say: 'similar', notes: ['judge-tie', 'judge-order'] };
    return says[before];
  },
};
