import { calibrationIssues } from '../../compare/judging/calibration-issues.ts';
import type { Judge, JudgeCalibration } from '../../core/contracts/compare-options.ts';
import { refuse } from '../../core/option-checks.ts';
import type { JudgeCounts } from './judge-counts.ts';
import { judgeIssues, judgeSettings, type LlmJudgeOptions } from './judge-options.ts';
import { ModelJudge } from './model-judge.ts';

/** A model as a judge, for the option `compare.judge`. */
export interface LlmJudge extends Judge {
  readonly model: string;
  readonly fingerprint: string;
  /**
   * What it is worth; without it verdicts are advisory.
   *
   * @throws InvalidOptionsError when it is set to one of another model or rubric
   */
  calibration: JudgeCalibration | undefined;
  /** What it was asked so far. */
  readonly counts: JudgeCounts;
}

/**
 * Makes a judge of a model. The replies go to it as data, in blocks that they cannot close, without a word of which leg
 * wrote which; only a verdict that fits the schema counts. What fails, is late, or may not be spent is no verdict, and noted:
 * `judge-failed`, `judge-late`, `judge-aborted`, `judge-unreadable`, `judge-sampled`, `judge-budget`.
 *
 * @throws InvalidOptionsError naming every option that cannot be used, or a calibration of another model or rubric
 * @example
 * const judge = llmJudge({ client: new OpenAI(), model: 'gpt-5.5', budget: { callsPerDay: 2_000 } });
 */
export function llmJudge(options: LlmJudgeOptions): LlmJudge {
  refuse('llmJudge()', judgeIssues(options));
  const asking = new ModelJudge(judgeSettings(options));
  let known: JudgeCalibration | undefined;
  const judge: Judge = (question, init) => asking.ask(question, init);
  Object.defineProperties(judge, {
    model: { value: options.model, enumerable: true },
    fingerprint: { value: asking.fingerprint, enumerable: true },
    counts: { get: () => asking.counts, enumerable: true },
    calibration: {
      get: () => known,
      set: (given: JudgeCalibration | undefined) => {
        if (given !== undefined) refuse('llmJudge()', calibrationIssues(given, asking.fingerprint));
        known = given;
      },
      enumerable: true,
    },
  });
  judge.calibration = options.calibration;
  return judge as LlmJudge;
}
