import { EventEmitter } from 'node:events';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it, vi } from 'vitest';
import { PostgresListener } from '../../src/store/postgres/listener.ts';
import type { PostgresPool } from '../../src/store/postgres/pool.ts';

/** A connection that can break, as one of `pg` does. */
class Connection extends EventEmitter {
  readonly released: unknown[] = [];
  unrefs = 0;

  async query() {
    return { rows: [] };
  }

  release(destroy?: boolean): void {
    this.released.push(destroy);
  }

  unref(): void {
    this.unrefs += 1;
  }
}

function listening(isAway: () => boolean = () => false) {
  const clock = fakeClock();
  const set = vi.spyOn(clock, 'setTimeout');
  const waits = (): number[] => set.mock.calls.map(([, ms]) => ms);
  const connections: Connection[] = [];
  const connect = async () => {
    if (isAway()) throw new Error('away');
    const made = new Connection();
    connections.push(made);
    return made;
  };
  const hints: (string | undefined)[] = [];
  const pool = { connect } as unknown as PostgresPool;
  const setting = { pool, channel: 'cutover', clock };
  const listener = new PostgresListener(setting, (key) => hints.push(key));
  return { clock, waits, connections, hints, listener };
}

describe('a connection that hears notifications', () => {
  it('keeps no process alive, and is closed once nobody wants it', async () => {
    const { clock, connections, hints, listener } = listening();
    await clock.advance(0);
    connections[0]?.emit('notification', { payload: 'a key' });
    expect(hints).toEqual([undefined, 'a key']);
    listener[Symbol.dispose]();
    connections[0]?.emit('end');
    expect(connections).toMatchObject([{ unrefs: 1, released: [true] }]);
    expect(clock.pending).toBe(0);
  });

  it.each(['error', 'end'])(
    'is made anew after its %s, and what it missed is looked for',
    async (how) => {
      const { clock, connections, hints, listener } = listening();
      await clock.advance(0);
      connections[0]?.emit(how, new Error('gone'));
      // The other one follows, and is no second loss.
      connections[0]?.emit('end');
      expect(connections[0]?.released).toEqual([true]);
      expect(clock.pending).toBe(1);
      await clock.advance(500);
      expect(connections).toHaveLength(2);
      expect(hints).toEqual([undefined, undefined]);
      listener[Symbol.dispose]();
    },
  );

  it('is tried for ever less often, and soon again once there was one', async () => {
    let isAway = true;
    const { clock, waits, connections, listener } = listening(() => isAway);
    await clock.advance(120_000);
    expect(waits().slice(0, 8)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    isAway = false;
    await clock.advance(30_000);
    connections[0]?.emit('end');
    expect(waits().at(-1)).toBe(500);
    listener[Symbol.dispose]();
    expect(clock.pending).toBe(0);
  });
});
