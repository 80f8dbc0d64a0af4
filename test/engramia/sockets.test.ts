import { createEngramiaClient, oneScope } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { LiveSockets } from '../../bench/live-sockets.ts';
import { hangingService } from '../../bench/services.ts';

const lesson = { task: 'Parse a CSV file', code: 'Stream it.', evalScore: 5, runId: 'shadow:a' };
const record = { ...lesson, key: 'patterns/a', at: 0 };

/** The most sockets at once while `workers` send one request after the other to a service that never answers. */
async function mostSockets(workers: number, viaImport: boolean): Promise<number> {
  await using service = await hangingService();
  using sockets = new LiveSockets(service.url);
  const client = createEngramiaClient({
    ...{ baseUrl: service.url, apiKey: 'key', pacing: false, timeoutMs: 100 },
  });
  const target = await oneScope(client).targetOf('a');
  const run = new AbortController();
  const work = async (): Promise<void> => {
    for (let left = 6; left > 0; left -= 1) {
      if (viaImport) await target?.import([record], run);
      else await target?.learn(lesson, run);
    }
  };
  await target?.learn(lesson, run); // a first request takes its time, and sockets that are not open yet are not closed
  await Promise.all(Array.from({ length: workers }, work));
  expect(sockets.most).toBeGreaterThan(1);
  return sockets.most;
}

describe('sockets of requests that are given up', () => {
  it('are closed before the next lesson leaves', async () => {
    expect(await mostSockets(4, false)).toBeLessThanOrEqual(4);
  });

  it('are closed before the next batch leaves', async () => {
    expect(await mostSockets(4, true)).toBeLessThanOrEqual(4);
  });
});
