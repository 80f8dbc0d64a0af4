import type { Clock } from '../../core/time/clock.ts';
import { AuditLog } from './audit-log.ts';
import { KeyRing, type KeyScope } from './key-ring.ts';
import { Scope } from './scope.ts';

/** How the service stores: JSON files with environment keys, or PostgreSQL with database keys. */
export type StorageMode = 'json' | 'database';

/**
 * What is wrong with the service itself: nothing, every handler fails, it is being maintained, or its embedding
 * provider does not answer.
 */
export type Ailment = 'none' | 'error' | 'maintenance' | 'embeddings';

/** What the emulator is built from. */
export interface Settings {
  readonly mode: StorageMode;
  readonly clock: Clock;
  /** Patterns per project. */
  readonly quota: number;
  readonly embeddings: boolean;
  readonly keys: Readonly<Record<string, KeyScope>>;
}

/** A background job; the emulator runs it at once. */
export interface Job {
  readonly id: string;
  readonly scope: Scope;
  readonly operation: string;
  readonly result: unknown;
  readonly error: string | null;
  readonly at: number;
}

/** The whole memory of one emulated service. */
export class State {
  ailment: Ailment = 'none';
  readonly settings: Settings;
  readonly keys: KeyRing;
  readonly audit: AuditLog;
  readonly jobs = new Map<string, Job>();
  readonly startedAt: number;
  readonly #scopes = new Map<string, Scope>();

  constructor(settings: Settings) {
    this.settings = settings;
    this.startedAt = settings.clock.now();
    this.keys = new KeyRing(settings.keys, this.startedAt);
    this.audit = new AuditLog(settings.clock);
    // A project is there before its keys are used: it can be deleted, and they with it.
    for (const { tenant, project } of this.keys.rows()) this.scope(tenant, project);
  }

  /** The scope of a tenant's project, made when first asked for. */
  scope(tenant: string, project: string): Scope {
    const name = JSON.stringify([tenant, project]);
    const scope = this.#scopes.get(name) ?? new Scope(tenant, project);
    this.#scopes.set(name, scope);
    return scope;
  }

  /** All scopes of a tenant. */
  scopesOf(tenant: string): readonly Scope[] {
    return [...this.#scopes.values()].filter((scope) => scope.tenant === tenant);
  }
}
