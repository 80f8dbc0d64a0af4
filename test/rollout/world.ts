import type { Store } from '../../src/core/contracts/store.ts';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import type { Gate, GateOutcome, GateReading, GateRun } from '../../src/rollout/gates/gate.ts';
import type { PersonAction } from '../../src/rollout/person-action.ts';
import type { RolloutPlan } from '../../src/rollout/plan/plan.ts';
import type { Rollout } from '../../src/rollout/rollout.ts';
import type { RolloutOptions } from '../../src/rollout/rollout-options.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** A person who acts. */
export const ada: PersonAction = { actor: 'Ada', reason: 'as agreed' };

/** A gate that says what it is told to say. */
export class ToldGate implements Gate {
  readonly name: string;
  readonly role: Gate['role'];
  readonly source = 'served';
  readonly policy = {};
  says: GateOutcome = 'pass';
  begun = 0;

  constructor(name: string, role: Gate['role'] = 'guardrail') {
    this.name = name;
    this.role = role;
  }

  begin(): GateRun {
    this.begun += 1;
    const { name: gate, source } = this;
    const read = (): GateReading => ({
      gate,
      source,
      outcome: this.says,
      says: `told: ${this.says}`,
      inputs: {},
    });
    return { read };
  }
}

/** A store, a clock, and rollouts on them. */
export interface RolloutWorld extends AsyncDisposable {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly warnings: string[];
  /** A replica whose state is known. */
  rollout(plan?: RolloutPlan, options?: Partial<RolloutOptions>): Promise<Rollout>;
  /** Traffic of so many tenants, so that steps move somebody. */
  traffic(tenants: number): Promise<void>;
}

export const tenantNames = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `tenant-${at}`);

export function rolloutWorld(store?: Store, clock: FakeClock = fakeClock()): RolloutWorld {
  const its = store ?? memoryStore({ clock });
  const warnings: string[] = [];
  const made: Rollout[] = [];
  return {
    store: its,
    clock,
    warnings,
    async rollout(plan = {}, options = {}) {
      const logger = { warn: (message: string) => void warnings.push(message) };
      const identity = `replica-${made.length}`;
      const rollout = createRollout({ store: its, clock, plan, logger, identity, ...options });
      made.push(rollout);
      await clock.advance(0);
      await rollout.ready;
      return rollout;
    },
    async traffic(tenants) {
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      const counts = tenantNames(tenants).map((tenant) => {
        return { day, tenant, route: 'chat', leg: 'legacy', counts: { calls: 1 } } as const;
      });
      await its.addTraffic({ id: `traffic ${clock.monotonic()}`, counts });
    },
    async [Symbol.asyncDispose]() {
      for (const rollout of made) await rollout.close();
      await its.close();
    },
  };
}

/** The kinds of the trail's entries, in order. */
export async function kindsOf(store: Store, rollout = 'cutover'): Promise<string[]> {
  const kinds: string[] = [];
  for await (const { kind } of store.audit(rollout)) kinds.push(kind);
  return kinds;
}
