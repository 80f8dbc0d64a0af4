import { expect, it } from 'vitest';
import { hangingBench } from '../../bench/hanging.ts';

const requests = 100_000;

it('a service that hangs costs 100,000 requests no reply, few sockets and no memory, and every task is counted', async () => {
  const figures = await hangingBench({ requests });
  const { userErrors, uncounted, offered, dropped } = figures;
  expect({ userErrors, uncounted }).toEqual({ userErrors: 0, uncounted: 0 });
  expect(offered).toBeGreaterThanOrEqual(requests);
  expect(dropped).toBeGreaterThan(requests / 2);
  expect(figures.mostSockets).toBeGreaterThan(0);
  expect(figures.socketsPerConcurrency).toBeLessThanOrEqual(1);
  expect(figures.heapGrowthMiB).toBeLessThan(32);
  expect(figures.heapGrowthKiBPerRequest).toBeLessThanOrEqual(0.1);
}, 60_000);
