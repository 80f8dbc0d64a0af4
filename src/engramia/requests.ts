/** What `learn` stores. Lengths are Unicode code points, here and in every request. */
export interface LearnRequest {
  /** 1 to 10,000; the service stores it as it is, unredacted. */
  task: string;
  /** 1 to 500,000. */
  code: string;
  /** 0 to 10. */
  evalScore: number;
  /** At most 500,000. */
  output?: string;
  /** At most 200; stored as it is, unredacted. */
  runId?: string;
  /** At most 50. @default the service's own, `internal` */
  classification?: string;
  /** At most 50. @default 'api' */
  source?: string;
}

/** What `recall` looks for. Recalling raises the scores of what is found, and of what is only considered. */
export interface RecallRequest {
  /** 1 to 10,000. */
  task: string;
  /** 1 to 50. @default the service's own, 5 */
  limit?: number;
  /** 0 to 10,000. @default 0 */
  offset?: number;
  /** Whether of near duplicates only the best is given. @default true */
  deduplicate?: boolean;
  /** Whether scores weigh in the order. @default true */
  evalWeighted?: boolean;
  /** 0 to 1. */
  recencyWeight?: number;
  /** Days, above 0. */
  recencyHalfLifeDays?: number;
  /** Only patterns of this classification, literally. */
  classification?: string;
  /** Only patterns of this source, literally. */
  source?: string;
  /** 0 to 10. */
  minScore?: number;
}

/** Which audit entries to read; the scope is the key's own project. */
export interface AuditRequest {
  /** 1 to 1000. @default the service's own, 50 */
  limit?: number;
  /** A Date, or a timestamp as the service writes it, with a blank between day and time. */
  since?: Date | string;
  /** As `since`. There is no offset: page with the timestamp of the last entry. */
  until?: Date | string;
  /** The exact action, at most 100. */
  action?: string;
  actor?: string;
}

/** Which learns and recalls to list. */
export interface EventsRequest {
  /** 1 to 1000. @default the service's own, 100 */
  limit?: number;
  /** A Date, or seconds since the epoch. */
  since?: Date | number;
}

/** One record of an import or export. */
export interface PatternRecord {
  /** At most 1. */
  version: number;
  /** Begins with `patterns/`; at most 500; keep to letters, digits, `_` and `-` after it. */
  key: string;
  data: Record<string, unknown>;
}

/** What `import` stores: idempotent by key, without the service's deduplication and redaction. */
export interface ImportRequest {
  /** At most 10,000, and 1 MiB as JSON in all. */
  records: readonly PatternRecord[];
  /** Whether a record replaces one of the same key. @default false */
  overwrite?: boolean;
}

/** Which skills a pattern must be tagged with. Unlike `recall` it changes no score. */
export interface SkillsRequest {
  required: readonly string[];
  /** Whether all of them are needed. */
  matchAll?: boolean;
}

/** What the service's own judge is to score. */
export interface EvaluateRequest {
  /** 1 to 10,000. */
  task: string;
  /** 1 to 500,000. */
  code: string;
  /** At most 500,000. */
  output?: string;
}

/** The rights of a key; each holds those before it. */
export type KeyRole = 'reader' | 'editor' | 'admin' | 'owner';

/** A key to be made. An admin can give editor at most. */
export interface CreateKeyRequest {
  /** 1 to 100. */
  name: string;
  role: KeyRole;
  /** Accepted by the service and not enforced. */
  maxPatterns?: number;
  expiresAt?: Date;
}

/** The second naming of the project that is to be deleted. */
export interface DeleteProjectConfirmation {
  /** The project's id once more. */
  confirm: string;
}
