import { type CallContext, CutoverError } from 'engramia-cutover';
import { describe, expect, it, vi } from 'vitest';
import { live, pieces, textOf } from '../live-world.ts';
import { hangs, nextTurn } from '../world.ts';

const boom = new Error('the stream broke');

async function* breaking() {
  yield 'half of it';
  throw boom;
}

describe('a candidate in whose place legacy has answered', () => {
  it('must not act, also once legacy’s stream has come to its end', async () => {
    let context: CallContext | undefined;
    const { handler, clock } = live({
      legacy: (async () => pieces('a', 'b')) as never,
      candidate: (given) => {
        context = given;
        return hangs();
      },
    });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(100);
    expect(await textOf(await reply)).toBe('ab');
    expect(() => context?.commit()).toThrow(
      expect.objectContaining({ code: 'ERR_CUTOVER_SUPERSEDED' }),
    );
  });
});

describe('a failure that is handed over, since no fallback is allowed for it', () => {
  it('is over with that: legacy is not asked when its time would be over', async () => {
    const legacy = vi.fn(async () => 'legacy');
    const { handler, clock, fallbacks } = live({
      legacy,
      candidate: async () => 'sorry',
      fallback: {
        afterMs: 100,
        isFailure: () => true,
        when: (reason) => reason instanceof CutoverError,
      },
    });
    expect(await handler('u', 'hi')).toBe('sorry');
    await nextTurn();
    expect(clock.pending).toBe(0);
    await clock.advance(1_000);
    expect([fallbacks, legacy.mock.calls]).toEqual([[], []]);
  });
});

describe('the signal of a candidate that answers with a stream', () => {
  it.each<[string, () => AsyncIterable<string>, (reply: AsyncIterator<string>) => unknown]>([
    ['came to its end', () => pieces('a'), (reply) => reply.next()],
    ['broke', breaking, (reply) => reply.next().catch((error: unknown) => error)],
    ['was given up', () => pieces('a', 'b'), (reply) => reply.return?.()],
  ])('follows its caller no longer once that %s', async (_how, stream, finish) => {
    const caller = new AbortController();
    let signal: AbortSignal | undefined;
    const { handler } = live({
      candidate: ((context: CallContext) => {
        signal = context.signal;
        return stream();
      }) as never,
    });
    const reply: unknown = await handler.run(['u', 'hi'], { signal: caller.signal });
    const chunks = (reply as AsyncIterable<string>)[Symbol.asyncIterator]();
    await chunks.next();
    await finish(chunks);
    caller.abort();
    expect(signal?.aborted).toBe(false);
  });
});
