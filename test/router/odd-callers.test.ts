import { runInNewContext } from 'node:vm';
import { createCutoverStream, type RunInit, type Stage } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { live } from './live-world.ts';
import { oddInits } from './odd-inits.ts';
import { chat, hangs, nextTurn } from './world.ts';

/** What throws however it is looked at. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const stages: readonly Stage[] = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'];
const servedByLegacy: readonly Stage[] = ['off', 'dualwrite', 'shadow'];

/** A chat whose conversations are kept, and whose candidate looks at its signal. */
const kept = (stage: Stage) =>
  chat(stage, {
    candidate: async (context, _user, message) => `candidate: ${message}${context.signal.aborted}`,
    identify: () => ({ tenant: 'acme', task: 'What is it?', conversation: 'c' }),
    transcript: memoryTranscript(),
  });

describe.each(Object.entries(oddInits))('a caller that gives %s', (_name, init) => {
  it.each(stages)('is answered as any other in stage %s', async (stage) => {
    const { handler } = kept(stage);
    const reply = servedByLegacy.includes(stage) ? 'legacy: hi' : 'candidate: hifalse';
    expect(await handler.run(['u', 'hi'], init as RunInit)).toBe(reply);
    expect((await handler.close()).drained).toBe(true);
  });

  it('is answered by a stream', async () => {
    const stream = createCutoverStream({
      name: 'chat',
      legacy: async function* () {
        yield 'legacy';
      },
      candidate: async function* (context) {
        yield `candidate ${context.signal.aborted}`;
      },
      identify: () => ({ tenant: 'acme', task: 'What is it?', conversation: 'c' }),
      flags: memoryFlags('live'),
      transcript: memoryTranscript(),
    });
    const chunks: string[] = [];
    for await (const chunk of stream.run([], init as RunInit)) chunks.push(chunk);
    expect(chunks).toEqual(['candidate false']);
  });
});

it.each<[string, object]>([
  ['has a scope of its own', { scope: 'tenant:acme' }],
  [
    'throws when its signal is looked at',
    Object.defineProperty({}, 'signal', {
      get: () => {
        throw new Error('closed');
      },
    }),
  ],
])('legacy answers for a late candidate where what came with the call %s', async (_what, init) => {
  const { handler, clock } = live({ candidate: hangs });
  const reply = handler.run(['u', 'hi'], init);
  await nextTurn();
  await clock.advance(100);
  expect(await reply).toBe('legacy: hi');
});

describe('kill()', () => {
  it.each<[string, unknown, unknown]>([
    ['a reason and options', 'no answers', { forse: true }],
    ['options alone', { forse: true }, undefined],
  ])('takes effect, and warns once of what it does not use: %s', async (_, reason, options) => {
    const { handler, warnings } = chat('live');
    for (let call = 0; call < 2; call += 1) {
      expect(handler.kill(reason as string, options as object)).toBe('killed');
    }
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(warnings).toEqual([
      'engramia-cutover: [kill] kill() does not use "forse": it takes { force: true }, behind the reason.',
    ]);
  });

  it.each<[unknown, string]>([
    [true, 'true'],
    [{ force: 1 }, 'its force, which is 1'],
    [{ force: 'true' }, 'its force, which is "true"'],
    [{ force: null }, 'its force, which is null'],
  ])('says that %j forces nothing', (options, what) => {
    const { handler, warnings } = chat('live');
    handler.kill('no answers', options as object);
    expect(warnings[0]).toContain(`kill() does not use ${what}: it takes`);
  });

  it.each<[unknown, unknown, string]>([
    ['no answers', { force: true }, 'no answers'],
    [{ reason: 'no answers', force: true }, undefined, 'no answers'],
    [{ force: true }, undefined, 'killed by hand'],
  ])('is forced by (%j, %j)', async (reason, options, said) => {
    const { handler, warnings } = chat('live', {
      legacy: async () => {
        throw Object.assign(new Error('gone'), { status: 410 });
      },
      candidate: async () => {
        throw new Error('down');
      },
    });
    await handler('u', 'hi').catch(() => undefined);
    const told: unknown[] = [];
    handler.on('rollback', ({ outcome, reason: why }) => told.push([outcome, why]));
    expect(handler.kill(reason as string, options as object)).toBe('killed');
    expect(told).toEqual([['killed', said]]);
    expect(warnings.filter((line) => line.includes('[kill]'))).toEqual([]);
  });

  it.each<[string, readonly unknown[]]>([
    ['nothing', []],
    ['a reason', ['no answers']],
    ['force', ['no answers', { force: true }]],
    ['options that may not be looked at', ['no answers', revoked()]],
    ['what a server hands to a handler', [new Request('http://localhost/'), new Map()]],
    ['what a signal hands to a listener', ['SIGUSR2', 12]],
  ])('takes effect without a warning with %s', (_, given) => {
    const { handler, warnings } = chat('live');
    const kill = handler.kill as (...args: readonly unknown[]) => string;
    expect(kill(...given)).toBe('killed');
    expect(warnings).toEqual([]);
  });
});

describe('run()', () => {
  const takes = 'it takes signal, requestId, waitUntil';

  it.each<[unknown, string]>([
    [{ sgnal: AbortSignal.abort() }, `"sgnal": ${takes}`],
    [{ requestId: 'r', waituntil: () => 1 }, `"waituntil": ${takes}`],
    [{ signal: 5 }, 'its signal, which is no AbortSignal'],
    [{ waitUntil: 'later' }, 'its waitUntil, which is no function'],
    [AbortSignal.abort(), 'a signal by itself: it takes { signal }'],
    ['req-7', '"req-7": it takes an object with signal, requestId, waitUntil'],
  ])('warns once of %j, and answers', async (init, what) => {
    const { handler, warnings } = chat('off');
    for (let call = 0; call < 3; call += 1) {
      expect(await handler.run(['u', 'hi'], init as RunInit)).toBe('legacy: hi');
    }
    expect(warnings).toEqual([
      `engramia-cutover: [run] run() of route "chat" does not use ${what}.`,
    ]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['all there is', { signal: AbortSignal.abort(), requestId: 'r', waitUntil: () => 1 }],
    ['no signal, as fetch takes it', { signal: null, waitUntil: undefined }],
    ['a request', new Request('http://localhost/')],
    [
      'an object of its own',
      new (class {
        requestId = 'r';
        user = 'u';
      })(),
    ],
  ])('does not warn of %s', async (_what, init) => {
    const { handler, warnings } = chat('off');
    expect(await handler.run(['u', 'hi'], init as RunInit)).toBe('legacy: hi');
    expect(warnings).toEqual([]);
  });

  it.each([undefined, null, 'hi', { 0: 'u' }])(
    'refuses %j in the place of the arguments',
    (args) => {
      const { handler } = kept('live');
      const run = () => handler.run(args as unknown as [string, string]);
      expect(run).toThrow(/args .*must be a list|args is required/);
    },
  );

  it.each(['off', 'live'] as const)('takes what a function was called with, %s', async (stage) => {
    const { handler } = kept(stage);
    const given: unknown = runInNewContext('(function () { return arguments; })("u", "hi")');
    expect(await handler.run(given as [string, string])).toBe(await handler('u', 'hi'));
  });
});
