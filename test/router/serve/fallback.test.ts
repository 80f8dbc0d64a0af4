import { AsyncLocalStorage } from 'node:async_hooks';
import { CutoverError, type CutoverEventOf } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { countedListeners } from '../../counted-listeners.ts';
import { chat, deferred, hangs, nextTurn } from '../world.ts';

const boom = new Error('candidate broke');
const breaks = async (): Promise<string> => {
  throw boom;
};

describe('fallback', () => {
  it.each(['live', 'rampdown'] as const)(
    'answers with legacy when the candidate throws in stage %s',
    async (stage) => {
      const { handler } = chat(stage, { candidate: breaks });
      const events: CutoverEventOf<'fallback'>[] = [];
      handler.on('fallback', (event) => events.push(event));
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({ why: 'error', tenant: 'acme', error: { name: 'Error' } });
      expect(events[0]?.error?.cause).toBe(boom);
      expect(handler.stats().routes.chat).toMatchObject({
        fallbacks: 1,
        served: { legacy: 1, candidate: 0 },
      });
    },
  );

  it('answers with legacy when the candidate throws synchronously', async () => {
    const { handler } = chat('live', {
      candidate: () => {
        throw boom;
      },
    });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
  });

  it('does not fall back in stage complete: the error is the candidate’s own', async () => {
    const { handler } = chat('complete', { candidate: breaks });
    await expect(handler('u', 'hi')).rejects.toBe(boom);
    expect(handler.stats().routes.chat).toMatchObject({ fallbacks: 0, failed: { candidate: 1 } });
  });

  it('does not fall back where the app says never', async () => {
    const { handler } = chat('live', { candidate: breaks, fallback: { when: 'never' } });
    await expect(handler('u', 'hi')).rejects.toBe(boom);
  });

  it('asks the app’s own rule with the reason and the exchange', async () => {
    const asked: unknown[] = [];
    const { handler } = chat('live', {
      candidate: breaks,
      fallback: {
        when: (reason, exchange) => {
          asked.push(reason, exchange.tenant, exchange.subject.task);
          return exchange.subject.task !== 'no';
        },
      },
    });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    await expect(handler('u', 'no')).rejects.toBe(boom);
    expect(asked).toEqual([boom, 'acme', 'hi', boom, 'acme', 'no']);
  });

  it('does not fall back when the app’s rule itself throws, and says so', async () => {
    const { handler } = chat('live', {
      candidate: breaks,
      fallback: {
        when: () => {
          throw new Error('rule');
        },
      },
    });
    const operations: string[] = [];
    handler.on('error', (event) => operations.push(event.operation));
    await expect(handler('u', 'hi')).rejects.toBe(boom);
    expect(operations).toEqual(['fallback.when']);
  });

  it('treats a failed reply as a failure: a Response of 500 by default', async () => {
    const { handler } = chat('live', {
      candidate: async () => new Response('no', { status: 503 }) as unknown as string,
    });
    const why: string[] = [];
    handler.on('fallback', (event) => why.push(event.why));
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(why).toEqual(['failure']);
  });

  it('serves a failed reply as it is where it may not fall back', async () => {
    const { handler } = chat('complete', {
      candidate: async () => 'sorry',
      fallback: { isFailure: (reply) => reply === 'sorry' },
    });
    expect(await handler('u', 'hi')).toBe('sorry');
  });

  it('throws legacy’s error when both fail, and tells the candidate’s by event', async () => {
    const legacyError = new Error('legacy broke too');
    const { handler } = chat('live', {
      candidate: breaks,
      legacy: async () => {
        throw legacyError;
      },
    });
    const causes: unknown[] = [];
    handler.on('fallback', (event) => causes.push(event.error?.cause));
    await expect(handler('u', 'hi')).rejects.toBe(legacyError);
    expect(causes).toEqual([boom]);
  });

  it('does not fall back when the app’s rule itself commits', async () => {
    const { handler } = chat('live', {
      candidate: breaks,
      fallback: {
        when: (_reason, exchange) => {
          (exchange as unknown as { commit(): void }).commit();
          return true;
        },
      },
    });
    await expect(handler('u', 'hi')).rejects.toBe(boom);
  });

  it('does not fall back after a commit', async () => {
    const { handler } = chat('live', {
      candidate: async (context) => {
        context.commit();
        throw boom;
      },
    });
    await expect(handler('u', 'hi')).rejects.toBe(boom);
  });

  it('does not fall back for a caller who has gone', async () => {
    const gone = new AbortController();
    const { handler } = chat('live', {
      candidate: async () => {
        gone.abort();
        throw boom;
      },
    });
    await expect(handler.run(['u', 'hi'], { signal: gone.signal })).rejects.toBe(boom);
  });
});

describe('the deadline of a served candidate', () => {
  it('lets legacy answer 60 s after the start, and aborts the signal that the candidate was given', async () => {
    const clock = fakeClock();
    let signal: AbortSignal | undefined;
    const { handler } = chat('live', {
      clock,
      candidate: (context) => {
        signal = context.signal;
        return hangs();
      },
    });
    const reply = handler('u', 'hi');
    let settled = false;
    void reply.then(() => {
      settled = true;
    });
    await nextTurn();
    await clock.advance(59_999);
    expect(settled).toBe(false);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(await reply).toBe('legacy: hi');
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ code: 'ERR_CUTOVER_DEADLINE' });
  });

  it('aborts a signal that is asked for only after the deadline', async () => {
    const clock = fakeClock();
    let context: { readonly signal: AbortSignal } | undefined;
    const { handler } = chat('live', {
      clock,
      candidate: (given) => {
        context = given;
        return hangs();
      },
      fallback: { afterMs: 10 },
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(10);
    await reply;
    expect(context?.signal.aborted).toBe(true);
  });

  it('keeps waiting for a committed candidate and does not abort it', async () => {
    const clock = fakeClock();
    const payment = deferred<string>();
    let signal: AbortSignal | undefined;
    const { handler } = chat('live', {
      clock,
      candidate: (context) => {
        signal = context.signal;
        context.commit();
        return payment.promise;
      },
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(120_000);
    expect(signal?.aborted).toBe(false);
    payment.resolve('paid');
    expect(await reply).toBe('paid');
  });

  it('refuses a commit once legacy has been asked', async () => {
    const clock = fakeClock();
    const late = deferred<void>();
    const committed = deferred<unknown>();
    const { handler } = chat('live', {
      clock,
      fallback: { afterMs: 100 },
      candidate: async (context) => {
        await late.promise;
        try {
          context.commit();
        } catch (error) {
          committed.resolve(error);
        }
        return 'too late';
      },
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(100);
    expect(await reply).toBe('legacy: hi');
    late.resolve();
    const error = await committed.promise;
    expect(error).toBeInstanceOf(CutoverError);
    expect(error).toMatchObject({ code: 'ERR_CUTOVER_SUPERSEDED' });
    expect(handler.stats().routes.chat?.served).toEqual({ legacy: 1, candidate: 0 });
  });

  it('only asks the candidate to stop where nothing may answer instead', async () => {
    const clock = fakeClock();
    const { handler } = chat('complete', {
      clock,
      fallback: { afterMs: 50 },
      candidate: (context) =>
        new Promise((_resolve, reject) => {
          context.signal.addEventListener('abort', () => reject(context.signal.reason));
        }),
    });
    const reply = handler('u', 'hi').catch((error: unknown) => error);
    await nextTurn();
    await clock.advance(50);
    expect(await reply).toMatchObject({ code: 'ERR_CUTOVER_DEADLINE' });
  });

  it('runs legacy and the listeners in the caller’s async context', async () => {
    const clock = fakeClock();
    const store = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const note = (where: string): void => void seen.push(`${where}: ${store.getStore()}`);
    const { handler } = chat('live', {
      clock,
      candidate: async (context) => {
        context.signal.throwIfAborted();
        return hangs();
      },
      fallback: { afterMs: 30 },
      legacy: async () => {
        note('legacy');
        return 'x';
      },
    });
    handler.on('fallback', () => note('listener'));
    const replies = ['A', 'B'].map((name) => store.run(name, () => handler('u', 'hi')));
    await nextTurn();
    await clock.advance(30);
    await Promise.all(replies);
    expect(seen).toEqual(['A', 'B'].flatMap((n) => [`listener: ${n}`, `legacy: ${n}`]));
  });

  it('has none with afterMs: false', async () => {
    const clock = fakeClock();
    const slow = deferred<string>();
    const { handler } = chat('live', {
      clock,
      fallback: { afterMs: false },
      candidate: () => slow.promise,
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(3_600_000);
    slow.resolve('at last');
    expect(await reply).toBe('at last');
  });

  it('holds for each of many calls that overlap, in the order of their start', async () => {
    const clock = fakeClock();
    const order: string[] = [];
    const { handler } = chat('live', {
      clock,
      fallback: { afterMs: 100 },
      candidate: (_context, _userId, message) =>
        message === 'quick' ? Promise.resolve('quick') : hangs(),
      legacy: async (_userId, message) => {
        order.push(`${message} at ${clock.monotonic()}`);
        return message;
      },
    });
    const start = clock.monotonic();
    const first = handler('u', 'a');
    await nextTurn();
    await clock.advance(30);
    const second = [handler('u', 'b'), handler('u', 'quick'), handler('u', 'c')];
    await nextTurn();
    await clock.advance(70);
    await first;
    expect(order).toEqual([`a at ${start + 100}`]);
    await clock.advance(30);
    await Promise.all(second);
    expect(order).toEqual([`a at ${start + 100}`, `b at ${start + 130}`, `c at ${start + 130}`]);
  });

  it('leaves no listener on a long-lived signal of the caller', async () => {
    const listeners = countedListeners();
    const { signal } = listeners;
    const { handler } = chat('live', {
      candidate: async (context) => String(context.signal.aborted),
    });
    for (let i = 0; i < 1_000; i += 1) await handler.run(['u', 'm'], { signal });
    expect(listeners.count).toBe(0);
  });
});

describe('a legacy that no longer exists', () => {
  const gone = Object.assign(new Error('This endpoint was removed'), { status: 410 });

  it('is told once, and stops fallback', async () => {
    const { handler, flags } = chat('live', {
      legacy: async () => {
        throw gone;
      },
      candidate: breaks,
    });
    const events: boolean[] = [];
    handler.on('gone', (event) => events.push(event.alive));
    await expect(handler('u', 'hi')).rejects.toBe(gone);
    await expect(handler('u', 'hi')).rejects.toBe(boom);
    flags.set('acme', 'off');
    await expect(handler('u', 'hi')).rejects.toBe(gone);
    expect(events).toEqual([false]);
    expect(handler.stats().routes.chat?.legacyGone).toBe(true);
  });

  it('is told when it answers again', async () => {
    let alive = false;
    const { handler } = chat('off', {
      legacy: async () => {
        if (!alive) throw gone;
        return 'back';
      },
    });
    const events: boolean[] = [];
    handler.on('gone', (event) => events.push(event.alive));
    await expect(handler('u', 'hi')).rejects.toBe(gone);
    alive = true;
    expect(await handler('u', 'hi')).toBe('back');
    expect(events).toEqual([false, true]);
  });

  it.each([
    [{ status: 410 }, true],
    [{ statusCode: 410 }, true],
    [{ status: 404, message: 'Invalid URL (POST /v1/threads)' }, true],
    [{ status: 404, code: 'unknown_url' }, true],
    [{ status: 404, message: 'No thread found with id thread_1' }, false],
    [{ status: 500 }, false],
    ['410', false],
    [undefined, false],
  ])('by default takes %o for gone: %s', async (reason, expected) => {
    const { handler } = chat('off', {
      legacy: async () => {
        throw reason;
      },
    });
    await handler('u', 'hi').catch(() => undefined);
    expect(handler.stats().routes.chat?.legacyGone).toBe(expected);
  });
});
