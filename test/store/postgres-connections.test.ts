import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { createRollout } from '../../src/rollout/create-rollout.ts';
import type { PostgresPool } from '../../src/store/postgres/pool.ts';
import { postgresStore } from '../../src/store/postgres.ts';

class Client extends EventEmitter {
  readonly released: unknown[] = [];
  query = () => Promise.reject(new Error('not asked here'));
  release = (destroy?: boolean) => void this.released.push(destroy);
}

/** A pool whose connections are all in use, as that of `pg` is without `connectionTimeoutMillis`. */
function busyPool() {
  const waiting: ((client: Client) => void)[] = [];
  const connect = () => new Promise<Client>((resolve) => waiting.push(resolve));
  return { waiting, pool: { connect, query: connect } as unknown as PostgresPool };
}

describe('a pool whose connections are all in use', () => {
  it('keeps nobody waiting without end who orders a rollback', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { pool } = busyPool();
    const store = postgresStore(pool, { listen: false, timeoutMs: 100 });
    const rollout = createRollout({ store, logger: { warn: () => undefined } });
    const told = expect(
      rollout.rollback({ actor: 'Ada', reason: 'wrong answers' }),
    ).rejects.toMatchObject({ why: 'unreachable', cause: { code: 'ETIMEDOUT' } });
    await vi.advanceTimersByTimeAsync(200);
    await told;
    const closing = rollout.close();
    await vi.advanceTimersByTimeAsync(60_000);
    await closing;
    vi.useRealTimers();
  });

  it('is asked for no more connections than are waited for at a time, and gets back what comes too late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { pool, waiting } = busyPool();
    await using store = postgresStore(pool, { listen: false, timeoutMs: 100 });
    for (let at = 0; at < 5; at += 1) {
      const told = expect(store.rollout('chat')).rejects.toThrow('no connection within 200 ms');
      await vi.advanceTimersByTimeAsync(200);
      await told;
    }
    expect(waiting).toHaveLength(1);
    const late = new Client();
    waiting[0]?.(late);
    await vi.advanceTimersByTimeAsync(0);
    expect(late.released).toEqual([false]);
    expect(late.listenerCount('error')).toBe(0);

    // One that comes in time is taken by whoever asks then.
    const first = expect(store.rollout('chat')).rejects.toThrow('no connection');
    await vi.advanceTimersByTimeAsync(200);
    await first;
    const second = expect(store.rollout('chat')).rejects.toThrow('not asked here');
    const good = new Client();
    waiting[1]?.(good);
    await second;
    expect(waiting).toHaveLength(2);
    expect(good.released).toEqual([true]);
    vi.useRealTimers();
  });
});
