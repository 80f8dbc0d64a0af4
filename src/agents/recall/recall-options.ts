import { check, type OptionChecks } from '../../core/option-checks.ts';
import { redactPersonalData } from '../../core/redact/redact.ts';
import { systemClock } from '../../core/time/clock.ts';
import type { MemorySource } from './memory-source.ts';
import type { RecallSettings } from './recall.ts';

/** How an agent recalls. */
export interface RecallOptions {
  /** Patterns that the agent is shown, 1 to 50. @default 3 */
  recallLimit?: number | undefined;
  /** Milliseconds that a run waits for its recall; past it, or when it fails, it goes on without. @default 1_500 */
  recallTimeoutMs?: number | undefined;
  /** Takes personal data and secrets out of the message before it is sent. @default e-mail addresses, numbers, keys and tokens */
  redact?: ((text: string) => string) | undefined;
}

/** The rules of these options. */
export const recallChecks: OptionChecks = {
  recallLimit: {
    test: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 50,
    must: 'be a whole number from 1 to 50',
  },
  recallTimeoutMs: check.milliseconds,
  redact: check.function,
};

/** The options without gaps. */
export function toRecallSettings(source: MemorySource, options: RecallOptions): RecallSettings {
  return {
    source,
    limit: options.recallLimit ?? 3,
    timeoutMs: options.recallTimeoutMs ?? 1500,
    redact: options.redact ?? redactPersonalData,
    clock: systemClock,
  };
}
