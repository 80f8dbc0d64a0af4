import type { CallContext, Stage, Subject, Transcript, Turn } from 'engramia-cutover';
import { createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { nextTurn } from './world.ts';

type Options = Parameters<
  typeof createCutoverHandler<[conversation: string, message: string], Promise<string>>
>[0];

/** A chat whose candidate answers with what it was shown. */
function talk(stage: Stage, over: Partial<Options> = {}) {
  const flags = memoryFlags(stage);
  const errors: string[] = [];
  const seen: { message: string; mirrored: boolean; turns: readonly Turn[] }[] = [];
  const transcript = memoryTranscript();
  const handler = createCutoverHandler<[conversation: string, message: string], Promise<string>>({
    name: 'talk',
    legacy: async (_conversation, message) => `legacy on ${message}`,
    candidate: shadowSafe(async (context: CallContext, _conversation: string, message: string) => {
      seen.push({ message, mirrored: context.mirrored, turns: await context.history() });
      return `candidate on ${message}`;
    }),
    identify: (conversation, task) => ({ tenant: 'acme', conversation, task }),
    flags,
    transcript,
    logger: { warn: () => undefined },
    ...over,
  });
  handler.on('error', ({ operation, error }) => {
    errors.push(`${operation} ${error.code ?? error.name}`);
  });
  const shown = (message: string) => seen.find((one) => one.message === message)?.turns.map(told);
  return { handler, flags, seen, shown, transcript, errors };
}

const told = ({ role, leg, text }: Turn): string => `${role}/${leg}: ${text}`;
const texts = (turns: readonly Turn[]): string[] => turns.map(({ text }) => text);

describe('the conversation of a call', () => {
  it('comes over from legacy with the turns that legacy served', async () => {
    const { handler, flags, shown } = talk('dualwrite');
    await handler('c1', 'one');
    flags.set('acme', 'live');
    await handler('c1', 'two');
    await handler('c1', 'three');
    await handler('c2', 'elsewhere');
    expect(shown('two')).toEqual(['user/legacy: one', 'assistant/legacy: legacy on one']);
    expect(shown('three')?.slice(2)).toEqual([
      'user/candidate: two',
      'assistant/candidate: candidate on two',
    ]);
    expect(shown('elsewhere')).toEqual([]);
    await handler.close();
  });

  it('is shown to a mirror as it was served before the call, however long after the mirror runs', async () => {
    const gate = Promise.withResolvers<void>();
    const { handler, seen } = talk('shadow', {
      candidate: shadowSafe(async (context, _conversation, message) => {
        await gate.promise;
        seen.push({ message, mirrored: context.mirrored, turns: await context.history() });
        return `drift on ${message}`;
      }),
    });
    for (const message of ['one', 'two', 'three']) await handler('c1', message);
    gate.resolve();
    await handler.flush();
    const one = ['one', 'legacy on one'];
    const two = ['two', 'legacy on two'];
    expect(
      seen.map(({ message, mirrored, turns }) => ({ message, mirrored, turns: texts(turns) })),
    ).toEqual([
      { message: 'one', mirrored: true, turns: [] },
      { message: 'two', mirrored: true, turns: one },
      { message: 'three', mirrored: true, turns: [...one, ...two] },
    ]);
    await handler.close();
  });

  it('has at most the last turns that were asked for', async () => {
    const turns: string[][] = [];
    const { handler } = talk('live', {
      candidate: async (context, _conversation, message) => {
        turns.push(texts(await context.history(1)));
        return message.toUpperCase();
      },
    });
    await handler('c1', 'one');
    await handler('c1', 'two');
    expect(turns).toEqual([[], ['ONE']]);
    await handler.close();
  });

  it('has what legacy answered in the candidate’s place, and nothing that failed', async () => {
    const { handler, shown, seen } = talk('live', {
      candidate: async (context, _conversation, message) => {
        seen.push({ message, mirrored: false, turns: await context.history() });
        if (message === 'one') throw new Error('no');
        return `candidate on ${message}`;
      },
      legacy: async (_conversation, message) => {
        if (message === 'zero') throw new Error('no');
        return `legacy on ${message}`;
      },
      force: ({ task }: Subject) => (task === 'zero' ? 'dualwrite' : undefined),
    });
    await expect(handler('c1', 'zero')).rejects.toThrow('no');
    expect(await handler('c1', 'one')).toBe('legacy on one');
    await handler('c1', 'two');
    expect(shown('two')).toEqual(['user/legacy: one', 'assistant/legacy: legacy on one']);
    await handler.close();
  });

  it('has nothing of stage off, nor of a killed cutover, nor of a call without a conversation', async () => {
    const { handler, flags, transcript } = talk('off');
    await handler('c1', 'one');
    flags.set('acme', 'live');
    await handler('', 'two');
    handler.kill();
    await handler('c1', 'three');
    handler.revive();
    await handler.flush();
    expect(transcript.sizes.turns).toBe(0);
    await handler('c1', 'four');
    await handler.flush();
    expect(texts(await transcript.history('acme', 'c1'))).toEqual(['four', 'candidate on four']);
    expect(handler.stats().conversations.recorded).toMatchObject({ offered: 1, stored: 1 });
    await handler.close();
  });

  it('is not the caller’s to wait for, and never later than a transcript that hangs', async () => {
    const clock = fakeClock();
    const hanging: Transcript = {
      append: () => new Promise(() => undefined),
      history: () => new Promise(() => undefined),
      erase: async () => undefined,
    };
    const { handler, shown, errors } = talk('live', { transcript: hanging, clock });
    const first = handler('c1', 'one');
    await clock.advance(5000);
    expect(await first).toBe('candidate on one');
    expect(shown('one')).toEqual([]);
    expect(errors).toEqual(['history ERR_CUTOVER_DEADLINE']);
    await clock.advance(20_000);
    expect(handler.stats().conversations.recorded).toMatchObject({ failed: 1, pending: 0 });
  });

  it('is tried again in its order while the transcript fails, and counted when it is given up', async () => {
    const clock = fakeClock();
    const memory = memoryTranscript({ clock });
    let failures = 2;
    const flaky: Transcript = {
      append: async (served) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error('down');
        }
        return memory.append(served);
      },
      history: (...args) => memory.history(...args),
      erase: (...args) => memory.erase(...args),
    };
    const { handler, errors } = talk('dualwrite', { transcript: flaky, clock });
    await handler('c1', 'one');
    await handler('c1', 'two');
    await clock.advance(5000);
    expect(texts(await memory.history('acme', 'c1'))).toEqual([
      'one',
      'legacy on one',
      'two',
      'legacy on two',
    ]);
    expect(errors).toEqual(['history Error', 'history Error']);
    failures = 3;
    await handler('c1', 'three');
    await clock.advance(5000);
    expect(handler.stats().conversations.recorded).toMatchObject({
      offered: 3,
      stored: 2,
      failed: 1,
    });
  });

  it.each([
    () => {
      throw new Error('no draws');
    },
    () => Number.NaN,
  ])('is given up in time whatever the app draws', async (random) => {
    const clock = fakeClock();
    const transcript: Transcript = {
      append: () => Promise.reject(new Error('away')),
      history: async () => [],
      erase: async () => undefined,
    };
    const { handler } = talk('dualwrite', { transcript, random, clock });
    await handler('c1', 'one');
    const flushed = handler.flush({ timeoutMs: 60_000 });
    await clock.advance(10_000);
    expect(await flushed).toMatchObject({ drained: true });
    expect(handler.stats().conversations.recorded).toMatchObject({ offered: 1, failed: 1 });
    await handler.close();
  });

  it('is redacted and cut as its transcript says', async () => {
    const transcript = memoryTranscript({
      redact: (text) => text.replaceAll('secret', '[x]'),
      maxTurnChars: 12,
    });
    const { handler } = talk('dualwrite', { transcript });
    await handler('c1', 'a secret of 😀😀😀');
    await handler.flush();
    expect(texts(await transcript.history('acme', 'c1'))).toEqual([
      'a [x] of 😀😀😀',
      'legacy on a ',
    ]);
    await handler.close();
  });

  it('is redacted whole, and kept without what a database does not take', async () => {
    const transcript = memoryTranscript({
      redact: (text) => text.replace(/x{9,}/, '\ud83d[x]\0'),
      maxTurnChars: 12,
    });
    const { handler } = talk('dualwrite', { transcript });
    await handler('c1', `${'x'.repeat(500)} and more`);
    await handler.flush();
    const [kept] = texts(await transcript.history('acme', 'c1'));
    expect(kept).toBe('\ufffd[x] and mor');
    await handler.close();
  });

  it('has no room for ever: what is lost is counted and told', async () => {
    const gate = Promise.withResolvers<void>();
    const memory = memoryTranscript();
    const slow: Transcript = {
      append: async (served) => {
        await gate.promise;
        return memory.append(served);
      },
      history: (...args) => memory.history(...args),
      erase: (...args) => memory.erase(...args),
    };
    const { handler, errors } = talk('dualwrite', { transcript: slow });
    for (let call = 0; call < 1100; call += 1) await handler(`c${call}`, 'one');
    expect(handler.stats().conversations.recorded).toMatchObject({
      offered: 1100,
      dropped: 350,
      pending: 750,
    });
    expect(errors).toHaveLength(350);
    gate.resolve();
    expect(await handler.flush()).toMatchObject({ drained: true });
    expect(handler.stats().conversations.recorded).toMatchObject({ stored: 750, pending: 0 });
    await handler.close();
  });

  it('holds no more than 12 MiB of replies of one tenant that nobody has read yet', async () => {
    const { handler, transcript } = talk('dualwrite', {
      legacy: async (_conversation, message) => message.padEnd(1_048_576, '.'),
    });
    for (let call = 0; call < 20; call += 1) await handler('c1', `${call}`);
    expect(handler.stats().conversations.recorded).toMatchObject({ dropped: 15, pending: 5 });
    await handler.flush();
    expect((await transcript.history('acme', 'c1')).map(({ text }) => text.length)).toContain(8000);
    expect(handler.stats().conversations.recorded).toMatchObject({ stored: 5, pending: 0 });
    await handler.close();
  });

  it('holds no more than a quarter of that of one tenant while others wait too', async () => {
    const hanging: Transcript = {
      append: () => new Promise(() => undefined),
      history: async () => [],
      erase: async () => undefined,
    };
    const { handler, errors } = talk('dualwrite', {
      transcript: hanging,
      legacy: async (_tenant, message) => message.padEnd(message.startsWith('long') ? 262_144 : 9),
      identify: (tenant, task) => ({ tenant, conversation: task, task }),
    });
    const dropped = (): number => handler.stats().conversations.recorded.dropped;
    await handler('quiet', 'one');
    for (let call = 0; call < 40; call += 1) await handler('loud', `long ${call}`);
    expect(dropped()).toBe(33);
    for (let call = 0; call < 7; call += 1) await handler('quiet', `long ${call}`);
    expect(dropped()).toBe(33);
    expect(errors).toHaveLength(33);
    await handler.close({ timeoutMs: 0 });
  });

  it('is waited for by flush and close within their time, and counted as aborted after it', async () => {
    const hanging: Transcript = {
      append: () => new Promise(() => undefined),
      history: async () => [],
      erase: async () => undefined,
    };
    const { handler } = talk('dualwrite', { transcript: hanging });
    await handler('c1', 'one');
    await handler('c1', 'two');
    expect(await handler.flush({ timeoutMs: 20 })).toMatchObject({ drained: false });
    expect(await handler.close({ timeoutMs: 20 })).toMatchObject({ drained: false });
    await handler('c1', 'three');
    expect(handler.stats().conversations.recorded).toMatchObject({
      offered: 3,
      aborted: 2,
      dropped: 1,
      pending: 0,
    });
  });

  it.each(['whole', 'cut'])(
    'has a reply that came in pieces when it came whole (%s)',
    async (how) => {
      const transcript = memoryTranscript();
      const flags = memoryFlags('dualwrite');
      const handler = createCutoverHandler<[string], AsyncIterable<string>>({
        name: 'pieces',
        legacy: async function* () {
          yield 'a reply ';
          yield 'in pieces';
        },
        candidate: async function* () {
          yield 'never';
        },
        identify: (task) => ({ tenant: 'acme', conversation: 'c1', task }),
        flags,
        transcript,
      });
      for await (const _piece of await handler('go')) if (how === 'cut') break;
      await handler.flush();
      const kept = texts(await transcript.history('acme', 'c1'));
      expect(kept).toEqual(how === 'whole' ? ['go', 'a reply in pieces'] : []);
      expect(handler.stats().conversations.recorded).toMatchObject({
        offered: 1,
        ...(how === 'whole' ? { stored: 1 } : { cut: 1 }),
      });
      await handler.close();
    },
  );

  it('has the text of a Response once it was read', async () => {
    const transcript = memoryTranscript();
    const handler = createCutoverHandler<[string], Promise<Response>>({
      name: 'responses',
      legacy: async () => Response.json({ reply: 'from a body' }),
      candidate: async () => Response.json({ reply: 'never' }),
      identify: (task) => ({ tenant: 'acme', conversation: 'c1', task }),
      flags: memoryFlags('dualwrite'),
      transcript,
    });
    expect(await (await handler('go')).json()).toEqual({ reply: 'from a body' });
    await handler.flush();
    expect(texts(await transcript.history('acme', 'c1'))).toEqual(['go', 'from a body']);
    await handler.close();
  });

  it('has nothing of a reply without a text, or whose caller has gone', async () => {
    const { handler, transcript } = talk('dualwrite', { view: () => undefined });
    await handler('c1', 'one');
    const gone = new AbortController();
    const answer = handler.run(['c1', 'two'], { signal: gone.signal });
    gone.abort();
    await answer;
    await handler.flush();
    expect(transcript.sizes.turns).toBe(0);
    expect(handler.stats().conversations.recorded).toMatchObject({
      offered: 2,
      unreadable: 1,
      cut: 1,
    });
    await handler.close();
  });

  it('is recorded when a platform waits for the background work', async () => {
    const waited: Promise<unknown>[] = [];
    const { handler, transcript } = talk('dualwrite', {
      background: { mode: 'waitUntil', waitUntil: (promise) => void waited.push(promise) },
    });
    await handler('c1', 'one');
    await Promise.all(waited);
    expect(transcript.sizes.turns).toBe(2);
    await handler.close();
  });

  it('costs nothing where there is no transcript', async () => {
    const subject = Object.defineProperty({ tenant: 'acme', task: 'one' }, 'conversation', {
      get: () => {
        throw new Error('nobody asks');
      },
    }) as Subject;
    const handler = createCutoverHandler<[string], Promise<string>>({
      name: 'plain',
      legacy: async () => 'legacy',
      candidate: async () => 'candidate',
      identify: () => subject,
      flags: memoryFlags('live'),
    });
    expect(await handler('one')).toBe('candidate');
    await nextTurn();
    expect(handler.stats().conversations.recorded.offered).toBe(0);
    await handler.close();
  });
});
