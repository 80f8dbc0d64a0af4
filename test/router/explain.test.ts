import {
  createEngramiaClient,
  oneScope,
  type Stage,
  type Subject,
  shadowSafe,
} from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { chat } from './world.ts';

const engramia = oneScope(
  createEngramiaClient({
    baseUrl: 'https://engramia.test',
    apiKey: 'key',
    fetch: () => new Promise(() => undefined),
  }),
);
const safe = shadowSafe(async () => 'candidate');
const acme = { tenant: 'acme', task: 'hi' };

/** What an app's identify may do instead of answering. */
const failing: [how: string, identify: () => Promise<never>][] = [
  [
    'throws',
    () => {
      throw new Error('no session');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('no session');
    },
  ],
];

describe('decide() of a handler', () => {
  it.each<[Stage, string | undefined]>([
    ['off', undefined],
    ['dualwrite', undefined],
    ['shadow', 'candidate'],
    ['live', 'legacy'],
    ['rampdown', undefined],
    ['complete', undefined],
  ])('names the leg that is mirrored in stage %s: %s', async (stage, mirrors) => {
    const { handler } = chat(stage, { candidate: safe, legacyShadow: async () => 'legacy' });
    expect(await handler.decide('u', 'hi')).toMatchObject({ tenant: 'acme', stage, mirrors });
  });

  it.each<Stage>(['shadow', 'live'])(
    'names none in stage %s when the app has not vouched for it',
    async (stage) => {
      const { handler } = chat(stage);
      expect((await handler.decide('u', 'hi')).mirrors).toBeUndefined();
    },
  );

  it('says that a call is learned only where its stage learns and there is somewhere to learn', async () => {
    const learns = async (stage: Stage, over: Parameters<typeof chat>[1]) =>
      (await chat(stage, over).handler.decide('u', 'hi')).learns;
    expect(await learns('dualwrite', { engramia })).toBe(true);
    expect(await learns('off', { engramia })).toBe(false);
    expect(await learns('dualwrite', {})).toBe(false);
    expect(await learns('dualwrite', { engramia, learn: false })).toBe(false);
  });

  it.each<[how: string, identify: () => Subject | Promise<Subject>]>([
    ['names nobody', () => ({ tenant: '', task: 'hi' })],
    ['names nobody later', async () => ({ tenant: '', task: 'hi' })],
    ...failing,
  ])(
    'knows no tenant when identify %s, also after a kill, and counts nothing',
    async (_how, identify) => {
      const { handler } = chat('live', { identify });
      const nobody = { tenant: undefined, stage: 'off', leg: 'legacy', reason: 'no-tenant' };
      expect(await handler.decide('u', 'hi')).toMatchObject(nobody);
      handler.kill();
      expect(await handler.decide('u', 'hi')).toMatchObject(nobody);
      expect(handler.stats().routes.chat).toMatchObject({
        calls: 0,
        undecided: { identify: 0, noTenant: 0 },
      });
    },
  );

  it.each(failing)('tells of an identify that %s', async (_how, identify) => {
    const { handler } = chat('live', { identify });
    const told: unknown[] = [];
    handler.on('error', ({ operation, route }) => told.push([operation, route]));
    await handler.decide('u', 'hi');
    expect(told).toEqual([['identify', 'chat']]);
  });

  it('waits for a subject and a flag that come later', async () => {
    const { handler } = chat('off', {
      identify: async () => acme,
      flags: {
        metadata: { name: 'remote' },
        resolveStringEvaluation: async () => ({ value: 'live' }),
      },
    });
    expect(await handler.decide('u', 'hi')).toMatchObject({
      tenant: 'acme',
      stage: 'live',
      reason: 'flag',
    });
  });

  it('says that it was too late for a subject that did not come in time', async () => {
    const clock = fakeClock();
    const { handler } = chat('live', { clock, identify: () => new Promise(() => undefined) });
    const decision = handler.decide('u', 'hi');
    await clock.advance(50);
    expect(await decision).toMatchObject({ tenant: undefined, stage: 'off', reason: 'timeout' });
  });
});
