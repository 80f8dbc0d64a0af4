import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import type { CallContext } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { chat, hangs, nextTurn } from './world.ts';

/** A route whose candidate keeps its context for later, and then does what the test says. */
function keeping(
  candidate: (context: CallContext) => unknown,
  over: Parameters<typeof chat>[1] = {},
) {
  let kept: CallContext | undefined;
  const { handler } = chat('live', {
    candidate: (context) => {
      kept = context;
      return candidate(context) as Promise<string>;
    },
    ...over,
  });
  return { handler, context: () => kept as CallContext };
}

const breaks = async (): Promise<never> => {
  throw new Error('candidate broke');
};

async function* chunks() {
  yield 'a';
  yield 'b';
}

describe('the context of a candidate that answers', () => {
  it('says that it is not mirrored', async () => {
    const { handler, context } = keeping(async () => 'x');
    await handler('u', 'hi');
    expect(context().mirrored).toBe(false);
  });

  it.each<[string, (context: CallContext) => unknown]>([
    ['asks for its signal', (context) => context.signal],
    ['reports', (context) => context.report({ usage: { inputTokens: 1, outputTokens: 1 } })],
    ['asks for its history', (context) => context.history()],
  ])('keeps the caller’s async context for legacy once it %s', async (_what, use) => {
    const clock = fakeClock();
    const store = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const { handler } = keeping(
      (context) => {
        use(context);
        return hangs();
      },
      {
        clock,
        fallback: { afterMs: 30 },
        legacy: async () => {
          seen.push(store.getStore());
          return 'x';
        },
      },
    );
    const replies = ['A', 'B'].map((name) => store.run(name, () => handler('u', 'hi')));
    await nextTurn();
    await clock.advance(30);
    await Promise.all(replies);
    expect(seen).toEqual(['A', 'B']);
  });

  it('keeps the context in which it was first asked, wherever it is asked again', async () => {
    const clock = fakeClock();
    const store = new AsyncLocalStorage<string>();
    let seen: string | undefined;
    const { handler, context } = keeping(
      ({ signal }) => {
        signal.throwIfAborted();
        return hangs();
      },
      {
        clock,
        fallback: { afterMs: 30 },
        legacy: async () => {
          seen = store.getStore();
          return 'x';
        },
      },
    );
    const reply = store.run('caller', () => handler('u', 'hi'));
    store.run('somebody else', () => context().signal.throwIfAborted());
    await nextTurn();
    await clock.advance(30);
    await reply;
    expect(seen).toBe('caller');
  });

  it('names its call and route when a commit comes too late', async () => {
    const { handler, context } = keeping(breaks);
    await handler.run(['u', 'hi'], { requestId: 'r-7' });
    expect(() => context().commit()).toThrow(
      'Call r-7 of route "chat" is already being answered by legacy: do not act.',
    );
  });

  it('tells a deadline by the route and its milliseconds', async () => {
    const clock = fakeClock();
    const { handler, context } = keeping(hangs, { clock, fallback: { afterMs: 30 } });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(30);
    await reply;
    expect(String(context().signal.reason)).toContain(
      'The candidate of route "chat" did not settle within 30 ms.',
    );
  });
});

describe('a signal that is first asked for when the call is over', () => {
  it.each<[string, (context: CallContext) => unknown]>([
    ['that the candidate answered', async () => 'x'],
    ['that legacy answered in its place', breaks],
    ['whose stream was read to its end', async () => chunks()],
    [
      'that had committed',
      async (context) => {
        context.commit();
        return 'x';
      },
    ],
  ])('%s follows the caller no more', async (_what, candidate) => {
    const caller = new AbortController();
    const { handler, context } = keeping(candidate);
    const reply: unknown = await handler.run(['u', 'hi'], { signal: caller.signal });
    if (typeof reply === 'object') for await (const _chunk of reply as AsyncIterable<string>);
    const { signal } = context();
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    caller.abort();
    expect(signal.aborted).toBe(false);
  });

  it('still follows the caller where the candidate’s stream has not ended', async () => {
    const caller = new AbortController();
    const { handler, context } = keeping(async () => chunks());
    const reply: unknown = await handler.run(['u', 'hi'], { signal: caller.signal });
    const { signal } = context();
    context().commit();
    caller.abort('left');
    expect(signal.reason).toBe('left');
    for await (const _chunk of reply as AsyncIterable<string>);
  });

  it('follows no more when a commit came after the answer, or while the stream flowed', async () => {
    const caller = new AbortController();
    const whole = keeping(async () => 'x');
    await whole.handler.run(['u', 'hi'], { signal: caller.signal });
    whole.context().commit();
    const streamed = keeping(async () => chunks());
    const reply: unknown = await streamed.handler.run(['u', 'hi'], { signal: caller.signal });
    streamed.context().commit();
    for await (const _chunk of reply as AsyncIterable<string>);
    const signals = [whole.context().signal, streamed.context().signal];
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    caller.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  });

  it('leaves no listener of a signal that was asked for in time', async () => {
    const caller = new AbortController();
    const { handler, context } = keeping(async ({ signal }) => String(signal.aborted));
    await handler.run(['u', 'hi'], { signal: caller.signal });
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    expect(context().signal.aborted).toBe(false);
  });
});
