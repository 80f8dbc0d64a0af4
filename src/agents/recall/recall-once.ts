import type { MemorySource } from './memory-source.ts';
import { type Recall, type RecallQuestion, type RecallSettings, recall } from './recall.ts';

interface Asked {
  readonly source: MemorySource;
  readonly limit: number;
  readonly tenant: string | undefined;
  readonly message: string;
  readonly recall: Promise<Recall>;
}

const askedBy = new WeakMap<object, Asked[]>();

/**
 * Recalls once for a run, however often and by whichever of its agents it is asked: the SDK asks for instructions at every
 * turn of the model, and each recall raises the scores of what it finds.
 *
 * @param run - what is one and the same as long as the run goes on
 * @param first - told how the recall ended, when this was the first to ask
 */
export function recallOnce(
  run: object,
  settings: RecallSettings,
  question: RecallQuestion,
  first: (recall: Recall) => void,
): Promise<Recall> {
  const { source, limit } = settings;
  const { tenant, message } = question;
  const asked = askedBy.get(run) ?? [];
  askedBy.set(run, asked);
  const before = asked.find(
    (one) =>
      one.source === source &&
      one.limit === limit &&
      one.tenant === tenant &&
      one.message === message,
  );
  if (before !== undefined) return before.recall;
  const begun = recall(settings, question).then((ended) => {
    first(ended);
    return ended;
  });
  asked.push({ source, limit, tenant, message, recall: begun });
  return begun;
}
