import { createHash } from 'node:crypto';
import { type FakeEngramia, fakeEngramia } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { calling } from './calling.ts';

const learn = (fake: FakeEngramia, body: object, key?: string) =>
  calling(fake, '/v1/learn', {
    body: { code: 'reply', eval_score: 5, ...body },
    ...(key === undefined ? {} : { key }),
  });

const free = { rateLimits: false } as const;

describe('learning', () => {
  it('stores a first task under the hash of its text', async () => {
    const fake = await fakeEngramia();
    const { status, json } = await learn(fake, { task: 'Straße überqueren' });
    expect([status, json]).toEqual([200, { stored: true, pattern_count: 1 }]);
    const hash = createHash('sha256').update('Straße überqueren', 'utf8').digest('hex').slice(0, 8);
    expect(fake.patterns('default')[0]?.key).toMatch(
      new RegExp(`^patterns/${hash}_\\d{13}_[0-9a-z]{1,6}$`, 'u'),
    );
  });

  it.each([
    ['the same score', { task: 'build a parser', eval_score: 5 }],
    ['a lower score', { task: 'build a parser', eval_score: 4.9 }],
    ['other case, order and spaces', { task: 'PARSER  a\nbuild build' }],
  ])('does not store a task again with %s', async (_, again) => {
    const fake = await fakeEngramia();
    await learn(fake, { task: 'build a parser' });
    expect((await learn(fake, again)).json).toEqual({ stored: false, pattern_count: 1 });
    expect(fake.patterns('default')).toHaveLength(1);
  });

  it('replaces a task under its first key when the score is strictly better', async () => {
    const fake = await fakeEngramia();
    await learn(fake, { task: 'build a parser', code: 'old' });
    const key = fake.patterns('default')[0]?.key;
    const better = await learn(fake, { task: 'Build a Parser', code: 'new', eval_score: 5.1 });
    expect(better.json).toEqual({ stored: true, pattern_count: 1 });
    expect(fake.patterns('default')).toMatchObject([{ key, code: 'new', task: 'Build a Parser' }]);
  });

  it('takes a word more for another task until twelve words outweigh it', async () => {
    const fake = await fakeEngramia(free);
    const words = (count: number) =>
      Array.from({ length: count }, (_, index) => `w${count}x${index}`).join(' ');
    for (const [count, stored] of [
      [3, true],
      [11, true],
      [12, false],
    ] as const) {
      await learn(fake, { task: words(count) });
      const { json } = await learn(fake, { task: `${words(count)} more` });
      expect(json.stored, `${count} words`).toBe(stored);
    }
  });

  it('deduplicates within a project only', async () => {
    const keys = {
      one: { tenant: 'a', project: 'p' },
      two: { tenant: 'a', project: 'q' },
      three: { tenant: 'b', project: 'p' },
    };
    const fake = await fakeEngramia({ keys });
    for (const key of Object.keys(keys)) {
      expect((await learn(fake, { task: 'ok' }, key)).json).toEqual({
        stored: true,
        pattern_count: 1,
      });
    }
    expect(fake.patterns('a')).toHaveLength(2);
    expect(fake.patterns('a', 'q')).toHaveLength(1);
  });

  it('counts its limits in code points', async () => {
    const fake = await fakeEngramia();
    expect((await learn(fake, { task: '🦊'.repeat(10_000) })).status).toBe(200);
    const { status, json } = await learn(fake, { task: '🦊'.repeat(10_001) });
    expect(status).toBe(422);
    expect(json.issues).toMatchObject([{ loc: ['body', 'task'], type: 'string_too_long' }]);
  });

  it.each([
    ['a score above ten', { eval_score: 11 }, ['less_than_equal']],
    ['a score below zero', { eval_score: -0.1 }, ['greater_than_equal']],
    ['a score that is no number', { eval_score: 'high' }, ['float_parsing']],
    ['a missing code', { code: undefined }, ['missing']],
    ['a code that is too long', { code: 'a b'.repeat(166_667) }, ['string_too_long']],
    ['a lone surrogate', { task: 'half \ud83d' }, ['string_unicode']],
    ['a run id that is too long', { run_id: 'r'.repeat(201) }, ['string_too_long']],
    ['a source that is too long', { source: 's'.repeat(51) }, ['string_too_long']],
    ['two wrong fields', { eval_score: 11, task: 7 }, ['string_type', 'less_than_equal']],
  ])('refuses %s with its issues', async (_, wrong, types) => {
    const fake = await fakeEngramia();
    const { status, json } = await learn(fake, { task: 'a task', ...wrong });
    expect(status).toBe(422);
    expect((json.issues as { type: string }[]).map((issue) => issue.type)).toEqual(types);
    expect(fake.patterns('default')).toEqual([]);
  });

  it.each([{ task: '' }, { task: ' \n' }, { code: '' }])(
    'refuses blank text without issues: %j',
    async (blank) => {
      const fake = await fakeEngramia();
      const { status, json } = await learn(fake, { task: 'a task', ...blank });
      expect([status, json.detail]).toEqual([422, 'Validation error in request.']);
      expect(json).not.toHaveProperty('issues');
    },
  );

  it('reads NaN as Python does, and refuses it as too large', async () => {
    const fake = await fakeEngramia();
    const raw = '{"task":"a NaN task","code":"c","eval_score":NaN}';
    const { status, json } = await calling(fake, '/v1/learn', { raw });
    expect(status).toBe(422);
    expect(json.issues).toMatchObject([{ type: 'less_than_equal' }]);
  });

  it('accepts numeric strings, unknown classes, sources and fields', async () => {
    const fake = await fakeEngramia();
    const odd = { eval_score: '5.5', source: 'mars', classification: 'odd', on_duplicate: 'keep' };
    expect((await learn(fake, { task: 'a task', ...odd })).status).toBe(200);
    expect(fake.patterns('default')).toMatchObject([
      { score: 5.5, source: 'mars', classification: 'odd' },
    ]);
  });

  it('scrubs code and output but not the task', async () => {
    const fake = await fakeEngramia();
    const text = 'write to ann@example.org';
    await learn(fake, { task: text, code: text, output: text, run_id: 'ann@example.org' });
    const [pattern] = fake.patterns('default');
    expect(pattern).toMatchObject({ task: text, runId: 'ann@example.org' });
    expect(JSON.stringify(pattern?.data.design)).not.toContain('ann@');
  });

  it('crashes on a NUL with a database and stores it as JSON', async () => {
    const database = await fakeEngramia();
    const json = await fakeEngramia({ mode: 'json' });
    expect((await learn(database, { task: 'another', output: 'nul \0 here' })).status).toBe(500);
    const crash = await learn(database, { task: 'nul \0 here' });
    expect([crash.status, crash.text]).toEqual([500, 'Internal Server Error']);
    expect(database.patterns('default')).toEqual([]);
    expect((await learn(json, { task: 'nul \0 here' })).json.stored).toBe(true);
  });

  it('loses run id and source without a word when the run id holds a NUL', async () => {
    const fake = await fakeEngramia({ keys: { root: { tenant: 't', role: 'admin' } } });
    expect((await learn(fake, { task: 'a task', run_id: 'r\0' })).json.stored).toBe(true);
    const line = JSON.parse((await calling(fake, '/v1/governance/export')).text);
    expect(line).not.toHaveProperty('run_id');
    expect(line).not.toHaveProperty('source');
  });

  it('stores what it then fails to embed, and leaves no event of it', async () => {
    const fake = await fakeEngramia({ embeddings: true });
    fake.down('embeddings');
    expect((await learn(fake, { task: 'a task', run_id: 'r' })).status).toBe(500);
    expect((await calling(fake, '/v1/recall', { body: { task: 'a task' } })).status).toBe(500);
    await fake.up();
    expect((await learn(fake, { task: 'a task' })).json.stored).toBe(false);
    expect(fake.patterns('default')).toMatchObject([{ runId: undefined, reuseCount: 0 }]);
    expect((await calling(fake, '/v1/analytics/events')).json.total).toBe(0);
  });

  it('stores both of two learns of one task that overlap', async () => {
    const fake = await fakeEngramia();
    fake.setLatency(5);
    const both = await Promise.all([1, 2].map(() => learn(fake, { task: 'at once' })));
    expect(both.map((one) => one.json.stored)).toEqual([true, true]);
    fake.setLatency(0);
    expect((await learn(fake, { task: 'at once' })).json.stored).toBe(false);
  });

  it('measures learns that overlap a replacement by what is there before it', async () => {
    const fake = await fakeEngramia();
    await learn(fake, { task: 'at once' });
    fake.setLatency(5);
    const scores = [7, 5, 6];
    const learns = scores.map((eval_score) => learn(fake, { task: 'at once', eval_score }));
    const answers = (await Promise.all(learns)).map((one) => one.json);
    expect(answers).toEqual([true, false, true].map((stored) => ({ stored, pattern_count: 1 })));
    fake.setLatency(0);
    expect((await learn(fake, { task: 'at once', eval_score: 6 })).json.stored).toBe(false);
    expect(fake.patterns('default')).toHaveLength(1);
  });

  it('answers 500 to a learn that overlaps another in JSON mode, although it is stored', async () => {
    const fake = await fakeEngramia({ mode: 'json' });
    fake.setLatency(5);
    const both = await Promise.all([1, 2].map((n) => learn(fake, { task: `number ${n}` })));
    expect(both.map((one) => one.status).sort()).toEqual([200, 500]);
    expect(fake.patterns('default')).toHaveLength(2);
  });
});
