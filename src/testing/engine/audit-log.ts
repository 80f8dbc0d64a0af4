import type { Clock } from '../../core/time/clock.ts';
import { timestamp } from './timestamp.ts';

/** Actions that the emulated service enters; `learn` and `recall` are not among them. */
export type AuditAction =
  | 'key_created'
  | 'key_revoked'
  | 'key_rotated'
  | 'pattern_deleted'
  | 'pattern_classified'
  | 'bulk_import'
  | 'data_exported'
  | 'scope_exported'
  | 'scope_deleted'
  | 'retention_applied'
  | 'quota_exceeded';

/** One row as the service returns it. */
export interface AuditRow {
  readonly timestamp: string;
  readonly action: AuditAction;
  readonly actor: string;
  readonly actor_user_id: null;
  readonly actor_key_id: string;
  readonly resource_type: string;
  readonly resource_id: string | null;
  readonly ip: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** Who did what, and where from. */
export interface AuditEntry {
  readonly action: AuditAction;
  readonly keyId: string;
  readonly address: string;
  readonly resource: readonly [type: string, id: string | null];
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** The audit rows of all scopes, oldest first. */
export class AuditLog {
  readonly #clock: Clock;
  readonly #rows: { readonly scope: object; row: AuditRow }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter(scope: object, entry: AuditEntry): void {
    const row: AuditRow = {
      // Rows of one millisecond keep their order by the microseconds.
      timestamp: timestamp(this.#clock.now(), this.#rows.length % 1000),
      action: entry.action,
      actor: `key:${entry.keyId}`,
      actor_user_id: null,
      actor_key_id: entry.keyId,
      resource_type: entry.resource[0],
      resource_id: entry.resource[1],
      ip: entry.address,
      detail: entry.detail ?? null,
    };
    this.#rows.push({ scope, row });
  }

  /** The rows of a scope, newest first. */
  of(scope: object): readonly AuditRow[] {
    return this.#rows
      .filter((entry) => entry.scope === scope)
      .map((entry) => entry.row)
      .reverse();
  }

  /** Forgets the details of a scope's rows, as a deletion of the project does. */
  clearDetails(scope: object): void {
    for (const entry of this.#rows) {
      if (entry.scope === scope) entry.row = { ...entry.row, detail: null };
    }
  }
}
