import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CutoverOptions, Subject } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { chat } from '../router/world.ts';

const hangingDecision = fileURLToPath(new URL('./hanging-decision.child.ts', import.meta.url));

type Flags = CutoverOptions['flags'];
type Answer = ReturnType<Flags['resolveStringEvaluation']>;

const provider = (answer: () => unknown): Flags => ({
  metadata: { name: 'strange' },
  resolveStringEvaluation: () => answer() as Answer,
});

const fail = (): never => {
  throw new Error('flag system');
};

describe('Promise 6 (fail to the known)', () => {
  it.each([
    ['throws', fail],
    ['rejects', () => Promise.reject(new Error('flag system'))],
    ['answers nothing', () => undefined],
    ['answers a stage that does not exist', () => ({ value: 'everything' })],
    ['answers "constructor"', () => ({ value: 'constructor' })],
    ['answers "__proto__"', () => ({ value: '__proto__' })],
    ['answers a number', () => ({ value: 100 })],
    ['answers with an error code', () => ({ value: 'live', errorCode: 'GENERAL' })],
  ])('serves legacy by default when the flag %s', async (_how, answer) => {
    const { handler } = chat('off', { flags: provider(answer) });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(await handler.decide('u', 'hi')).toMatchObject({ stage: 'off', reason: 'default' });
  });

  it('serves the default stage of the app when nothing is known', async () => {
    const { handler } = chat('off', { flags: provider(fail), defaultStage: 'complete' });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
  });

  it('keeps the last good answer of a flag that breaks afterwards', async () => {
    const clock = fakeClock();
    let broken = false;
    const { handler } = chat('off', {
      clock,
      flags: provider(async () => {
        if (broken) throw new Error('flag system');
        return { value: 'live' };
      }),
    });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    broken = true;
    await clock.advance(10_000);
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(await handler.decide('u', 'hi')).toMatchObject({ reason: 'last-known' });
  });

  it.each<[string, () => unknown, string]>([
    ['throws', fail, 'identify'],
    ['rejects', () => Promise.reject(new Error('no user')), 'identify'],
    ['answers nothing', () => undefined, 'noTenant'],
    ['answers null', () => null, 'noTenant'],
    ['names no tenant', () => ({ task: 'x' }), 'noTenant'],
    ['names an empty tenant', () => ({ tenant: '', task: 'x' }), 'noTenant'],
    ['names a number', () => ({ tenant: 7, task: 'x' }), 'noTenant'],
    ['later names an object', async () => ({ tenant: {}, task: 'x' }), 'noTenant'],
  ])(
    'serves legacy, counts it and learns nothing when identify %s',
    async (_how, identify, why) => {
      const { handler } = chat('live', { identify: identify as () => Subject });
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      const { routes, learn } = handler.stats();
      expect(routes.chat?.undecided).toMatchObject({ [why]: 1 });
      expect(routes.chat?.stages.off).toBe(1);
      expect(learn.offered).toBe(0);
    },
  );

  it('serves tenants that are named like parts of an object as what their flag says', async () => {
    for (const tenant of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const { handler, flags } = chat('off', { identify: () => ({ tenant, task: 'x' }) });
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      flags.set(tenant, 'live');
      expect(await handler('u', 'hi')).toBe('candidate: hi');
    }
  });

  it.each(['identify', 'flags'])(
    'answers although %s hangs and nothing else keeps the process alive',
    async (what) => {
      const child = spawn(process.execPath, [hangingDecision, what]);
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      const [code] = await once(child, 'close');
      expect({ code, out }).toEqual({ code: 0, out: 'legacy: hi' });
    },
  );

  it('never makes a caller wait longer than the deadline for a flag that hangs', async () => {
    const clock = fakeClock();
    const { handler } = chat('off', {
      clock,
      decideTimeoutMs: 20,
      flags: provider(() => new Promise(() => undefined)),
    });
    const replies = Array.from({ length: 50 }, () => handler('u', 'hi'));
    await clock.advance(20);
    expect(new Set(await Promise.all(replies))).toEqual(new Set(['legacy: hi']));
    expect(handler.stats().routes.chat?.undecided.flag).toBe(50);
    expect(clock.pending).toBe(0);
  });
});
