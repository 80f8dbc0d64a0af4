/** Tokens that a run has used. */
export interface TokenUsage {
  /** Tokens that went in, instructions and history among them. */
  readonly inputTokens: number;
  /** Tokens that came out. */
  readonly outputTokens: number;
}
