import {
  createMigration,
  init,
  integrations,
  type LDMigration,
  LDMigrationStage,
  LDMigrationSuccess,
} from '@launchdarkly/node-server-sdk';
import type { BenchCase } from '../measure.ts';
import { candidate, legacy } from './legs.ts';

interface Payload {
  readonly user: string;
  readonly message: string;
}

const stages = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'] as const;
const every = 100_000;

type Stage = (typeof stages)[number];

/** Everybody in one stage, or half in each of two. */
function fallthrough(inside: Stage, outside: Stage): object {
  const [to, from] = [stages.indexOf(inside), stages.indexOf(outside)];
  if (to === from) return { variation: to };
  const variations = [from, to].map((variation) => ({ variation, weight: every / 2 }));
  return { rollout: { kind: 'rollout', variations } };
}

/** A migration flag as the service would send it. */
function flag(key: string, inside: Stage, outside = inside): object {
  return {
    key,
    version: 1,
    on: true,
    variations: stages,
    offVariation: 0,
    fallthrough: fallthrough(inside, outside),
    rules: [],
    targets: [],
    prerequisites: [],
    salt: key,
  };
}

function readerOf(flagKey: string, migration: LDMigration<string, string, Payload>): BenchCase {
  return {
    batches: 10,
    async call(user, message) {
      const context = { kind: 'user', key: user };
      const read = await migration.read(flagKey, context, LDMigrationStage.Off, { user, message });
      if (read.success) return read.result;
      throw read.error;
    },
  };
}

/** What a migration reads from. */
export interface Legs {
  readonly legacy: typeof legacy;
  readonly candidate: typeof candidate;
}

/** LaunchDarkly's migration reads, by stage, and what ends their client. */
export interface LaunchDarklyReads extends Disposable {
  readonly live: BenchCase;
  readonly pct50: BenchCase;
  readonly shadow: BenchCase;
  readonly rampdown: BenchCase;
}

/**
 * LaunchDarkly without its network: flags from its own test data source, no events, no diagnostics. `offline` would not
 * do, because every evaluation would answer the default then.
 */
export async function launchDarklyReads(
  legs: Legs = { legacy, candidate },
): Promise<LaunchDarklyReads> {
  const data = new integrations.TestData();
  await data.usePreconfiguredFlag(flag('live', 'live'));
  await data.usePreconfiguredFlag(flag('pct50', 'live', 'off'));
  await data.usePreconfiguredFlag(flag('shadow', 'shadow'));
  await data.usePreconfiguredFlag(flag('rampdown', 'rampdown'));
  const client = init('bench', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  await client.waitForInitialization({ timeout: 5 });
  const readOld = async (payload?: Payload) =>
    LDMigrationSuccess(await legs.legacy(payload?.user ?? '', payload?.message ?? ''));
  const readNew = async (payload?: Payload) =>
    LDMigrationSuccess(
      await legs.candidate(undefined, payload?.user ?? '', payload?.message ?? ''),
    );
  const migration = createMigration<string, string, Payload>(client, {
    readOld,
    readNew,
    writeOld: readOld,
    writeNew: readNew,
  });
  return {
    live: readerOf('live', migration),
    pct50: readerOf('pct50', migration),
    shadow: readerOf('shadow', migration),
    rampdown: readerOf('rampdown', migration),
    [Symbol.dispose]: () => client.close(),
  };
}

function ignore(): void {}
