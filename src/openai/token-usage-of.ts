import { isTokenCount, type TokenUsage } from '../core/call/token-usage.ts';
import { fieldsOf } from './fields.ts';

/** Reads what a service says of its tokens, by either of its names; undefined: it says nothing. */
export function tokenUsageOf(usage: unknown): TokenUsage | undefined {
  const told = fieldsOf(usage);
  const inputTokens = told.input_tokens ?? told.prompt_tokens;
  const outputTokens = told.output_tokens ?? told.completion_tokens;
  return isTokenCount(inputTokens) && isTokenCount(outputTokens)
    ? { inputTokens, outputTokens }
    : undefined;
}
