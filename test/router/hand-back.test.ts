import { AsyncLocalStorage } from 'node:async_hooks';
import type { Stage, Subject, Turn } from 'engramia-cutover';
import { createCutover, createCutoverHandler } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { HandBackError, memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';

type Options = Parameters<
  typeof createCutoverHandler<[conversation: string, message: string], Promise<string>>
>[0];

/** A legacy with threads of its own, as a service of assistants keeps them. */
class Threads {
  readonly kept = new Map<string, string[]>();

  add(conversation: string, ...texts: string[]): void {
    this.kept.set(conversation, [...(this.kept.get(conversation) ?? []), ...texts]);
  }
}

function moving(stage: Stage, over: Partial<Options> = {}) {
  const clock = fakeClock();
  const flags = memoryFlags(stage);
  const threads = new Threads();
  const warnings: string[] = [];
  const givenUp: HandBackError[] = [];
  const handler = createCutoverHandler<[conversation: string, message: string], Promise<string>>({
    name: 'talk',
    legacy: async (conversation, message) => {
      threads.add(conversation, message, `legacy on ${message}`);
      return `legacy on ${message}`;
    },
    candidate: async (_context, _conversation, message) => `candidate on ${message}`,
    identify: (conversation, task) => ({ tenant: 'acme', conversation, task }),
    handBack: async (turns: readonly Turn[], { conversation = '' }: Subject) => {
      threads.add(conversation, ...turns.map(({ text }) => text));
    },
    flags,
    clock,
    logger: { warn: (message) => void warnings.push(message) },
    ...over,
  });
  handler.on('error', ({ error: { cause } }) => {
    if (cause instanceof HandBackError) givenUp.push(cause);
  });
  const say = async (...messages: string[]): Promise<void> => {
    for (const message of messages) await handler('c1', message);
  };
  const counts = () => handler.stats().conversations.handedBack;
  return { clock, flags, threads, handler, say, counts, warnings, givenUp };
}

const candidates = (...messages: string[]): string[] =>
  messages.flatMap((message) => [message, `candidate on ${message}`]);

describe('handing back', () => {
  it('is over for a route that is made after the cutover has closed', async () => {
    const cutover = createCutover({
      flags: memoryFlags('live'),
      logger: { warn: () => undefined },
    });
    await cutover.close();
    const given: unknown[] = [];
    const handler = cutover.handler({
      name: 'talk',
      legacy: async (message: string) => `legacy on ${message}`,
      candidate: async (_context, message) => `candidate on ${message}`,
      identify: (task) => ({ tenant: 'acme', conversation: 'c1', task }),
      handBack: async (turns) => void given.push(turns),
    });
    expect(await handler('one')).toBe('candidate on one');
    await cutover.flush();
    expect(given).toEqual([]);
    expect(cutover.stats().conversations.handedBack).toMatchObject({ done: 0, pending: 0 });
  });

  it('gives legacy’s own store every turn in order, after a flip and the way back', async () => {
    const { flags, handler, say, threads, counts, clock } = moving('dualwrite');
    await say('zero');
    flags.set('acme', 'live');
    await say('one', 'two', 'three');
    flags.set('acme', 'dualwrite');
    await clock.advance(0);
    await say('four');
    expect(threads.kept.get('c1')).toEqual([
      'zero',
      'legacy on zero',
      ...candidates('one', 'two', 'three'),
      'four',
      'legacy on four',
    ]);
    expect(counts()).toEqual({ offered: 3, done: 3, givenUp: 0, aborted: 0, pending: 0 });
    await handler.close();
  });

  it('goes on after a kill: it is what makes the way back whole', async () => {
    const late = Promise.withResolvers<string>();
    const { handler, say, threads, clock } = moving('live', {
      candidate: async (_context, _conversation, message) =>
        message === 'three' ? late.promise : `candidate on ${message}`,
    });
    await say('one', 'two');
    const last = handler('c1', 'three');
    handler.kill();
    late.resolve('candidate on three');
    await last;
    await clock.advance(0);
    expect(threads.kept.get('c1')).toEqual(candidates('one', 'two', 'three'));
    await handler.close();
  });

  it('never overtakes: what fails is tried again, and what came later waits', async () => {
    let failures = 3;
    const { say, handler, threads, counts, clock } = moving('live', {
      handBack: async (turns, { conversation = '' }) => {
        if (turns[0]?.text === 'one' && failures > 0) {
          failures -= 1;
          throw new Error('the old side is away');
        }
        threads.add(conversation, ...turns.map(({ text }) => text));
      },
    });
    await say('one', 'two');
    await handler('c2', 'elsewhere');
    await clock.advance(0);
    expect(threads.kept).toEqual(new Map([['c2', candidates('elsewhere')]]));
    await clock.advance(60_000);
    expect(threads.kept.get('c1')).toEqual(candidates('one', 'two'));
    expect(counts()).toMatchObject({ offered: 3, done: 3, pending: 0 });
    await handler.close();
  });

  it('gives a conversation up in the end, says so, and hands none of its later turns back', async () => {
    const tried: (string | undefined)[] = [];
    const { say, handler, threads, counts, warnings, givenUp, clock } = moving('live', {
      handBack: async (turns, { conversation = '' }) => {
        tried.push(turns[0]?.text);
        if (turns[0]?.text === 'two') throw new Error('it will not have it');
        threads.add(conversation, ...turns.map(({ text }) => text));
      },
    });
    await say('one', 'two', 'three');
    await clock.advance(600_000);
    await say('four');
    await clock.advance(1000);
    expect(threads.kept.get('c1')).toEqual(candidates('one'));
    expect(tried.filter((text) => text === 'two')).toHaveLength(12);
    expect(tried).not.toContain('three');
    expect(counts()).toEqual({ offered: 4, done: 1, givenUp: 3, aborted: 0, pending: 0 });
    expect(givenUp).toMatchObject([
      { conversation: 'c1', cause: { message: 'it will not have it' } },
    ]);
    expect(warnings.filter((line) => line.includes('no longer handed back'))).toHaveLength(1);
    await handler.close();
  });

  it('gives a conversation up of which nobody knows whether the last turns will yet arrive', async () => {
    const { say, handler, counts, givenUp, clock } = moving('live', {
      handBack: () => new Promise(() => undefined),
    });
    await say('one', 'two');
    await clock.advance(30_000);
    expect(counts()).toMatchObject({ offered: 2, givenUp: 2, pending: 0 });
    expect(givenUp).toHaveLength(1);
    await handler.close();
  });

  it('gives a conversation up when a reply of the candidate has no text', async () => {
    const { say, handler, threads, counts, clock } = moving('live', {
      view: (reply) => (reply === 'candidate on two' ? undefined : { text: reply }),
    });
    await say('one', 'two', 'three');
    await clock.advance(0);
    expect(threads.kept.get('c1')).toEqual(candidates('one'));
    expect(counts()).toMatchObject({ done: 1, givenUp: 2 });
    await handler.close();
  });

  it('gives one conversation up at the first turn that there is no room for, and keeps what is ahead', async () => {
    const gate = Promise.withResolvers<void>();
    const { handler, threads, counts, clock } = moving('live', {
      handBack: async (turns, { conversation = '' }) => {
        await gate.promise;
        threads.add(conversation, ...turns.map(({ text }) => text));
      },
    });
    // No turn of the loop in between: the exchanges ahead of the first that is lost have not been read yet.
    for (let call = 0; call < 1200; call += 1) await handler('c1', `${call}`);
    await clock.advance(0);
    expect(counts()).toMatchObject({ offered: 1200, givenUp: 450, pending: 750 });
    gate.resolve();
    expect(await handler.flush()).toMatchObject({ drained: true });
    expect(threads.kept.get('c1')).toHaveLength(1500);
    expect(threads.kept.get('c1')?.at(-1)).toBe('candidate on 749');
    await handler.close();
  });

  it('keeps room for other tenants where one that cannot be handed back has been alone for long', async () => {
    const { handler, threads, counts, clock } = moving('live', {
      identify: (conversation, task) => ({
        tenant: `tenant of ${conversation}`,
        conversation,
        task,
      }),
      handBack: async (turns, { conversation = '' }) => {
        if (conversation === 'loud') throw new Error('the thread is locked');
        threads.add(conversation, ...turns.map(({ text }) => text));
      },
    });
    for (let call = 0; call < 1_000; call += 1) await handler('loud', `${call}`);
    await clock.advance(0);
    await handler('quiet', 'one');
    await clock.advance(0);
    expect(threads.kept.get('quiet')).toEqual(candidates('one'));
    expect(counts()).toMatchObject({ done: 1, givenUp: 250, pending: 750 });
    const end = handler.close({ timeoutMs: 1_000 });
    await clock.advance(1_000);
    await end;
  });

  it('goes on behind a reply that its caller has cut short: nobody knows what was read of it', async () => {
    const clock = fakeClock();
    const back: string[][] = [];
    const handler = createCutoverHandler<[string], AsyncIterable<string>>({
      name: 'pieces',
      legacy: async function* () {
        yield 'never';
      },
      candidate: async function* (_context, message) {
        yield 'a reply ';
        yield `to ${message}`;
      },
      identify: (task) => ({ tenant: 'acme', conversation: 'c1', task }),
      handBack: async (turns) => void back.push(turns.map(({ text }) => text)),
      flags: memoryFlags('live'),
      clock,
    });
    for (const message of ['one', 'cut', 'two']) {
      for await (const _piece of await handler(message)) if (message === 'cut') break;
    }
    await clock.advance(0);
    expect(back).toEqual([
      ['one', 'a reply to one'],
      ['two', 'a reply to two'],
    ]);
    await handler.close();
  });

  it('is waited for by a platform that waits, also where it is given up', async () => {
    const ended: number[] = [];
    const gate = Promise.withResolvers<void>();
    const { handler, clock } = moving('live', {
      background: { mode: 'waitUntil', deadlineMs: 600_000 },
      handBack: async (turns) => {
        if (turns[0]?.text === 'one') await gate.promise;
        else await new Promise(() => undefined);
      },
      transcript: memoryTranscript(),
    });
    const run = (call: number, message: string) =>
      handler.run(['c1', message], {
        waitUntil: (promise) => void promise.then(() => ended.push(call)),
      });
    for (const [call, message] of ['one', 'two', 'three'].entries()) await run(call, message);
    await clock.advance(0);
    expect(ended).toEqual([]);
    gate.resolve();
    await clock.advance(0);
    expect(ended).toEqual([0]);
    // The second is given up, and the third with it.
    await clock.advance(30_000);
    expect(ended).toEqual([0, 1, 2]);
    await handler.close();
  });

  it('is tried with the turns as they were served, whatever was done to those of an earlier try', async () => {
    const { say, handler, threads, clock } = moving('live', {
      handBack: async (turns, { conversation = '' }) => {
        const texts = turns.map(({ text }) => text);
        for (const turn of turns) turn.text = 'changed';
        if (texts[0] === 'one' && !threads.kept.has(conversation)) {
          threads.add(conversation);
          throw new Error('away');
        }
        threads.add(conversation, ...texts);
      },
    });
    await say('one');
    await clock.advance(60_000);
    expect(threads.kept.get('c1')).toEqual(candidates('one'));
    await handler.close();
  });

  it('is not counted as done when it arrives after it was counted as aborted', async () => {
    const gate = Promise.withResolvers<void>();
    const { say, handler, counts, clock } = moving('live', { handBack: () => gate.promise });
    await say('one');
    await clock.advance(0);
    const end = handler.close({ timeoutMs: 100 });
    await clock.advance(100);
    await end;
    gate.resolve();
    await clock.advance(0);
    expect(counts()).toEqual({ offered: 1, done: 0, givenUp: 0, aborted: 1, pending: 0 });
    expect(clock.pending).toBe(0);
  });

  it('runs in the async context of its call, with the whole texts, off the caller’s path', async () => {
    const user = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { handler, clock } = moving('live', {
      handBack: async (turns, subject) => {
        seen.push({
          user: user.getStore(),
          chars: turns[0]?.text.length,
          subject: subject.task.length,
        });
      },
    });
    await user.run('ann', () => handler('c1', 'x'.repeat(50_000)));
    expect(seen).toEqual([]);
    await clock.advance(0);
    expect(seen).toEqual([{ user: 'ann', chars: 50_000, subject: 50_000 }]);
    await handler.close();
  });

  it.each([
    ['complete', 0],
    ['rampdown', 1],
  ] as const)('in stage %s happens so often: %i', async (stage, times) => {
    const { say, handler, counts, clock } = moving(stage);
    await say('one');
    await clock.advance(0);
    expect(counts().offered).toBe(times);
    await handler.close();
  });

  it('is not for what legacy served, also in the candidate’s place', async () => {
    const { say, handler, threads, counts, clock } = moving('live', {
      candidate: async () => {
        throw new Error('no');
      },
    });
    await say('one');
    await clock.advance(0);
    expect(threads.kept.get('c1')).toEqual(['one', 'legacy on one']);
    expect(counts().offered).toBe(0);
    await handler.close();
  });

  it('is tried without delay by close, and counted where its time ends', async () => {
    let isAway = true;
    const { say, handler, threads, counts, clock } = moving('live', {
      handBack: async (turns, { conversation = '' }) => {
        if (isAway) throw new Error('away');
        threads.add(conversation, ...turns.map(({ text }) => text));
      },
      random: () => 1,
    });
    await say('one');
    await clock.advance(10_000);
    isAway = false;
    const report = handler.close();
    await clock.advance(200);
    expect(await report).toMatchObject({ drained: true });
    expect(threads.kept.get('c1')).toEqual(candidates('one'));
    expect(counts()).toMatchObject({ done: 1 });

    let tries = 0;
    const stuck = moving('live', {
      handBack: async () => {
        tries += 1;
        throw new Error('away');
      },
      random: () => 1,
    });
    await stuck.say('one', 'two');
    const end = stuck.handler.close({ timeoutMs: 1_000 });
    await stuck.clock.advance(1_000);
    expect(await end).toMatchObject({ drained: false });
    expect(stuck.counts()).toMatchObject({ offered: 2, aborted: 2, pending: 0 });
    // Neither as seldom as with time to spare, nor all the time.
    expect(tries).toBe(5);
    expect(stuck.clock.pending).toBe(0);
  });

  it('is given up, and counted, of replies that nobody has read when their time ends', async () => {
    const { say, handler, counts, clock } = moving('live', {
      view: () => new Promise(() => undefined) as never,
    });
    await say('one');
    const end = handler.close({ timeoutMs: 100 });
    await clock.advance(100);
    await end;
    expect(counts()).toEqual({ offered: 1, done: 0, givenUp: 1, aborted: 0, pending: 0 });
  });
});
