import type { KeyedLesson } from '../../core/contracts/learner.ts';
import { isBlank } from '../../core/text/text.ts';
import type { PatternRecord } from '../requests.ts';

/**
 * A lesson as `import` stores it, in the shape that survives a recall. Source and classification are those that `learn`
 * gives, so that a recall that filters by them finds both.
 */
export function toPatternRecord(lesson: KeyedLesson): PatternRecord {
  const { key, task, code, evalScore, runId, at } = lesson;
  return {
    version: 1,
    key,
    data: {
      task,
      design: {
        code,
        source: 'api',
        classification: 'internal',
        run_id: isBlank(runId) ? undefined : runId,
      },
      success_score: evalScore,
      reuse_count: 0,
      timestamp: at / 1000,
    },
  };
}
