import { describe, expect, it, vi } from 'vitest';
import type { RolloutState } from '../../src/core/contracts/rollout-state.ts';
import type { Store } from '../../src/core/contracts/store.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { StateReader } from '../../src/store/state-reader.ts';

/** A state that names so many tenants. */
function stateOf(tenants: number, version = 1): RolloutState {
  const names = Array.from(
    { length: tenants },
    (_, at) => [`tenant-number-${at}`, 'live'] as const,
  );
  return {
    ...{ version, from: 'shadow', to: 'live', percent: 5, salt: 's', hash: 'v1', step: 1 },
    ...{ overrides: Object.fromEntries(names), since: 0, status: 'ramping' },
    ...{ policyHash: 'p', actor: 'Ada' },
  };
}

async function put(store: Store, state: RolloutState): Promise<void> {
  const { version, head } = await store.rollout('chat');
  const { hash } = head;
  const entries = [] as const;
  await store.commit({ rollout: 'chat', expectVersion: version, expectHead: hash, state, entries });
}

describe.each([
  ['in memory', () => memoryStore()],
  ['in SQLite', () => sqliteStore({ path: ':memory:' })],
])('a state of many tenants %s', (_where, open) => {
  it('is parsed once, however often it is read', async () => {
    await using store = open();
    await put(store, stateOf(5_000));
    const first = (await store.rollout('chat')).state;
    const parse = vi.spyOn(JSON, 'parse');
    const again = (await store.rollout('chat')).state;
    expect(parse).not.toHaveBeenCalled();
    expect(again).toEqual(stateOf(5_000));
    // Whoever compares them sees at once that they are the same.
    expect(again?.overrides).toBe(first?.overrides);
    expect(again).not.toBe(first);
  });

  it('cannot be changed for others by who has read it', async () => {
    await using store = open();
    await put(store, stateOf(5_000));
    const { state } = await store.rollout('chat');
    const overrides = state?.overrides as Record<string, string>;
    expect(() => {
      overrides['tenant-number-7'] = 'off';
    }).toThrow(TypeError);
    (state as { percent: number }).percent = 100;
    expect((await store.rollout('chat')).state).toEqual(stateOf(5_000));
  });

  it('has its overrides in common with the version before it, where they are the same', async () => {
    await using store = open();
    await put(store, stateOf(5_000));
    const before = (await store.rollout('chat')).state;
    const why = '"overrides":{"tenant-number-0":"live"}';
    await put(store, { ...stateOf(5_000, 2), percent: 25, why });
    const after = (await store.rollout('chat')).state;
    expect(after).toEqual({ ...stateOf(5_000, 2), percent: 25, why });
    expect(after?.overrides).toBe(before?.overrides);
  });

  it('is read anew once it is another', async () => {
    await using store = open();
    await put(store, stateOf(5_000));
    await store.rollout('chat');
    await put(store, stateOf(5_001, 2));
    expect((await store.rollout('chat')).state).toEqual(stateOf(5_001, 2));
    await put(store, {
      ...stateOf(5_001, 3),
      overrides: { ...stateOf(5_001).overrides, a: 'off' },
    });
    expect((await store.rollout('chat')).state?.overrides).toHaveProperty('a', 'off');
    await put(store, stateOf(1, 4));
    expect((await store.rollout('chat')).state).toEqual(stateOf(1, 4));
  });
});

it('a state of many tenants that is no JSON any more is told by what it is, whatever was read before', () => {
  const reader = new StateReader();
  const text = JSON.stringify(stateOf(5_000));
  reader.read(text);
  expect(() => reader.read(text.replace('"since":0', '"since":0 0'))).toThrow(
    'cannot be obeyed: it must be JSON',
  );
  expect(() => reader.read(text.replace('"percent":5', '"percent":500'))).toThrow(
    'cannot be obeyed: percent must be a number',
  );
});
