import type { AnsweredCall } from '../../core/call/answered-call.ts';
import { lessonKey, storedAt } from '../../core/pattern-key.ts';
import type { RecallMatch } from '../../engramia/answers.ts';
import type { EngramiaClient } from '../../engramia/client.ts';

/** The service tells its time in whole seconds, so its clock is known to one. */
const clockMs = 1_000;

/**
 * What a served run could have recalled when the call was made. A mirrored one runs later, when legacy's reply to the same call
 * may have been learned: with that in its instructions it would be compared with what it has copied from.
 */
export function knownThen(
  matches: readonly RecallMatch[],
  call: AnsweredCall,
  client: EngramiaClient,
): readonly RecallMatch[] {
  const latest = call.answeredAt + client.pacing.clockSkewMs - clockMs;
  const scope = client.fingerprint ?? '';
  return matches.filter(({ patternKey, pattern: { task, code } }) => {
    const at = storedAt(patternKey);
    if (at !== undefined) return at < latest;
    return patternKey !== lessonKey(scope, call, { task, code: code ?? '' });
  });
}
