import type { RunContext } from '@openai/agents';
import { attempt, disregard } from '../../core/attempt.ts';

/** The tenant that the app tells of a run; undefined when it tells none, fails, or has to be waited for. */
export function tenantOf(
  tell: ((runContext: RunContext<unknown>) => string | undefined) | undefined,
  runContext: RunContext<unknown>,
): string | undefined {
  const told: unknown = attempt(() => tell?.(runContext));
  if (typeof told === 'string') return told;
  disregard(told);
  return undefined;
}
