import { type CutoverStats, createCutover, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { prometheusContentType, prometheusText } from 'engramia-cutover/metrics';
import { describe, expect, it } from 'vitest';
import { instantScope } from '../../bench/cases/scopes.ts';
import { Histogram } from '../../src/core/histogram.ts';
import { chat } from '../router/world.ts';
import { parseExposition } from './exposition.ts';

/** The value of the one sample with these labels. */
function figure(text: string, name: string, labels: Record<string, string> = {}): number {
  const family = parseExposition(text).get(`engramia_cutover_${name}`);
  const found = family?.samples.filter((sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  expect(found, `${name} ${JSON.stringify(labels)}`).toHaveLength(1);
  return found?.[0]?.value ?? Number.NaN;
}

const noStats = (): CutoverStats => createCutover({ flags: memoryFlags('off') }).stats();

describe('prometheusText()', () => {
  it('tells calls by stage, replies and errors by leg, and fallbacks', async () => {
    let broken = false;
    const { handler, flags } = chat('off', {
      candidate: async () => {
        if (broken) throw new Error('planted');
        return 'candidate';
      },
    });
    await handler('u', 'one');
    flags.set('acme', 'live');
    await handler('u', 'two');
    await handler('u', 'three');
    broken = true;
    await handler('u', 'four');
    flags.set('acme', 'complete');
    await expect(handler('u', 'five')).rejects.toThrow('planted');
    const text = prometheusText(handler);
    const route = 'chat';
    expect(figure(text, 'calls_total', { route, stage: 'off' })).toBe(1);
    expect(figure(text, 'calls_total', { route, stage: 'live' })).toBe(3);
    expect(figure(text, 'calls_total', { route, stage: 'complete' })).toBe(1);
    expect(figure(text, 'served_total', { route, leg: 'legacy' })).toBe(2);
    expect(figure(text, 'served_total', { route, leg: 'candidate' })).toBe(2);
    expect(figure(text, 'failed_total', { route, leg: 'candidate' })).toBe(1);
    expect(figure(text, 'fallbacks_total', { route })).toBe(1);
  });

  it('tells what became of the tasks of both lanes', async () => {
    const candidate = shadowSafe(async () => 'candidate');
    const { handler } = chat('shadow', { candidate, engramia: instantScope() });
    for (const message of ['a first question', 'a second question', 'ok']) {
      await handler('u', message);
    }
    await handler.flush();
    const text = prometheusText(handler);
    expect(figure(text, 'lane_offered_total', { lane: 'learn' })).toBe(3);
    expect(figure(text, 'lane_skipped_total', { lane: 'learn', reason: 'filtered' })).toBe(1);
    expect(figure(text, 'lane_accepted_total', { lane: 'mirror' })).toBe(3);
    expect(figure(text, 'lane_outcomes_total', { lane: 'mirror', outcome: 'stored' })).toBe(3);
    await handler.close();
    await handler('u', 'a late question');
    const closed = prometheusText(handler);
    expect(figure(closed, 'lane_dropped_total', { lane: 'learn', reason: 'closed' })).toBe(1);
    expect(figure(closed, 'lane_pending', { lane: 'mirror' })).toBe(0);
  });

  it('accounts for every task: offered is accepted, skipped or dropped, accepted is ended or pending', async () => {
    const { handler } = chat('shadow', { engramia: instantScope() });
    await Promise.all([1, 2, 3].map(() => handler('u', 'the same long question')));
    const families = parseExposition(prometheusText(handler));
    const sum = (name: string, lane: string): number =>
      (families.get(`engramia_cutover_lane_${name}`)?.samples ?? [])
        .filter(({ labels }) => labels.lane === lane)
        .reduce((total, { value }) => total + value, 0);
    for (const lane of ['learn', 'mirror']) {
      expect(sum('offered_total', lane)).toBe(3);
      const left = sum('skipped_total', lane) + sum('dropped_total', lane);
      expect(sum('accepted_total', lane) + left).toBe(3);
      expect(sum('outcomes_total', lane) + sum('pending', lane)).toBe(sum('accepted_total', lane));
    }
    await handler.close();
  });

  it('tells each figure of the statistics in its own place, and durations in seconds', async () => {
    const { handler } = chat('off');
    const { routes, learn, ...rest } = handler.stats();
    const before = { ...learn, ok: { stored: 11, deduplicated: 12 } };
    const lane = { ...before, unknown: 13, failed: 14, timedOut: 15, aborted: 16 };
    const { chat: route } = routes;
    if (route === undefined) throw new Error('no route');
    const latency = (sumMs: number) => ({ ...route.latency.legacy, count: 3, sumMs });
    const text = prometheusText({
      ...rest,
      routes: {
        chat: {
          ...route,
          failed: { legacy: 21, candidate: 22 },
          legacyGone: true,
          latency: { legacy: latency(1_500), candidate: latency(2_500) },
          firstChunk: { legacy: latency(3_500), candidate: latency(4_500) },
        },
        other: { ...route, legacyGone: false },
      },
      learn: {
        ...lane,
        pending: 31,
        running: 32,
        bytes: 33,
        tenants: 34,
        offered: 35,
        accepted: 36,
      },
    });
    const [of, to] = [{ lane: 'learn' }, { route: 'chat' }];
    for (const [name, value] of Object.entries({
      pending: 31,
      running: 32,
      bytes: 33,
      tenants: 34,
    }))
      expect(figure(text, `lane_${name}`, of)).toBe(value);
    expect(figure(text, 'lane_offered_total', of)).toBe(35);
    expect(figure(text, 'lane_accepted_total', of)).toBe(36);
    const ended = {
      stored: 11,
      deduplicated: 12,
      unknown: 13,
      failed: 14,
      timedOut: 15,
      aborted: 16,
    };
    for (const [outcome, value] of Object.entries(ended))
      expect(figure(text, 'lane_outcomes_total', { ...of, outcome })).toBe(value);
    expect(figure(text, 'failed_total', { ...to, leg: 'legacy' })).toBe(21);
    expect(figure(text, 'legacy_gone', to)).toBe(1);
    expect(figure(text, 'legacy_gone', { route: 'other' })).toBe(0);
    const sums = ['duration_seconds', 'first_chunk_seconds'].flatMap((name) =>
      (parseExposition(text).get(`engramia_cutover_${name}`)?.samples ?? [])
        .filter((sample) => sample.name.endsWith('_sum') && sample.labels.route === 'chat')
        .map(({ value }) => value),
    );
    expect(sums).toEqual([1.5, 2.5, 3.5, 4.5]);
  });

  it('tells the state as the one gauge that is 1', () => {
    const { handler } = chat('live');
    handler.kill();
    const family = parseExposition(prometheusText(handler)).get('engramia_cutover_state');
    expect(family?.samples.map(({ labels, value }) => [labels.state, value])).toEqual([
      ['open', 0],
      ['killed', 1],
      ['frozen', 0],
      ['closed', 0],
    ]);
  });

  it('gives durations as a histogram whose last bucket is its count', async () => {
    const { handler } = chat('off');
    using _listening = handler.on('served', () => undefined);
    for (const message of ['one', 'two', 'three']) await handler('u', message);
    const family = parseExposition(prometheusText(handler)).get(
      'engramia_cutover_duration_seconds',
    );
    const legacy = family?.samples.filter(({ labels }) => labels.leg === 'legacy') ?? [];
    const buckets = legacy.filter(({ name }) => name.endsWith('_bucket'));
    const counts = buckets.map(({ value }) => value);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(buckets.at(0)?.labels.le).toBe('0.001');
    expect(buckets.at(-1)?.labels.le).toBe('+Inf');
    expect(buckets.at(-1)?.value).toBe(3);
    expect(legacy.find(({ name }) => name.endsWith('_count'))?.value).toBe(3);
    expect(legacy.find(({ name }) => name.endsWith('_sum'))?.value).toBeGreaterThan(0);
  });

  it('gives the time to the first chunk of replies that come in pieces', async () => {
    const { handler } = chat('dualwrite', {
      engramia: instantScope(),
      legacy: async function* () {
        yield 'one';
      } as never,
    });
    using _listening = handler.on('served', () => undefined);
    for await (const _chunk of (await handler('u', 'one')) as unknown as AsyncIterable<string>);
    const text = prometheusText(handler);
    const counts = parseExposition(text)
      .get('engramia_cutover_first_chunk_seconds')
      ?.samples.filter(({ name }) => name.endsWith('_count'))
      .map(({ labels, value }) => [labels.leg, value]);
    expect(counts).toEqual([
      ['legacy', 1],
      ['candidate', 0],
    ]);
    await handler.close();
  });

  it('can be read by a scraper whatever a route is called', async () => {
    const name = 'a "route"\\ of\ntwo lines, {with}="all"';
    const { handler } = chat('off', { name });
    await handler('u', 'one');
    const text = prometheusText(handler);
    expect(figure(text, 'calls_total', { route: name, stage: 'off' })).toBe(1);
  });

  it('has no label that a tenant could fill, however many there are', async () => {
    const { handler } = chat('dualwrite', {
      engramia: instantScope(),
      identify: (userId, task) => ({ tenant: userId, task }),
    });
    await handler('tenant-0', 'a question');
    const lines = prometheusText(handler).split('\n').length;
    for (let i = 1; i < 200; i += 1) await handler(`tenant-${i}`, 'a question');
    const text = prometheusText(handler);
    expect(text.split('\n')).toHaveLength(lines);
    expect(text).not.toContain('tenant-');
    await handler.close();
  });

  it('puts the labels of the app on every sample', () => {
    const { handler } = chat('off');
    const families = parseExposition(prometheusText(handler, { labels: { app: 'web' } }));
    const samples = [...families.values()].flatMap((family) => family.samples);
    expect(samples.length).toBeGreaterThan(50);
    expect(samples.filter(({ labels }) => labels.app !== 'web')).toEqual([]);
  });

  it.each([{ route: 'x' }, { 'not-a-name': 'x' }, { __name__: 'x' }, { app: 1 as never }])(
    'refuses the labels %j',
    (labels) => {
      expect(() => prometheusText(noStats(), { labels })).toThrow(/labels must be texts/);
    },
  );

  it.each([undefined, {}, [createCutover({ flags: memoryFlags('off') })]])(
    'refuses %o, which has no statistics: each text is of one cutover',
    (given) => {
      expect(() => prometheusText(given as never)).toThrow(/source must be one cutover/);
    },
  );

  it('takes statistics as well as what has them, and is sent as format 0.0.4', () => {
    expect(prometheusText(noStats())).toBe(
      prometheusText(createCutover({ flags: memoryFlags('off') })),
    );
    expect(prometheusContentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});

describe('the parser that reads the text here', () => {
  it.each([
    ['a sample without a metric', 'x 1\n'],
    ['a metric told twice', '# HELP x y\n# TYPE x gauge\n# HELP x y\n# TYPE x gauge\n'],
    ['a label that is not escaped', '# HELP x y\n# TYPE x gauge\nx{a="b"c"} 1\n'],
    ['a value that is no number', '# HELP x y\n# TYPE x gauge\nx undefined\n'],
    ['a text without an end', '# HELP x y\n# TYPE x gauge\nx 1'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});

describe('the histogram of durations', () => {
  const recorded = (...durations: number[]): Histogram => {
    const histogram = new Histogram();
    for (const ms of durations) histogram.record(ms);
    return histogram;
  };

  it('counts a duration up to and including the bound of its bucket', () => {
    const counts = recorded(1, 1.001, 2, 1000, 1024).buckets();
    const upTo = (ms: number): number | undefined =>
      counts.find(({ upToMs }) => upToMs === ms)?.count;
    expect([1, 2, 512, 1024, 131_072].map(upTo)).toEqual([1, 3, 3, 5, 5]);
  });

  it('finds quantiles to within 5 %', () => {
    for (const ms of [0.01, 0.9, 1, 1.3, 7.7, 64, 1000, 60_000]) {
      const found = recorded(ms).quantile(0.5) ?? Number.NaN;
      expect(Math.abs(found / ms - 1), `${ms} ms as ${found}`).toBeLessThan(0.05);
    }
  });

  it('sums what it counts, and tells nothing of nothing', () => {
    expect(recorded(3, 4).sumMs).toBe(7);
    expect(recorded().buckets()).toEqual([]);
  });
});
