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
import { type Timed, timed } from './timed.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./waiting.child.ts', import.meta.url));

/** Milliseconds that an end may be late. */
const toleranceMs = 100;

/** Milliseconds: longer than what the last request leaves behind in Node holds a process. */
const pauseMs = 3_000;

interface Told extends Omit<Timed<FlushReport>, 'value'> {
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

function keepsDeadline(told: Omit<Timed<unknown>, 'value'>, timeoutMs: number): void {
  expect(told.elapsedMs).toBeGreaterThanOrEqual(timeoutMs - 1);
  expect(told.lateMs).toBeLessThanOrEqual(toleranceMs);
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
      const told = await timed(timeoutMs, () => handler.close({ timeoutMs }));
      keepsDeadline(told, timeoutMs);
      const report = told.value;
      expect(report).toMatchObject({ drained: false, learn: { pending: 0, aborted: 20 } });
      expect(uncounted(handler.stats().learn)).toBe(0);
    },
  );

  it('flush keeps its deadline and aborts nothing', async () => {
    const handler = await busy();
    const told = await timed(300, () => handler.flush({ timeoutMs: 300 }));
    keepsDeadline(told, 300);
    expect(told.value).toMatchObject({ drained: false, learn: { pending: 20, aborted: 0 } });
    await handler.close({ timeoutMs: 0 });
  });
});

describe('a process whose lessons hang', () => {
  it('lives until an awaited close is over, ends by itself right after, and has kept the deadline', async () => {
    const told = await childOf(hanging, 'close', 400);
    const { report, learn, aliveMs } = told;
    keepsDeadline(told, 400);
    expect(report).toMatchObject({ drained: false, learn: { aborted: 8, pending: 0 } });
    expect(uncounted(learn)).toBe(0);
    expect(aliveMs).toBeLessThan(3_000);
  });

  it('lives until an awaited flush is over', async () => {
    const told = await childOf(hanging, 'flush', 400);
    keepsDeadline(told, 400);
    expect(told.report).toMatchObject({ drained: false, learn: { aborted: 0, pending: 8 } });
  });
});

describe('a process whose lessons wait for a minute that the service asked for', () => {
  it.each(['flush', 'close'])('lives until an awaited %s is over', async (end) => {
    const told = await childOf(pausing, end, pauseMs);
    keepsDeadline(told, pauseMs);
    expect(told.report.drained).toBe(false);
  });

  it('lives until the reply that waits for them is given', async () => {
    const told = await childOf(pausing, 'reply', pauseMs);
    expect(told.elapsedMs).toBeLessThan(pauseMs + 5_000);
    expect(told.learn.pending).toBe(8);
  });

  it('ends by itself when nobody waits', async () => {
    const { learn, aliveMs } = await childOf(pausing, 'nothing', 0);
    expect(learn.pending).toBe(8);
    expect(aliveMs).toBeLessThan(15_000);
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
