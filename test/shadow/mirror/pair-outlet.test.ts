import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { PairRecord } from '../../../src/core/contracts/pair-record.ts';
import type { MissedPairs, PairSink } from '../../../src/core/contracts/pair-sink.ts';
import type { Missable } from '../../../src/shadow/mirror/missed-table.ts';
import { PairOutlet } from '../../../src/shadow/mirror/pair-outlet.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { recorder } from '../recorder.ts';

const call: Missable = { route: 'chat', tenant: 'acme', stage: 'shadow', kind: 'compare' };
const pair = { ...call, requestId: 'r-1' } as unknown as PairRecord;

function setUp(parts: Partial<PairSink> = {}) {
  const clock = fakeClock();
  const told: unknown[] = [];
  const misses: MissedPairs[] = [];
  const failures: unknown[] = [];
  const sink: PairSink = {
    add: (one) => void told.push(one),
    missed: (one) => void misses.push(one),
    ...parts,
  };
  const reporter = {
    contained: (operation: string, error: unknown, where: unknown) =>
      void failures.push([operation, (error as Error).message, where]),
  };
  const outlet = new PairOutlet({ sink, clock, reporter: reporter as never });
  return { clock, told, misses, failures, outlet };
}

const raise = (): never => {
  throw new Error('disk full');
};
const where = { route: 'chat', tenant: 'acme' };

describe('the way to a sink', () => {
  it('is there for pairs until it is closed', async () => {
    const { outlet, told } = setUp();
    outlet.add(pair);
    await outlet.close(1_000);
    outlet.add(pair);
    expect(told).toEqual([pair]);
  });

  it.each([
    ['throws', raise],
    ['rejects', async () => raise()],
  ])(
    'keeps what a sink that %s does from everybody, and tells whose pair it was',
    async (_how, fail) => {
      const { clock, outlet, failures } = setUp({ add: fail, missed: fail });
      outlet.add(pair);
      await clock.advance(0);
      expect(failures).toEqual([['pairs', 'disk full', where]]);
      outlet.missed(call, 'late');
      await clock.advance(1_000);
      expect(failures).toEqual(Array(2).fill(['pairs', 'disk full', where]));
    },
  );

  it('has words for those sinks alone that take texts out, in their own name', () => {
    expect(setUp().outlet.redactText).toBeUndefined();
    expect(setUp({ redactText: 'all' as never }).outlet.redactText).toBeUndefined();
    class Sink implements PairSink {
      readonly mark = '[x]';
      add(): void {}
      missed(): void {}
      redactText(text: string): string {
        return text.replace('secret', this.mark);
      }
    }
    const outlet = new PairOutlet({ sink: new Sink(), clock: fakeClock(), reporter: recorder() });
    expect(outlet.redactText?.('a secret')).toBe('a [x]');
  });
});

describe('what has no pair', () => {
  it('is told a second after the first of it, in one sum, by one timer', async () => {
    const { clock, outlet, misses } = setUp();
    outlet.missed(call, 'late');
    await clock.advance(600);
    outlet.missed(call, 'late');
    expect(clock.pending).toBe(1);
    await clock.advance(399);
    expect(misses).toEqual([]);
    await clock.advance(1);
    expect(misses).toEqual([{ ...call, why: 'late', count: 2, at: clock.now() }]);
    expect(clock.pending).toBe(0);
    outlet.missed(call, 'failed');
    await clock.advance(1_000);
    expect(misses).toHaveLength(2);
  });

  it('is told at once by flush and by close, without a timer that stays', async () => {
    const { clock, outlet, misses } = setUp();
    outlet.missed(call, 'late');
    expect(await outlet.flush(1_000)).toBe(true);
    expect([misses.length, clock.pending]).toEqual([1, 0]);
    outlet.missed(call, 'late');
    expect(await outlet.close(1_000)).toBe(true);
    expect([misses.length, clock.pending]).toEqual([2, 0]);
    outlet.missed(call, 'late');
    expect(clock.pending).toBe(0);
  });

  it('is told of 256 tenants in a turn of the loop', async () => {
    const { clock, outlet, misses } = setUp();
    for (let n = 0; n < 600; n += 1) outlet.missed({ ...call, tenant: `t${n}` }, 'late');
    const seen: number[] = [];
    const timer = clock.advance(1_000);
    for (let turns = 0; turns < 20; turns += 1) {
      await turn();
      if (seen.at(-1) !== misses.length) seen.push(misses.length);
    }
    await timer;
    expect(seen.filter((count) => count > 0)).toEqual([256, 512, 600]);
  });

  it('is told before its second is over when it is of very many tenants', async () => {
    const { outlet, misses } = setUp();
    for (let n = 0; n < 4_999; n += 1) outlet.missed({ ...call, tenant: `t${n}` }, 'late');
    await turn();
    expect(misses).toEqual([]);
    outlet.missed({ ...call, tenant: 'one more' }, 'late');
    outlet.missed({ ...call, tenant: 'two more' }, 'late');
    await turn();
    expect(misses).toHaveLength(256);
  });
});

describe('a sink that is waited for', () => {
  const never = () => new Promise<void>(() => undefined);

  it.each([
    ['there is nothing to wait for', {}, true],
    ['it is done', { flush: async () => undefined }, true],
    ['it throws', { flush: raise }, false],
    ['it rejects', { flush: async () => raise() }, false],
  ])('is kept, or not: %s', async (_what, parts, isKept) => {
    const { clock, outlet, failures } = setUp(parts);
    expect(await outlet.flush(1_000)).toBe(isKept);
    expect(clock.pending).toBe(0);
    expect(failures).toEqual(isKept ? [] : [['pairs', 'disk full', {}]]);
    expect(await outlet.close(1_000)).toBe(isKept);
  });

  it('is waited for no longer than asked, nor than somebody in a hurry', async () => {
    for (const [hurryMs, endsAt] of [
      [5_000, 1_000],
      [400, 400],
    ] as const) {
      const { clock, outlet } = setUp({ flush: never });
      let kept: boolean | undefined;
      void outlet.flush(1_000).then((isKept) => {
        kept = isKept;
      });
      outlet.hurry(hurryMs);
      await clock.advance(endsAt - 1);
      expect(kept).toBeUndefined();
      await clock.advance(1);
      expect(kept).toBe(false);
      outlet.hurry(1);
      expect(clock.pending).toBe(0);
    }
  });

  it('is closed, or else flushed, once, and not flushed after that', async () => {
    const calls: string[] = [];
    const flush = async () => void calls.push('flush');
    const close = async () => void calls.push('close');
    for (const parts of [{ flush, close }, { flush }]) {
      const { outlet } = setUp(parts);
      await outlet.close(1_000);
      expect(await outlet.flush(1_000)).toBe(true);
    }
    expect(calls).toEqual(['close', 'flush']);
  });
});
