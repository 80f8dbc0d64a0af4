import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/option-checks.ts';
import { awaitIssues } from '../../src/router/adapters/await-issues.ts';
import { fallbackByValue } from '../../src/router/adapters/fallback-by-value.ts';
import { UnfitReply } from '../../src/router/adapters/node/unfit-reply.ts';
import { splitOptions } from '../../src/router/adapters/split-options.ts';
import { whileWanted } from '../../src/router/adapters/while-wanted.ts';

describe('options of a way in', () => {
  it('are told from those of a route by their names', () => {
    const checks = { read: check.function, body: check.text };
    expect(splitOptions({ read: 1, name: 2, body: undefined, toString: 3 }, checks)).toEqual({
      own: { read: 1, body: undefined },
      rest: { name: 2, toString: 3 },
    });
  });

  it.each<[object, number]>([
    [{}, 0],
    [{ background: undefined }, 0],
    [{ background: null }, 0],
    [{ background: { mode: 'detached' } }, 0],
    [{ background: { mode: 'await' } }, 1],
  ])('may not make a reply wait for its own delivery: %o has %i issues', (options, count) => {
    expect(awaitIssues(options)).toEqual(
      Array(count).fill(
        'background.mode must be "detached" or "waitUntil": a reply is learned after it was delivered, so it cannot wait for that',
      ),
    );
  });
});

describe('an app’s rules of fallback', () => {
  const returned = (reply: unknown) => `what became ${String(reply)}`;

  it('see what the candidate returned, and not what became of it', () => {
    const seen: unknown[] = [];
    const call = { tenant: 'acme' } as never;
    const { when, isFailure, afterMs } = fallbackByValue(
      {
        afterMs: 7,
        when: (...given) => {
          seen.push(given);
          return true;
        },
        isFailure: (reply) => {
          seen.push(reply);
          return true;
        },
      },
      returned,
    );
    expect([(when as (...given: unknown[]) => boolean)('a', call), isFailure?.('b')]).toEqual([
      true,
      true,
    ]);
    expect(seen).toEqual([['what became a', call], 'what became b']);
    expect(afterMs).toBe(7);
  });

  it('stay as they are where they are words, and absent where they are', () => {
    expect(fallbackByValue({ when: 'never' }, returned).when).toBe('never');
    expect(fallbackByValue({}, returned)).not.toHaveProperty('when');
  });

  it('take a failed Response for a failure by default', () => {
    const { isFailure } = fallbackByValue({}, (reply) => reply);
    expect(isFailure?.(new Response('', { status: 503 }))).toBe(true);
    expect(isFailure?.(new Response('', { status: 200 }))).toBe(false);
  });
});

it.each<[number | undefined, string]>([
  [undefined, 'The reply was cut short.'],
  [404, 'The reply has status 404.'],
])('a reply that is unfit says why: %s', (status, message) => {
  expect(new UnfitReply(status)).toMatchObject({ name: 'UnfitReply', status, message });
});

/** A call whose run a test supersedes, and its client. */
function wanted() {
  const own = new AbortController();
  const client = new AbortController();
  const call = { run: 'open', signal: own.signal, plan: { fallback: false } };
  let signal: AbortSignal | undefined;
  const gate = Promise.withResolvers<string>();
  const begin = () =>
    whileWanted(call as never, client.signal, (given) => {
      signal = given.signal;
      return gate.promise;
    });
  const listeners = () => [own, client].flatMap((one) => getEventListeners(one.signal, 'abort'));
  return { own, client, call, gate, begin, signal: () => signal as AbortSignal, listeners };
}

describe('a wait for a candidate’s reply', () => {
  it('ends with the client’s own reason', async () => {
    const { begin, client, signal, gate } = wanted();
    const waiting = begin();
    expect(signal().aborted).toBe(false);
    client.abort('left');
    expect(signal().reason).toBe('left');
    gate.resolve('x');
    expect(await waiting).toBe('x');
  });

  it('ends when legacy answers in its place, and not at a deadline that nobody steps in for', () => {
    const late = wanted();
    void late.begin();
    late.own.abort('late');
    expect(late.signal().aborted).toBe(false);
    const superseded = wanted();
    void superseded.begin();
    superseded.call.run = 'superseded';
    superseded.own.abort('late');
    expect(superseded.signal().reason).toBe('late');
  });

  it('is over at once where the client has left already, or legacy answers', () => {
    const left = wanted();
    left.client.abort('left');
    void left.begin();
    expect(left.signal().reason).toBe('left');
    const superseded = wanted();
    superseded.call.run = 'superseded';
    superseded.own.abort('late');
    void superseded.begin();
    expect(superseded.signal().reason).toBe('late');
  });

  it('leaves no listener, however it ends', async () => {
    const well = wanted();
    const answered = well.begin();
    expect(well.listeners()).toHaveLength(2);
    well.gate.resolve('x');
    await answered;
    const badly = wanted();
    const failed = badly.begin();
    badly.gate.reject(new Error('no'));
    await expect(failed).rejects.toThrow('no');
    expect([...well.listeners(), ...badly.listeners()]).toEqual([]);
  });
});
