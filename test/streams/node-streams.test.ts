import { once } from 'node:events';
import { addAbortSignal, PassThrough, Readable } from 'node:stream';
import { type CallContext, type CutoverEventOf, shadowSafe } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { message, type StreamWorld, streamWorld } from './world.ts';

const silent = (): Readable => new Readable({ read: () => undefined });
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** What is told of the calls of a world. */
function servedIn({ handler }: StreamWorld): CutoverEventOf<'served'>[] {
  const events: CutoverEventOf<'served'>[] = [];
  handler.on('served', (event) => events.push(event));
  return events;
}

describe('a Node stream of a candidate that legacy replaces', () => {
  it('is told as one reply, of legacy, and leaves it to be learned when it was late', async () => {
    const clock = fakeClock();
    const world = await streamWorld('live', (leg) => (leg === 'legacy' ? 'legacy' : silent()), {
      clock,
      fallback: { afterMs: 100 },
    });
    const events = servedIn(world);
    const reply = world.handler(message);
    await clock.advance(100);
    expect(await reply).toBe('legacy');
    await turns(2);
    expect(await world.learned()).toEqual(['legacy']);
    expect(events).toMatchObject([{ leg: 'legacy', fellBack: true, durationMs: 100 }]);
    expect(world.handler.stats().routes.chat?.served).toEqual({ legacy: 1, candidate: 0 });
  });

  it('is told as one reply, of legacy, when it failed before its first chunk', async () => {
    const failing = new Readable({
      read() {
        this.destroy(new Error('no answer'));
      },
    });
    const world = await streamWorld('live', (leg) => (leg === 'legacy' ? 'legacy' : failing));
    const events = servedIn(world);
    expect(await world.handler(message)).toBe('legacy');
    await turns(2);
    expect(events).toHaveLength(1);
    expect(world.handler.stats().routes.chat?.failed).toEqual({ legacy: 0, candidate: 0 });
  });

  it.each([
    ['fails when it is destroyed', () => failingWhenDestroyed()],
    ['was aborted by the signal of its context', (signal: AbortSignal) => aborted(signal)],
  ] as const)('does not end the process when it comes too late and %s', async (_how, make) => {
    const clock = fakeClock();
    const gate = Promise.withResolvers<void>();
    const streams: Readable[] = [];
    const { handler } = await streamWorld('live', () => 'legacy', {
      clock,
      fallback: { afterMs: 100 },
      candidate: shadowSafe(async ({ signal }: CallContext) => {
        await gate.promise;
        streams.push(make(signal));
        return streams[0];
      }),
    });
    const reply = handler(message);
    await clock.advance(100);
    expect(await reply).toBe('legacy');
    gate.resolve();
    await turns(3);
    // An error that nobody listens to would be an uncaught exception, which fails this file.
    expect(streams[0]?.destroyed).toBe(true);
    expect(streams[0]?.errored).toBeInstanceOf(Error);
  });
});

function failingWhenDestroyed(): Readable {
  return new Readable({
    read: () => undefined,
    destroy: (_error, done) => done(new Error('cannot be closed')),
  });
}

const aborted = (signal: AbortSignal): Readable => addAbortSignal(signal, silent());

describe('a Node stream of a candidate that has ended already', () => {
  it.each([
    [
      'pushed its end',
      () => new Readable({ read: () => undefined }),
      (at: Readable) => at.push(null),
    ],
    [
      'was written to its end',
      () => new PassThrough(),
      (at: Readable) => (at as PassThrough).end(),
    ],
  ] as const)('and %s tells whoever listens later that it has', async (_how, make, end) => {
    const ending = () => {
      const stream = make();
      end(stream);
      return stream;
    };
    const { handler } = await streamWorld('live', ending, { fallback: { when: () => false } });
    const reply = (await handler(message)) as Readable;
    await turns(2);
    const ended = once(reply, 'end');
    reply.resume();
    expect(await ended).toEqual([]);
    expect(handler.stats().routes.chat?.served).toEqual({ legacy: 0, candidate: 1 });
  });
});

describe('a Node stream of a candidate that fails right behind its first chunk', () => {
  const failing = (reason: Error): Readable => {
    let isFirst = true;
    return new Readable({
      read() {
        if (!isFirst) this.destroy(reason);
        else this.push('first');
        isFirst = false;
      },
    });
  };

  it('ends no process, and tells whoever listens by then', async () => {
    const reason = new Error('reset');
    const { handler } = await streamWorld('live', () => failing(reason));
    const reply = (await handler(message)) as Readable;
    const told: unknown[] = [];
    reply.on('error', (error) => told.push(error));
    const closed = new Promise((resolve) => reply.on('close', resolve));
    reply.resume();
    await closed;
    await turns(2);
    expect(told).toEqual([reason]);
    expect(handler.stats().routes.chat?.failed).toEqual({ legacy: 0, candidate: 1 });
  });

  it('ends no process where nobody listens', async () => {
    const { handler } = await streamWorld('live', () => failing(new Error('reset')));
    const reply = (await handler(message)) as Readable;
    await turns(2);
    expect(reply.errored).toBeInstanceOf(Error);
  });
});
