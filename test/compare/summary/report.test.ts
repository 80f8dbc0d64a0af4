import { join } from 'node:path';
import type { MissedPairs, MissReason, PairRecord } from 'engramia-cutover/pairs';
import { jsonlPairs, memoryPairs, readPairs } from 'engramia-cutover/pairs';
import { type SummaryOptions, summarize } from 'engramia-cutover/report';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshFolder, missesOf, pairOf } from '../../pairs/pairs.ts';

const day = 86_400_000;

/** A pair with a verdict, the notes that it was made of, and what its leg did. */
function said(
  verdict: 'same' | 'similar' | 'different' | 'worse',
  notes: readonly string[] = [],
  more: Partial<PairRecord> = {},
): PairRecord {
  const divergence = { verdict, decidedBy: 'entities', layers: [], notes, ms: 0.1 };
  return pairOf({ divergence, ...more });
}

const many = (count: number, make: (at: number) => PairRecord): PairRecord[] =>
  Array.from({ length: count }, (_, at) => make(at));

const reasons: readonly MissReason[] = [
  'noKey',
  'filtered',
  'unsafe',
  'unreadable',
  'sampled',
  'budget',
  'count',
  'bytes',
  'tenant',
  'closed',
  'aborted',
  'late',
  'failed',
];

describe('coverage', () => {
  const tenants = fc.constantFrom('acme', '__proto__', 'constructor', 'umbrella', 'x');
  const kind = fc.constantFrom<PairRecord['kind']>('compare', 'noise');
  const misses = fc.record({
    tenant: tenants,
    kind,
    why: fc.constantFrom(...reasons),
    count: fc.integer({ min: 1, max: 1_000 }),
  });

  it('balances for any pairs and misses, in all and by tenant', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ tenant: tenants, kind })),
        fc.array(misses),
        fc.integer({ min: 1, max: 4 }),
        (pairs, missed, maxTenants) => {
          const given = missed.map((said) => missesOf(said));
          const report = summarize(
            pairs.map((said) => pairOf(said)),
            { misses: given, maxTenants },
          );
          const { noise } = report;
          for (const { coverage } of [report, noise, ...report.tenants]) {
            const { wanted, pairs, sampledOut, skipped, dropped, failed, unaccounted } = coverage;
            expect(wanted).toBe(pairs + sampledOut + skipped + dropped + failed + unaccounted);
            const named = Object.values(coverage.missed).reduce((sum, count) => sum + count, 0);
            expect(named).toBe(sampledOut + skipped + dropped + failed);
          }
          const all = (of: (row: { coverage: { wanted: number } }) => number) =>
            report.tenants.reduce((sum, row) => sum + of(row), 0);
          expect(all(({ coverage }) => coverage.wanted)).toBe(report.coverage.wanted);
          const wanted = (kind: string) =>
            pairs.filter((pair) => pair.kind === kind).length +
            given.reduce((sum, one) => sum + (one.kind === kind ? one.count : 0), 0);
          expect(report.coverage.wanted).toBe(wanted('compare'));
          expect(noise.coverage.wanted).toBe(wanted('noise'));
          expect(report.tenants.length).toBeLessThanOrEqual(maxTenants + 1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds pairs and misses against the app’s own count', () => {
    const options = { misses: [missesOf({ count: 3 })], served: 10 };
    expect(summarize([pairOf(), pairOf()], options).coverage).toEqual({
      wanted: 10,
      pairs: 2,
      sampledOut: 3,
      skipped: 0,
      dropped: 0,
      failed: 0,
      unaccounted: 5,
      missed: { sampled: 3 },
      share: 2 / 7,
    });
    expect(summarize([pairOf(), pairOf()], { served: 1 }).coverage.unaccounted).toBe(-1);
  });

  it('leaves turns of the event loop to others, where pairs come one after the other, also for its misses', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    async function* source() {
      yield* many(2_000, () => pairOf());
    }
    const misses = Array.from({ length: 2_000 }, () => missesOf());
    const { coverage } = await summarize(source(), { misses });
    clearImmediate(next);
    expect(coverage).toMatchObject({ pairs: 2_000, sampledOut: 2_000 });
    expect(turns).toBeGreaterThan(25);
  });

  it('is known from a source that knows what it misses', async () => {
    const memory = memoryPairs();
    const path = join(freshFolder(), 'pairs.jsonl');
    const file = jsonlPairs({ path });
    for (const sink of [memory, file]) {
      sink.add(pairOf());
      sink.missed(missesOf({ why: 'budget', count: 4 }));
    }
    await file.close();
    const report = summarize(memory);
    expect(report.coverage).toMatchObject({ wanted: 5, pairs: 1, skipped: 4, share: 0.2 });
    expect(await summarize(readPairs(path))).toEqual(report);
  });
});

describe('days of volume', () => {
  const on = (...days: number[]): PairRecord[] => days.map((at) => pairOf({ at: at * day + 5 }));

  it.each([
    [[], 0],
    [[20_000], 1],
    [[20_000, 20_001, 20_002], 3],
    [[20_002, 20_000, 20_001, 20_002], 3],
    [[20_000, 20_001, 20_003, 20_004], 2],
  ])('of %j are %i in a row', (days, inARow) => {
    expect(summarize(on(...days)).volume).toMatchObject({ inARow, asked: 7 });
  });

  it('are those of UTC, from its midnight on', () => {
    const at = Date.UTC(2026, 2, 29);
    const { volume } = summarize([pairOf({ at: at - 1 }), pairOf({ at })]);
    expect(volume).toMatchObject({ days: 2, first: '2026-03-28', last: '2026-03-29' });
  });

  it('name those on which the shadow was on and nothing ran, not those that were sampled out', () => {
    const misses = [
      missesOf({ at: 20_001 * day, why: 'unsafe' }),
      missesOf({ at: 20_002 * day, why: 'sampled' }),
    ];
    expect(summarize(on(20_000, 20_003), { misses }).volume.empty).toEqual(['2024-10-05']);
  });

  it('are full days although some of their exchanges have no pair', () => {
    const misses = [missesOf({ at: 20_000 * day, why: 'unsafe' })];
    expect(summarize(on(20_000), { misses }).volume).toMatchObject({ inARow: 1, empty: [] });
  });

  it('count noise for nothing', () => {
    const pairs = [pairOf({ kind: 'noise', at: 20_000 * day })];
    expect(summarize(pairs).volume.days).toBe(0);
  });
});

describe('a finding', () => {
  const raised = (pairs: readonly PairRecord[], options?: SummaryOptions): string[] =>
    summarize(pairs, options).diagnoses.map(({ kind }) => kind);

  it('is raised when its share lies above the floor for certain, and not when it only seems to', () => {
    const mixed = (bad: number, all: number) =>
      many(all, (at) => (at < bad ? said('different', ['longer']) : said('same')));
    expect(raised(mixed(2, 20))).toEqual([]);
    expect(raised(mixed(50, 500))).toEqual(['verbose']);
    expect(raised(mixed(25, 500))).toEqual([]);
    expect(raised(mixed(50, 500), { thresholds: { floor: 0.2 } })).toEqual([]);
  });

  it('is held against noise as soon as there is enough of it', () => {
    const pairs = many(500, (at) => (at < 100 ? said('different', ['longer']) : said('same')));
    const noise = (bad: number, count: number) =>
      many(count, (at) => said('different', at < bad ? ['longer'] : [], { kind: 'noise' }));
    expect(raised([...pairs, ...noise(40, 200)])).toEqual([]);
    expect(raised([...pairs, ...noise(4, 200)])).toEqual(['verbose']);
    const [finding] = summarize([...pairs, ...noise(4, 200)]).diagnoses;
    expect(finding).toMatchObject({ against: 'noise', threshold: 0.02, noise: { count: 4 } });
    expect(finding?.excess?.share).toBeCloseTo(0.18, 10);
    // With fewer noise pairs than asked for the floor counts.
    expect(raised([...pairs, ...noise(4, 20)])).toEqual(['verbose']);
    expect(summarize([...pairs, ...noise(4, 20)]).diagnoses[0]?.against).toBe('floor');
  });

  it('of failures needs a lower share, of replies where legacy answered', () => {
    const failed = { ...pairOf().candidate, ended: 'failed' as const };
    const late = { ...failed, ended: 'late' as const };
    const gone = { ...pairOf().legacy, ended: 'failed' as const };
    const mixed = (bad: Partial<PairRecord>) =>
      many(1_000, (at) => (at < 50 ? said('worse', [], bad) : said('same')));
    expect(raised(mixed({ candidate: failed }))).toEqual(['erroring']);
    expect(raised(mixed({ candidate: late }))).toEqual(['late']);
    expect(raised(mixed({ candidate: failed, legacy: gone }))).toEqual([]);
    expect(raised(mixed({ legacy: gone }))).toEqual([]);
  });

  it('of wrong answers goes by the judge where there is one', () => {
    const judged = (say: 'worse' | 'similar') => {
      const layers = [
        { layer: 'lexical', say: 'different' as const, ms: 0 },
        { layer: 'judge', say, ms: 0 },
      ];
      return pairOf({ divergence: { verdict: say, decidedBy: 'judge', layers, notes: [], ms: 0 } });
    };
    expect(raised(many(100, () => judged('worse')))).toEqual(['wrong-answers']);
    expect(raised(many(100, () => judged('similar')))).toEqual([]);
  });

  it('names the patterns that wrong replies have recalled, the worst first', () => {
    const recalled = (...keys: string[]) => ({
      candidate: { ...pairOf().candidate, recalled: keys },
    });
    const pairs = [
      ...many(40, () => said('different', ['numbers'], recalled('polluted', 'common', 'common'))),
      ...many(2, () => said('different', ['numbers'], recalled('unlucky'))),
      ...many(60, () => said('same', [], recalled('common', '__proto__'))),
    ];
    const { patterns, diagnoses } = summarize(pairs);
    expect(diagnoses.map(({ kind }) => kind)).toEqual(['wrong-answers']);
    expect(patterns.map(({ key }) => key)).toEqual(['polluted', 'common', 'unlucky']);
    expect(patterns[1]?.wrong).toMatchObject({ count: 40, of: 100 });
  });
});

describe('the figures of a report', () => {
  it('set legacy’s tools against the candidate’s', () => {
    const called = (legacy?: readonly string[], candidate?: readonly string[]) =>
      pairOf({
        legacy: { ...pairOf().legacy, tools: legacy ?? [] },
        candidate: { ...pairOf().candidate, tools: candidate ?? [] },
      });
    const pairs = [
      ...many(3, () => called(['find', 'mail'], ['mail', 'search'])),
      ...many(2, () => called(['mail'], [])),
      called([], ['__proto__']),
    ];
    const { tools } = summarize(pairs);
    expect(tools.map(({ pairs: _, ...cell }) => cell)).toEqual([
      { legacy: 'mail', candidate: 'mail', count: 3 },
      { legacy: 'find', candidate: 'search', count: 3 },
      { legacy: 'mail', count: 2 },
      { candidate: '__proto__', count: 1 },
    ]);
    expect(tools[2]?.pairs).toMatchObject({ count: 2, of: 6 });
  });

  it('give latency of replies, tokens, cost and errors of each leg', () => {
    const error = { name: 'RateLimitError', status: 429 };
    const pairs = many(100, (at) =>
      pairOf({
        candidate: {
          leg: 'candidate',
          ended: at < 2 ? 'failed' : 'answered',
          durationMs: at < 2 ? 60_000 : 10 * (at + 1),
          usage: { inputTokens: 1_000, outputTokens: 100 },
          ...(at < 2 && { error }),
        },
      }),
    );
    const prices = { currency: 'USD', candidate: { input: 2, output: 10 } };
    const { legs, currency } = summarize(pairs, { prices });
    expect(currency).toBe('USD');
    const { latency, tokens, errors } = legs.candidate;
    expect(latency.count).toBe(98);
    for (const [share, ms] of [
      [latency.p50, 510],
      [latency.p95, 950],
      [latency.p99, 990],
    ]) {
      expect(Math.abs((share ?? 0) / (ms ?? 1) - 1)).toBeLessThan(0.06);
    }
    expect(tokens).toMatchObject({ replies: 100, input: 100_000, output: 10_000 });
    expect(tokens.cost).toBeCloseTo(0.3, 10);
    expect(tokens.costPerReply).toBeCloseTo(0.003, 10);
    expect(errors).toMatchObject([{ ...error, count: 2, rate: { of: 100, share: 0.02 } }]);
    expect(tokens.inputPerReply).toBeCloseTo(1_000, 9);
    expect(legs.legacy.tokens).not.toHaveProperty('cost');
  });

  it('name the worst pairs first, as many as asked for, and none that are all right', () => {
    const pairs = [
      said('similar', [], { requestId: 'fine' }),
      said('different', [], { requestId: 'other' }),
      said('worse', ['refusal'], { requestId: 'refused' }),
      said('different', ['numbers'], { requestId: 'wrong' }),
      ...many(50, () => said('different', [], { requestId: 'more' })),
    ];
    const ids = (worst: number) => summarize(pairs, { worst }).worst.map((pair) => pair.requestId);
    expect(ids(3)).toEqual(['refused', 'wrong', 'other']);
    expect(ids(100)).toHaveLength(53);
  });

  it('name a candidate that came too late beside one that failed', () => {
    const { candidate, ...pair } = said('worse', ['refusal'], { requestId: 'refused' });
    const ends = (['late', 'failed'] as const).map((ended) => ({
      ...pair,
      requestId: ended,
      candidate: { ...candidate, ended },
    }));
    const { worst } = summarize([{ ...pair, candidate }, ...ends]);
    expect(worst.map(({ requestId }) => requestId)).toEqual(['late', 'failed', 'refused']);
  });

  it('count verdicts, ends, lengths and likeness, noise by itself', () => {
    const pairs = [pairOf(), said('worse', ['empty']), said('same', [], { kind: 'noise' })];
    const { verdicts, outcomes, lengthRatio, similarity, noise } = summarize(pairs);
    expect(verdicts.similar).toMatchObject({ count: 1, of: 2, share: 0.5 });
    expect(outcomes.bothAnswered.count).toBe(2);
    expect(lengthRatio.p50).toBeCloseTo(1.05, 1);
    expect(similarity).toMatchObject({ count: 1, p50: 0.7 });
    expect(noise.verdicts.same).toMatchObject({ count: 1, of: 1 });
  });

  it('are those of what was asked for alone', () => {
    const pairs = [
      pairOf({ at: 10, tenant: 'acme', route: 'chat' }),
      pairOf({ at: 20, tenant: 'acme', route: 'mail' }),
      pairOf({ at: 30, tenant: 'umbrella', route: 'chat' }),
    ];
    const misses: MissedPairs[] = [missesOf({ at: 30, tenant: 'umbrella' })];
    const wanted = (options: SummaryOptions) =>
      summarize(pairs, { misses, ...options }).coverage.wanted;
    expect(wanted({})).toBe(4);
    expect(wanted({ route: 'chat' })).toBe(3);
    expect(wanted({ tenant: 'acme' })).toBe(2);
    expect(wanted({ since: 20 })).toBe(3);
    expect(wanted({ until: 20 })).toBe(1);
  });

  it('survive JSON unchanged and hold no word of a reply', () => {
    const text = { task: 'canary-task', legacy: 'canary-legacy', candidate: 'canary-candidate' };
    const report = summarize([pairOf({ text }), said('worse', [], { text })]);
    const json = JSON.stringify(report);
    expect(JSON.parse(json)).toEqual(report);
    expect(json).not.toContain('canary');
  });

  it('take bounded memory, however many tenants, tools, patterns and errors there are', () => {
    const pairs = many(6_000, (at) =>
      said('worse', ['numbers'], {
        tenant: `tenant-${at}`,
        legacy: { ...pairOf().legacy, tools: [`a-${at}`] },
        candidate: {
          ...pairOf().candidate,
          tools: [`b-${at}`],
          recalled: [`key-${at}`],
          error: { name: `Error${at}` },
        },
      }),
    );
    const report = summarize(pairs, { maxTenants: 10 });
    expect(report.tenants).toHaveLength(11);
    expect(report.tenants.at(-1)).toMatchObject({ coverage: { pairs: 5_990 } });
    expect(report.tenants.at(-1)).not.toHaveProperty('tenant');
    expect(JSON.stringify(report).length).toBeLessThan(40_000);
  });

  it('are none of nothing, and no number that is not one', () => {
    const report = summarize([]);
    expect(report).toMatchObject({ diagnoses: [], worst: [], tenants: [], volume: { days: 0 } });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it.each([
    { days: 0 },
    { served: -1 },
    { misses: 5 },
    { prices: { legacy: { input: 1 } } },
    { foo: 1 },
  ])('are refused for options that cannot be used: %j', (options) => {
    expect(() => summarize([], options as SummaryOptions)).toThrow(
      /Invalid options of summarize\(\)/,
    );
  });

  it.each(['/var/log/pairs.jsonl', ''])(
    'is refused of a text, which holds characters: %j',
    (text) => {
      expect(() => summarize(text as never)).toThrow(/pairs must .*: readPairs\(path\) of a file/);
      const options = { misses: text } as never;
      expect(() => summarize([], options)).toThrow(/misses must be something to iterate over/);
    },
  );

  it('is refused of what holds no pairs, and of a time that has none', () => {
    const times = { since: 2, until: 2, days: 0 };
    expect(() => summarize(undefined as never, times)).toThrow(
      /pairs must be something to iterate over.*days must .*until must be later than since/,
    );
  });
});
