import { firstHash } from '../core/contracts/audit-entry.ts';
import type { StoredRollout } from '../core/contracts/rollout-store.ts';
import type { StateReader } from './state-reader.ts';

/** A rollout as a database keeps it. */
export interface RolloutRow {
  readonly version: number;
  readonly state: string | null;
  readonly length: number;
  readonly hash: string;
}

/** What a row says; without one, there is nothing yet. */
export function storedOf(row: RolloutRow | undefined, reader: StateReader): StoredRollout {
  if (row === undefined) return { version: 0, head: { length: 0, hash: firstHash } };
  const { version, state, length, hash } = row;
  const head = { length, hash };
  return state === null ? { version, head } : { version, state: reader.read(state), head };
}
