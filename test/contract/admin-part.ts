import { describe, expect, it } from 'vitest';
import type { ContractClient } from './client.ts';
import { expectFailure, expectRefused } from './expecting.ts';
import type { RoleTest } from './role-test.ts';

interface AuditRow {
  readonly timestamp: string;
  readonly resource_id: string | null;
  readonly detail: unknown;
}

/** Import, export, audit, keys and deletion. */
export function adminPart(client: ContractClient, itAs: RoleTest): void {
  const { mode, keys } = client.target;
  const admin = (path: string, method = 'GET', body?: unknown) =>
    client.ask(path, { as: 'admin', method, ...(body === undefined ? {} : { body }) });
  const toRecord = (name: string) => {
    const key = `patterns/contract-${client.run}-${name}`;
    client.imported.push(key);
    const design = { code: 'write to ann@example.org', source: `contract-${client.run}` };
    const data = { task: client.text(name), design, success_score: 5, reuse_count: 0 };
    return { version: 1, key, data: { ...data, timestamp: client.startedAt } };
  };
  const rows = async (query: string) =>
    (await admin(`/v1/audit?${query}`)).json.events as AuditRow[];

  describe('administration', () => {
    itAs('admin', 'imports once by key, unredacted, and again only to overwrite', async () => {
      const records = [toRecord('one'), toRecord('two')];
      const imports = (more = {}) => admin('/v1/import', 'POST', { records, ...more });
      expect((await imports()).json).toMatchObject({ imported: 2, total: expect.any(Number) });
      expect((await imports()).json.imported).toBe(0);
      expect((await imports({ overwrite: true })).json.imported).toBe(2);
      const body = { task: records[0]?.data.task, limit: 50, eval_weighted: false };
      const { text } = await client.ask('/v1/recall', { body });
      expect(text).toContain('ann@example.org');
    });

    itAs('admin', 'refuses keys that are no patterns', async () => {
      for (const key of ['elsewhere/x', 'patterns/../x']) {
        const records = [{ version: 1, key, data: {} }];
        expectRefused(await admin('/v1/import', 'POST', { records }));
      }
    });

    if (keys.admin !== keys.editor) {
      itAs('admin', 'refuses an editor what an admin may', async () => {
        const answer = await client.ask('/v1/import', { body: { records: [] } });
        expectFailure(answer, 403, 'FORBIDDEN');
        const audit = await client.ask('/v1/audit?limit=1');
        expect(audit.json.detail).toBe("Role 'editor' does not have permission 'audit:read'.");
      });
    }

    itAs(
      'admin',
      'exports what was learned, with its run only as lines of a database',
      async () => {
        const task = client.text('to be exported');
        await client.learn(task, { run_id: `run-${client.run}` });
        const all = await admin('/v1/export');
        const exported = all.json.records as { data: { task?: string } }[];
        expect(exported.filter((record) => record.data.task === task)).toHaveLength(1);
        const lines = (await admin('/v1/governance/export')).text.trimEnd().split('\n');
        const line = lines.map((one) => JSON.parse(one)).find((one) => one.data.task === task);
        expect(line).toMatchObject({ version: 1, key: expect.stringMatching(/^patterns\//u) });
        expect(line.run_id).toBe(mode === 'database' ? `run-${client.run}` : undefined);
      },
    );

    itAs('admin', 'tells the scope of a key without a side effect', async () => {
      const { json } = await admin('/v1/governance/retention');
      expect(json).toMatchObject({ tenant_id: expect.any(String), project_id: expect.any(String) });
    });

    it('deletes a pattern once', async () => {
      const as = keys.admin === undefined ? 'editor' : 'admin';
      const task = client.text('to be deleted');
      await client.learn(task);
      const [event] = await client.learned(task);
      const path = `/v1/patterns/${event?.pattern_key}`;
      const remove = () => client.ask(path, { as, method: 'DELETE' });
      expect((await remove()).json).toEqual({ deleted: true, pattern_key: event?.pattern_key });
      expect((await remove()).json.deleted).toBe(false);
    });

    if (mode === 'json') {
      itAs('admin', 'has neither audit log nor keys without a database', async () => {
        expectFailure(await admin('/v1/audit'), 503, 'SERVICE_UNAVAILABLE');
        expectFailure(await admin('/v1/keys'), 503, 'STORAGE_ERROR');
      });
      return;
    }

    itAs('admin', 'audits imports but no learns, and compares times as text', async () => {
      await admin('/v1/import', 'POST', { records: [] });
      expect(await rows('action=cutover')).toEqual([]);
      expect(await rows('action=learn')).toEqual([]);
      const [row] = await rows('action=bulk_import&limit=1');
      expect(row?.timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/u);
      const day = row?.timestamp.slice(0, 10);
      const since = async (time: string) =>
        (await rows(`action=bulk_import&limit=1000&since=${encodeURIComponent(time)}`)).some(
          (one) => one.timestamp === row?.timestamp,
        );
      expect([await since(`${day} 00:00:00`), await since(`${day}T00:00:00Z`)]).toEqual([
        true,
        false,
      ]);
    });

    itAs('admin', 'makes and revokes a key that speaks in the audit log', async () => {
      const name = `contract ${client.run}`;
      const made = await admin('/v1/keys', 'POST', { name, role: 'reader' });
      const { id, key } = made.json as { id: string; key: string };
      expect(made.status).toBe(201);
      const list = await admin('/v1/keys');
      expect(list.text).toContain(`${key.slice(0, 20)}...`);
      expect(list.text.includes(key)).toBe(false);
      expect((await admin(`/v1/keys/${id}`, 'DELETE')).json.revoked).toBe(true);
      expectFailure(await admin(`/v1/keys/${id}`, 'DELETE'), 409, 'ERROR');
      const headers = { authorization: `Bearer ${key}` };
      const refused = await client.ask('/v1/health', { as: null, headers });
      expect(refused.json.detail).toBe('Invalid API key.');
      const created = await rows('action=key_created&limit=20');
      expect(created.some((row) => JSON.stringify(row.detail).includes(name))).toBe(true);
    });
  });
}
