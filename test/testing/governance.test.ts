import { type FakeEngramia, fakeClock, fakeEngramia } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { calling } from './calling.ts';

const keys = {
  owns: { tenant: 't', project: 'p', role: 'owner' },
  rules: { tenant: 't', project: 'p', role: 'admin' },
  edits: { tenant: 't', project: 'p', role: 'editor' },
  edits2: { tenant: 't', project: 'p', role: 'editor' },
  reads: { tenant: 't', project: 'p', role: 'reader' },
  aside: { tenant: 't', project: 'q', role: 'owner' },
} as const;

const start = (options: object = {}) => fakeEngramia({ keys, rateLimits: false, ...options });
const learn = (fake: FakeEngramia, task: string, key = 'edits') =>
  calling(fake, '/v1/learn', { key, body: { task, code: 'c', eval_score: 5 } });
const imports = (fake: FakeEngramia, names: readonly string[], more: object = {}) => {
  const data = { task: 'an imported task', design: { code: 'mail ann@example.org' } };
  const records = names.map((name) => ({
    version: 1,
    key: `patterns/${name}`,
    data: { success_score: 5, reuse_count: 0, ...data },
  }));
  return calling(fake, '/v1/import', { key: 'rules', body: { records, ...more } });
};
const actions = async (fake: FakeEngramia, query = '') => {
  const { json } = await calling(fake, `/v1/audit${query}`, { key: 'rules' });
  return (json.events as { action: string }[]).map((event) => event.action);
};

describe('importing and exporting', () => {
  it('imports once by key, and again only to overwrite', async () => {
    const fake = await start();
    expect((await imports(fake, ['a', 'b'])).json).toEqual({ imported: 2, total: 2 });
    expect((await imports(fake, ['a', 'b'])).json).toEqual({ imported: 0, total: 2 });
    expect((await imports(fake, ['a'], { overwrite: true })).json.imported).toBe(1);
    expect(fake.patterns('t')).toHaveLength(2);
  });

  it('neither redacts nor deduplicates', async () => {
    const fake = await start();
    await imports(fake, ['a', 'b']);
    expect(fake.patterns('t').map((pattern) => pattern.code)).toEqual(
      Array(2).fill('mail ann@example.org'),
    );
  });

  it('needs an admin', async () => {
    const { status } = await calling(await start(), '/v1/import', {
      key: 'edits',
      body: { records: [] },
    });
    expect(status).toBe(403);
  });

  it('refuses a batch that would reach the quota, even of keys that are there', async () => {
    const fake = await start({ quota: 3 });
    expect((await imports(fake, ['a', 'b'])).status).toBe(200);
    const { json } = await imports(fake, ['a']);
    expect(json.error_code).toBe('QUOTA_EXCEEDED');
    expect(await actions(fake)).toEqual(['quota_exceeded', 'bulk_import']);
  });

  it.each(['../up', 'a..b', 'nul\0'])('refuses the key %j without issues', async (name) => {
    const { status, json } = await imports(await start(), [name]);
    expect([status, json.detail]).toEqual([422, 'Validation error in request.']);
    expect(json).not.toHaveProperty('issues');
  });

  it('cuts what looks like a suffix off keys in JSON mode', async () => {
    const role = { tenant: 'default', role: 'admin' } as const;
    const fake = await fakeEngramia({ mode: 'json', keys: { rules: role } });
    expect((await imports(fake, ['a.b', 'a.c'])).json.imported).toBe(1);
    expect(fake.patterns('default').map((pattern) => pattern.key)).toEqual(['patterns/a']);
  });

  it('takes malformed records, which recall does not see and aging stumbles over', async () => {
    const fake = await start();
    const records = [{ key: 'patterns/odd', data: { task: 'odd task', success_score: 30 } }];
    await calling(fake, '/v1/import', { key: 'rules', body: { records } });
    const recalled = await calling(fake, '/v1/recall', {
      key: 'reads',
      body: { task: 'odd task' },
    });
    expect(recalled.json.matches).toEqual([]);
    expect((await calling(fake, '/v1/aging', { key: 'edits', method: 'POST' })).status).toBe(422);
  });

  it('keeps own fields over a recall only in design or with an underscore', async () => {
    const fake = await start();
    const data = { task: 'a task', design: { mine: 1 }, success_score: 5, _mine: 2, gone: 3 };
    const body = { records: [{ key: 'patterns/a', data }] };
    await calling(fake, '/v1/import', { key: 'rules', body });
    await calling(fake, '/v1/recall', { key: 'reads', body: { task: 'a task' } });
    const [pattern] = fake.patterns('t');
    expect(pattern?.data).toMatchObject({ design: { mine: 1 }, _mine: 2, success_score: 5.1 });
    expect(pattern?.data).not.toHaveProperty('gone');
  });

  it('exports everything as JSON, and as lines with the run id', async () => {
    const fake = await start();
    const body = { task: 'a task', code: 'c', eval_score: 5, run_id: 'run-of-one' };
    await calling(fake, '/v1/learn', { key: 'edits', body });
    await imports(fake, ['a']);
    const all = await calling(fake, '/v1/export', { key: 'rules' });
    expect(all.json).toMatchObject({ count: 2, records: [{ version: 1 }, { key: 'patterns/a' }] });
    expect(all.text).not.toContain('run-of-one');
    const lines = await calling(fake, '/v1/governance/export', { key: 'rules' });
    expect(
      lines.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { run_id: 'run-of-one', redacted: true, source: 'api' },
      { key: 'patterns/a', redacted: false },
    ]);
    const path = '/v1/governance/export?classification=';
    expect((await calling(fake, `${path}public`, { key: 'rules' })).text).toBe('');
    expect((await calling(fake, `${path}odd`, { key: 'rules' })).status).toBe(422);
  });

  it('imports as a job when asked to', async () => {
    const fake = await start();
    const { status, json, headers } = await calling(fake, '/v1/import', {
      key: 'rules',
      body: { records: [] },
      headers: { prefer: 'respond-async' },
    });
    expect([status, json.status]).toEqual([202, 'pending']);
    expect(headers.get('location')).toBe(`/v1/jobs/${json.job_id}`);
    const job = await calling(fake, `/v1/jobs/${json.job_id}`, { key: 'reads' });
    expect(job.json).toMatchObject({ status: 'completed', result: { imported: 0, total: 0 } });
    const other = await calling(fake, `/v1/jobs/${json.job_id}`, { key: 'aside' });
    expect([other.status, other.json.error_code]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('analytics', () => {
  it('tells stored learns only, newest first, with their pattern keys', async () => {
    const clock = fakeClock();
    const fake = await start({ clock });
    await learn(fake, 'first');
    await clock.advance(10_000);
    await learn(fake, 'second');
    await learn(fake, 'second');
    const { json } = await calling(fake, '/v1/analytics/events', { key: 'reads' });
    const [first, second] = fake.patterns('t');
    expect(json).toMatchObject({
      total: 2,
      events: [{ kind: 'learn', pattern_key: second?.key }, { pattern_key: first?.key }],
    });
    const since = `?since=${clock.now() / 1000 - 5}`;
    const late = await calling(fake, `/v1/analytics/events${since}`, { key: 'reads' });
    expect(late.json.total).toBe(1);
  });

  it('has no rollup for a reader until an editor had it computed', async () => {
    const fake = await start();
    const path = '/v1/analytics/rollup';
    expect((await calling(fake, `${path}/daily`, { key: 'reads' })).status).toBe(404);
    const made = await calling(fake, path, { key: 'edits', body: { window: 'daily' } });
    expect(made.json).toMatchObject({ rollups: [{ tenant_id: 't', project_id: 'p' }] });
    const read = await calling(fake, `${path}/daily`, { key: 'reads' });
    expect(read.json).toMatchObject({ tenant_id: 't', project_id: 'p' });
  });

  it('shows a fifth more of the quota than it gives', async () => {
    const { json } = await calling(await start(), '/v1/billing/status', { key: 'reads' });
    expect(json).toMatchObject({ patterns_used: 0, patterns_limit: 10_000 });
  });
});

describe('the audit log', () => {
  it('holds neither learns nor recalls', async () => {
    const fake = await start();
    await learn(fake, 'a task');
    await calling(fake, '/v1/recall', { key: 'reads', body: { task: 'a task' } });
    expect(await actions(fake)).toEqual([]);
    expect(await actions(fake, '?action=cutover')).toEqual([]);
  });

  it('compares times as text, so that an ISO time loses the events of its day', async () => {
    const clock = fakeClock(Date.UTC(2026, 10, 22, 2));
    const fake = await start({ clock });
    await imports(fake, ['a']);
    expect(await actions(fake, '?since=2026-11-22T01:00:00Z')).toEqual([]);
    expect(await actions(fake, '?since=2026-11-22%2001:00:00')).toEqual(['bulk_import']);
    expect(await actions(fake, '?until=2026-11-22T00:00:00Z')).toEqual(['bulk_import']);
    expect(await actions(fake, '?until=garbage')).toEqual(['bulk_import']);
    const { events } = (await calling(fake, '/v1/audit')).json as {
      events: { timestamp: string }[];
    };
    const last = encodeURIComponent(events[0]?.timestamp ?? '');
    expect(await actions(fake, `?until=${last}`)).toEqual(['bulk_import']);
  });

  it('needs an admin, and a database', async () => {
    const refused = await calling(await start(), '/v1/audit', { key: 'edits' });
    expect(refused.json.detail).toBe("Role 'editor' does not have permission 'audit:read'.");
    const owner = { root: { tenant: 'default', role: 'owner' } } as const;
    const json = await fakeEngramia({ mode: 'json', keys: owner });
    const absent = await calling(json, '/v1/audit');
    expect([absent.status, absent.json.error_code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    const unmanaged = await calling(json, '/v1/keys');
    expect([unmanaged.status, unmanaged.json.error_code]).toEqual([503, 'STORAGE_ERROR']);
  });
});

describe('keys', () => {
  const create = (fake: FakeEngramia, body: object, key = 'rules') =>
    calling(fake, '/v1/keys', { key, body });

  it('are made, used, rotated and revoked, each leaving a row', async () => {
    const fake = await start();
    const made = await create(fake, { name: 'marker' });
    expect([made.status, made.json.role]).toEqual([201, 'editor']);
    const { id, key } = made.json as { id: string; key: string };
    expect((await learn(fake, 'a task', key)).status).toBe(200);
    const path = `/v1/keys/${id}`;
    const rotated = await calling(fake, `${path}/rotate`, { key: 'rules', method: 'POST' });
    expect((await learn(fake, 'a task', key)).json.detail).toBe('Invalid API key.');
    const token = rotated.json.key as string;
    expect((await learn(fake, 'a task', token)).status).toBe(200);
    const revoke = () => calling(fake, path, { key: 'rules', method: 'DELETE' });
    expect((await revoke()).json.revoked).toBe(true);
    const twice = await revoke();
    expect([twice.status, twice.json.error_code]).toEqual([409, 'ERROR']);
    expect((await learn(fake, 'a task', token)).status).toBe(401);
    expect(await actions(fake)).toEqual(['key_revoked', 'key_rotated', 'key_created']);
  });

  it('are listed without themselves', async () => {
    const fake = await start();
    const { json } = await create(fake, { name: 'marker' });
    const list = await calling(fake, '/v1/keys', { key: 'rules' });
    expect(list.text).not.toContain(json.key);
    expect(list.json.keys).toHaveLength(6);
    expect(list.text).toContain(`${String(json.key).slice(0, 20)}...`);
  });

  it('of an admin are editors at most', async () => {
    const fake = await start();
    expect((await create(fake, { name: 'x', role: 'admin' })).status).toBe(403);
    expect((await create(fake, { name: 'x', role: 'admin' }, 'owns')).status).toBe(201);
  });

  it('expire, and crash the service on a bad date', async () => {
    const clock = fakeClock();
    const fake = await start({ clock });
    const expires_at = new Date(clock.now() + 1000).toISOString();
    const { json } = await create(fake, { name: 'x', expires_at });
    expect((await learn(fake, 'one', String(json.key))).status).toBe(200);
    await clock.advance(1000);
    expect((await learn(fake, 'two', String(json.key))).status).toBe(401);
    expect((await create(fake, { name: 'x', expires_at: 'soon' })).status).toBe(500);
  });

  it('are bootstrapped only when there has never been one', async () => {
    const empty = await fakeEngramia({ keys: {} });
    const body = { bootstrap_token: 'b' };
    const first = await calling(empty, '/v1/keys/bootstrap', { key: null, body });
    expect([first.status, first.json.role]).toEqual([201, 'owner']);
    const second = await calling(empty, '/v1/keys/bootstrap', { key: null, body });
    expect([second.status, second.json.error_code]).toEqual([409, 'ERROR']);
  });
});

describe('deleting', () => {
  const remove = (fake: FakeEngramia, path: string, key: string) =>
    calling(fake, path, { key, method: 'DELETE' });

  it("lets an editor delete its own key's patterns only, by raw or encoded slash", async () => {
    const fake = await start();
    await learn(fake, 'one');
    await learn(fake, 'two');
    const [one, two] = fake.patterns('t').map((pattern) => pattern.key);
    expect((await remove(fake, `/v1/patterns/${one}`, 'edits2')).status).toBe(403);
    expect((await remove(fake, `/v1/patterns/${one}`, 'edits')).json.deleted).toBe(true);
    const encoded = `/v1/patterns/${encodeURIComponent(String(two))}`;
    expect((await remove(fake, encoded, 'rules')).json).toEqual({
      deleted: true,
      pattern_key: two,
    });
    expect((await remove(fake, encoded, 'rules')).json.deleted).toBe(false);
    expect((await remove(fake, '/v1/patterns/other', 'rules')).status).toBe(422);
  });

  it('classifies and refuses unknown patterns', async () => {
    const fake = await start();
    await imports(fake, ['a']);
    const classify = (name: string) =>
      calling(fake, `/v1/governance/patterns/patterns/${name}/classify`, {
        key: 'rules',
        method: 'PUT',
        body: { classification: 'public' },
      });
    expect((await classify('a')).status).toBe(200);
    expect((await classify('b')).json.detail).toBe('Pattern not found.');
    expect(fake.patterns('t')[0]?.classification).toBe('public');
    expect(await actions(fake)).toEqual(['pattern_classified', 'bulk_import']);
  });

  it('of a project ignores a dry run, takes the caller its key and hides the audit rows', async () => {
    const fake = await start();
    await imports(fake, ['a', 'b']);
    const path = '/v1/governance/projects/p?dry_run=true';
    expect((await remove(fake, path, 'edits')).status).toBe(403);
    const { json } = await remove(fake, path, 'rules');
    expect(json).toMatchObject({ patterns_deleted: 7, keys_revoked: 5, projects_deleted: 0 });
    expect(fake.patterns('t')).toEqual([]);
    expect((await remove(fake, path, 'rules')).status).toBe(401);
    expect((await calling(fake, '/v1/health', { key: 'aside' })).status).toBe(200);
  });

  it('of another project is for owners, and of an unknown one does nothing', async () => {
    const fake = await start();
    const unknown = '/v1/governance/projects/unknown';
    expect((await remove(fake, unknown, 'rules')).status).toBe(403);
    expect((await remove(fake, unknown, 'owns')).json).toMatchObject({
      patterns_deleted: 0,
      keys_revoked: 0,
    });
    expect((await remove(fake, '/v1/governance/tenants/other', 'owns')).status).toBe(403);
    expect((await remove(fake, '/v1/governance/projects/p', 'aside')).json.keys_revoked).toBe(5);
  });

  it('of a project or a tenant revokes keys that were never used, too', async () => {
    const fake = await start();
    expect((await remove(fake, '/v1/governance/projects/q', 'owns')).json.keys_revoked).toBe(1);
    expect((await calling(fake, '/v1/health', { key: 'aside' })).status).toBe(401);
    const other = await start();
    expect((await remove(other, '/v1/governance/tenants/t', 'aside')).json.keys_revoked).toBe(6);
    expect((await calling(other, '/v1/health', { key: 'reads' })).status).toBe(401);
  });

  it('by age has the only dry run', async () => {
    const clock = fakeClock();
    const fake = await start({ clock });
    const retention = '/v1/governance/retention';
    const put = { key: 'rules', method: 'PUT', body: { retention_days: 1 } };
    expect((await calling(fake, retention, put)).json).toMatchObject({ retention_days: 1 });
    await learn(fake, 'old');
    await clock.advance(2 * 86_400_000);
    const apply = (dry_run: boolean) =>
      calling(fake, `${retention}/apply`, { key: 'rules', body: { dry_run } });
    expect((await apply(true)).json).toEqual({ purged_count: 1, dry_run: true });
    expect(fake.patterns('t')).toHaveLength(1);
    expect((await apply(false)).json).toEqual({ purged_count: 1, dry_run: false });
    expect(fake.patterns('t')).toEqual([]);
    expect(await actions(fake)).toEqual(['retention_applied']);
  });
});

describe('the rest', () => {
  it.each([
    ['/v1/evaluate', 501, 'PROVIDER_NOT_CONFIGURED'],
    ['/v1/compose', 501, 'PROVIDER_NOT_CONFIGURED'],
    ['/v1/evolve', 501, 'PROVIDER_NOT_CONFIGURED'],
  ])('%s answers %i', async (path, status, code) => {
    const answer = await calling(await start(), path, { key: 'edits', body: {} });
    expect([answer.status, answer.json.error_code]).toEqual([status, code]);
  });

  it.each([
    ['/v1/credentials', 503, 'BYOK_NOT_ENABLED'],
    ['/v1/governance/backup/download', 402, 'TIER_UPGRADE_REQUIRED'],
    ['/v1/jobs/unknown', 404, 'NOT_FOUND'],
  ])('%s answers %i', async (path, status, code) => {
    const answer = await calling(await start(), path, { key: 'owns' });
    expect([answer.status, answer.json.error_code]).toEqual([status, code]);
  });

  it('is degraded for ever with a database', async () => {
    const deep = await calling(await start(), '/v1/health/deep', { key: 'reads' });
    expect([deep.status, deep.json.status]).toEqual([200, 'degraded']);
    const json = await calling(await fakeEngramia({ mode: 'json' }), '/v1/health/deep');
    expect(json.json.status).toBe('ok');
  });

  it('has no feedback, and nothing to cancel', async () => {
    const fake = await start();
    const feedback = await calling(fake, '/v1/feedback', { key: 'reads' });
    expect(feedback.json).toEqual({ feedback: [], has_more: false, next_offset: null });
    const cancel = await calling(fake, '/v1/jobs/x/cancel', { key: 'edits', method: 'POST' });
    expect(cancel.json.cancelled).toBe(false);
    const metrics = await calling(fake, '/v1/metrics', { key: 'reads' });
    expect(metrics.json).toMatchObject({ runs: 0, avg_eval_score: null, reuse_rate: 0 });
  });
});
