import { attempt } from '../attempt.ts';
import type { ReportedFacts } from './subject.ts';
import { isTokenCount, type TokenUsage } from './token-usage.ts';

/** What keys of patterns look like; anything else may hold anything. */
const patternKey = /^[\w./:-]{1,128}$/;

/** Keys told of one run. */
const mostKeys = 64;

interface ToldFacts {
  readonly usage?: TokenUsage;
  readonly recalled?: readonly string[];
}

/** The tokens that a leg told of; undefined when it told none that are numbers. */
export function usageOf(reported: ReportedFacts | undefined): TokenUsage | undefined {
  return attempt(() => {
    const { inputTokens, outputTokens } = reported?.usage ?? {};
    return isTokenCount(inputTokens) && isTokenCount(outputTokens)
      ? { inputTokens, outputTokens }
      : undefined;
  });
}

function recalledOf({ recalled }: ReportedFacts): readonly string[] | undefined {
  if (!Array.isArray(recalled)) return undefined;
  return recalled
    .slice(0, mostKeys)
    .filter((key) => typeof key === 'string' && patternKey.test(key));
}

/** What a leg has told of its own run, as it may be told on: numbers, and keys that look like keys. Never throws. */
export function toldOf(reported: ReportedFacts | undefined): ToldFacts {
  if (reported === undefined) return {};
  const usage = usageOf(reported);
  const recalled = attempt(() => recalledOf(reported));
  return { ...(usage && { usage }), ...(recalled && { recalled }) };
}
