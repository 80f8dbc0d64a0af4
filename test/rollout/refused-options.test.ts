import { InvalidOptionsError } from 'engramia-cutover';
import {
  createRollout,
  type Rollout,
  type RolloutPlan,
  rolloutFlags,
} from 'engramia-cutover/rollout';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { describe, expect, it } from 'vitest';

function issuesOf(options: object): readonly string[] {
  try {
    createRollout(options as Parameters<typeof createRollout>[0]);
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.issues;
    throw error;
  }
  return [];
}

const needed =
  'it must be memoryStore(), sqliteStore({ path }) or postgresStore(pool), or one of your own: it must be an object with rollout() and commit() and watch() and acknowledge() and acquire() and addPairs() and traffic()';

describe('a rollout that cannot be made', () => {
  it('says which stores there are', () => {
    expect(issuesOf({})).toEqual([`store is missing: ${needed}`]);
    expect(issuesOf({ store: { rollout: () => undefined } })).toEqual([
      `store ${needed.replace('it ', '')}, not an object`,
    ]);
  });

  it.each<[NonNullable<RolloutPlan['steps']>, string]>([
    [
      [{ percent: 50 }, { percent: 20 }],
      'plan.steps[1] must be above 50 % live, the step before it, not 20 % live',
    ],
    [
      [{ percent: 100, to: 'rampdown' }, { percent: 100 }],
      'plan.steps[1] must be above 100 % rampdown, the step before it, not 100 % live',
    ],
  ])('says which step of %j is not above the one before it, and what both are', (steps, issue) => {
    expect(issuesOf({ store: memoryStore(), plan: { steps } })).toEqual([issue]);
  });
});

describe('what is handed to a rollout, or made of one', () => {
  it.each([undefined, 'chat', {}, { on: () => undefined }])(
    'is no cutover to follow: %j',
    (given) => {
      const rollout = createRollout({ store: memoryStore() });
      expect(() => rollout.follow(given as never)).toThrow(
        /cutover (is missing: it )?must be a cutover, or a handler of one, with on\(\) and stats\(\)/,
      );
    },
  );

  it.each([undefined, 'chat', {}, { rollout: {} }])(
    'is no rollout to have flags of: %j',
    (given) => {
      expect(() => rolloutFlags(given as unknown as Rollout)).toThrow(
        /rollout (is missing: it )?must be an object with stageOf\(\)/,
      );
    },
  );

  it.each([
    [{ startedAt: new Date(0) }, /startedAt is no plain object$/],
    [{ passed: undefined }, /passed is undefined$/],
    [{ rate: Number.NaN }, /rate is NaN$/],
  ])('is no evidence that a trail can hold: %o', async (evidence, issue) => {
    const rollout = createRollout({ store: memoryStore() });
    const { version } = (await rollout.status()).state;
    const by = { actor: 'Ada', reason: 'a smoke run', kind: 'smoke', ok: true };
    const attested = rollout.attest({ ...by, evidence });
    await expect(attested).rejects.toBeInstanceOf(InvalidOptionsError);
    await expect(attested).rejects.toMatchObject({
      issues: [expect.stringMatching(/^evidence must be plain data/)],
    });
    await expect(attested).rejects.toMatchObject({ issues: [expect.stringMatching(issue)] });
    expect((await rollout.status()).state.version).toBe(version);
    await rollout.close();
  });
});
