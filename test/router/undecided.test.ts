import type { CutoverEventOf, Stage } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { chat, nextTurn } from './world.ts';

const throws = (): never => {
  throw new Error('no session');
};
const rejects = async (): Promise<never> => throws();
const nothing = { identify: 0, noTenant: 0, timeout: 0, flag: 0 };

/** Everything that was contained in a route, by what failed. */
function contained(handler: ReturnType<typeof chat>['handler']) {
  const told: CutoverEventOf<'error'>[] = [];
  handler.on('error', (event) => told.push(event));
  return told;
}

describe('a call whose tenant nobody can name', () => {
  it.each([
    ['throws', throws],
    ['rejects', rejects],
  ])('is told and counted when identify %s', async (_how, identify) => {
    const { handler } = chat('live', { identify });
    const told = contained(handler);
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(told).toMatchObject([{ operation: 'identify', route: 'chat' }]);
    expect(handler.stats().routes.chat?.undecided).toEqual({ ...nothing, identify: 1 });
  });

  it.each<[string, unknown, string]>([
    ['nothing, for want of a return', undefined, 'gave nothing: it must give { tenant, task }'],
    ['a word', 'acme', 'gave a string: it must give { tenant, task }'],
    ['a number as tenant', { tenant: 7, task: 'hi' }, 'no text, but of type number: String(id)'],
  ])('is told where identify gave %s', async (_what, subject, mend) => {
    for (const identify of [() => subject, async () => subject]) {
      const { handler, warnings } = chat('live', { identify: identify as never });
      const told = contained(handler);
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      await handler.decide('u', 'hi');
      const { undecided } = handler.stats().routes.chat ?? {};
      expect(undecided).toEqual({ ...nothing, noTenant: 1 });
      expect(told).toMatchObject([{ operation: 'identify' }, { operation: 'identify' }]);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain(mend);
    }
  });

  it.each([{ tenant: '' }, { tenant: undefined }, { tenant: null }, {}])(
    'is told to nobody where there is none: %o',
    async (subject) => {
      const { handler } = chat('live', { identify: () => ({ task: 'hi', ...subject }) as never });
      const told = contained(handler);
      await handler('u', 'hi');
      expect(told).toEqual([]);
      expect(handler.stats().routes.chat?.undecided).toEqual({ ...nothing, noTenant: 1 });
    },
  );

  it('is decided and served as nobody’s', async () => {
    const { handler } = chat('live', { identify: () => ({ tenant: '', task: 'hi' }) });
    const told: unknown[] = [];
    handler.on('decided', ({ tenant, stage, reason }) => told.push({ tenant, stage, reason }));
    handler.on('served', ({ tenant, stage, leg }) => told.push({ tenant, stage, leg }));
    await handler('u', 'hi');
    expect(told).toEqual([
      { tenant: '', stage: 'off', reason: 'no-tenant' },
      { tenant: '', stage: 'off', leg: 'legacy' },
    ]);
    expect(handler.stats().routes.chat?.undecided).toEqual({ ...nothing, noTenant: 1 });
  });
});

describe('a subject that comes after the deadline', () => {
  it.each<[string, (late: PromiseWithResolvers<never>) => void]>([
    ['rejects', ({ reject }) => reject(new Error('session store'))],
    ['names nobody', ({ resolve }) => resolve({ tenant: '' } as never)],
    ['names a tenant', ({ resolve }) => resolve({ tenant: 'acme' } as never)],
  ])('and %s counts once, as too late', async (_how, settle) => {
    const clock = fakeClock();
    const late = Promise.withResolvers<never>();
    let asked = 0;
    const { handler } = chat('live', {
      clock,
      identify: () => late.promise,
      flags: {
        metadata: { name: 'counts' },
        resolveStringEvaluation: () => {
          asked += 1;
          return { value: 'live' } as never;
        },
      },
    });
    const reasons: string[] = [];
    handler.on('decided', ({ reason }) => reasons.push(reason));
    const reply = handler('u', 'hi');
    await clock.advance(50);
    expect(await reply).toBe('legacy: hi');
    settle(late);
    await nextTurn();
    expect(reasons).toEqual(['timeout']);
    expect(handler.stats().routes.chat?.undecided).toEqual({ ...nothing, timeout: 1 });
    expect(asked).toBe(0);
  });
});

it('a flag that comes in time is obeyed, counted nowhere, and leaves no timer', async () => {
  const clock = fakeClock();
  let stage: Stage = 'live';
  const { handler } = chat('off', {
    clock,
    flags: {
      metadata: { name: 'remote' },
      resolveStringEvaluation: async () => ({ value: stage }),
    },
  });
  expect(await handler('u', 'hi')).toBe('candidate: hi');
  const { pending } = clock;
  stage = 'off';
  await clock.advance(60_000);
  expect(await handler('u', 'hi')).toBe('legacy: hi');
  expect(handler.stats().routes.chat?.undecided).toEqual(nothing);
  expect(pending).toBe(0);
});

describe('force', () => {
  it('that says nothing of a subject is no error', async () => {
    const { handler } = chat('live', { force: () => undefined });
    const told = contained(handler);
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(told).toEqual([]);
  });

  it('that answers no stage is told in words, with the route', async () => {
    const { handler } = chat('live', { force: () => 'LIVE' as Stage });
    const told = contained(handler);
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(told).toMatchObject([{ operation: 'force', route: 'chat' }]);
    expect(String(told[0]?.error.cause)).toContain('gave no stage: it must give one of off');
  });

  it('that answers with a promise which rejects leaves nothing unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { handler } = chat('live', { force: rejects as never });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    await nextTurn();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
