import { type MemoryPairs, memoryPairs } from 'engramia-cutover/pairs';
import { summarize } from 'engramia-cutover/report';
import { fakeClock } from 'engramia-cutover/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { missesOf, pairOf, words } from './pairs.ts';

const ids = (pairs: MemoryPairs): string[] => [...pairs].map(({ requestId }) => requestId);

describe('pairs in memory', () => {
  it('are given as they came, the oldest first', () => {
    const pairs = memoryPairs();
    const [one, two] = [pairOf({ requestId: 'one' }), pairOf({ requestId: 'two' })];
    pairs.add(one);
    pairs.add(two);
    expect([...pairs]).toEqual([one, two]);
    expect(pairs.pairs()).toEqual([one, two]);
  });

  it('are the newest ones up to the count, whatever comes', async () => {
    const most = fc.integer({ min: 1, max: 8 });
    await fc.assert(
      fc.asyncProperty(most, fc.integer({ min: 0, max: 40 }), async (maxCount, count) => {
        const pairs = memoryPairs({ maxCount });
        const given = Array.from({ length: count }, (_, at) => `${at}`);
        for (const requestId of given) pairs.add(pairOf({ requestId }));
        expect(ids(pairs)).toEqual(given.slice(-maxCount));
        expect(pairs.evicted).toBe(Math.max(0, count - maxCount));
        const read: string[] = [];
        for await (const { requestId } of pairs.read()) read.push(requestId);
        expect(read).toEqual(given.slice(-maxCount));
      }),
    );
  });

  it('forget a tenant, its misses too, and go on', async () => {
    const pairs = memoryPairs({ maxCount: 4 });
    for (const tenant of ['acme', '__proto__', 'acme', 'umbrella', 'acme']) {
      pairs.add(pairOf({ tenant, requestId: tenant }));
      pairs.missed(missesOf({ tenant }));
    }
    expect(pairs.erase('acme')).toBe(2);
    expect(ids(pairs)).toEqual(['__proto__', 'umbrella']);
    expect(pairs.misses().map(({ tenant }) => tenant)).toEqual(['__proto__', 'umbrella']);
    for (const requestId of ['one', 'two', 'three']) pairs.add(pairOf({ requestId }));
    expect(ids(pairs)).toEqual(['umbrella', 'one', 'two', 'three']);
    const read: string[] = [];
    for await (const { requestId } of pairs.read()) read.push(requestId);
    expect(read).toEqual(['umbrella', 'one', 'two', 'three']);
  });

  it('leave turns of the event loop to others when they are read for a report, which is the same', async () => {
    const pairs = memoryPairs();
    for (let at = 0; at < 2_000; at += 1) pairs.add(pairOf({ requestId: `${at}` }));
    pairs.missed(missesOf({ why: 'budget', count: 4 }));
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const report = await summarize(pairs.read());
    clearImmediate(next);
    expect(turns).toBeGreaterThan(10);
    expect(report).toEqual(summarize(pairs));
    expect(report.coverage).toMatchObject({ pairs: 2_000, skipped: 4 });
  });

  it('are read as they were when the reading began, words only as long as they may be kept', async () => {
    const clock = fakeClock();
    const pairs = memoryPairs({ maxCount: 2, text: { ttlMs: 1_000 }, clock });
    const at = clock.now();
    for (const requestId of ['one', 'two']) pairs.add(pairOf({ requestId, at, text: words }));
    const read: [string, boolean][] = [];
    for await (const { requestId, text } of pairs.read()) {
      read.push([requestId, text !== undefined]);
      pairs.add(pairOf({ requestId: 'later', at, text: words }));
      await clock.advance(1_000);
    }
    expect(read).toEqual([
      ['one', true],
      ['two', false],
    ]);
  });

  it('are read with the misses of the same moment', async () => {
    const pairs = memoryPairs();
    pairs.add(pairOf());
    pairs.missed(missesOf({ why: 'count', count: 4 }));
    const source = pairs.read();
    const reading = source[Symbol.asyncIterator]();
    for (let at = 0; at < 9; at += 1) pairs.add(pairOf());
    pairs.missed(missesOf({ why: 'count', count: 5 }));
    const read = [await reading.next(), await reading.next()];
    expect(read.map(({ done }) => done)).toEqual([false, true]);
    expect(source.misses()).toMatchObject([{ count: 4 }]);
    expect(pairs.read().misses()).toMatchObject([{ count: 9 }]);
  });

  it.each([{ maxCount: 0 }, { maxCount: '10' }, { text: {} }, { text: { ttlMs: -1 } }, { max: 1 }])(
    'refuse options that cannot be used: %j',
    (options) => {
      expect(() => memoryPairs(options as object)).toThrow(/Invalid options of memoryPairs\(\)/);
    },
  );
});

describe('misses in memory', () => {
  it('are summed up by the hour and by all that tells them apart', () => {
    const pairs = memoryPairs();
    const at = Date.UTC(2026, 0, 1);
    pairs.missed(missesOf({ at, count: 2 }));
    pairs.missed(missesOf({ at: at + 3_599_999, count: 3 }));
    const others = [
      missesOf({ at: at + 3_600_000 }),
      missesOf({ at, why: 'unsafe' }),
      missesOf({ at, stage: 'dualwrite' }),
      missesOf({ at, kind: 'noise' }),
      missesOf({ at, route: 'mail' }),
    ];
    for (const misses of others) pairs.missed(misses);
    expect(pairs.misses()).toEqual([missesOf({ at: at + 3_599_999, count: 5 }), ...others]);
  });

  it('of more tenants than there is room for are one sum, so that none is lost', () => {
    const pairs = memoryPairs({ maxCount: 3 });
    for (let at = 0; at < 100; at += 1) pairs.missed(missesOf({ at: 0, tenant: `t${at}` }));
    expect(pairs.misses().map(({ tenant }) => tenant)).toContain('');
    expect(pairs.misses().reduce((sum, { count }) => sum + count, 0)).toBe(100);
  });

  it('of a tenant that has a sum already are added to that, also without room for another', () => {
    const pairs = memoryPairs({ maxCount: 2 });
    for (const tenant of ['acme', 'umbrella', 'acme', 'initech', 'acme']) {
      pairs.missed(missesOf({ tenant }));
    }
    expect(pairs.misses().find(({ tenant }) => tenant === 'umbrella')?.count).toBe(1);
    expect(pairs.misses().find(({ tenant }) => tenant === '')?.count).toBe(4);
    const exact = memoryPairs({ maxCount: 2 });
    for (const tenant of ['acme', 'umbrella', 'acme']) exact.missed(missesOf({ tenant }));
    expect(exact.misses().map(({ tenant, count }) => [tenant, count])).toEqual([
      ['acme', 2],
      ['umbrella', 1],
    ]);
  });

  it('are as late as the last of them, although an earlier one is told after it', () => {
    const pairs = memoryPairs({ maxCount: 1 });
    const at = Date.UTC(2026, 0, 1);
    pairs.missed(missesOf({ at: at + 2_000 }));
    pairs.missed(missesOf({ at }));
    for (const later of [1_000, 3_000]) pairs.add(pairOf({ at: at + later }));
    expect(pairs.misses()).toEqual([missesOf({ at: at + 2_000, count: 2 })]);
  });

  it('go back no further than the pairs, so that their share stays true', () => {
    const pairs = memoryPairs({ maxCount: 2 });
    const day = 86_400_000;
    pairs.missed(missesOf({ at: 0 }));
    pairs.add(pairOf({ at: day }));
    pairs.add(pairOf({ at: 2 * day }));
    expect(pairs.misses().map(({ at }) => at)).toEqual([0]);
    pairs.missed(missesOf({ at: 2 * day }));
    pairs.add(pairOf({ at: 3 * day }));
    expect(pairs.misses().map(({ at }) => at)).toEqual([2 * day]);
  });
});

describe('the words of pairs in memory', () => {
  it('are not kept unless asked for', () => {
    const clock = fakeClock(0);
    const pairs = memoryPairs({ clock });
    expect(pairs.redactText).toBeUndefined();
    pairs.add(pairOf({ text: words }));
    expect([...pairs]).toEqual([pairOf()]);
  });

  it('are redacted by the redactor of the app, or by the own one', () => {
    const shout = (text: string) => text.toUpperCase();
    expect(memoryPairs({ text: { ttlMs: 1, redact: shout } }).redactText).toBe(shout);
    const own = memoryPairs({ text: { ttlMs: 1 } }).redactText;
    expect(own?.('write to jane@example.com')).toBe('write to [email]');
  });

  it('go when their time is over, and the metrics stay', async () => {
    const clock = fakeClock();
    const pairs = memoryPairs({ text: { ttlMs: 1_000 }, clock });
    const early = pairOf({ at: clock.now(), requestId: 'early' });
    pairs.add({ ...early, text: words });
    await clock.advance(600);
    const late = pairOf({ at: clock.now(), requestId: 'late' });
    pairs.add({ ...late, text: words });
    expect(pairs.pairs().map(({ text }) => text)).toEqual([words, words]);
    await clock.advance(400);
    expect([...pairs]).toEqual([early, { ...late, text: words }]);
    await clock.advance(600);
    expect([...pairs]).toEqual([early, late]);
    expect(clock.pending).toBe(0);
  });

  it('are let go of when their time is over although nobody reads', async () => {
    const clock = fakeClock();
    const pairs = memoryPairs({ text: { ttlMs: 1_000 }, clock });
    pairs.add({ ...pairOf({ at: clock.now() }), text: words });
    await clock.advance(1_000);
    // Even a clock that is set back finds nothing.
    clock.now = () => 0;
    expect(pairs.pairs()[0]).not.toHaveProperty('text');
  });

  it('go from the oldest pairs first where they are more than there is room for', () => {
    const clock = fakeClock();
    const pairs = memoryPairs({ text: { ttlMs: 1_000 }, maxTextBytes: 10_000, maxCount: 8, clock });
    const long = { ...words, candidate: 'x'.repeat(2_000) };
    const withWords = () => pairs.pairs().map(({ text }) => text !== undefined);
    const add = (tenant: string) =>
      pairs.add({ ...pairOf({ at: clock.now(), tenant }), text: long });
    for (const tenant of ['acme', 'acme', 'umbrella', 'acme']) add(tenant);
    expect(withWords()).toEqual([false, false, true, true]);
    pairs.erase('acme');
    add('acme');
    expect(withWords()).toEqual([true, true]);
    for (let count = 0; count < 20; count += 1) add('acme');
    expect(withWords()).toEqual([...Array(6).fill(false), true, true]);
    expect(clock.pending).toBe(1);
  });

  it('may take 64 MiB unless it is said otherwise', () => {
    const clock = fakeClock();
    const pairs = memoryPairs({ text: { ttlMs: 1_000 }, clock });
    // Two bytes a character: each is a little more than 8 MiB.
    const long = { ...words, candidate: 'x'.repeat(2 ** 22) };
    for (let count = 0; count < 9; count += 1) {
      pairs.add({ ...pairOf({ at: clock.now() }), text: long });
    }
    const withWords = pairs.pairs().filter(({ text }) => text !== undefined);
    expect(withWords).toHaveLength(7);
  });

  it('of pairs that had to go leave room for those of others', () => {
    const clock = fakeClock();
    const pairs = memoryPairs({ text: { ttlMs: 1_000 }, maxTextBytes: 10_000, maxCount: 2, clock });
    const long = { ...words, candidate: 'x'.repeat(2_000) };
    for (let count = 0; count < 9; count += 1) {
      pairs.add({ ...pairOf({ at: clock.now() }), text: long });
    }
    expect(pairs.pairs().map(({ text }) => text)).toEqual([long, long]);
  });

  it('are let go of in time also when a tenant was forgotten meanwhile', async () => {
    const clock = fakeClock();
    const pairs = memoryPairs({ text: { ttlMs: 1_000 }, clock });
    const add = (tenant: string) =>
      pairs.add({ ...pairOf({ at: clock.now(), tenant }), text: words });
    for (let count = 0; count < 3; count += 1) add('acme');
    await clock.advance(500);
    for (let count = 0; count < 3; count += 1) add('umbrella');
    await clock.advance(500);
    pairs.erase('acme');
    await clock.advance(500);
    // Even a clock that is set back finds nothing.
    clock.now = () => 0;
    expect(pairs.pairs().map(({ text }) => text)).toEqual([undefined, undefined, undefined]);
  });

  it('are waited for by no timer that is longer than one can be', () => {
    const clock = fakeClock();
    const set = vi.spyOn(clock, 'setTimeout');
    const pairs = memoryPairs({ text: { ttlMs: 60 * 86_400_000 }, clock });
    pairs.add({ ...pairOf({ at: clock.now() }), text: words });
    expect(set.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
  });

  it('keep no timer after the end', async () => {
    const clock = fakeClock();
    const pairs = memoryPairs({ text: { ttlMs: 1_000 }, clock });
    pairs.add({ ...pairOf({ at: clock.now() }), text: words });
    expect(clock.pending).toBe(1);
    await pairs.close?.();
    expect(clock.pending).toBe(0);
  });
});
