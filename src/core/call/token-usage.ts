/** Tokens that a run has used. */
export interface TokenUsage {
  /** Tokens that went in, instructions and history among them. */
  readonly inputTokens: number;
  /** Tokens that came out. */
  readonly outputTokens: number;
}

/** Whether a value can be a number of tokens: less than none, or no number, would make a budget without end. */
export const isTokenCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
