import { sqliteStore } from 'engramia-cutover/stores/sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, saltSeed } from '../../src/core/bucket.ts';
import type { Store } from '../../src/core/contracts/store.ts';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import type { Rollout } from '../../src/rollout/rollout.ts';
import { rolloutFlags } from '../../src/rollout/rollout-flags.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { postgresStore } from '../../src/store/postgres.ts';
import { stageOf } from '../flags/asking.ts';
import { postgresName, postgresWorld } from '../store/postgres-world.ts';
import { tempFolder } from '../store/temp-folder.ts';

const postgres = postgresWorld();
const who = { actor: 'Ada', reason: 'as drawn' };
const percent = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
const tenants = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), {
  minLength: 20,
  maxLength: 40,
});

// It is the data itself: all replicas have the same.
const shared = memoryStore();

/** Every store, as two processes open it. */
const stores: readonly (readonly [name: string, runs: number, open: () => () => Store])[] = [
  ['a store in memory', 60, () => () => shared],
  [
    'an SQLite file',
    12,
    () => {
      const path = `${tempFolder()}/store.db`;
      return () => sqliteStore({ path });
    },
  ],
  [
    postgresName,
    12,
    () => {
      const pool = postgres.pool();
      const schema = postgres.freshSchema();
      // Each replica sees a change because it looks: a hint would only come sooner.
      return () => postgresStore(pool, { schema, listen: false });
    },
  ],
];

let rollouts = 0;

/** Replicas of a rollout that no other run has used, each with a store of its own on the same data. */
class Replicas implements AsyncDisposable {
  readonly #open: () => Store;
  readonly #name: string;
  readonly #all: { readonly rollout: Rollout; readonly store: Store }[] = [];

  constructor(open: () => Store) {
    this.#open = open;
    rollouts += 1;
    this.#name = `rollout ${rollouts}`;
  }

  /** Begins one more; only the salt of the first counts. */
  async start(salt: string): Promise<Rollout> {
    const store = this.#open();
    const plan = { from: 'off' } as const;
    const rollout = createRollout({ store, name: this.#name, plan, leads: false, salt });
    this.#all.push({ rollout, store });
    await rollout.ready;
    return rollout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { rollout } of this.#all) await rollout.close();
    for (const { store } of this.#all) if (store !== shared) await store.close();
  }
}

const inside = (rollout: Rollout, ids: readonly string[]): string[] => {
  const flags = rolloutFlags(rollout);
  return ids.filter((id) => stageOf(flags, id) === 'live');
};

/** Whom the published rule puts inside. */
const expected = (salt: string, share: number, ids: readonly string[]): string[] => {
  const seed = saltSeed(salt);
  return ids.filter((id) => bucketOf(seed, id) < Math.round(share * 100));
};

describe.each(stores)('Promise 7 (sticky and monotone): rolloutFlags on %s', (_, numRuns, at) => {
  it('puts a tenant into the same stage at the same percentage on every replica, by every detour and after every restart', async () => {
    const open = at();
    const detours = fc.array(percent, { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(tenants, fc.string(), detours, percent, async (ids, salt, detour, share) => {
        await using replicas = new Replicas(open);
        const first = await replicas.start(salt);
        for (const step of detour) await first.set({ ...who, percent: step, force: true });
        await first.rollback(who);
        await first.resume(who);
        expect(inside(first, ids)).toEqual([]);
        await first.set({ ...who, percent: share, force: true });
        const second = await replicas.start(salt);
        await first.close();
        const third = await replicas.start('another salt');
        for (const rollout of [first, second, third]) {
          expect(inside(rollout, ids)).toEqual(expected(salt, share, ids));
        }
      }),
      { numRuns },
    );
  });

  it('never takes a tenant out when the percentage is raised, by whichever replica and in whichever version', async () => {
    const open = at();
    const raises = fc.array(percent, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(tenants, fc.string(), raises, async (ids, salt, shares) => {
        await using replicas = new Replicas(open);
        let before: string[] = [];
        for (const share of shares.sort((a, b) => a - b)) {
          const rollout = await replicas.start(salt);
          expect(inside(rollout, ids)).toEqual(before);
          await rollout.set({ ...who, percent: share, force: true });
          const now = inside(rollout, ids);
          expect(before.filter((id) => !now.includes(id))).toEqual([]);
          before = now;
        }
      }),
      { numRuns },
    );
  });
});
