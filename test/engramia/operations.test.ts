import { createEngramiaClient, type EngramiaClient } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { failureOf } from './failure-of.ts';
import { loopbackService } from './loopback-service.ts';

interface Operation {
  readonly name: string;
  readonly call: (client: EngramiaClient) => Promise<unknown>;
  readonly line: string;
  readonly body?: unknown;
  readonly query?: Record<string, string>;
  readonly answer: unknown;
  readonly status?: number;
  readonly gives: unknown;
}

const match = {
  similarity: 0.95,
  reuse_tier: 'duplicate',
  pattern_key: 'patterns/a',
  pattern: { task: 't', code: null, success_score: 5.2, reuse_count: 1 },
};
const found = {
  matches: [
    {
      similarity: 0.95,
      reuseTier: 'duplicate',
      patternKey: 'patterns/a',
      pattern: { task: 't', code: null, successScore: 5.2, reuseCount: 1 },
    },
  ],
  hasMore: false,
  nextOffset: null,
};
const record = { version: 1, key: 'patterns/a_1', data: { task: 't', design: { code: 'c' } } };

const operations: readonly Operation[] = [
  {
    name: 'learn',
    call: (client) => client.learn({ task: 't', code: 'c', evalScore: 5, runId: 'shadow:a' }),
    line: 'POST /v1/learn',
    body: { task: 't', code: 'c', eval_score: 5, run_id: 'shadow:a', source: 'api' },
    answer: { stored: true, pattern_count: 3, later: 'unknown' },
    gives: { stored: true, patternCount: 3, later: 'unknown' },
  },
  {
    name: 'recall',
    call: (client) =>
      client.recall({
        task: 't',
        limit: 3,
        evalWeighted: false,
        recencyHalfLifeDays: 7,
        minScore: 1,
      }),
    line: 'POST /v1/recall',
    body: { task: 't', limit: 3, eval_weighted: false, recency_half_life_days: 7, min_score: 1 },
    answer: { matches: [match], has_more: false, next_offset: null },
    gives: found,
  },
  {
    name: 'searchSkills',
    call: (client) => client.searchSkills({ required: ['csv'], matchAll: true }),
    line: 'POST /v1/skills/search',
    body: { required: ['csv'], match_all: true },
    answer: { matches: [match], has_more: false, next_offset: null },
    gives: found,
  },
  {
    name: 'metrics',
    call: (client) => client.metrics(),
    line: 'GET /v1/metrics',
    answer: { runs: 1, success_rate: 1, avg_eval_score: null, pattern_count: 2, reuse_rate: 0 },
    gives: { runs: 1, successRate: 1, avgEvalScore: null, patternCount: 2, reuseRate: 0 },
  },
  {
    name: 'health',
    call: (client) => client.health(),
    line: 'GET /v1/health',
    answer: { status: 'ok', storage: 'JSONStorage', pattern_count: 2 },
    gives: { status: 'ok', storage: 'JSONStorage', patternCount: 2 },
  },
  {
    name: 'deepHealth with 200',
    call: (client) => client.deepHealth(),
    line: 'GET /v1/health/deep',
    answer: { status: 'degraded', version: '0.6.7', uptime_seconds: 9, checks: { storage: 'ok' } },
    gives: { status: 'degraded', version: '0.6.7', uptimeSeconds: 9, checks: { storage: 'ok' } },
  },
  {
    name: 'deepHealth with 503',
    call: (client) => client.deepHealth(),
    line: 'GET /v1/health/deep',
    status: 503,
    answer: { status: 'error', version: '0.6.7', uptime_seconds: 9, checks: {} },
    gives: { status: 'error', version: '0.6.7', uptimeSeconds: 9, checks: {} },
  },
  {
    name: 'version',
    call: (client) => client.version(),
    line: 'GET /v1/version',
    answer: { app_version: '0.6.7', api_version: 'v1', git_commit: null, build_time: null },
    gives: { appVersion: '0.6.7', apiVersion: 'v1', gitCommit: null, buildTime: null },
  },
  {
    name: 'audit with dates',
    call: (client) =>
      client.audit({
        limit: 5,
        since: new Date('2026-11-22T00:59:50.123Z'),
        until: '2026-11-22 01:59:07.276967+00',
        action: 'bulk_import',
      }),
    line: 'GET /v1/audit',
    query: {
      limit: '5',
      since: '2026-11-22 00:59:50.123+00',
      until: '2026-11-22 01:59:07.276967+00',
      action: 'bulk_import',
    },
    answer: {
      events: [{ timestamp: '2026-11-22 01:00:00+00', action: 'bulk_import', resource_id: 'x' }],
      total: 1,
    },
    gives: {
      events: [{ timestamp: '2026-11-22 01:00:00+00', action: 'bulk_import', resourceId: 'x' }],
      total: 1,
    },
  },
  {
    name: 'events',
    call: (client) => client.events({ limit: 1000, since: new Date(1_700_000_000_500) }),
    line: 'GET /v1/analytics/events',
    query: { limit: '1000', since: '1700000000.5' },
    answer: { events: [{ kind: 'learn', ts: 1.5, eval_score: 5, pattern_key: 'p' }], total: 1 },
    gives: { events: [{ kind: 'learn', ts: 1.5, evalScore: 5, patternKey: 'p' }], total: 1 },
  },
  {
    name: 'billing',
    call: (client) => client.billing(),
    line: 'GET /v1/billing/status',
    answer: { plan_tier: 'developer', status: 'active', patterns_used: 1, patterns_limit: null },
    gives: { planTier: 'developer', status: 'active', patternsUsed: 1, patternsLimit: null },
  },
  {
    name: 'export',
    call: (client) => client.export(),
    line: 'GET /v1/export',
    answer: { records: [record], count: 1 },
    gives: { records: [record], count: 1 },
  },
  {
    name: 'import',
    call: (client) => client.import({ records: [record], overwrite: true }),
    line: 'POST /v1/import',
    body: { records: [record], overwrite: true },
    answer: { imported: 1, total: 1 },
    gives: { imported: 1, total: 1 },
  },
  {
    name: 'deletePattern',
    call: (client) => client.deletePattern('patterns/a b?_1'),
    line: 'DELETE /v1/patterns/patterns/a%20b%3F_1',
    answer: { deleted: false, pattern_key: 'patterns/a b?_1' },
    gives: { deleted: false, patternKey: 'patterns/a b?_1' },
  },
  {
    name: 'evaluate',
    call: (client) => client.evaluate({ task: 't', code: 'c' }),
    line: 'POST /v1/evaluate',
    body: { task: 't', code: 'c' },
    answer: { median_score: 7 },
    gives: { medianScore: 7 },
  },
  {
    name: 'keys.list',
    call: (client) => client.keys.list(),
    line: 'GET /v1/keys',
    answer: { keys: [{ id: '1', key_prefix: 'engramia_sk_abcdefgh...', role: 'editor' }] },
    gives: { keys: [{ id: '1', keyPrefix: 'engramia_sk_abcdefgh...', role: 'editor' }] },
  },
  {
    name: 'keys.create',
    call: (client) =>
      client.keys.create({
        name: 'stage 2',
        role: 'editor',
        expiresAt: new Date(0),
        maxPatterns: 5,
      }),
    line: 'POST /v1/keys',
    body: {
      name: 'stage 2',
      role: 'editor',
      expires_at: '1970-01-01T00:00:00.000Z',
      max_patterns: 5,
    },
    status: 201,
    answer: { key: 'new', id: '2' },
    gives: { key: 'new', id: '2' },
  },
  {
    name: 'keys.rotate',
    call: (client) => client.keys.rotate('id-1'),
    line: 'POST /v1/keys/id-1/rotate',
    answer: { key: 'new' },
    gives: { key: 'new' },
  },
  {
    name: 'keys.revoke',
    call: (client) => client.keys.revoke('id-1'),
    line: 'DELETE /v1/keys/id-1',
    answer: { revoked: true },
    gives: { revoked: true },
  },
  {
    name: 'deleteProject',
    call: (client) => client.deleteProject('p 1', { confirm: 'p 1' }),
    line: 'DELETE /v1/governance/projects/p%201',
    answer: { tenant_id: 't', project_id: 'p 1', patterns_deleted: 7, keys_revoked: 2 },
    gives: { tenantId: 't', projectId: 'p 1', patternsDeleted: 7, keysRevoked: 2 },
  },
];

describe('each operation', () => {
  it.each(operations)('$name is sent and read as the service has it', async (operation) => {
    const { url, requests } = await loopbackService({
      status: operation.status ?? 200,
      json: operation.answer,
    });
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'key-1' });
    expect(await operation.call(client)).toEqual(operation.gives);
    expect(requests).toHaveLength(1);
    const [seen] = requests;
    expect(`${seen?.method} ${seen?.path}`).toBe(operation.line);
    expect(seen?.body).toEqual(operation.body);
    expect(seen?.query).toEqual(operation.query ?? {});
    const open = operation.name === 'version';
    expect(seen?.headers.authorization).toBe(open ? undefined : 'Bearer key-1');
  });

  it.each(operations)('$name tells an answer of another shape', async ({ call, status }) => {
    const { url } = await loopbackService({ status: status ?? 200, json: [] });
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'key-1' });
    const failure = await failureOf(call(client));
    expect(failure.code).toBe(status === 503 ? 'ERR_ENGRAMIA_HTTP' : 'ERR_ENGRAMIA_RESPONSE');
  });

  it('keeps a path in the base address and sends the request id', async () => {
    const { url, requests } = await loopbackService({
      json: { app_version: '1', api_version: 'v1' },
    });
    const client = createEngramiaClient({ baseUrl: `${url}/memory/`, apiKey: 'k' });
    expect(client.baseUrl).toBe(`${url}/memory`);
    await client.version({ requestId: 'r-1' });
    expect(requests[0]?.path).toBe('/memory/v1/version');
    expect(requests[0]?.headers['x-request-id']).toBe('r-1');
  });

  it('deletes no project unless its id is given twice', async () => {
    const { url, requests } = await loopbackService();
    const client = createEngramiaClient({ baseUrl: url, apiKey: 'k' });
    const call = client.deleteProject('p1', { confirm: 'p2' });
    await expect(call).rejects.toMatchObject({ code: 'ERR_ENGRAMIA_REQUEST' });
    expect(requests).toHaveLength(0);
  });
});

describe('scope', () => {
  const role = (name: string) => ({
    status: 403,
    json: {
      error_code: 'FORBIDDEN',
      detail: `Role '${name}' does not have permission 'governance:read'.`,
    },
  });
  const ids = { tenant_id: 't', project_id: 'p' };
  const ask = async (routes: Record<string, { status?: number; json: unknown }>) => {
    const service = await loopbackService(
      (seen) =>
        routes[`${seen.method} ${seen.path}`] ?? { status: 404, json: { detail: 'Not Found' } },
    );
    const client = createEngramiaClient({
      baseUrl: service.url,
      apiKey: 'engramia_sk_abcdefgh123',
    });
    const scope = await client.scope();
    return { scope, lines: service.requests.map((seen) => `${seen.method} ${seen.path}`) };
  };

  it('asks retention for an admin and finds the role among the keys', async () => {
    const { scope, lines } = await ask({
      'GET /v1/governance/retention': { json: ids },
      'GET /v1/keys': {
        json: {
          keys: [
            { id: '1', role: 'owner', key_prefix: 'engramia_sk_zzzzzzzz...' },
            { id: '2', role: 'admin', key_prefix: 'engramia_sk_abcdefgh...' },
          ],
        },
      },
    });
    expect(scope).toEqual({ tenantId: 't', projectId: 'p', role: 'admin' });
    expect(lines).toEqual(['GET /v1/governance/retention', 'GET /v1/keys']);
  });

  it('is not held up by a key that the service names by a long row of dots', async () => {
    const before = process.cpuUsage();
    const { scope } = await ask({
      'GET /v1/governance/retention': { json: ids },
      'GET /v1/keys': {
        json: { keys: [{ id: '1', role: 'admin', key_prefix: `${'.'.repeat(150_000)}!` }] },
      },
    });
    expect(scope).toEqual({ tenantId: 't', projectId: 'p', role: undefined });
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });

  it('does not guess the role when the keys cannot be listed', async () => {
    const { scope } = await ask({ 'GET /v1/governance/retention': { json: ids } });
    expect(scope).toEqual({ tenantId: 't', projectId: 'p', role: undefined });
  });

  it('computes one rollup for an editor', async () => {
    const { scope, lines } = await ask({
      'GET /v1/governance/retention': role('editor'),
      'POST /v1/analytics/rollup': { json: { window: 'hourly', rollups: [ids] } },
    });
    expect(scope).toEqual({ tenantId: 't', projectId: 'p', role: 'editor' });
    expect(lines).toEqual(['GET /v1/governance/retention', 'POST /v1/analytics/rollup']);
  });

  it('only reads for a reader', async () => {
    const { scope, lines } = await ask({
      'GET /v1/governance/retention': role('reader'),
      'GET /v1/analytics/rollup/daily': { json: ids },
    });
    expect(scope).toEqual({ tenantId: 't', projectId: 'p', role: 'reader' });
    expect(lines.every((line) => line.startsWith('GET'))).toBe(true);
  });

  it('is undefined for a reader whose scope was never rolled up', async () => {
    expect((await ask({ 'GET /v1/governance/retention': role('reader') })).scope).toBeUndefined();
  });
});
