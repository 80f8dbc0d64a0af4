import { type Call, endpoint } from './endpoint.ts';
import { enterAudit } from './enter-audit.ts';
import { quotaReached } from './quota.ts';
import { replies } from './replies.ts';
import { flag, list, number, object, optional, record, text } from './schema.ts';
import { designOf, type Pattern } from './scope.ts';

const classes: ReadonlySet<string> = new Set(['public', 'internal', 'confidential']);

interface ImportRecord {
  readonly version: number;
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `POST /v1/import`: idempotent by the caller's keys; neither deduplicates nor redacts nor validates. */
export const importPatterns = endpoint<{
  readonly records: readonly ImportRecord[];
  readonly overwrite: boolean;
}>({
  method: 'POST',
  path: '/v1/import',
  role: 'admin',
  permission: 'import',
  asJob: 'import',
  body: {
    records: list(
      object<ImportRecord>({
        version: optional(number({ max: 1, integer: true }), 1),
        key: text(500),
        data: record,
      }),
      10_000,
    ),
    overwrite: optional(flag, false),
  },
  run(call) {
    const { records, overwrite } = call.body;
    const { scope } = call;
    const refusal = quotaReached(call, scope.patterns.size + records.length);
    if (refusal !== undefined) return refusal;
    if (!records.every(({ key }) => isPatternKey(key))) return replies.refusedValue();
    const imported = records.filter((entry) => put(call, entry, overwrite)).length;
    enter(call, 'bulk_import', null, { imported, total: records.length });
    return replies.ok({ imported, total: records.length });
  },
});

/** Whether a key may name a pattern. */
export function isPatternKey(key: string): boolean {
  return key.startsWith('patterns/') && !key.includes('..') && !key.includes('\0');
}

function put(call: Call, entry: ImportRecord, overwrite: boolean): boolean {
  const { scope, state } = call;
  // The key becomes a file's path there, and what looks like a suffix is cut off.
  const key = state.settings.mode === 'json' ? entry.key.replace(/\.[^./]*$/u, '') : entry.key;
  if (scope.patterns.has(key) && !overwrite) return false;
  const { source, classification } = designOf(entry.data);
  scope.put({
    key,
    data: entry.data,
    madeBy: call.key.id,
    learned: false,
    runId: undefined,
    source: typeof source === 'string' ? source : undefined,
    classification: typeof classification === 'string' ? classification : 'internal',
    pending: false,
  });
  return true;
}

function enter(
  call: Call,
  action: 'bulk_import' | 'data_exported' | 'scope_exported',
  id: string | null,
  detail: Record<string, unknown>,
): void {
  enterAudit(call, {
    action,
    resource: ['project', id],
    detail,
  });
}

const toRecord = ({ key, data }: Pattern) => ({ version: 1, key, data });

/** `GET /v1/export`. */
export const exportPatterns = endpoint({
  method: 'GET',
  path: '/v1/export',
  role: 'admin',
  permission: 'export',
  run(call) {
    const records = [...call.scope.patterns.values()].map(toRecord);
    enter(call, 'data_exported', call.scope.project, { count: records.length });
    return replies.ok({ records, count: records.length });
  },
});

/** `GET /v1/governance/export`: the only place that shows `run_id`, and only with a database. */
export const exportScope = endpoint<unknown, { readonly classification: string | undefined }>({
  method: 'GET',
  path: '/v1/governance/export',
  role: 'admin',
  permission: 'governance:export',
  query: { classification: optional(text(200), undefined) },
  run(call) {
    const wanted = call.query.classification?.split(',').map((name) => name.trim());
    if (wanted?.some((name) => !classes.has(name))) return replies.refusedValue();
    const database = call.state.settings.mode === 'database';
    const lines = [...call.scope.patterns.values()]
      .filter((pattern) => wanted?.includes(pattern.classification) ?? true)
      .map((pattern) => ({ ...toRecord(pattern), ...(database ? columnsOf(pattern) : {}) }));
    enter(call, 'scope_exported', call.scope.project, { count: lines.length });
    return replies.lines(lines);
  },
});

function columnsOf(pattern: Pattern): Record<string, unknown> {
  return {
    classification: pattern.classification,
    redacted: pattern.learned,
    ...(pattern.source === undefined ? {} : { source: pattern.source }),
    ...(pattern.runId === undefined ? {} : { run_id: pattern.runId }),
  };
}
