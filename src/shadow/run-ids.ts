import type { Exchange, LearnPolicy } from '../core/exchange.ts';
import { safeRedacted } from '../core/safe-redacted.ts';
import { keyCopy } from '../core/text.ts';
import { settledNow } from './settled-now.ts';

/** What the service takes as run id, in code points. */
const maxRunIdChars = 200;

/** Run ids remembered: most name a tenant, and come again. */
const mostKnown = 4096;

/** Characters of what a run id is remembered by: a longer one is not worth its memory. */
const mostChars = 256;

type Redact = LearnPolicy['redact'];

/** Run ids as they may be sent, by what they were made of: redacting one costs as much as redacting a short task. */
class Remembered {
  readonly #toRaw: (name: string) => string;
  #known = new Map<string, string>();
  /** A second policy redacts otherwise: only one is remembered at a time. */
  #redact: Redact | undefined;

  constructor(toRaw: (name: string) => string) {
    this.#toRaw = toRaw;
  }

  of(name: string, redact: Redact): string {
    if (redact !== this.#redact || this.#known.size >= mostKnown) {
      this.#known = new Map();
      this.#redact = redact;
    }
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const safe = safeRedacted(this.#toRaw(name), maxRunIdChars, redact);
    if (name.length <= mostChars) this.#known.set(keyCopy(name), safe);
    return safe;
  }
}

/** The run ids of lessons. */
export class RunIds {
  // By the tenant alone: to be looked up, a text has to be made first, which costs more than the look.
  readonly #ofTenants = new Remembered((tenant) => `shadow:${tenant}`);
  readonly #given = new Remembered((raw) => raw);

  /** Throws what the app's own `runId` or `redact` throws. */
  of(exchange: Exchange, { runId, redact }: LearnPolicy): string {
    if (runId === undefined) return this.#ofTenants.of(exchange.tenant, redact);
    return this.#given.of(settledNow(runId(exchange)), redact);
  }
}
