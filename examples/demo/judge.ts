import { calibrate, type LabelledPair } from 'engramia-cutover/openai';
import { type ReferenceJudge, referenceJudge } from 'engramia-cutover/testing';
import { asked, spoiltText } from './questions.ts';

/** Pairs that a person would have labelled: each kind of question, with the candidate, legacy or neither wrong. */
const labelled: readonly LabelledPair[] = ['alder', 'cedar']
  .flatMap((tenant) => asked(tenant))
  .flatMap((task): LabelledPair[] => {
    const right = `Here is what I found for it: ${task}`;
    const wrong = spoiltText(right);
    const pairs: LabelledPair[] = [{ task, legacy: right, candidate: right, label: 'tie' }];
    if (wrong === right) return pairs;
    return [
      ...pairs,
      { task, legacy: right, candidate: wrong, label: 'legacy' },
      { task, legacy: wrong, candidate: right, label: 'candidate' },
    ];
  });

/** A judge that asks no model, and whose verdicts gates may go by: what it is worth was measured. */
export async function calibratedJudge(): Promise<ReferenceJudge> {
  const judge = referenceJudge();
  await calibrate(labelled, { judge });
  return judge;
}
