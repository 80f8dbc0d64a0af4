import { existsSync } from 'node:fs';
import { Pool } from 'pg';
import type { Store } from '../../../src/core/contracts/store.ts';
import { createRollout } from '../../../src/rollout/create-rollout.ts';
import type { Gate } from '../../../src/rollout/gates/gate.ts';
import type { RolloutPlan } from '../../../src/rollout/plan/plan.ts';
import type { Rollout } from '../../../src/rollout/rollout.ts';
import { postgresStore } from '../../../src/store/postgres.ts';
import { sqliteStore } from '../../../src/store/sqlite.ts';
import {
  type HistoryEvent,
  HistoryFile,
  type SeenState,
  seen,
  servesCandidate,
  sharedClock,
} from './history.ts';
import { RelayedPool } from './relayed-pool.ts';

/** How a process reaches the store: plain data, so that it can be told. */
export type StoreAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'relayed'; readonly schema: string }
  | {
      readonly kind: 'postgres';
      readonly schema: string;
      readonly connection: { host: string; port: number; user: string; database: string };
    };

/** What a process of the play is started with: plain data, its only argument. */
export interface PartSetting {
  /** The replica's or the operator's name. */
  readonly name: string;
  /** The same, and how often it was started. */
  readonly by: string;
  readonly store: StoreAddress;
  readonly history: string;
  /** A file; while it is there, the guardrail fails. */
  readonly alarm: string;
  readonly seed: number;
  readonly pace: Pace;
}

/** How fast replicas look and lose contact, in milliseconds. */
export interface Pace {
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** What this process was started with; with nothing it ends when all code is loaded. */
export function partSetting(): PartSetting {
  const [, , setting] = process.argv;
  return setting === undefined ? process.exit() : (JSON.parse(setting) as PartSetting);
}

export const tenantName = (at: number): string => `tenant-${at}`;

function openStore(address: StoreAddress): Store {
  if (address.kind === 'sqlite') return sqliteStore({ path: address.path, busyTimeoutMs: 400 });
  const { schema } = address;
  if (address.kind === 'relayed') return postgresStore(new RelayedPool(), { schema });
  const pool = new Pool({ ...address.connection, max: 3 });
  pool.on('error', () => undefined);
  return postgresStore(pool, { schema, timeoutMs: 400 });
}

function alarmGate(alarm: string): Gate {
  const gate = { name: 'alarm', role: 'guardrail', source: 'probe', policy: {} } as const;
  const read = () => {
    const outcome = existsSync(alarm) ? ('fail' as const) : ('pass' as const);
    return { gate: gate.name, source: gate.source, outcome, says: outcome, inputs: {} };
  };
  return { ...gate, begin: () => ({ read }) };
}

/** Climbs by itself at each look, up to where a whole day would have to be seen. */
const planOf = ({ alarm }: PartSetting): RolloutPlan => ({
  from: 'dualwrite',
  steps: [{ percent: 0 }, { percent: 10 }, { percent: 25 }, { percent: 40 }, { percent: 100 }],
  holdMs: 0,
  automatic: true,
  gates: [alarmGate(alarm)],
});

/** This process as a replica of the rollout, and its part of the history. */
export function joinRollout(setting: PartSetting, leads: boolean) {
  const { by, name } = setting;
  const file = new HistoryFile(setting.history);
  let newest: SeenState = { version: 0, actor: 'system', percent: 0, status: 'ramping' };
  const add = (event: HistoryEvent): void => file.add(event);
  const rollout: Rollout = createRollout({
    store: openStore(setting.store),
    name: 'chat',
    identity: name,
    plan: planOf(setting),
    leads,
    ...setting.pace,
    onLostContact: 'legacy',
    logger: { warn: () => undefined },
    onChange(state) {
      const at = sharedClock();
      newest = seen(state);
      add({ kind: 'obeyed', by, at, state: newest, serves: servesCandidate(state) });
      process.send?.({ obeyed: state.version, status: state.status });
    },
  });
  // Its parent is gone: nobody would ever end it.
  process.once('disconnect', () => process.exit());
  return { rollout, add, present: () => newest };
}
