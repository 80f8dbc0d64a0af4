import type { CallModelInputFilter } from '@openai/agents';
import { answeredCallOf } from '../../core/call/answered-call.ts';
import type { CandidateRun } from '../candidate-run.ts';
import { recallsByItself } from './engramia-instructions.ts';
import { patternBlock, withBlock } from './pattern-block.ts';
import type { RecallSettings } from './recall.ts';
import { recallOnce } from './recall-once.ts';

/** Appends what is recalled to the instructions of every agent of a run but those that recall by themselves. */
export function recalling(run: CandidateRun, recall: RecallSettings, app?: CallModelInputFilter) {
  const filter: CallModelInputFilter = async (given) => {
    const { instructions: own } = given.modelData;
    const modelData = app === undefined ? given.modelData : await app(given);
    if (recallsByItself(given.agent.instructions)) return modelData;
    const { tenant, mirrored } = run.context;
    const question = {
      tenant,
      message: run.message,
      priority: mirrored ? ('shadow' as const) : ('served' as const),
      answered: answeredCallOf(run.context),
    };
    const recalled = recallOnce(run, recall, question, (ended) => run.recallEnded(ended));
    // To the SDK a filter that gives none leaves those of the agent.
    const base = modelData?.instructions ?? own;
    const instructions = withBlock(base, patternBlock((await recalled).matches));
    return { ...modelData, instructions };
  };
  // To the SDK this says whether the items that it gives are copies.
  const { preserveInputIdentity } = app ?? {};
  return Object.assign(filter, preserveInputIdentity !== undefined && { preserveInputIdentity });
}
