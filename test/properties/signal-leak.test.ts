import { getEventListeners } from 'node:events';
import { createCutoverHandler, createEngramiaClient, oneScope, type Stage } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { expect, it } from 'vitest';
import { bytesInUse } from '../shadow/collect-garbage.ts';

const calls = 100_000;
const inFlight = 100;

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

function startApp(stage: Stage, signal: AbortSignal) {
  const client = createEngramiaClient({
    baseUrl: 'https://engramia.test',
    apiKey: 'key',
    pacing: false,
    fetch: async () => Response.json({ stored: true, pattern_count: 1 }),
  });
  let asked = 0;
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (message: string) => `legacy: ${message}`,
    candidate: async (context, message) => {
      asked += context.signal.aborted ? 0 : 1;
      await undefined;
      return `candidate: ${message}`;
    },
    identify: (message) => ({ tenant: 'acme', task: message }),
    flags: memoryFlags(stage),
    engramia: oneScope(client),
    shadow: { learn: { maxCount: 50 } },
    logger: { warn: () => undefined },
    signal,
  });
  return { handler, asked: () => asked };
}

it.each<Stage>(['off', 'dualwrite', 'live'])(
  'keeps neither listeners nor memory of 100,000 calls with one long-lived signal, in stage %s',
  async (stage) => {
    const callers = new AbortController();
    const app = new AbortController();
    const { handler, asked } = startApp(stage, app.signal);
    const init = { signal: callers.signal };
    const askMany = async (count: number): Promise<number> => {
      let most = 0;
      for (let left = count; left > 0; left -= inFlight) {
        const replies = Array.from({ length: inFlight }, (_, index) =>
          handler.run([`message number ${left - index}`], init),
        );
        most = Math.max(most, listenersOf(callers.signal));
        await Promise.all(replies);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return most;
    };
    await askMany(2_000);
    const before = bytesInUse();
    const most = await askMany(calls);
    const grown = bytesInUse() - before;

    expect(most).toBe(stage === 'live' ? inFlight : 0);
    expect(asked()).toBe(stage === 'live' ? calls + 2_000 : 0);
    expect(listenersOf(callers.signal)).toBe(0);
    expect(listenersOf(app.signal)).toBe(1);
    expect(grown / calls).toBeLessThan(20);
    await handler.close();
    expect(listenersOf(app.signal)).toBe(0);
  },
  60_000,
);
