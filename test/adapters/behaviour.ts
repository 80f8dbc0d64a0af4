import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type CallContext,
  type Cutover,
  type CutoverOptions,
  createCutover,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { type MemoryFlags, memoryFlags } from 'engramia-cutover/flags';
import { type FakeEngramia, fakeClock } from 'engramia-cutover/testing';
import { expect, it, vi } from 'vitest';
import { learning } from '../express/chat-app.ts';
import type { ChatRoute, WayIn } from './way-in.ts';

interface Running extends AsyncDisposable {
  readonly cutover: Cutover;
  readonly flags: MemoryFlags;
  readonly fake: FakeEngramia;
  readonly storage: AsyncLocalStorage<string>;
  /** How often legacy was asked. */
  readonly legacyCalls: () => number;
  request(signal?: AbortSignal): Promise<Response>;
  /** Status and text of an answer. */
  ask(): Promise<[status: number, text: string]>;
}

type Setup = Partial<ChatRoute> & { readonly shared?: Partial<CutoverOptions> };

const question = 'Build a CSV parser';
const byLegacy = [200, `legacy: ${question}`];
const byCandidate = [200, `candidate: ${question}`];
const stages: readonly Stage[] = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'];
const servedByLegacy: readonly Stage[] = ['off', 'dualwrite', 'shadow'];
const withFallback: readonly Stage[] = ['live', 'rampdown'];

const answer = async (_context: CallContext, message: string): Promise<string> =>
  `candidate: ${message}`;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function start(way: WayIn, stage: Stage, setup: Setup = {}): Promise<Running> {
  const { shared, legacy, candidate = answer, ...route } = setup;
  const { fake, engramia } = await learning();
  const flags = memoryFlags(stage);
  const logger = { warn: () => undefined };
  const cutover = createCutover({ flags, engramia, logger, decideTimeoutMs: 10_000, ...shared });
  const storage = new AsyncLocalStorage<string>();
  let legacyCalls = 0;
  const { port, close } = await way.listen(cutover, {
    around: (handle) => storage.run('of the request', handle),
    ...route,
    candidate: route.isSafe ? shadowSafe(candidate) : candidate,
    legacy: (message) => {
      legacyCalls += 1;
      return legacy ? legacy(message) : { text: `legacy: ${message}` };
    },
  });
  const request = (signal?: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: question }),
      signal: signal ?? null,
    });
  return {
    cutover,
    flags,
    fake,
    storage,
    legacyCalls: () => legacyCalls,
    request,
    ask: async () => {
      const response = await request();
      return [response.status, await response.text()];
    },
    [Symbol.asyncDispose]: async () => {
      await close();
      await cutover.close({ timeoutMs: 1_000 });
    },
  };
}

const learned = async ({ cutover, fake }: Running): Promise<(string | undefined)[]> => {
  await cutover.flush();
  return fake.patterns('default').map(({ code }) => code);
};

const throwing = (message: string) => (): never => {
  throw new Error(message);
};

type Behaviour = (way: WayIn) => Promise<void>;

const behaviours: Readonly<Record<string, Behaviour>> = {
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
  'sends everyone to legacy on a kill, and back when revived': async (way) => {
    await using app = await start(way, 'live');
    expect(await app.ask()).toEqual(byCandidate);
    app.cutover.kill('drill');
    expect(await app.ask()).toEqual(byLegacy);
    app.cutover.revive();
    expect(await app.ask()).toEqual(byCandidate);
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
  'learns a stream of legacy whole, once it has ended': async (way) => {
    const go = Promise.withResolvers<void>();
    await using app = await start(way, 'dualwrite', {
      legacy: () => ({
        chunks: (async function* () {
          yield 'first ';
          await go.promise;
          yield 'last';
        })(),
      }),
    });
    const response = await app.request();
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe('first ');
    expect(await learned(app)).toEqual([]);
    go.resolve();
    expect((await reader?.read())?.value).toBe('last');
    expect((await reader?.read())?.done).toBe(true);
    await vi.waitFor(async () => expect(await learned(app)).toEqual(['first last']));
  },
  'sends a candidate’s stream chunk by chunk': async (way) => {
    const go = Promise.withResolvers<void>();
    await using app = await start(way, 'live', {
      candidate: async function* () {
        yield 'first ';
        await go.promise;
        yield 'last';
      },
    });
    const reader = (await app.request()).body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe('first ');
    go.resolve();
    expect((await reader?.read())?.value).toBe('last');
    expect((await reader?.read())?.done).toBe(true);
    expect(app.legacyCalls()).toBe(0);
  },
  'falls back when a candidate’s stream fails before its first chunk, and not after it': async (
    way,
  ) => {
    let chunks = 0;
    await using app = await start(way, 'live', {
      candidate: async function* () {
        if (chunks > 0) yield 'first';
        throw new Error('stream broke');
      },
    });
    expect(await app.ask()).toEqual(byLegacy);
    chunks = 1;
    const broken = await app
      .request()
      .then(
        (response) => response.text(),
        (error: unknown) => error,
      )
      .catch((error: unknown) => error);
    expect(broken).toBeInstanceOf(TypeError);
    expect(app.legacyCalls()).toBe(1);
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

/** What every way in does alike: the same cases, on a real socket. */
export function testBehaviour(way: WayIn): void {
  it.each(Object.entries(behaviours))('%s', (_name, behave) => behave(way));
}
