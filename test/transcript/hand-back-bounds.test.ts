import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import type { HandBack } from '../../src/core/contracts/conversations.ts';
import { HandBackQueue } from '../../src/transcript/hand-back-queue.ts';

/** A queue whose waits are as long as they may be. */
function queueOf(handBack: HandBack) {
  const clock = fakeClock();
  const queue = new HandBackQueue({
    clock,
    random: () => 1,
    reporter: { listeners: {} as never, wants: () => false, emit() {}, contained() {} },
    warn: () => undefined,
    idle: () => undefined,
  });
  const offer = (tenant: string, conversation: string, text = 'hello'): boolean =>
    queue.offer({
      key: `${tenant} ${conversation}`,
      scope: new AsyncResource('test'),
      turns: [{ role: 'user', text, leg: 'candidate', at: 1 }],
      done: () => undefined,
      exchange: {
        ...{ route: 'chat', requestId: 'r', tenant, conversation, leg: 'candidate', handBack },
        ...{ subject: { task: 'task' }, reply: '', view: () => undefined, waiter: undefined },
      },
    });
  return { clock, queue, offer };
}

const never = () => new Promise<void>(() => undefined);

describe('what is handed back', () => {
  it('is tried twelve times, half a second and then ever longer apart, up to a minute', async () => {
    const at: number[] = [];
    const { clock, queue, offer } = queueOf(async () => {
      at.push(clock.monotonic());
      throw new Error('away');
    });
    offer('acme', 'c1');
    for (let seconds = 0; seconds < 1_000; seconds += 0.5) {
      await setImmediate();
      await clock.advance(500);
    }
    const waits = at.map((moment, nth) => moment - (at[nth - 1] ?? moment));
    const minute = 60_000;
    expect(waits).toEqual([
      ...[0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
      ...[minute, minute, minute, minute],
    ]);
    expect(queue.counts).toMatchObject({ givenUp: 1, pending: 0 });
  });

  it('is under way for four conversations at a time', async () => {
    const begun: unknown[] = [];
    const { queue, offer } = queueOf((turns) => {
      begun.push(turns[0]?.text);
      return never();
    });
    for (const name of ['a', 'b', 'c', 'd', 'e']) offer('acme', name, name);
    await setImmediate();
    await setImmediate();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    queue.abort();
  });

  it('waits for a thousand exchanges, of one tenant for a quarter of them while others wait too', () => {
    const { queue, offer } = queueOf(never);
    const taken = (tenant: string): number =>
      Array.from({ length: 1_100 }, (_, n) => offer(tenant, `${n}`)).filter(Boolean).length;
    expect(taken('alone')).toBe(750);
    expect(taken('other')).toBe(250);
    expect(queue.pending).toBe(1_000);
    expect(taken('third')).toBe(0);
    queue.abort();
  });

  it('waits for 16 MiB, of one tenant that is alone for three quarters of them', () => {
    const { queue, offer } = queueOf(never);
    // Two bytes a character, and some for the rest of it.
    const text = 'x'.repeat(2 ** 19 - 1_000);
    const taken = Array.from({ length: 20 }, (_, n) => offer('acme', `${n}`, text));
    expect(taken.filter(Boolean)).toHaveLength(12);
    queue.abort();
  });
});
