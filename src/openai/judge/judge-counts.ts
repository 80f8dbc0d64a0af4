/** How a question to a judge ended. */
export type JudgeOutcome =
  | 'answered'
  | 'unreadable'
  | 'failed'
  | 'late'
  | 'aborted'
  | 'sampled'
  | 'budget';

/** What a judge was asked, and what became of it; each question that is over is in one of the outcomes. */
export interface JudgeCounts extends Readonly<Record<JudgeOutcome, number>> {
  /** Two a pair, one where the first brought no verdict. */
  readonly questions: number;
  /** As the service told them. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Counts that begin at zero. */
export const noQuestions = (): { -readonly [name in keyof JudgeCounts]: JudgeCounts[name] } => ({
  questions: 0,
  answered: 0,
  unreadable: 0,
  failed: 0,
  late: 0,
  aborted: 0,
  sampled: 0,
  budget: 0,
  inputTokens: 0,
  outputTokens: 0,
});
