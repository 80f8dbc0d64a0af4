import type { Provider } from '@openfeature/server-sdk';
import { InMemoryProvider, type MultiProvider } from '@openfeature/server-sdk';
import * as flags from 'engramia-cutover/flags';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Stage } from '../../src/core/stage.ts';

describe('the types of engramia-cutover/flags', () => {
  it('take any OpenFeature server provider as it is', () => {
    expectTypeOf<Provider>().toExtend<flags.FlagProvider>();
    expectTypeOf<InMemoryProvider>().toExtend<flags.FlagProvider>();
    expectTypeOf<MultiProvider>().toExtend<flags.FlagProvider>();
    const provider: flags.FlagProvider = new InMemoryProvider({});
    expect(provider.metadata.name).toBe('in-memory');
  });

  it('refuse stages that do not exist', () => {
    expectTypeOf(flags.memoryFlags).parameter(0).toEqualTypeOf<Stage>();
    expectTypeOf<'LIVE'>().not.toExtend<Stage>();
    expectTypeOf<{
      from: 'off';
      to: 'on';
      percent: 5;
    }>().not.toExtend<flags.PercentageFlagsOptions>();
  });

  it('let a change of a ramp leave things out, but not the salt change', () => {
    expectTypeOf<{ percent: number }>().toExtend<flags.PercentageFlagsChange>();
    expectTypeOf<flags.PercentageFlagsChange>().not.toHaveProperty('salt');
  });

  it('let a predicate be asynchronous', () => {
    expectTypeOf<() => Promise<boolean>>().toExtend<Parameters<typeof flags.predicateFlags>[0]>();
    expectTypeOf<() => string>().not.toExtend<Parameters<typeof flags.predicateFlags>[0]>();
  });

  it('belong to exactly these functions', () => {
    expect(Object.keys(flags).sort()).toEqual([
      'environmentFlags',
      'fileFlags',
      'launchDarklyFlags',
      'memoryFlags',
      'openFeatureFlags',
      'percentageFlags',
      'predicateFlags',
      'unleashFlags',
    ]);
  });
});
