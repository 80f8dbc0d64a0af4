import { OpenReviews } from '../../audit/reviews.ts';
import type { AuditEntry } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { Store } from '../../core/contracts/store.ts';
import type { Attested } from '../rollout.ts';
import { attestedIn } from './attested-in.ts';
import { inBrief } from './facts-of.ts';

/** What the trail of a rollout still asks for, and what it was told. */
export interface TrailSummary {
  readonly reviews: readonly AuditEntry[];
  readonly attested: Readonly<Record<string, Attested>>;
}

/** What a trail says so far: read whole once, and from then on only what is new. */
export class TrailBook {
  readonly #store: Store;
  readonly #rollout: string;
  readonly #reviews = new OpenReviews();
  readonly #attested = new Map<string, Attested>();
  readonly #gone = new Set<unknown>();
  /** The last state that was entered, in brief. */
  #entered: { readonly version: number; readonly after: object } | undefined;
  #fullSince: number | undefined;
  #next = 0;
  /** When a person has resumed the ramp last. */
  #resumedAt = Number.NEGATIVE_INFINITY;
  #last: Promise<unknown> = Promise.resolve();

  readonly #resumed: (at: number) => void;

  /** `resumed` is told when a person has resumed the ramp. */
  constructor(store: Store, rollout: string, resumed: (at: number) => void) {
    this.#store = store;
    this.#rollout = rollout;
    this.#resumed = resumed;
  }

  /** When everybody was moved; undefined: not everybody is. */
  get fullSince(): number | undefined {
    return this.#fullSince;
  }

  /** False: a replica has heard that legacy is gone, and nobody has heard of it or resumed the ramp since. */
  get legacyAlive(): boolean {
    return this.#gone.size === 0;
  }

  get summary(): TrailSummary {
    const attested = Object.fromEntries(this.#attested);
    return { reviews: this.#reviews.list(), attested };
  }

  /**
   * Fields of a state, read before the trail was, that are not as the trail has them, or `version` alone: somebody has changed
   * it beside the library.
   */
  notAsEntered(state: RolloutState): readonly string[] {
    const entered = this.#entered;
    if (entered === undefined || state.version < entered.version) return [];
    if (state.version > entered.version) return ['version'];
    const brief = inBrief(state);
    const differs = ([name, value]: [string, unknown]) =>
      Object.hasOwn(brief, name) && brief[name] !== value;
    return Object.entries(entered.after)
      .filter(differs)
      .map(([name]) => name);
  }

  /** The store has lost commits: what was entered last is not known any more. */
  lost(): void {
    this.#entered = undefined;
  }

  /** Reads what is new; one reading at a time. */
  read(): Promise<this> {
    const reading = this.#last.then(() => this.#read());
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  async #read(): Promise<this> {
    for await (const entry of this.#store.audit(this.#rollout, this.#next)) {
      this.#take(entry);
      this.#next = entry.seq + 1;
    }
    return this;
  }

  #take(entry: AuditEntry): void {
    this.#reviews.take(entry);
    const said = attestedIn(entry);
    if (said !== undefined) {
      const { kind, ok, at } = said;
      this.#attested.set(kind, { ok, actor: entry.actor, at });
    }
    const { route } = (entry.evidence ?? {}) as { route?: unknown };
    // What was heard before somebody looked may be entered after it.
    if (entry.kind === 'legacy.gone' && entry.at > this.#resumedAt) this.#gone.add(route);
    if (entry.kind === 'legacy.back') this.#gone.delete(route);
    // Whoever resumes has looked, and a replica that is no more cannot take back what it said.
    if (entry.kind === 'ramp.resumed') {
      this.#gone.clear();
      this.#resumedAt = entry.at;
      this.#resumed(entry.at);
    }
    const { percent, since } = (entry.after ?? {}) as { percent?: unknown; since?: unknown };
    if (typeof percent !== 'number') return;
    // The version that the change was made from.
    const { on } = (entry.evidence ?? {}) as { on?: unknown };
    this.#entered = { version: Number(on) + 1, after: entry.after as object };
    this.#fullSince = percent < 100 ? undefined : (this.#fullSince ?? Number(since));
  }
}
