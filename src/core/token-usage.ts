/** Tokens that a run has used. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}
