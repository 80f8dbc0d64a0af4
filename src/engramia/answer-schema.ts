import { z } from 'zod';
import type * as answers from './answers.ts';
import { camelKeys } from './field-names.ts';
import { toReader } from './reader-schema.ts';

const text = z.string();
const number = z.number();
const flag = z.boolean();
const maybeText = text.nullish();
const maybeNumber = number.nullish();

// Fields that are not named pass through: the service adds some now and then.
const object = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.looseObject(shape).transform((value) => camelKeys(value));

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
const scope = () => object({ tenant_id: text, project_id: text });

/** How each answer of the service is read. */
export const readAnswer = {
  learn: toReader<answers.LearnAnswer>(() => object({ stored: flag, pattern_count: number })),
  recall: toReader<answers.RecallAnswer>(() =>
    object({ matches: z.array(match()), has_more: flag.optional(), next_offset: maybeNumber }),
  ),
  metrics: toReader<answers.MetricsAnswer>(() =>
    object({
      runs: number,
      success_rate: number,
      avg_eval_score: number.nullable(),
      pattern_count: number,
      reuse_rate: number,
    }),
  ),
  health: toReader<answers.HealthAnswer>(() =>
    object({ status: text, storage: text, pattern_count: number }),
  ),
  deepHealth: toReader<answers.DeepHealthAnswer>(() =>
    object({
      status: z.enum(['ok', 'degraded', 'error']),
      version: text,
      uptime_seconds: number,
      checks: z.record(text, z.unknown()),
    }),
  ),
  version: toReader<answers.VersionAnswer>(() =>
    object({ app_version: text, api_version: text, git_commit: maybeText, build_time: maybeText }),
  ),
  audit: toReader<answers.AuditAnswer>(() =>
    object({ events: z.array(auditEvent()), total: number }),
  ),
  events: toReader<answers.EventsAnswer>(() =>
    object({ events: z.array(analyticsEvent()), total: number }),
  ),
  billing: toReader<answers.BillingAnswer>(() =>
    object({
      plan_tier: text,
      status: text,
      patterns_used: number,
      patterns_limit: number.nullable(),
      eval_runs_used: maybeNumber,
      eval_runs_limit: maybeNumber,
      projects_used: maybeNumber,
      projects_limit: maybeNumber,
      period_end: maybeText,
    }),
  ),
  export: toReader<answers.ExportAnswer>(() =>
    object({ records: z.array(record()), count: number }),
  ),
  import: toReader<answers.ImportAnswer>(() => object({ imported: number, total: number })),
  deletePattern: toReader<answers.DeletePatternAnswer>(() =>
    object({ deleted: flag, pattern_key: text }),
  ),
  evaluate: toReader<Readonly<Record<string, unknown>>>(() => object({})),
  keys: toReader<answers.KeysAnswer>(() => object({ keys: z.array(key()) })),
  newKey: toReader<answers.NewKeyAnswer>(() =>
    object({ key: text, id: maybeText, role: maybeText }),
  ),
  revokeKey: toReader<answers.RevokeKeyAnswer>(() => object({ revoked: flag })),
  deleteProject: toReader<answers.DeleteProjectAnswer>(() =>
    object({ tenant_id: text, project_id: text, patterns_deleted: number, keys_revoked: number }),
  ),
  scope: toReader<{ tenantId: string; projectId: string }>(() => scope()),
  rollups: toReader<{ rollups: readonly { tenantId: string; projectId: string }[] }>(() =>
    object({ rollups: z.array(scope()) }),
  ),
};
