import { type CutoverEventOf, shadowSafe } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { chat, hangs, nextTurn } from './world.ts';

const boom = new Error('candidate broke');
const throws = (): never => {
  throw boom;
};
const breaks = async (): Promise<never> => throws();

/** A live route with a deadline of 100 ms, and all that it tells. */
function live(over: Parameters<typeof chat>[1] = {}) {
  const clock = fakeClock();
  const { handler, ...world } = chat('live', { clock, fallback: { afterMs: 100 }, ...over });
  const fallbacks: CutoverEventOf<'fallback'>[] = [];
  const served: CutoverEventOf<'served'>[] = [];
  const contained: string[] = [];
  handler.on('fallback', (event) => fallbacks.push(event));
  handler.on('served', (event) => served.push(event));
  handler.on('error', ({ operation, route }) => contained.push(`${operation} of ${route}`));
  const stats = () => handler.stats().routes.chat;
  return { ...world, handler, clock, fallbacks, served, contained, stats };
}

/** Collects what nobody handles while `run` runs. */
async function unhandledIn(run: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  await run();
  await nextTurn();
  process.off('unhandledRejection', note);
  return unhandled;
}

async function* pieces(...texts: string[]) {
  yield* texts;
}
const textOf = async (stream: unknown): Promise<string> => {
  let text = '';
  for await (const piece of stream as AsyncIterable<string>) text += piece;
  return text;
};

describe('a candidate that ends after legacy was asked in its place', () => {
  it.each<[string, (late: PromiseWithResolvers<unknown>) => void]>([
    ['with a text', ({ resolve }) => resolve('too late')],
    ['with an object', ({ resolve }) => resolve({ text: 'too late' })],
    ['with a stream', ({ resolve }) => resolve(pieces('too late'))],
    ['with a failure', ({ reject }) => reject(boom)],
  ])('%s is counted and told nowhere', async (_how, settle) => {
    const late = Promise.withResolvers<unknown>();
    const asked: unknown[] = [];
    const { handler, clock, fallbacks, served, stats } = live({
      candidate: () => late.promise as Promise<string>,
      fallback: {
        afterMs: 100,
        isFailure: (reply) => {
          asked.push(reply);
          return false;
        },
      },
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(100);
    expect(await reply).toBe('legacy: hi');
    settle(late);
    await nextTurn();
    expect(asked).toEqual([]);
    expect(fallbacks).toMatchObject([{ why: 'timeout' }]);
    expect(served).toMatchObject([{ leg: 'legacy', fellBack: true }]);
    expect(stats()).toMatchObject({
      fallbacks: 1,
      served: { legacy: 1, candidate: 0 },
      failed: { legacy: 0, candidate: 0 },
    });
  });

  it('with a stream has that stream cancelled', async () => {
    const late = Promise.withResolvers<unknown>();
    let cancelled = false;
    const { handler, clock } = live({ candidate: () => late.promise as Promise<string> });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(100);
    await reply;
    late.resolve(
      new ReadableStream({
        cancel: () => {
          cancelled = true;
        },
      }),
    );
    await nextTurn();
    expect(cancelled).toBe(true);
  });
});

describe('a stream whose first chunk is waited for', () => {
  it.each<[string, (stream: unknown) => unknown]>([
    ['at once', (stream) => stream],
    ['later', async (stream) => stream],
  ])('and that was returned %s has the same deadline', async (_when, give) => {
    const first = Promise.withResolvers<void>();
    async function* slow() {
      await first.promise;
      yield 'too late';
    }
    const { handler, clock, fallbacks, served, stats } = live({
      candidate: () => give(slow()) as Promise<string>,
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(99);
    expect(fallbacks).toEqual([]);
    await clock.advance(1);
    expect(await reply).toBe('legacy: hi');
    first.resolve();
    await nextTurn();
    expect(fallbacks).toMatchObject([{ why: 'timeout' }]);
    expect(served).toMatchObject([{ leg: 'legacy' }]);
    expect(stats()?.served).toEqual({ legacy: 1, candidate: 0 });
  });

  it('is past its deadline once that chunk is there', async () => {
    const { handler, clock, fallbacks } = live({
      candidate: (() => pieces('a', 'b')) as never,
    });
    const reply = await handler('u', 'hi');
    await nextTurn();
    await clock.advance(1000);
    expect(await textOf(reply)).toBe('ab');
    expect(fallbacks).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('is timed by that chunk, and not by when its consumer comes for it', async () => {
    const { handler, clock, served, stats } = live({
      candidate: (async () => {
        await clock.advance(10);
        return pieces('a');
      }) as never,
    });
    const reply = await handler('u', 'hi');
    await clock.advance(40);
    expect(await textOf(reply)).toBe('a');
    expect(served).toMatchObject([{ firstChunkMs: 10, durationMs: 50 }]);
    expect(stats()?.firstChunk.candidate).toMatchObject({ count: 1, sumMs: 10 });
  });

  it('and that ends without one has no time to it', async () => {
    const { handler, served } = live({ candidate: (async () => pieces()) as never });
    expect(await textOf(await handler('u', 'hi'))).toBe('');
    expect(served).toMatchObject([{ leg: 'candidate', status: 'fulfilled' }]);
    expect(served[0]).not.toHaveProperty('firstChunkMs');
  });

  it('and that fails before it is replaced by legacy', async () => {
    async function* failing() {
      yield await breaks();
    }
    const { handler, fallbacks } = live({ candidate: (async () => failing()) as never });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(fallbacks).toMatchObject([{ why: 'error', error: { name: 'Error' } }]);
  });

  it.each<[string, Parameters<typeof chat>[1], boolean]>([
    ['the candidate has committed', {}, true],
    ['the app says never', { fallback: { when: 'never' } }, false],
  ])('is handed over at once where %s', async (_why, over, commits) => {
    async function* hanging() {
      yield await hangs();
    }
    const { handler } = live({
      candidate: (async (context: { commit(): void }) => {
        if (commits) context.commit();
        return hanging();
      }) as never,
      ...over,
    });
    const reply: unknown = await Promise.race([handler('u', 'hi'), nextTurn()]);
    expect(reply).toBeDefined();
  });
});

describe('a candidate without a deadline', () => {
  const fallback = { afterMs: false as const };

  it('is replaced by legacy when it fails', async () => {
    const { handler } = live({ fallback, candidate: breaks });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
  });

  it('may answer with a stream', async () => {
    const { handler } = live({ fallback, candidate: (() => pieces('a', 'b')) as never });
    expect(await textOf(await handler('u', 'hi'))).toBe('ab');
  });
});

describe('why legacy answers in the candidate’s place', () => {
  it.each([
    ['throws', throws],
    ['rejects', breaks],
  ])('is the error of one that %s', async (_how, candidate) => {
    const { handler, fallbacks } = live({ candidate });
    await handler.run(['u', 'hi'], { requestId: 'r-1' });
    expect(fallbacks).toEqual([
      {
        type: 'fallback',
        route: 'chat',
        requestId: 'r-1',
        tenant: 'acme',
        stage: 'live',
        why: 'error',
        error: { name: 'Error' },
      },
    ]);
  });

  it.each<[string, () => unknown]>([
    ['a text', () => 'sorry'],
    ['an object', () => ({ text: 'sorry' })],
    ['a stream', () => pieces('sorry')],
    ['nothing', () => undefined],
  ])('is that %s failed, without an error', async (_what, make) => {
    for (const give of [make, async () => make()]) {
      const { handler, fallbacks } = live({
        candidate: give as never,
        fallback: { isFailure: () => true },
      });
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      expect(fallbacks).toMatchObject([{ why: 'failure' }]);
      expect(fallbacks[0]).not.toHaveProperty('error');
    }
  });

  it('leaves a stream that failed cancelled, and one that was thrown alone', async () => {
    for (const [isThrown, expected] of [
      [false, ['cancelled']],
      [true, []],
    ] as const) {
      const noted: string[] = [];
      const body = new ReadableStream({ cancel: () => void noted.push('cancelled') });
      const { handler } = live({
        candidate: (async () => {
          if (isThrown) throw body;
          return body;
        }) as never,
        fallback: { isFailure: () => true },
      });
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      await nextTurn();
      expect(noted).toEqual(expected);
    }
  });
});

describe('the app’s rule of what is a failure', () => {
  it('is contained when it throws: the reply is served', async () => {
    const { handler, contained } = live({ fallback: { isFailure: throws } });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(contained).toEqual(['fallback.isFailure of chat']);
  });

  it.each<[string, () => unknown]>([
    ['a promise', async () => true],
    ['a promise that rejects', breaks],
    ['what is merely true', () => 1],
  ])('says nothing with %s', async (_what, isFailure) => {
    const unhandled = await unhandledIn(async () => {
      const { handler } = live({ fallback: { isFailure: isFailure as () => boolean } });
      expect(await handler('u', 'hi')).toBe('candidate: hi');
    });
    expect(unhandled).toEqual([]);
  });
});

describe('the app’s rule of when to fall back', () => {
  it('is contained when it throws, by its route', async () => {
    const { handler, contained } = live({ candidate: breaks, fallback: { when: throws } });
    await expect(handler('u', 'hi')).rejects.toBe(boom);
    expect(contained).toEqual(['fallback.when of chat']);
  });

  it.each<[string, () => unknown]>([
    ['a promise', async () => true],
    ['a promise that rejects', breaks],
    ['what is merely true', () => 1],
  ])('says no with %s', async (_what, when) => {
    const unhandled = await unhandledIn(async () => {
      const { handler } = live({ candidate: breaks, fallback: { when: when as () => boolean } });
      await expect(handler('u', 'hi')).rejects.toBe(boom);
    });
    expect(unhandled).toEqual([]);
  });
});

it('a mirror is told in words that it cannot commit', async () => {
  const { handler } = chat('shadow', {
    candidate: shadowSafe(async (context) => {
      context.commit();
      return 'acted';
    }),
  });
  const messages: string[] = [];
  handler.on('compared', ({ mirrored }) => messages.push(String(mirrored.error?.cause)));
  await handler('u', 'hi');
  await handler.flush();
  expect(messages[0]).toContain('A mirrored run of route "chat" cannot commit');
});
