import { describe, expect, it } from 'vitest';
import { CandidateReply } from '../../src/router/adapters/node/candidate-reply.ts';
import { boom, exchanging } from './exchanging.ts';

/** A candidate's reply, and whether it was let go of. */
function candidate() {
  const discarded: string[] = [];
  const aborted: unknown[] = [];
  const call = { abort: (reason: unknown) => void aborted.push(reason) } as never;
  const source = { next: async () => undefined, cancel: () => void discarded.push('discarded') };
  const streamed = { kind: 'stream', head: undefined, first: 'a', source } as const;
  return {
    text: new CandidateReply(call, 'x', { kind: 'text', body: 'x' }),
    streamed: new CandidateReply(call, 'x', streamed),
    discarded,
    aborted,
  };
}

const pending = Symbol('pending');
const soon = (promise: unknown): Promise<unknown> =>
  Promise.race([promise, new Promise((resolve) => setImmediate(() => resolve(pending)))]);

describe('legacy, where it was chosen in the tick of its handler', () => {
  it('gives its very own result', () => {
    const result = {};
    const { exchange } = exchanging(() => result);
    void exchange.passOn();
    expect(exchange.leaveHandler()).toBe(result);
  });
});

describe('legacy, where it is asked later', () => {
  it('sends what it returns, at once', async () => {
    const { exchange, sent } = exchanging(() => ({ a: 1 }));
    const result = exchange.leaveHandler();
    void exchange.passOn();
    expect(sent).toEqual([{ a: 1 }]);
    expect(await soon(result)).toBe(pending);
  });

  it('is waited for where it returns a promise', async () => {
    const { exchange, sent } = exchanging(async () => 'later');
    const result = exchange.leaveHandler();
    void exchange.passOn();
    expect([await soon(result), sent]).toEqual(['later', []]);
  });

  it('sends nothing where it returns nothing: it answers when it likes', async () => {
    const { exchange, sent } = exchanging(() => undefined);
    const result = exchange.leaveHandler();
    void exchange.passOn();
    expect([await soon(result), sent]).toEqual([pending, []]);
  });

  it('sends the error that it throws, and rejects with what is none', async () => {
    const throwing = (thrown: unknown) => () => {
      throw thrown;
    };
    const error = exchanging(throwing(boom));
    const first = error.exchange.leaveHandler();
    void error.exchange.passOn();
    expect([await soon(first), error.sent]).toEqual([pending, [boom]]);
    const odd = exchanging(throwing('odd'));
    const second = odd.exchange.leaveHandler();
    void odd.exchange.passOn();
    await expect(second).rejects.toBe('odd');
    expect(odd.sent).toEqual([]);
  });

  it('rejects with what sending throws', async () => {
    const { exchange } = exchanging(() => 'refused');
    const result = exchange.leaveHandler();
    void exchange.passOn();
    await expect(result).rejects.toBe(boom);
  });
});

describe('the candidate’s reply', () => {
  it('is given to Fastify', async () => {
    const { exchange } = exchanging();
    const result = exchange.leaveHandler();
    exchange.answer(candidate().text);
    expect(await soon(result)).toBe('x');
  });

  it.each(['sent', 'headersSent'] as const)(
    'is let go of where somebody else has answered (%s)',
    async (how) => {
      const { exchange, reply, raw } = exchanging();
      const result = exchange.leaveHandler();
      if (how === 'sent') reply.sent = true;
      else raw.headersSent = true;
      const { streamed, discarded } = candidate();
      exchange.answer(streamed);
      expect([await soon(result), discarded]).toEqual([pending, ['discarded']]);
    },
  );

  it('is aborted when the client leaves in the middle of it, and not after its end', () => {
    for (const isWhole of [false, true]) {
      const { exchange, raw } = exchanging();
      void exchange.leaveHandler();
      const { text, aborted } = candidate();
      exchange.answer(text);
      Object.assign(raw, { closed: true, writableFinished: isWhole });
      raw.emit('close');
      expect(aborted).toHaveLength(isWhole ? 0 : 1);
    }
  });
});

describe('an error of the candidate', () => {
  it('is the app’s to handle', async () => {
    const { exchange } = exchanging();
    const result = exchange.leaveHandler();
    exchange.fail(boom);
    await expect(result).rejects.toBe(boom);
  });

  it.each(['legacy', 'somebody else'])('is nobody’s where %s answers', async (who) => {
    const { exchange, raw } = exchanging(() => undefined);
    const result = exchange.leaveHandler();
    if (who === 'legacy') void exchange.passOn();
    else raw.headersSent = true;
    exchange.fail(boom);
    expect(await soon(result)).toBe(pending);
  });
});
