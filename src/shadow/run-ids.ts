import type { LearnPolicy } from '../core/exchange.ts';
import { keyCopy } from '../core/text.ts';

/** Run ids remembered: most name a tenant, and come again. */
const mostKnown = 4096;

/** Characters of a run id that is remembered: a longer one is not worth its memory. */
const mostChars = 256;

/** Run ids as they may be sent, by what they were made of: redacting one costs as much as redacting a short task. */
export class RunIds {
  #known = new Map<string, string>();
  /** A second policy redacts otherwise: only one is remembered at a time. */
  #redact: LearnPolicy['redact'] | undefined;

  safe(raw: string, { redact }: LearnPolicy, toSafe: (raw: string) => string): string {
    if (redact !== this.#redact || this.#known.size >= mostKnown) {
      this.#known = new Map();
      this.#redact = redact;
    }
    const known = this.#known.get(raw);
    if (known !== undefined) return known;
    const safe = toSafe(raw);
    if (raw.length <= mostChars) this.#known.set(keyCopy(raw), safe);
    return safe;
  }
}
