import { expect, test } from 'vitest';
import { hangingBench } from '../../bench/hanging.ts';

const requests = 50_000;

test('a service that hangs costs 50,000 requests no reply, few sockets and no memory, and every task is counted', async () => {
  const figures = await hangingBench({ requests });

  expect(figures.userErrors).toBe(0);
  expect(figures.offered).toBeGreaterThanOrEqual(requests);
  expect(figures.dropped).toBeGreaterThan(requests / 2);
  expect(figures.uncounted).toBe(0);
  expect(figures.mostSockets).toBeGreaterThan(0);
  expect(figures.socketsPerConcurrency).toBeLessThanOrEqual(1);
  expect(figures.heapGrowthMiB).toBeLessThan(32);
  expect(figures.heapGrowthKiBPerRequest).toBeLessThanOrEqual(0.1);
});

test('requests that are given up and begun again take nothing from users and from the counts', async () => {
  const figures = await hangingBench({ requests, timeoutMs: 100 });

  expect(figures.userErrors).toBe(0);
  expect(figures.uncounted).toBe(0);
  expect(figures.heapGrowthKiBPerRequest).toBeLessThanOrEqual(0.1);
});
