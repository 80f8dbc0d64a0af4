import { type PercentageFlagsOptions, percentageFlags } from 'engramia-cutover/flags';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketCount, bucketOf, saltSeed } from '../../src/core/bucket.ts';
import { type Stage, stageNames } from '../../src/core/stage.ts';
import { answerOf, issuesOf, stageOf } from './asking.ts';

const ramp = { from: 'shadow', to: 'live' } as const;
const hundredths = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100);
const tenant = fc.oneof(fc.uuid(), fc.emailAddress(), fc.string({ unit: 'binary', minLength: 1 }));

describe('Promise 7 (sticky and monotone): percentageFlags', () => {
  it('never takes a tenant out when the percentage is raised', () => {
    fc.assert(
      fc.property(tenant, fc.string(), hundredths, hundredths, (id, salt, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const flags = percentageFlags({ ...ramp, salt, percent: low });
        const before = stageOf(flags, id);
        flags.set({ percent: high });
        expect([before, stageOf(flags, id)]).not.toEqual(['live', 'shadow']);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same tenant the same answer on every replica and through every detour', () => {
    fc.assert(
      fc.property(tenant, hundredths, fc.array(hundredths), (id, percent, detour) => {
        const flags = percentageFlags({ ...ramp, percent });
        const first = stageOf(flags, id);
        for (const step of detour) flags.set({ percent: step });
        flags.set({ percent });
        expect(stageOf(flags, id)).toBe(first);
        expect(stageOf(percentageFlags({ ...ramp, percent }), id)).toBe(first);
      }),
    );
  });

  it('has a tenant inside exactly when its bucket is below the percentage', () => {
    fc.assert(
      fc.property(tenant, fc.string(), hundredths, (id, salt, percent) => {
        const inside = bucketOf(saltSeed(salt), id) < Math.round((percent / 100) * bucketCount);
        const flags = percentageFlags({ ...ramp, salt, percent });
        expect(stageOf(flags, id)).toBe(inside ? 'live' : 'shadow');
      }),
      { numRuns: 1_000 },
    );
  });

  it('uses a salt that never changes when none is given', () => {
    const ids = Array.from({ length: 500 }, (_, n) => `tenant-${n}`);
    const implicit = percentageFlags({ ...ramp, percent: 50 });
    const named = percentageFlags({ ...ramp, percent: 50, salt: 'engramia-cutover' });
    const other = percentageFlags({ ...ramp, percent: 50, salt: 'spring' });
    const stagesOf = (flags: typeof named): string[] => ids.map((id) => stageOf(flags, id));
    expect(stagesOf(implicit)).toEqual(stagesOf(named));
    expect(stagesOf(other)).not.toEqual(stagesOf(named));
  });

  it('has nobody inside at 0 and everybody at 100, and half a hundred thousand at 50', () => {
    const ids = Array.from({ length: 100_000 }, (_, n) => `tenant-${n}`);
    const flags = percentageFlags({ ...ramp, percent: 0 });
    const inside = (): number => ids.filter((id) => stageOf(flags, id) === 'live').length;
    expect(inside()).toBe(0);
    flags.set({ percent: 100 });
    expect(inside()).toBe(100_000);
    flags.set({ percent: 50 });
    // Four standard deviations of a fair coin.
    expect(Math.abs(inside() - 50_000)).toBeLessThan(633);
    flags.set({ percent: 0.01 });
    expect(Math.abs(inside() - 10)).toBeLessThan(13);
  });
});

describe('percentageFlags', () => {
  it('lets an override win over the bucket at any percentage', () => {
    const overrides = { acme: 'off', globex: 'complete' } as const;
    const flags = percentageFlags({ ...ramp, percent: 100, overrides });
    expect(stageOf(flags, 'acme')).toBe('off');
    flags.set({ percent: 0 });
    expect(stageOf(flags, 'globex')).toBe('complete');
    expect(answerOf(flags, 'globex')).toMatchObject({ reason: 'TARGETING_MATCH' });
    flags.set({ overrides: {} });
    expect(stageOf(flags, 'globex')).toBe('shadow');
  });

  it('knows overridden tenants by their names alone, also one called __proto__', () => {
    const overrides = JSON.parse('{"__proto__": "complete"}');
    const flags = percentageFlags({ ...ramp, percent: 0, overrides });
    expect(stageOf(flags, '__proto__')).toBe('complete');
    for (const name of ['constructor', 'toString', 'valueOf']) {
      expect(stageOf(flags, name)).toBe('shadow');
    }
  });

  it('changes all that it was told at once, and keeps the rest', () => {
    const flags = percentageFlags({ ...ramp, percent: 0, overrides: { acme: 'complete' } });
    flags.set({ from: 'dualwrite' });
    expect(stageOf(flags, 'globex')).toBe('dualwrite');
    flags.set({ percent: 100, to: 'rampdown' });
    expect(stageOf(flags, 'globex')).toBe('rampdown');
    expect(stageOf(flags, 'acme')).toBe('complete');
    flags.set({});
    expect(stageOf(flags, 'globex')).toBe('rampdown');
  });

  it('changes nothing when any part of a change is wrong', () => {
    const flags = percentageFlags({ ...ramp, percent: 0 });
    const wrong = { from: 'off', percent: 101, overrides: { acme: 'on' as Stage } } as const;
    expect(issuesOf(() => flags.set(wrong))).toHaveLength(2);
    expect(stageOf(flags, 'acme')).toBe('shadow');
    expect(issuesOf(() => flags.set({ salt: 'new' } as never))).toHaveLength(1);
    expect(issuesOf(() => flags.set({ percent: null } as never))).toHaveLength(1);
    expect(issuesOf(() => flags.set(null as never))).toHaveLength(1);
  });

  it('buckets by the user where asked to, and by the tenant when there is no user', () => {
    const byUser = percentageFlags({ ...ramp, percent: 50, by: 'user', salt: 's' });
    const byTenant = percentageFlags({ ...ramp, percent: 50, salt: 's' });
    const users = Array.from({ length: 200 }, (_, n) => `user-${n}`);
    for (const user of users) {
      expect(stageOf(byUser, { targetingKey: 'acme', user })).toBe(stageOf(byTenant, user));
      expect(stageOf(byTenant, { targetingKey: 'acme', user })).toBe(stageOf(byTenant, 'acme'));
    }
    for (const user of ['', 7, null, true]) {
      expect(stageOf(byUser, { targetingKey: 'acme', user })).toBe(stageOf(byTenant, 'acme'));
    }
    byUser.set({ percent: 100, overrides: { acme: 'off' } });
    expect(stageOf(byUser, { targetingKey: 'acme', user: 'ann' })).toBe('off');
  });

  it('leaves a call without a targeting key outside, at any percentage', () => {
    expect(stageOf(percentageFlags({ ...ramp, percent: 100 }), {})).toBe('shadow');
  });

  it('takes every percentage of up to two decimals exactly', () => {
    for (let n = 0; n <= 10_000; n += 1) {
      const written = Number((n / 100).toFixed(2));
      expect(() => percentageFlags({ ...ramp, percent: written })).not.toThrow();
    }
  });

  it.each([
    -1,
    -0.01,
    100.01,
    101,
    0.001,
    33.333,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '50',
    null,
    true,
  ])('refuses %j as a percentage, and says what is allowed', (percent) => {
    const issues = issuesOf(() => percentageFlags({ ...ramp, percent: percent as number }));
    expect(issues).toEqual([expect.stringMatching(/^percent must be .*0 to 100.*two decimals/)]);
  });

  it('names everything that is wrong at once', () => {
    const wrong = {
      from: 'on',
      percent: 200,
      overrides: { acme: 'on', '': 'live' },
      salt: 7,
      by: 'session',
      percentage: 5,
    };
    const issues = issuesOf(() => percentageFlags(wrong as unknown as PercentageFlagsOptions));
    expect(issues).toHaveLength(8);
    expect(issues.join()).toMatch(/from .*to .*percent .*salt .*by .*overrides/s);
    expect(issuesOf(() => percentageFlags(undefined as never))).toHaveLength(1);
  });

  it('accepts each pair of stages', () => {
    for (const from of stageNames) {
      for (const to of stageNames) {
        const flags = percentageFlags({ from, to, percent: 100 });
        expect(stageOf(flags, 'acme')).toBe(to);
        flags.set({ percent: 0 });
        expect(stageOf(flags, 'acme')).toBe(from);
      }
    }
  });
});
