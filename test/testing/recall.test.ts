import { type FakeEngramia, fakeEngramia } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { calling } from './calling.ts';

const free = { rateLimits: false } as const;
const learn = (fake: FakeEngramia, task: string, more: object = {}) =>
  calling(fake, '/v1/learn', { body: { task, code: `for ${task}`, eval_score: 5, ...more } });

interface Recalled {
  matches: {
    similarity: number;
    reuse_tier: string;
    pattern_key: string;
    pattern: { task: string; code: string | null; success_score: number; reuse_count: number };
  }[];
  has_more: boolean;
  next_offset: number | null;
}

const recall = async (fake: FakeEngramia, body: object): Promise<Recalled> =>
  (await calling(fake, '/v1/recall', { body })).json as unknown as Recalled;

describe('recalling', () => {
  it('is a POST: a GET is told so', async () => {
    const { status, headers, json } = await calling(await fakeEngramia(), '/v1/recall?task=x');
    expect([status, headers.get('allow'), json]).toEqual([
      405,
      'POST',
      { detail: 'Method Not Allowed' },
    ]);
  });

  it('names the tier by similarity', async () => {
    const fake = await fakeEngramia();
    await learn(fake, 'a b c d e f g');
    const tiers = [];
    for (const task of ['g f e d c b a', 'a b c d e', 'a b', 'z']) {
      tiers.push((await recall(fake, { task })).matches[0]?.reuse_tier);
    }
    expect(tiers).toEqual(['duplicate', 'adapt', 'fresh', undefined]);
  });

  it('calls 0.92 a duplicate and 0.7 near, and less neither', async () => {
    const fake = await fakeEngramia({ embeddings: false });
    const words = Array.from({ length: 25 }, (_, at) => `w${at}`);
    await learn(fake, words.join(' '));
    await learn(fake, 'a b c d e f g h i j');
    const near = async (task: string) => {
      const { matches } = await recall(fake, { task });
      return matches.map(({ similarity, reuse_tier }) => [similarity, reuse_tier]);
    };
    expect(await near(words.slice(0, 23).join(' '))).toEqual([[0.92, 'duplicate']]);
    expect(await near(words.slice(0, 22).join(' '))).toEqual([[0.88, 'adapt']]);
    expect(await near('a b c d e f g')).toEqual([[0.7, 'adapt']]);
    expect(await near('a b c d e f')).toEqual([[0.6, 'fresh']]);
  });

  it('raises each pattern by a tenth up to ten, and shows it as it was before', async () => {
    const fake = await fakeEngramia();
    await learn(fake, 'make tea', { eval_score: 9.95 });
    const seen = [];
    for (let call = 0; call < 3; call += 1) {
      const { pattern } = (await recall(fake, { task: 'make tea' })).matches[0] ?? {};
      seen.push([pattern?.success_score, pattern?.reuse_count]);
    }
    expect(seen).toEqual([
      [9.95, 0],
      [10, 1],
      [10, 2],
    ]);
  });

  it('refuses a learn that recalls have overtaken', async () => {
    const fake = await fakeEngramia();
    await learn(fake, 'make tea');
    for (let call = 0; call < 5; call += 1) await recall(fake, { task: 'make tea' });
    expect((await learn(fake, 'make tea', { eval_score: 5.4 })).json.stored).toBe(false);
    expect((await learn(fake, 'make tea', { eval_score: 5.6 })).json.stored).toBe(true);
  });

  it('raises four times as many candidates as it was asked for, filtered ones included', async () => {
    const fake = await fakeEngramia(free);
    for (const name of 'abcdef') await learn(fake, `shared ${name}`);
    const { matches } = await recall(fake, { task: 'shared', limit: 1, source: 'nowhere' });
    expect(matches).toEqual([]);
    expect(fake.patterns('default').map((pattern) => pattern.reuseCount)).toEqual([
      1, 1, 1, 1, 0, 0,
    ]);
  });

  it('keeps the best scored of each group of near duplicates, unless told not to', async () => {
    const fake = await fakeEngramia();
    await learn(fake, 'a b c d e f g h');
    await learn(fake, 'a b c d e f g', { eval_score: 8 });
    const tasks = async (deduplicate: boolean, eval_weighted = true) =>
      (await recall(fake, { task: 'a b c d e f g h', deduplicate, eval_weighted })).matches.map(
        (match) => match.pattern.task,
      );
    expect(await tasks(true)).toEqual(['a b c d e f g']);
    expect(await tasks(true, false)).toEqual(['a b c d e f g']);
    expect(await tasks(false)).toHaveLength(2);
  });

  it.each([
    ['a b c d e f g', 'a b c d e f g h i j', 2],
    ['a b c d e f', 'a b c d e f g h i', 2],
    ['a b c d e', 'a b c d e f g', 1],
  ])('holds %j and %j apart up to 0.7 of common words', async (one, other, count) => {
    const fake = await fakeEngramia();
    for (const task of [one, other]) await learn(fake, task);
    expect((await recall(fake, { task: other })).matches).toHaveLength(count);
  });

  it('takes what was imported for middling, between a good and a bad score', async () => {
    const fake = await fakeEngramia({ keys: { root: { tenant: 't', role: 'admin' } } });
    await learn(fake, 'shared bad', { eval_score: 4 });
    const data = { task: 'shared imported', success_score: 5 };
    await calling(fake, '/v1/import', { body: { records: [{ key: 'patterns/1', data }] } });
    await learn(fake, 'shared good', { eval_score: 6 });
    const { matches } = await recall(fake, { task: 'shared' });
    expect(matches.map(({ pattern }) => pattern.task)).toEqual([
      ...['shared good', 'shared imported', 'shared bad'],
    ]);
  });

  it('filters by source, class and score', async () => {
    const fake = await fakeEngramia();
    await learn(fake, 'shared one', { source: 'cutover', classification: 'public' });
    await learn(fake, 'shared two', { eval_score: 9 });
    for (const filter of [{ source: 'cutover' }, { classification: 'public' }]) {
      expect((await recall(fake, { task: 'shared', ...filter })).matches).toMatchObject([
        { pattern: { task: 'shared one' } },
      ]);
    }
    expect((await recall(fake, { task: 'shared', min_score: 8 })).matches).toHaveLength(1);
  });

  it('pages', async () => {
    const fake = await fakeEngramia();
    for (const name of 'abc') await learn(fake, `shared ${name}`);
    const first = await recall(fake, { task: 'shared', limit: 2 });
    expect([first.matches.length, first.has_more, first.next_offset]).toEqual([2, true, 2]);
    const rest = await recall(fake, { task: 'shared', limit: 2, offset: 2 });
    expect([rest.matches.length, rest.has_more, rest.next_offset]).toEqual([1, false, null]);
  });

  it('weighs what is fresh by its half-life', async () => {
    const fake = await fakeEngramia({ keys: { root: { tenant: 't', role: 'admin' } } });
    const now = Date.now() / 1000;
    const records = [90, 0].map((days) => ({
      key: `patterns/${days}`,
      data: { task: `shared ${days}`, success_score: 5, timestamp: now - days * 86_400 },
    }));
    await calling(fake, '/v1/import', { body: { records } });
    const first = async (recency_weight: number) =>
      (await recall(fake, { task: 'shared', recency_weight })).matches[0]?.pattern_key;
    expect([await first(0), await first(1)]).toEqual(['patterns/90', 'patterns/0']);
  });

  it('returns the nearest even at no similarity with embeddings', async () => {
    const fake = await fakeEngramia({ embeddings: true });
    await learn(fake, 'make tea');
    expect((await recall(fake, { task: 'fly kites' })).matches).toMatchObject([
      { similarity: 0, reuse_tier: 'fresh' },
    ]);
  });

  it('finds tagged patterns by skill without changing them', async () => {
    const fake = await fakeEngramia();
    await learn(fake, 'make tea');
    const [pattern] = fake.patterns('default');
    const register = { pattern_key: pattern?.key, skills: ['kitchen', 'hot'] };
    expect((await calling(fake, '/v1/skills/register', { body: register })).json).toEqual({
      registered: 2,
    });
    const search = (body: object) => calling(fake, '/v1/skills/search', { body });
    const hit = await search({ required: ['kitchen'] });
    expect(hit.json.matches).toMatchObject([{ similarity: 1, pattern_key: pattern?.key }]);
    expect((await search({ required: ['kitchen', 'cold'] })).json.matches).toEqual([]);
    const any = await search({ required: ['kitchen', 'cold'], match_all: false });
    expect(any.json.matches).toHaveLength(1);
    expect(fake.patterns('default')).toMatchObject([{ reuseCount: 0, score: 5 }]);
  });
});
