import {
  createCutover,
  createCutoverHandler,
  InvalidOptionsError,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { createRollout, rolloutFlags } from 'engramia-cutover/rollout';
import { memoryStore } from 'engramia-cutover/stores/memory';
import { describe, expect, it, onTestFinished } from 'vitest';

const route = {
  name: 'chat',
  legacy: async () => 'legacy',
  candidate: shadowSafe(async () => 'candidate'),
  identify: () => ({ tenant: 'acme', task: 'hi' }),
  flags: memoryFlags('off'),
};

/** What is wrong with a route that is like any other but for these options. */
function issuesOf(over: object): readonly string[] {
  try {
    createCutoverHandler({ ...route, ...over } as never);
    return [];
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.issues;
    throw error;
  }
}

const legacyShadow = async () => 'legacy';

describe('options of a route that are fine', () => {
  it.each<[object]>([
    [{}],
    [{ fallback: { when: 'never' } }],
    [{ fallback: { when: 'when-uncommitted' } }],
    [{ fallback: { when: () => true, afterMs: false } }],
    [{ compare: true }],
    [{ compare: false }],
    [{ compare: {} }],
    [{ learn: false }],
    [{ learn: {} }],
    [{ learn: { maxTaskChars: 1, maxCodeChars: 1, minTaskChars: 1 } }],
    [{ learn: { maxTaskChars: 10_000, maxCodeChars: 500_000, minTaskChars: 10_000 } }],
    [{ learn: { via: 'import', evalScore: { legacy: 0, candidate: 10 } } }],
    [{ sample: { mirror: 0, noise: 0 } }],
    [{ sample: { noise: 0.5 }, legacyShadow }],
    [{ sample: {} }],
    [{ flagKey: 'my.flag', maxReplyBytes: 1 }],
  ])('%o', (over) => {
    expect(issuesOf(over)).toEqual([]);
  });
});

const tenThousand = 'must be a whole number from 1 to 10000';

describe('options of a route that are refused', () => {
  it.each<[object, string]>([
    [
      { fallback: { when: 'always' } },
      "fallback.when must be 'never', 'when-uncommitted' or a function",
    ],
    [{ fallback: { when: 7 } }, "fallback.when must be 'never', 'when-uncommitted' or a function"],
    [{ fallback: { when: true } }, "fallback.when must be 'never'"],
    [{ sample: 0.5 }, 'sample must be an object, not 0.5'],
    [{ fallback: 'never' }, 'fallback must be an object, not "never"'],
    [{ compare: 'yes' }, 'compare must be an object, true or false'],
    [{ compare: 7 }, 'compare must be an object, true or false'],
    [{ compare: null }, 'compare must be an object, true or false'],
    [{ learn: true }, 'learn must be an object'],
    [{ learn: null }, 'learn must be an object'],
    [{ learn: { via: 'post' } }, 'learn.via must be one of "learn", "import"'],
    [{ learn: { maxTaskChars: 0 } }, `learn.maxTaskChars ${tenThousand}, not 0`],
    [{ learn: { maxTaskChars: -1 } }, `learn.maxTaskChars ${tenThousand}, not -1`],
    [{ learn: { maxTaskChars: 1.5 } }, `learn.maxTaskChars ${tenThousand}, not 1.5`],
    [{ learn: { minTaskChars: 10_001 } }, `learn.minTaskChars ${tenThousand}, not 10001`],
    [
      { learn: { maxCodeChars: 500_001 } },
      'learn.maxCodeChars must be a whole number from 1 to 500000',
    ],
    [
      { learn: { maxCodeChars: '8' } },
      'learn.maxCodeChars must be a whole number from 1 to 500000',
    ],
    [
      { sample: { noise: 0.5 } },
      'sample.noise needs legacyShadow: give legacy as it may be run a second time, or set sample.noise to 0',
    ],
  ])('%o', (over, issue) => {
    expect(issuesOf(over)).toEqual([expect.stringContaining(issue)]);
  });

  it('are named together, whichever part of the options they are of', () => {
    const over = { maxReplyBytes: 0, learn: { via: 'post' }, sample: { noise: 1 } };
    expect(issuesOf(over)).toHaveLength(3);
  });
});

describe('the flag that decides a route', () => {
  it.each<[string | undefined, string]>([
    [undefined, 'cutover.chat'],
    ['my.flag', 'my.flag'],
  ])('of key %s is %s', async (flagKey, expected) => {
    const asked: string[] = [];
    const handler = createCutoverHandler({
      ...route,
      ...(flagKey === undefined ? {} : { flagKey }),
      flags: {
        metadata: { name: 'notes' },
        resolveStringEvaluation: async (key: string) => {
          asked.push(key);
          return { value: 'live' };
        },
      },
    });
    expect(await handler()).toBe('candidate');
    expect(asked).toEqual([expected]);
  });
});

describe('whom a provider is asked about', () => {
  const ask = async (targeting: 'tenant' | 'user' | undefined, user: string | undefined) => {
    const asked: object[] = [];
    const handler = createCutoverHandler({
      ...route,
      ...(targeting && { targeting }),
      identify: () => ({ tenant: 'acme', task: 'a task', ...(user && { user }) }),
      flags: {
        metadata: { name: 'notes' },
        inProcess: true,
        resolveStringEvaluation: (_key: string, _default: string, context: object) => {
          asked.push(context);
          return { value: 'off' };
        },
      },
    });
    await handler();
    return asked;
  };

  it.each([
    [undefined, 'ann', { targetingKey: 'acme', user: 'ann' }],
    ['tenant', 'ann', { targetingKey: 'acme', user: 'ann' }],
    ['user', 'ann', { targetingKey: 'ann', tenant: 'acme', user: 'ann' }],
    ['user', undefined, { targetingKey: 'acme', tenant: 'acme' }],
  ] as const)('is, with targeting %s and user %s, %o', async (targeting, user, context) => {
    expect(await ask(targeting, user)).toEqual([context]);
  });

  it('is never a user with a rollout: what it is shown would be of nobody that it moved', async () => {
    const rollout = createRollout({ store: memoryStore() });
    onTestFinished(() => rollout.close());
    const flags = rolloutFlags(rollout);
    const issue =
      "targeting must be 'tenant' with a rollout: its overrides and its evidence are of tenants";
    expect(() => createCutoverHandler({ ...route, flags, targeting: 'user' })).toThrow(issue);
    const cutover = createCutover({ flags });
    onTestFinished(() => cutover.close().then(() => undefined));
    const { flags: _, ...own } = route;
    expect(() => cutover.handler({ ...own, targeting: 'user' })).toThrow(issue);
    expect(() => cutover.handler({ ...own, targeting: 'tenant' })).not.toThrow();
  });
});
