import { check, required } from '../core/option-checks.ts';
import { redactPersonalData } from '../core/redact/redact.ts';

/** Keeping the words of pairs, and not only their metrics. */
export interface PairTextOptions {
  /**
   * Takes out of each text what must not be kept. Called off the users' path.
   *
   * @default addresses, phone and card numbers, keys and passwords become placeholders
   */
  redact?: ((text: string) => string) | undefined;
  /** Milliseconds for which words are kept. The pair itself stays. */
  ttlMs: number;
}

/** What the options of texts must be. */
export const textChecks = { redact: check.function, ttlMs: required(check.positive) };

/** What a sink says of texts to those who make pairs; undefined: it wants none. */
export function redactorOf(
  text: PairTextOptions | undefined,
): ((text: string) => string) | undefined {
  return text === undefined ? undefined : (text.redact ?? redactPersonalData);
}
