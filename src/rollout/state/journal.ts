import type { CheckpointSigner } from '../../audit/audit-keys.ts';
import { chainEntry } from '../../audit/chain-entry.ts';
import type { Checkpoint } from '../../audit/checkpoint.ts';
import type { TrailHead } from '../../audit/trail-head.ts';
import type { AuditEntry, AuditFact } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type {
  CommitResult,
  LeaseFence,
  RolloutCommit,
  StoredRollout,
} from '../../core/contracts/rollout-store.ts';
import type { Store } from '../../core/contracts/store.ts';
import { fingerprint } from '../../core/text/fingerprint.ts';
import type { PersonAction } from '../person-action.ts';
import { RolloutError } from '../rollout-error.ts';
import { within } from '../within.ts';
import type { RampDraft } from './ramp-state.ts';

/** A change that was decided on: a new state, facts for the trail, or both. */
export interface Change {
  readonly draft?: RampDraft;
  /** Who makes the new version. */
  readonly actor: string;
  readonly facts: readonly AuditFact[];
}

/** How a change is made. */
export interface Order {
  readonly action: string;
  /** Absent: nobody's. */
  readonly by?: PersonAction;
  /** What tells it from others by the same person for the same reason, as plain data. Absent: nothing does. */
  readonly asks?: unknown;
  /** It was never tried before: the trail, of which much is read for that, is not asked whether it is done. */
  readonly isNew?: boolean;
  /** Decided anew when somebody else was faster; otherwise that is a conflict. */
  readonly commutes: boolean;
  readonly fence?: LeaseFence;
  /** What is to be done about the state that there is; undefined: nothing. May throw a refusal. */
  readonly decide: (
    state: RolloutState | undefined,
    there: StoredRollout,
  ) => Change | undefined | PromiseLike<Change | undefined>;
}

/** What a journal writes in. */
export interface JournalSetting {
  readonly store: Store;
  readonly rollout: string;
  readonly signing: CheckpointSigner | undefined;
  readonly onCheckpoint: ((checkpoint: Checkpoint) => unknown) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A checkpoint could not be handed over: the entry is in the trail all the same. */
  readonly contained: (error: unknown) => void;
}

/** Entries of the trail's end among which an action that was done already is looked for. */
const lookBack = 500;
const mostAttempts = 1_000;

/** Changes a rollout: reads, decides, chains the entries and commits, as often as it takes. */
export class Journal {
  readonly #setting: JournalSetting;
  /** Checkpoints that are being handed over. */
  readonly #signing = new Set<Promise<void>>();

  constructor(setting: JournalSetting) {
    this.#setting = setting;
  }

  /**
   * Makes a change, and gives the state that is in force then; undefined: there is none.
   *
   * @throws RolloutError for a conflict, and what `decide` and the store throw
   */
  async make(order: Order): Promise<RolloutState | undefined> {
    const { store, rollout } = this.#setting;
    for (let attempts = 1; ; attempts += 1) {
      const there = await store.rollout(rollout);
      if (await this.#isDone(order, there)) return there.state;
      refuseOther(order, there);
      const change = await order.decide(there.state, there);
      if (change === undefined) return there.state;
      const entries = this.#chain(change, order, there);
      const result = await this.#commit(order, change, entries, there);
      if (result.ok) {
        this.#handOver(entries.at(-1));
        return result.current.state;
      }
      if (result.why === 'version' && !order.commutes) {
        if (await this.#isDone(order, result.current)) return result.current.state;
        throw conflict(order, result.current);
      }
      if (result.why === 'fence' || attempts === mostAttempts) {
        throw conflict(order, result.current);
      }
    }
  }

  /** Resolves when the checkpoints of what was entered so far are handed over, or could not be; 10 s later at most. */
  async signed(): Promise<void> {
    await within(Promise.all(this.#signing)).catch(this.#setting.contained);
  }

  #handOver(entry: AuditEntry | undefined): void {
    const signing = this.#sign(entry).finally(() => this.#signing.delete(signing));
    this.#signing.add(signing);
  }

  #chain({ facts }: Change, order: Order, there: StoredRollout): AuditEntry[] {
    const { length, hash } = there.head;
    let head: TrailHead | undefined = length === 0 ? undefined : { seq: length - 1, hash };
    return facts.map((fact, at) => {
      const entry = chainEntry(at === 0 ? signedOff(fact, order, there) : fact, head);
      head = entry;
      return entry;
    });
  }

  async #commit(
    { fence }: Order,
    { draft, actor }: Change,
    entries: readonly AuditEntry[],
    there: StoredRollout,
  ): Promise<CommitResult> {
    const commit: RolloutCommit = {
      rollout: this.#setting.rollout,
      expectVersion: there.version,
      expectHead: there.head.hash,
      entries,
      ...(draft === undefined ? {} : { state: { ...draft, version: there.version + 1, actor } }),
      ...(fence === undefined ? {} : { fence }),
    };
    try {
      return await this.#setting.store.commit(commit);
    } catch {
      // The answer may have been lost after it was done; the same commit again is told apart by its entries.
      return this.#setting.store.commit(commit);
    }
  }

  /** Whether the same action is in the trail already. */
  async #isDone(order: Order, { head }: StoredRollout): Promise<boolean> {
    const { action, by, isNew = false } = order;
    if (isNew || (by?.requestId === undefined && by?.expectVersion === undefined)) return false;
    const { store, rollout } = this.#setting;
    const asked = askedBy(order);
    for await (const entry of store.audit(rollout, Math.max(0, head.length - lookBack))) {
      const seen = (entry.evidence ?? {}) as Readonly<Record<string, unknown>>;
      if (seen.action !== action) continue;
      if (by.requestId !== undefined && seen.request === by.requestId) return true;
      const same = entry.actor === by.actor && entry.reason === by.reason && seen.asked === asked;
      if (by.requestId === undefined && seen.on === by.expectVersion && same) return true;
    }
    return false;
  }

  async #sign(entry: AuditEntry | undefined): Promise<void> {
    const { signing, onCheckpoint, now, contained } = this.#setting;
    if (signing === undefined || entry === undefined) return;
    try {
      await onCheckpoint?.(signing.sign(entry, now()));
    } catch (error) {
      contained(error);
    }
  }
}

/** The first fact of an action says which action of which version it was, so that it can be known again. */
function signedOff(fact: AuditFact, order: Order, { version }: StoredRollout): AuditFact {
  const { action, by } = order;
  const request = by?.requestId === undefined ? {} : { request: by.requestId };
  const asked = askedBy(order);
  const evidence = (fact.evidence ?? {}) as object;
  const mark = { action, on: version, ...request, ...(asked !== undefined && { asked }) };
  return { ...fact, evidence: { ...evidence, ...mark } };
}

/** Two attestations for one version, say, are not the same one; only who expects a version is known by what it asked. */
function askedBy({ by, asks }: Order): string | undefined {
  if (by?.expectVersion === undefined || asks === undefined) return undefined;
  return fingerprint(JSON.stringify(asks));
}

function refuseOther(order: Order, there: StoredRollout): void {
  const expected = order.by?.expectVersion;
  if (expected !== undefined && expected !== there.version) throw conflict(order, there);
}

function conflict({ action, by }: Order, { state, version }: StoredRollout): RolloutError {
  const expected = by?.expectVersion;
  const what =
    expected === undefined
      ? 'somebody else has changed the ramp meanwhile'
      : `version ${expected} was expected, ${version} is in force`;
  return new RolloutError(`${action}()`, 'conflict', [what], { current: state });
}
