import { type AuditEntry, firstHash } from '../../core/contracts/audit-entry.ts';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type {
  AuditHead,
  CommitResult,
  RolloutCommit,
  StoredRollout,
} from '../../core/contracts/rollout-store.ts';
import { refusalOf } from '../commit-rules.ts';
import type { RolloutRows } from '../driver.ts';
import { StateReader } from '../state-reader.ts';

interface KeptRollout {
  version: number;
  /** JSON, so that whoever reads a state has it alone, as with any other storage. */
  state: string | undefined;
  readonly entries: string[];
  hash: string;
}

const emptyRollout = (): KeptRollout => {
  return { version: 0, state: undefined, entries: [], hash: firstHash };
};

const hashAt = (kept: KeptRollout, seq: number): string | undefined => {
  const entry = kept.entries[seq];
  return entry === undefined ? undefined : (JSON.parse(entry) as AuditEntry).hash;
};

function storedOf(
  { version, state, entries, hash }: KeptRollout,
  states: StateReader,
): StoredRollout {
  const head: AuditHead = { length: entries.length, hash };
  return state === undefined ? { version, head } : { version, state: states.read(state), head };
}

/** Rollouts and their trails in memory. */
export class MemoryRollouts implements RolloutRows {
  readonly #tokenOf: (lease: string) => number | undefined;
  readonly #states = new StateReader();
  readonly #rollouts = new Map<string, KeptRollout>();

  constructor(tokenOf: (lease: string) => number | undefined) {
    this.#tokenOf = tokenOf;
  }

  async read(rollout: string): Promise<StoredRollout> {
    return storedOf(this.#rollouts.get(rollout) ?? emptyRollout(), this.#states);
  }

  async newer(rollout: string, version: number): Promise<RolloutState | undefined> {
    const kept = this.#rollouts.get(rollout);
    if (kept?.state === undefined || kept.version <= version) return undefined;
    return this.#states.read(kept.state);
  }

  async commit(commit: RolloutCommit): Promise<CommitResult> {
    const kept = this.#kept(commit.rollout);
    const last = commit.entries.at(-1);
    if (last !== undefined && hashAt(kept, last.seq) === last.hash) {
      return { ok: true, current: storedOf(kept, this.#states) };
    }
    const token = commit.fence && this.#tokenOf(commit.fence.name);
    const why = refusalOf(commit, storedOf(kept, this.#states), token);
    if (why !== undefined) return { ok: false, why, current: storedOf(kept, this.#states) };
    // All of it is written out before any of it is kept: what cannot be JSON changes nothing.
    const state = commit.state && JSON.stringify(commit.state);
    const entries = commit.entries.map((entry) => JSON.stringify(entry));
    kept.version = commit.state?.version ?? kept.version;
    kept.state = state ?? kept.state;
    for (const entry of entries) kept.entries.push(entry);
    kept.hash = last?.hash ?? kept.hash;
    return { ok: true, current: storedOf(kept, this.#states) };
  }

  async entries(rollout: string, from: number): Promise<readonly AuditEntry[]> {
    const entries = this.#rollouts.get(rollout)?.entries ?? [];
    return entries.slice(from, from + 100).map((entry) => JSON.parse(entry));
  }

  clear(): void {
    this.#rollouts.clear();
  }

  #kept(rollout: string): KeptRollout {
    let kept = this.#rollouts.get(rollout);
    if (kept === undefined) {
      kept = emptyRollout();
      this.#rollouts.set(rollout, kept);
    }
    return kept;
  }
}
