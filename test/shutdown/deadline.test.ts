import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  createEngramiaClient,
  type FlushReport,
  keyPerTenant,
  type LaneStats,
} from 'engramia-cutover';
import { fakeEngramia } from 'engramia-cutover/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uncounted } from '../../bench/conservation.ts';
import { hangingService, type Service } from '../../bench/services.ts';
import { chat } from '../router/world.ts';
import { pausingService } from './pausing-service.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./waiting.child.ts', import.meta.url));

/** Milliseconds that an end may be late. */
const toleranceMs = 100;

interface Told {
  readonly elapsedMs: number;
  readonly report: FlushReport;
  readonly learn: LaneStats;
  /** Milliseconds from its last words to the end of the process. */
  readonly aliveMs: number;
}

/** Runs a process with eight lessons in front of a service, to its own end. */
async function childOf(service: Service, end: string, timeoutMs: number): Promise<Told> {
  const { stdout, stderr } = await run(process.execPath, [
    script,
    service.url,
    String(timeoutMs),
    end,
  ]);
  expect(stderr).toBe('');
  const [told = '', aliveMs = ''] = stdout.split('\n');
  return { ...(JSON.parse(told) as Omit<Told, 'aliveMs'>), aliveMs: Number(aliveMs) };
}

let hanging: Service;
let pausing: Service;

beforeAll(async () => {
  hanging = await hangingService();
  pausing = await pausingService();
});

afterAll(async () => {
  await hanging[Symbol.asyncDispose]();
  await pausing[Symbol.asyncDispose]();
});

function keepsDeadline(elapsedMs: number, timeoutMs: number): void {
  expect(elapsedMs).toBeGreaterThanOrEqual(timeoutMs - 1);
  expect(elapsedMs).toBeLessThanOrEqual(timeoutMs + toleranceMs);
}

describe('against a service that hangs', () => {
  const busy = async () => {
    const client = createEngramiaClient({ baseUrl: hanging.url, pacing: false });
    const { handler } = chat('dualwrite', {
      engramia: keyPerTenant(client, (tenant) => `key-of-${tenant}`),
      identify: (user, task) => ({ tenant: user, task }),
    });
    for (let call = 0; call < 20; call += 1)
      await handler(`tenant-${call}`, 'a task of some length');
    return handler;
  };

  it.each([0, 300])(
    'close keeps a deadline of %i ms and counts what it aborts',
    async (timeoutMs) => {
      const handler = await busy();
      const startedAt = performance.now();
      const report = await handler.close({ timeoutMs });
      keepsDeadline(performance.now() - startedAt, timeoutMs);
      expect(report).toMatchObject({ drained: false, learn: { pending: 0, aborted: 20 } });
      expect(uncounted(handler.stats().learn)).toBe(0);
    },
  );

  it('flush keeps its deadline and aborts nothing', async () => {
    const handler = await busy();
    const startedAt = performance.now();
    const report = await handler.flush({ timeoutMs: 300 });
    keepsDeadline(performance.now() - startedAt, 300);
    expect(report).toMatchObject({ drained: false, learn: { pending: 20, aborted: 0 } });
    await handler.close({ timeoutMs: 0 });
  });
});

describe('a process whose lessons hang', () => {
  it('lives until an awaited close is over, ends by itself right after, and has kept the deadline', async () => {
    const { elapsedMs, report, learn, aliveMs } = await childOf(hanging, 'close', 400);
    keepsDeadline(elapsedMs, 400);
    expect(report).toMatchObject({ drained: false, learn: { aborted: 8, pending: 0 } });
    expect(uncounted(learn)).toBe(0);
    expect(aliveMs).toBeLessThan(1_000);
  });

  it('lives until an awaited flush is over', async () => {
    const { elapsedMs, report } = await childOf(hanging, 'flush', 400);
    keepsDeadline(elapsedMs, 400);
    expect(report).toMatchObject({ drained: false, learn: { aborted: 0, pending: 8 } });
  });
});

describe('a process whose lessons wait for a minute that the service asked for', () => {
  it.each(['flush', 'close'])('lives until an awaited %s is over', async (end) => {
    const { elapsedMs, report } = await childOf(pausing, end, 400);
    keepsDeadline(elapsedMs, 400);
    expect(report.drained).toBe(false);
  });

  it('lives until the reply that waits for them is given', async () => {
    const { elapsedMs, learn } = await childOf(pausing, 'reply', 400);
    keepsDeadline(elapsedMs, 400);
    expect(learn.pending).toBe(8);
  });

  it('ends by itself when nobody waits', async () => {
    const { learn, aliveMs } = await childOf(pausing, 'nothing', 0);
    expect(learn.pending).toBe(8);
    expect(aliveMs).toBeLessThan(5_000);
  });
});

describe('against a service that is healthy', () => {
  it('close returns as soon as the last lesson is stored', async () => {
    const fake = await fakeEngramia({ keys: { key: { tenant: 'acme' } }, rateLimits: false });
    const service = await fake.listen();
    const client = createEngramiaClient({ baseUrl: service.url, pacing: false });
    const { handler } = chat('dualwrite', { engramia: keyPerTenant(client, () => 'key') });
    await Promise.all([1, 2, 3].map((n) => handler('user', `an exchange with number ${n}`)));
    const startedAt = performance.now();
    const report = await handler.close({ timeoutMs: 10_000 });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(report).toMatchObject({ drained: true, learn: { aborted: 0, pending: 0 } });
    expect(fake.requests.filter(({ path }) => path === '/v1/learn')).toHaveLength(3);
    await service.close();
  });
});
