import { describe, expect, it } from 'vitest';
import type { ContractClient } from './client.ts';
import { expectFailure } from './expecting.ts';
import type { RoleTest } from './role-test.ts';

/** What the service tells of itself and of a scope. */
export function servicePart(client: ContractClient, itAs: RoleTest): void {
  describe('service', () => {
    it('tells its version to anyone and its health to a key', async () => {
      const version = await client.ask('/v1/version', { as: null });
      expect([version.status, version.json.api_version]).toEqual([200, 'v1']);
      expectFailure(await client.ask('/v1/health', { as: null }), 401, 'UNAUTHORIZED');
      const health = await client.ask('/v1/health');
      expect(health.json).toMatchObject({ status: 'ok', pattern_count: expect.any(Number) });
    });

    it('tells its parts', async () => {
      const { json } = await client.ask('/v1/health/deep');
      const checks = json.checks as object;
      expect(Object.keys(checks)).toEqual(
        expect.arrayContaining(['storage', 'llm', 'embedding', 'migration']),
      );
      if (client.target.mode === 'database') expect(json.status).not.toBe('ok');
    });

    it('tells what is used', async () => {
      const billing = await client.ask('/v1/billing/status');
      expect(billing.json).toMatchObject({ patterns_used: expect.any(Number) });
      expect(billing.json).toHaveProperty('patterns_limit');
      const metrics = await client.ask('/v1/metrics');
      expect(metrics.json).toMatchObject({
        runs: expect.any(Number),
        pattern_count: expect.any(Number),
      });
    });

    it('tells an editor its scope by a rollup', async () => {
      const body = { window: 'hourly' };
      const { json } = await client.ask('/v1/analytics/rollup', { body });
      const ids = { tenant_id: expect.any(String), project_id: expect.any(String) };
      expect(json).toMatchObject({ window: 'hourly', rollups: [ids] });
      const read = await client.ask('/v1/analytics/rollup/hourly');
      expect(read.json).toMatchObject(ids);
    });

    it('knows no such job', async () => {
      expectFailure(await client.ask(`/v1/jobs/${client.run}`), 404, 'NOT_FOUND');
    });

    itAs('reader', 'refuses a reader what writes, before it looks at the body', async () => {
      const learn = await client.ask('/v1/learn', { as: 'reader', body: {} });
      expectFailure(learn, 403, 'FORBIDDEN');
      expect(learn.json.detail).toBe("Role 'reader' does not have permission 'learn'.");
      expect((await client.ask('/v1/audit?limit=1', { as: 'reader' })).status).toBe(403);
      const body = { task: client.text('read'), limit: 1 };
      expect((await client.ask('/v1/recall', { as: 'reader', body })).status).toBe(200);
    });
  });
}
