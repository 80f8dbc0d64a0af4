import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { LaneOptions } from '../../src/core/contracts/lane.ts';
import { systemClock } from '../../src/core/time/clock.ts';
import { createLane } from '../../src/shadow/lane/lane.ts';
import { createLearnLane } from '../../src/shadow/learn/learn-lane.ts';
import type { Gate } from '../../src/shadow/work.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { bytesInUse } from './collect-garbage.ts';
import { servedExchange } from './exchanges.ts';
import { recorder } from './recorder.ts';
import { scopes } from './scopes.ts';

const megabyte = 1024 * 1024;

function hangingLane(options: LaneOptions = {}) {
  const { learner, attempts } = scopes({ learn: () => new Promise(() => {}), now: () => 0 });
  const reporter = recorder([]);
  const setup = { options, learner, clock: systemClock, random: Math.random, reporter };
  return { lane: createLearnLane(setup), attempts };
}

it('Promise 3 (boundedness): a service that hangs costs no memory a request', async () => {
  const { lane, attempts } = hangingLane();
  const offers = 20_000;
  const before = bytesInUse();
  for (let index = 0; index < offers; index++) {
    const tenant = `tenant-${index % 50}`;
    const task = `Where is parcel number ${index}?`;
    lane.offer(servedExchange({ tenant, task, waiter: undefined }));
    if (index % 500 === 0) await turn();
  }
  await turn();
  const { accepted, dropped, pending, running } = lane.stats();
  expect(bytesInUse() - before).toBeLessThan(offers * 102);
  expect(attempts).toHaveLength(4);
  expect({ running, pending, accepted, sum: accepted + dropped.count + dropped.tenant }).toEqual({
    running: 4,
    pending: 1000,
    accepted: 1000,
    sum: offers,
  });
  await lane.close(0);
  expect(lane.stats()).toMatchObject({ pending: 0, aborted: 1000 });
}, 60_000);

it('Promise 3 (boundedness): long replies are let go of as soon as they are cut', async () => {
  const { lane } = hangingLane({ maxBytes: 400 * megabyte });
  const before = bytesInUse();
  for (let index = 0; index < 200; index++) {
    const tenant = `tenant-${index}`;
    const reply = `${index} ${'long reply '.repeat(70_000)}`;
    lane.offer(servedExchange({ tenant, reply, waiter: undefined }));
    if (index % 10 === 0) while (lane.stats().bytes > 20 * megabyte) await turn();
  }
  while (lane.stats().bytes > 8 * megabyte) await turn();
  expect(lane.stats().pending).toBe(200);
  expect(bytesInUse() - before).toBeLessThan(8 * megabyte);
  await lane.close(0);
}, 60_000);

it('forgets gates and tenants when nothing waits for them any more, also after a deadline', async () => {
  const clock = fakeClock();
  const settle: (() => void)[] = [];
  const lane = createLane<Gate, Gate>({
    name: 'learn',
    options: { deadlineMs: 10, maxAgeMs: 20 },
    clock,
    reporter: recorder([]),
    work: {
      tenantOf: () => 'acme',
      sizeOf: () => 1,
      prepare: (gate) => ({ ready: gate, bytes: 1, gate }),
      run: () => new Promise((resolve) => settle.push(() => resolve('stored'))),
      ended: () => {},
    },
  });
  const waits = [0, 0, 0, 0, Number.POSITIVE_INFINITY];
  const gates = waits.map((waitMs) => {
    const gate: Gate = { limit: 1, readyInMs: () => waitMs };
    lane.offer(gate);
    return new WeakRef(gate);
  });
  await clock.advance(0);
  for (const end of settle.splice(0, 2)) end();
  await clock.advance(10);
  for (const end of settle.splice(0)) end();
  await clock.advance(10);
  expect(lane.stats()).toMatchObject({ ok: { stored: 2 }, timedOut: 3, bytes: 0, running: 0 });
  bytesInUse();
  expect(gates.map((gate) => gate.deref())).toEqual(waits.map(() => undefined));
});
