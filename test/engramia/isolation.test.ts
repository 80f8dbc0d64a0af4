import { createEngramiaClient, type FetchLike, keyPerTenant } from 'engramia-cutover';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LearnTarget } from '../../src/core/contracts/learner.ts';
import { isCutoverError } from '../../src/core/errors.ts';
import { ManualClock } from './manual-clock.ts';

const tenants = ['a', 'b', '__proto__', 'constructor', 'keyless', 'broken'] as const;
const run = new AbortController();

describe('isolation of tenants', () => {
  it("sends every lesson under its own tenant's key, whatever is interleaved", async () => {
    const step = fc.record({
      tenant: fc.constantFrom(...tenants),
      waitMs: fc.constantFrom(0, 0, 0, 40_000),
      status: fc.constantFrom(200, 200, 200, 401, 500),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.scheduler(),
        async (steps, scheduler) => {
          const sent: { tenant: string; key: string }[] = [];
          const fetch: FetchLike = scheduler.scheduleFunction(async (_url, init) => {
            const { run_id: tenant, code } = JSON.parse(String(init?.body));
            const key = new Headers(init?.headers).get('authorization') ?? '';
            sent.push({ tenant, key });
            return Response.json({ stored: true, pattern_count: 1 }, { status: Number(code) });
          });
          const clock = new ManualClock();
          const client = createEngramiaClient({
            baseUrl: 'https://e.example',
            apiKey: 'base',
            fetch,
            clock,
            pacing: false,
          });
          // The turn is scheduled, not the look-up: a promise that is rejected before its turn would be unhandled until then.
          const lookup = async (tenant: string) => {
            await scheduler.schedule(Promise.resolve());
            if (tenant === 'broken') throw new Error('no vault');
            return tenant === 'keyless' ? undefined : `key-of-${tenant}`;
          };
          const scopes = keyPerTenant(client, lookup, { maxTenants: 2, clock });
          const learn = async (tenant: string, status: number) => {
            const target: LearnTarget | undefined = await scopes.targetOf(tenant);
            const lesson = { task: 't', code: String(status), evalScore: 5, runId: tenant };
            await target?.learn(lesson, run);
          };
          const late: string[] = [];
          const running = steps.map(({ tenant, status, waitMs }) => {
            clock.advance(waitMs);
            return learn(tenant, status).catch((error: unknown) => {
              const isLate = isCutoverError(error) && error.code === 'ERR_ENGRAMIA_TIMEOUT';
              if (isLate) late.push(tenant);
            });
          });
          await scheduler.waitFor(Promise.all(running));
          const hasKey = (tenant: string) => tenant !== 'keyless' && tenant !== 'broken';
          const own = steps.filter(({ tenant }) => hasKey(tenant));
          expect(sent.length + late.filter(hasKey).length).toBe(own.length);
          if (steps.every(({ waitMs }) => waitMs === 0)) expect(late).toEqual([]);
          for (const { tenant, key } of sent) expect(key).toBe(`Bearer key-of-${tenant}`);
        },
      ),
      { numRuns: 100 },
    );
  });
});
