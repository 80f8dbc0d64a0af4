import { z } from 'zod';
import type * as answers from '../answers.ts';
import { type CamelKeys, camelKeys } from './field-names.ts';
import { type Reader, toReader } from './reader-schema.ts';

const text = z.string();
const number = z.number();
const flag = z.boolean();
const maybeText = text.nullish();
const maybeNumber = number.nullish();

// Fields that are not named pass through: the service adds some now and then.
const object = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.looseObject(shape).transform((value) => camelKeys(value));

type Loose<S extends z.core.$ZodLooseShape> = z.output<z.ZodObject<S, z.core.$loose>>;

const answer = <S extends z.core.$ZodLooseShape>(shape: () => S): Reader<CamelKeys<Loose<S>>> =>
  toReader(
    () => z.looseObject(shape()),
    (value) => camelKeys(value as Loose<S>),
  );

const pattern = () =>
  object({
    task: text,
    code: text.nullable(),
    success_score: number,
    reuse_count: number,
  });

const match = () =>
  object({ similarity: number, reuse_tier: text, pattern_key: text, pattern: pattern() });

const auditEvent = () =>
  object({
    timestamp: text,
    action: text,
    actor: maybeText,
    resource_type: maybeText,
    resource_id: maybeText,
    detail: z.unknown().optional(),
  });

const analyticsEvent = () =>
  object({
    kind: text,
    ts: number,
    eval_score: maybeNumber,
    similarity: maybeNumber,
    reuse_tier: maybeText,
    pattern_key: maybeText,
  });

const key = () =>
  object({
    id: text,
    name: maybeText,
    key_prefix: maybeText,
    role: text,
    tenant_id: maybeText,
    project_id: maybeText,
    created_at: maybeText,
    revoked_at: maybeText,
    expires_at: maybeText,
  });

const record = () =>
  z.looseObject({ version: number, key: text, data: z.record(text, z.unknown()) });
const scope = { tenant_id: text, project_id: text };

/** What each answer of the service is read as. */
interface Answers {
  readonly learn: answers.LearnAnswer;
  readonly recall: answers.RecallAnswer;
  readonly metrics: answers.MetricsAnswer;
  readonly health: answers.HealthAnswer;
  readonly deepHealth: answers.DeepHealthAnswer;
  readonly version: answers.VersionAnswer;
  readonly audit: answers.AuditAnswer;
  readonly events: answers.EventsAnswer;
  readonly billing: answers.BillingAnswer;
  readonly export: answers.ExportAnswer;
  readonly import: answers.ImportAnswer;
  readonly deletePattern: answers.DeletePatternAnswer;
  readonly evaluate: Readonly<Record<string, unknown>>;
  readonly keys: answers.KeysAnswer;
  readonly newKey: answers.NewKeyAnswer;
  readonly revokeKey: answers.RevokeKeyAnswer;
  readonly deleteProject: answers.DeleteProjectAnswer;
  readonly scope: { tenantId: string; projectId: string };
  readonly rollups: { rollups: readonly { tenantId: string; projectId: string }[] };
}

/** How each answer of the service is read. */
export const readAnswer: { readonly [Name in keyof Answers]: Reader<Answers[Name]> } = {
  learn: answer(() => ({ stored: flag, pattern_count: number })),
  recall: answer(() => ({
    matches: z.array(match()),
    has_more: flag.optional(),
    next_offset: maybeNumber,
  })),
  metrics: answer(() => ({
    runs: number,
    success_rate: number,
    avg_eval_score: number.nullable(),
    pattern_count: number,
    reuse_rate: number,
  })),
  health: answer(() => ({ status: text, storage: text, pattern_count: number })),
  deepHealth: answer(() => ({
    status: z.enum(['ok', 'degraded', 'error']),
    version: text,
    uptime_seconds: number,
    checks: z.record(text, z.unknown()),
  })),
  version: answer(() => ({
    app_version: text,
    api_version: text,
    git_commit: maybeText,
    build_time: maybeText,
  })),
  audit: answer(() => ({ events: z.array(auditEvent()), total: number })),
  events: answer(() => ({ events: z.array(analyticsEvent()), total: number })),
  billing: answer(() => ({
    plan_tier: text,
    status: text,
    patterns_used: number,
    patterns_limit: number.nullable(),
    eval_runs_used: maybeNumber,
    eval_runs_limit: maybeNumber,
    projects_used: maybeNumber,
    projects_limit: maybeNumber,
    period_end: maybeText,
  })),
  export: answer(() => ({ records: z.array(record()), count: number })),
  import: answer(() => ({ imported: number, total: number })),
  deletePattern: answer(() => ({ deleted: flag, pattern_key: text })),
  evaluate: answer(() => ({})),
  keys: answer(() => ({ keys: z.array(key()) })),
  newKey: answer(() => ({ key: text, id: maybeText, role: maybeText })),
  revokeKey: answer(() => ({ revoked: flag })),
  deleteProject: answer(() => ({
    tenant_id: text,
    project_id: text,
    patterns_deleted: number,
    keys_revoked: number,
  })),
  scope: answer(() => scope),
  rollups: answer(() => ({ rollups: z.array(object(scope)) })),
};
