import { expect } from 'vitest';
import {
  type Behaviours,
  byCandidate,
  byLegacy,
  learned,
  question,
  type Running,
  start,
  throwing,
} from './running.ts';

/** What happens behind the user’s back, and stays there. */
export const background: Behaviours = {
  'runs legacy and the mirror in the request’s async context': async (way) => {
    const seen: Record<string, string | undefined> = {};
    const mirrored = Promise.withResolvers<void>();
    const app: Running = await start(way, 'shadow', {
      legacy: (message) => {
        seen.legacy = app.storage.getStore();
        return { text: `legacy: ${message}` };
      },
      isSafe: true,
      candidate: async () => {
        seen.mirror = app.storage.getStore();
        mirrored.resolve();
        return 'mirrored';
      },
    });
    await using _ = app;
    expect(await app.ask()).toEqual(byLegacy);
    await mirrored.promise;
    expect(seen).toEqual({ legacy: 'of the request', mirror: 'of the request' });
  },
  'learns the text that the user got': async (way) => {
    await using app = await start(way, 'dualwrite');
    await app.ask();
    expect(await learned(app)).toEqual([`legacy: ${question}`]);
    app.flags.set('acme', 'off');
    await app.ask();
    expect(await learned(app)).toHaveLength(1);
  },
  'learns what a served candidate said': async (way) => {
    await using app = await start(way, 'live');
    await app.ask();
    expect(await learned(app)).toEqual([`candidate: ${question}`]);
  },
  'shows users nothing of what goes wrong in the background': async (way) => {
    for (const stage of ['dualwrite', 'shadow'] as const) {
      await using app = await start(way, stage, {
        isSafe: true,
        candidate: throwing('mirror broke'),
        view: throwing('view broke'),
      });
      app.fake.down();
      expect([stage, await app.ask()]).toEqual([stage, byLegacy]);
      expect(await learned(app)).toEqual([]);
      expect(app.cutover.stats().routes.chat?.served.legacy).toBe(1);
    }
  },
  'goes on serving after close, and offers nothing more': async (way) => {
    await using app = await start(way, 'dualwrite');
    await app.cutover.close();
    expect(await app.ask()).toEqual(byLegacy);
    app.flags.set('acme', 'live');
    expect(await app.ask()).toEqual(byCandidate);
    expect(await learned(app)).toEqual([]);
  },
};
