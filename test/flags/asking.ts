import { InvalidOptionsError } from '../../src/core/errors.ts';
import type {
  EvaluationContext,
  FlagLogger,
  FlagProvider,
  FlagResolution,
} from '../../src/flags/provider.ts';

const silent: FlagLogger = { error() {}, warn() {}, info() {}, debug() {} };

/** What a provider that answers synchronously says of a tenant. */
export function answerOf(
  provider: FlagProvider,
  about: string | EvaluationContext,
  flagKey = 'cutover.chat',
): FlagResolution {
  const context = typeof about === 'string' ? { targetingKey: about } : about;
  const answer = provider.resolveStringEvaluation(flagKey, 'off', context, silent);
  if (answer instanceof Promise) throw new Error('The provider answered with a promise.');
  return answer;
}

/** The stage that a provider that answers synchronously puts a tenant into. */
export function stageOf(
  provider: FlagProvider,
  about: string | EvaluationContext,
  flagKey?: string,
): string {
  return answerOf(provider, about, flagKey).value;
}

/** The issues of the options that `run` refuses. */
export function issuesOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.issues;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
