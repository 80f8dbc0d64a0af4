import assert from 'node:assert/strict';
import type { RolloutState } from '../../core/contracts/rollout-state.ts';
import type { Store } from '../../core/contracts/store.ts';
import { assertSame } from './assert-same.ts';
import { nextCommit } from './sample-trail.ts';
import { bothOf, type StoreHarness, type StoreTest } from './store-harness.ts';

const often = { pollMs: 20 };

async function step(store: Store, rollout: string): Promise<number> {
  const result = await store.commit(nextCommit(rollout, await store.rollout(rollout), 'step'));
  assert.ok(result.ok);
  return result.current.version;
}

/** Hears versions, and can be waited for. */
class Ear {
  readonly versions: number[] = [];
  #wanted = { version: Number.POSITIVE_INFINITY, reached: (): void => undefined };

  changed({ version }: RolloutState): void {
    this.versions.push(version);
    if (version >= this.#wanted.version) this.#wanted.reached();
  }

  async reached(version: number): Promise<void> {
    if ((this.versions.at(-1) ?? 0) >= version) return;
    await new Promise<void>((reached) => {
      this.#wanted = { version, reached };
    });
  }

  assertGrew(): void {
    const sorted = [...new Set(this.versions)].sort((a, b) => a - b);
    assertSame(this.versions, sorted, 'versions must only grow');
  }
}

async function tellsTheNewest(harness: StoreHarness): Promise<void> {
  const [store, other] = await bothOf(harness);
  await step(store, 'chat');
  const ears = [new Ear(), new Ear()] as const;
  using _here = store.watch('chat', ears[0], often);
  using _there = other.watch('chat', ears[1], often);
  await Promise.all(ears.map((ear) => ear.reached(1)));
  let newest = 0;
  for (let n = 0; n < 10; n += 1) newest = await step(n % 2 === 0 ? store : other, 'chat');
  await Promise.all(ears.map((ear) => ear.reached(newest)));
  for (const ear of ears) ear.assertGrew();
}

async function tellsOfItsOwnRollout({ store }: StoreHarness): Promise<void> {
  const [chat, other] = [new Ear(), new Ear()];
  using _chat = store.watch('chat', chat, often);
  using _other = store.watch('other', other, often);
  await step(store, 'chat');
  await step(store, 'other');
  await step(store, 'other');
  await Promise.all([chat.reached(1), other.reached(2)]);
  assertSame(chat.versions, [1]);
}

async function outlivesItsWatchers({ store }: StoreHarness): Promise<void> {
  const ear = new Ear();
  const throwing = {
    changed(state: RolloutState): void {
      ear.changed(state);
      throw new Error('a watcher that fails');
    },
  };
  using _watch = store.watch('chat', throwing, often);
  await step(store, 'chat');
  await ear.reached(1);
  await step(store, 'chat');
  await ear.reached(2);
}

async function fallsSilent({ store }: StoreHarness): Promise<void> {
  const [gone, staying] = [new Ear(), new Ear()];
  const watch = store.watch('chat', gone, often);
  using _staying = store.watch('chat', staying, often);
  await step(store, 'chat');
  await Promise.all([gone.reached(1), staying.reached(1)]);
  watch[Symbol.dispose]();
  watch[Symbol.dispose]();
  await step(store, 'chat');
  await staying.reached(2);
  assertSame(gone.versions, [1]);
}

async function refusesWrongPolls({ store }: StoreHarness): Promise<void> {
  for (const pollMs of [0, -1, Number.NaN, 2 ** 31]) {
    assert.throws(() => store.watch('chat', new Ear(), { pollMs }), {
      code: 'ERR_CUTOVER_INVALID_OPTIONS',
    });
  }
}

/** What a store promises of watches. */
export const watchTests: readonly StoreTest[] = [
  ['tells watchers here and elsewhere the newest version, and never an older one', tellsTheNewest],
  ['tells a watcher of its own rollout alone', tellsOfItsOwnRollout],
  ['goes on telling a watcher that throws', outlivesItsWatchers],
  ['tells nothing after a watch was disposed', fallsSilent],
  ['refuses an interval that no timer can keep', refusesWrongPolls],
];
