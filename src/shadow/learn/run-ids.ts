import { atOnce } from '../../core/call/at-once.ts';
import type { Exchange, LearnPolicy } from '../../core/contracts/exchange.ts';
import { safeRedacted } from '../../core/redact/safe-redacted.ts';
import { keyCopy } from '../../core/text/text.ts';
import type { Owner } from '../work.ts';

/** What the service takes as run id, in code points. */
const maxRunIdChars = 200;

/** Run ids of the app's own that are remembered: most name a tenant, and come again. */
const mostKnown = 4096;

/** Characters of what a run id is remembered by: a longer one is not worth its memory. */
const mostChars = 256;

type Redact = LearnPolicy['redact'];

/** A tenant's run id, as a redaction made it. */
class TenantRunId {
  readonly redact: Redact;
  readonly id: string;

  constructor(tenant: string, redact: Redact) {
    this.redact = redact;
    this.id = safeRedacted(`shadow:${tenant}`, maxRunIdChars, redact);
  }
}

/** The run ids of lessons, as they may be sent, remembered: redacting one costs as much as redacting a short task. */
export class RunIds {
  #given = new Map<string, string>();
  /** A second policy redacts otherwise: only one is remembered at a time. */
  #redact: Redact | undefined;

  /** Throws what the app's own `runId` or `redact` throws. */
  of(exchange: Exchange, { runId, redact }: LearnPolicy, owner: Owner): string {
    if (runId !== undefined) return this.#safe(atOnce(runId(exchange), 'learn.runId'), redact);
    const known = owner.note;
    if (known instanceof TenantRunId && known.redact === redact) return known.id;
    const made = new TenantRunId(owner.tenant, redact);
    owner.note = made;
    return made.id;
  }

  #safe(given: string, redact: Redact): string {
    if (redact !== this.#redact || this.#given.size >= mostKnown) {
      this.#given = new Map();
      this.#redact = redact;
    }
    const known = this.#given.get(given);
    if (known !== undefined) return known;
    const safe = safeRedacted(given, maxRunIdChars, redact);
    if (given.length <= mostChars) this.#given.set(keyCopy(given), safe);
    return safe;
  }
}
