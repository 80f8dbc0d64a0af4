import type { PatternRecord } from './requests.ts';

/** How a learn went. The key of the pattern is not told. */
export interface LearnAnswer {
  /** False: a near duplicate with the same or a higher score was there already. */
  readonly stored: boolean;
  /** Patterns of the scope, with this one. */
  readonly patternCount: number;
}

/** A pattern that was found. */
export interface RecallMatch {
  /** 0 to 1. */
  readonly similarity: number;
  /** `duplicate` from 0.92, `adapt` from 0.70, else `fresh`. */
  readonly reuseTier: string;
  readonly patternKey: string;
  readonly pattern: {
    readonly task: string;
    readonly code: string | null;
    /** 0 to 10. */
    readonly successScore: number;
    /** Recalls that found it. */
    readonly reuseCount: number;
  };
}

/** What a recall or a search for skills found. With embeddings something nearly always comes back: look at the tier. */
export interface RecallAnswer {
  readonly matches: readonly RecallMatch[];
  readonly hasMore?: boolean | undefined;
  readonly nextOffset?: number | null | undefined;
}

/** Figures of the scope. `patternCount` alone can be trusted: `runs` loses updates. */
export interface MetricsAnswer {
  readonly runs: number;
  /** 0 to 1. */
  readonly successRate: number;
  /** 0 to 10; null: nothing was learned yet. */
  readonly avgEvalScore: number | null;
  readonly patternCount: number;
  readonly reuseRate: number;
}

/** Whether the service is well, as a key sees it. */
export interface HealthAnswer {
  readonly status: string;
  readonly storage: string;
  readonly patternCount: number;
}

/** How the service's parts are. `degraded` is usual with PostgreSQL. */
export interface DeepHealthAnswer {
  readonly status: 'ok' | 'degraded' | 'error';
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly checks: Readonly<Record<string, unknown>>;
}

/** What runs there. */
export interface VersionAnswer {
  readonly appVersion: string;
  readonly apiVersion: string;
  readonly gitCommit?: string | null | undefined;
  readonly buildTime?: string | null | undefined;
}

/** One entry of the service's audit log. It knows of no learns, no recalls and no cutovers. */
export interface AuditEvent {
  /** In the service's own text format. */
  readonly timestamp: string;
  readonly action: string;
  readonly actor?: string | null | undefined;
  readonly resourceType?: string | null | undefined;
  readonly resourceId?: string | null | undefined;
  readonly detail?: unknown;
}

/** Entries of the service's audit log. */
export interface AuditAnswer {
  readonly events: readonly AuditEvent[];
  readonly total: number;
}

/** One learn that stored something, or one recall. */
export interface AnalyticsEvent {
  readonly kind: string;
  /** Seconds since the epoch, with a fraction. */
  readonly ts: number;
  /** 0 to 10, of a learn. */
  readonly evalScore?: number | null | undefined;
  /** 0 to 1, of the best match of a recall. */
  readonly similarity?: number | null | undefined;
  /** Of the best match of a recall. */
  readonly reuseTier?: string | null | undefined;
  readonly patternKey?: string | null | undefined;
}

/** Learns and recalls, newest first. */
export interface EventsAnswer {
  readonly events: readonly AnalyticsEvent[];
  readonly total: number;
}

/** Plan and use. The cap of patterns in a project is 80 % of `patternsLimit`. */
export interface BillingAnswer {
  readonly planTier: string;
  readonly status: string;
  readonly patternsUsed: number;
  readonly patternsLimit: number | null;
  readonly evalRunsUsed?: number | null | undefined;
  readonly evalRunsLimit?: number | null | undefined;
  readonly projectsUsed?: number | null | undefined;
  readonly projectsLimit?: number | null | undefined;
  readonly periodEnd?: string | null | undefined;
}

/** Every pattern of the scope. */
export interface ExportAnswer {
  readonly records: readonly PatternRecord[];
  readonly count: number;
}

/** How many records were new, or replaced. */
export interface ImportAnswer {
  readonly imported: number;
  /** Records that were sent. */
  readonly total: number;
}

/** Whether there was such a pattern. */
export interface DeletePatternAnswer {
  readonly deleted: boolean;
  readonly patternKey: string;
}

/** A key without its secret. */
export interface KeyEntry {
  readonly id: string;
  readonly name?: string | null | undefined;
  /** The first characters, then `...`. */
  readonly keyPrefix?: string | null | undefined;
  readonly role: string;
  readonly tenantId?: string | null | undefined;
  readonly projectId?: string | null | undefined;
  readonly createdAt?: string | null | undefined;
  readonly revokedAt?: string | null | undefined;
  readonly expiresAt?: string | null | undefined;
}

/** The keys of the scope. */
export interface KeysAnswer {
  readonly keys: readonly KeyEntry[];
}

/** A new key: the only time that the service tells it. */
export interface NewKeyAnswer {
  readonly key: string;
  readonly id?: string | null | undefined;
  readonly role?: string | null | undefined;
}

/** Whether the key is revoked. */
export interface RevokeKeyAnswer {
  readonly revoked: boolean;
}

/** What the deletion of a project took; the caller's own key is among it. */
export interface DeleteProjectAnswer {
  readonly tenantId: string;
  readonly projectId: string;
  /** Rows in the store, several a pattern. */
  readonly patternsDeleted: number;
  readonly keysRevoked: number;
}

/** Who a key is. */
export interface ScopeAnswer {
  readonly tenantId: string;
  readonly projectId: string;
  /** `undefined` where it cannot be known. */
  readonly role: string | undefined;
}
