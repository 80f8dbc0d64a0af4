import { percentageFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import type { Stage } from '../../src/core/stage.ts';
import { stageOf } from './asking.ts';

const ramp = { from: 'shadow', to: 'live' } as const;

describe('a ramp', () => {
  it('leaves a tenant outside whose hash is just where the percentage ends', () => {
    // The first of its bucket, which begins at 8.70 percent.
    const flags = percentageFlags({ ...ramp, percent: 8.7 });
    expect(stageOf(flags, 'tenant-846743')).toBe('shadow');
    flags.set({ percent: 8.71 });
    expect(stageOf(flags, 'tenant-846743')).toBe('live');
  });

  it('keeps its percentage when only a stage is changed', () => {
    const ids = Array.from({ length: 200 }, (_, n) => `tenant-${n}`);
    const flags = percentageFlags({ ...ramp, percent: 25 });
    const before = ids.filter((id) => stageOf(flags, id) === 'live');
    flags.set({ from: 'off' });
    expect(ids.filter((id) => stageOf(flags, id) === 'live')).toEqual(before);
  });

  it('is asked on every call', () => {
    expect(percentageFlags({ ...ramp, percent: 0 }).inProcess).toBe(true);
  });

  it('says where an option was wrong', () => {
    const wrong = { ...ramp, percent: 5n as unknown as number };
    expect(() => percentageFlags(wrong)).toThrow(
      'Invalid options of percentageFlags(): percent must',
    );
    const flags = percentageFlags({ ...ramp, percent: 0 });
    expect(() => flags.set({ overrides: { acme: 'on' as Stage } })).toThrow(
      'Invalid options of percentageFlags.set(): overrides["acme"] must',
    );
  });
});
