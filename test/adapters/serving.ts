import { fakeClock } from 'engramia-cutover/testing';
import { expect } from 'vitest';
import {
  type Behaviours,
  byCandidate,
  byLegacy,
  learned,
  type Running,
  servedByLegacy,
  stages,
  start,
  throwing,
  withFallback,
} from './running.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Who answers, and with what. */
export const serving: Behaviours = {
  'answers by the leg of each stage': async (way) => {
    for (const stage of stages) {
      await using app = await start(way, stage);
      const isLegacy = servedByLegacy.includes(stage);
      expect([stage, await app.ask()]).toEqual([stage, isLegacy ? byLegacy : byCandidate]);
      expect(app.legacyCalls()).toBe(isLegacy ? 1 : 0);
    }
  },
  'gives the user legacy’s own error': async (way) => {
    for (const stage of servedByLegacy) {
      await using app = await start(way, stage, { legacy: throwing('legacy broke') });
      expect([stage, await app.ask()]).toEqual([stage, [500, 'error: legacy broke']]);
      expect(await learned(app)).toEqual([]);
    }
  },
  'gives the user the candidate’s own error once the migration is complete': async (way) => {
    await using app = await start(way, 'complete', { candidate: throwing('candidate broke') });
    expect(await app.ask()).toEqual([500, 'error: candidate broke']);
    expect(app.legacyCalls()).toBe(0);
  },
  'gives the user legacy’s error when both legs fail': async (way) => {
    await using app = await start(way, 'live', {
      legacy: throwing('legacy broke'),
      candidate: throwing('candidate broke'),
    });
    expect(await app.ask()).toEqual([500, 'error: legacy broke']);
  },
  'falls back to legacy once when the candidate fails': async (way) => {
    for (const stage of withFallback) {
      await using app = await start(way, stage, { candidate: throwing('candidate broke') });
      expect([stage, await app.ask()]).toEqual([stage, byLegacy]);
      expect(app.legacyCalls()).toBe(1);
      expect(app.cutover.stats().routes.chat?.fallbacks).toBe(1);
    }
  },
  'keeps a refusal of legacy as it is, and learns none': async (way) => {
    for (const status of [400, 404, 429, 500, 503]) {
      await using app = await start(way, 'dualwrite', {
        legacy: () => ({ status, text: 'a refusal of some length' }),
      });
      expect(await app.ask()).toEqual([status, 'a refusal of some length']);
      expect(await learned(app)).toEqual([]);
    }
  },
  'answers by legacy when the candidate is late, in the request’s own async context': async (
    way,
  ) => {
    const clock = fakeClock();
    const begun = Promise.withResolvers<void>();
    const seen: (string | undefined)[] = [];
    const app: Running = await start(way, 'live', {
      shared: { clock },
      fallback: { afterMs: 1_000 },
      candidate: ({ signal }) => {
        signal.addEventListener('abort', () => undefined);
        begun.resolve();
        return new Promise(() => undefined);
      },
      legacy: (message) => {
        seen.push(app.storage.getStore());
        return { text: `legacy: ${message}` };
      },
    });
    await using _ = app;
    const late = app.ask();
    await begun.promise;
    await nextTurn();
    await clock.advance(1_000);
    expect([await late, seen]).toEqual([byLegacy, ['of the request']]);
  },
  'sends everyone to legacy on a kill, and back when revived': async (way) => {
    await using app = await start(way, 'live');
    expect(await app.ask()).toEqual(byCandidate);
    app.cutover.kill('drill');
    expect(await app.ask()).toEqual(byLegacy);
    app.cutover.revive();
    expect(await app.ask()).toEqual(byCandidate);
  },
  'tells a candidate that the client has left, asks no other leg and learns nothing': async (
    way,
  ) => {
    const begun = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    await using app = await start(way, 'live', {
      candidate: ({ signal }) => {
        begun.resolve();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            told.resolve();
            reject(signal.reason);
          });
        });
      },
    });
    const gone = new AbortController();
    const answer = app.request(gone.signal).catch((error: unknown) => error);
    await begun.promise;
    gone.abort();
    await told.promise;
    await answer;
    expect([await learned(app), app.legacyCalls()]).toEqual([[], 0]);
  },
};
