import { AsyncResource } from 'node:async_hooks';
import { fakeClock } from 'engramia-cutover/testing';
import { expect, it } from 'vitest';
import { HandBackQueue, type ToReturn } from '../../src/transcript/hand-back-queue.ts';

it('hands back nothing more once more conversations are broken than can be remembered', () => {
  const queue = new HandBackQueue({
    clock: fakeClock(),
    random: () => 0,
    reporter: { listeners: {} as never, wants: () => false, emit() {}, contained() {} },
    warn: () => undefined,
    idle: () => undefined,
  });
  const offer = (conversation: string, turns: ToReturn['turns']) =>
    queue.offer({
      key: conversation,
      scope: new AsyncResource('test'),
      turns,
      done: () => undefined,
      exchange: {
        ...{ route: 'chat', requestId: 'r', tenant: 'acme', conversation, leg: 'candidate' },
        ...{ subject: { task: 'task' }, reply: '', view: () => undefined, waiter: undefined },
        handBack: async () => undefined,
      },
    });
  const broken = (from: number, to: number) => {
    for (let n = from; n < to; n += 1) offer(`broken ${n}`, undefined);
  };
  broken(0, 10_000);
  expect(offer('whole', [])).toBe(true);
  expect(offer('broken 0', [])).toBe(false);
  broken(10_000, 10_001);
  // It may be the one that nobody remembers.
  expect(offer('another', [])).toBe(false);
  expect(queue.counts).toMatchObject({ offered: 10_004, givenUp: 10_003, pending: 1 });
  queue.abort();
});
