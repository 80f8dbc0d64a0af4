import { constants, getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { attempt } from '../../core/attempt.ts';
import type { PostedAnswer, PostedQuestion } from './word-question.ts';
import { WordReading } from './word-reading.ts';

function answerTo({ id, ...asked }: PostedQuestion): PostedAnswer {
  const reading = new WordReading(asked, () => performance.now());
  while (reading.step());
  return { id, says: reading.says };
}

/** The engine keeps the text that a pattern has last matched, until there is another one. */
function forgetText(): void {
  /^/.test('');
}

/** A thread that is woken on a busy machine pushes aside the one that woke it, unless that one goes first. */
function standBack(): void {
  // Linux has a priority for each thread; elsewhere it would be that of the process.
  if (process.platform !== 'linux') return;
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
  attempt(() => setPriority(Math.min(PRIORITY_LOW, getPriority() + PRIORITY_BELOW_NORMAL)));
}

standBack();
parentPort?.on('message', (posted: PostedQuestion) => {
  // One question that fails must not cost the answers to all others.
  const answer = attempt(() => answerTo(posted)) ?? { id: posted.id, says: undefined };
  forgetText();
  parentPort?.postMessage(answer);
});
