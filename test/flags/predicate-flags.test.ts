import { type PredicateFlagsOptions, predicateFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import type { EvaluationContext } from '../../src/flags/provider.ts';
import { issuesOf, stageOf } from './asking.ts';

const ramp = { from: 'shadow', to: 'live' } as const;
const silent = { error() {}, warn() {}, info() {}, debug() {} };

describe('predicateFlags', () => {
  it('puts those for whom the predicate says true into the one stage, and all others into the other', () => {
    const flags = predicateFlags(({ targetingKey }) => targetingKey === 'acme', ramp);
    expect(stageOf(flags, 'acme')).toBe('live');
    expect(stageOf(flags, 'globex')).toBe('shadow');
  });

  it('hands the predicate the whole context', () => {
    const seen: EvaluationContext[] = [];
    const flags = predicateFlags((context) => seen.push(context) > 0, ramp);
    const context = { targetingKey: 'acme', user: 'ann', plan: 'pro' };
    expect(stageOf(flags, context)).toBe('live');
    expect(seen).toEqual([context]);
  });

  it('waits for a predicate that takes its time', async () => {
    const flags = predicateFlags(async ({ targetingKey }) => targetingKey === 'acme', ramp);
    const ask = (targetingKey: string) =>
      flags.resolveStringEvaluation('cutover.chat', 'off', { targetingKey }, silent);
    expect(await ask('acme')).toMatchObject({ value: 'live' });
    expect(await ask('globex')).toMatchObject({ value: 'shadow' });
  });

  it.each([undefined, null, 1, 'false', {}])(
    'moves nobody when the predicate answers %j',
    (verdict) => {
      const flags = predicateFlags(() => verdict as unknown as boolean, ramp);
      expect(() => stageOf(flags, 'acme')).toThrow(/true or false/);
    },
  );

  it('is cached unless it says that it answers from memory', () => {
    expect(predicateFlags(() => true, ramp).inProcess).toBe(false);
    expect(predicateFlags(() => true, { ...ramp, inProcess: true }).inProcess).toBe(true);
  });

  it('says what was called wrongly', () => {
    const wrong = 'Invalid options of predicateFlags(): predicate must';
    expect(() => predicateFlags('acme' as never, ramp)).toThrow(wrong);
  });

  it('names everything that is wrong at once', () => {
    const wrong = { from: 'on', inProcess: 'yes', until: 5 } as unknown as PredicateFlagsOptions;
    expect(issuesOf(() => predicateFlags('acme' as never, wrong))).toHaveLength(5);
    expect(issuesOf(() => predicateFlags(() => true, undefined as never))).toHaveLength(1);
  });
});
