import { join } from 'node:path';
import { InMemoryProvider } from '@openfeature/server-sdk';
import {
  environmentFlags,
  type FlagProvider,
  fileFlags,
  memoryFlags,
  percentageFlags,
  predicateFlags,
} from 'engramia-cutover/flags';
import { describe, it, onTestFinished } from 'vitest';
import { type Stage, stageNames } from '../../src/core/stage.ts';
import { testFlagProvider } from '../../src/testing/flag-provider-suite.ts';
import { freshFolder, writeFlags } from './flag-files.ts';

testFlagProvider({
  name: 'memoryFlags',
  make: () => {
    const provider = memoryFlags('off');
    return { provider, set: (tenant, stage) => provider.set(tenant, stage) };
  },
  describe,
  it,
  anyFlag: true,
});

testFlagProvider({
  name: 'percentageFlags',
  make: () => {
    const provider = percentageFlags({ from: 'shadow', to: 'live', percent: 50 });
    const overrides = new Map<string, Stage>();
    return {
      provider,
      set: (tenant, stage) => provider.set({ overrides: overrides.set(tenant, stage) }),
    };
  },
  describe,
  it,
  anyFlag: true,
});

for (const [where, anyFlag] of [
  ['all routes', true],
  ['one route', false],
] as const) {
  testFlagProvider({
    name: `fileFlags, tenants of ${where}`,
    make: () => {
      const path = join(freshFolder(), 'flags.json');
      const stages = new Map<string, Stage>();
      const set = (tenant: string, stage: Stage) => {
        // By entries, so that a tenant "__proto__" is written like any other.
        const tenants = Object.fromEntries(stages.set(tenant, stage));
        writeFlags(path, anyFlag ? { tenants } : { routes: { chat: { tenants } } });
        return provider.reload();
      };
      const provider = fileFlags(path, { logger: { warn: () => undefined } });
      onTestFinished(() => provider.onClose?.());
      return { provider, set };
    },
    describe,
    it,
    anyFlag,
  });
}

testFlagProvider({
  name: 'environmentFlags',
  make: () => {
    let current = environmentFlags({});
    const provider: FlagProvider = {
      metadata: current.metadata,
      inProcess: true,
      resolveStringEvaluation: (...call) => current.resolveStringEvaluation(...call),
    };
    return {
      provider,
      set: (_tenant, stage) => {
        current = environmentFlags({ ENGRAMIA_CUTOVER_CHAT_STAGE: stage });
      },
    };
  },
  describe,
  it,
  perTenant: false,
});

for (const [kind, inProcess] of [
  ['synchronous', true],
  ['asynchronous', false],
] as const) {
  testFlagProvider({
    name: `predicateFlags, ${kind}`,
    make: () => {
      const moved = new Set<unknown>();
      const isMoved = ({ targetingKey }: { targetingKey?: string }): boolean =>
        moved.has(targetingKey);
      return {
        provider: predicateFlags(inProcess ? isMoved : async (context) => isMoved(context), {
          from: 'shadow',
          to: 'live',
          inProcess,
        }),
        set: (tenant, stage) => void (stage === 'live' ? moved.add(tenant) : moved.delete(tenant)),
      };
    },
    describe,
    it,
    stages: ['shadow', 'live'],
    anyFlag: true,
  });
}

testFlagProvider({
  name: "OpenFeature's InMemoryProvider",
  make: () => {
    const stages = new Map<unknown, Stage>();
    const variants = Object.fromEntries(stageNames.map((stage) => [stage, stage]));
    const contextEvaluator = ({ targetingKey }: { targetingKey?: string }): string =>
      stages.get(targetingKey) ?? 'off';
    const provider = new InMemoryProvider({
      'cutover.chat': { variants, defaultVariant: 'off', disabled: false, contextEvaluator },
    });
    return { provider, set: (tenant, stage) => void stages.set(tenant, stage) };
  },
  describe,
  it,
});
