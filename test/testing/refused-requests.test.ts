import { fakeEngramia } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { calling } from './calling.ts';

const learned = { task: 'a task', code: 'c', eval_score: 5 };
const record = { version: 1, key: 'patterns/a', data: {} };

type Row = readonly [what: string, path: string, body: unknown, type: string, loc: unknown[]];

const refused: readonly Row[] = [
  ['a body that is a list', '/v1/learn', [], 'model_attributes_type', ['body']],
  ['a body that is null', '/v1/learn', null, 'missing', ['body']],
  ['a missing text', '/v1/learn', { ...learned, task: undefined }, 'missing', ['body', 'task']],
  [
    'a text that is a number',
    '/v1/learn',
    { ...learned, task: 1 },
    'string_type',
    ['body', 'task'],
  ],
  [
    'half a character',
    '/v1/learn',
    { ...learned, task: 'a\ud800' },
    'string_unicode',
    ['body', 'task'],
  ],
  [
    'a text above its limit',
    '/v1/learn',
    { ...learned, task: 'x'.repeat(10_001) },
    'string_too_long',
    ['body', 'task'],
  ],
  [
    'a missing number',
    '/v1/learn',
    { ...learned, eval_score: undefined },
    'missing',
    ['body', 'eval_score'],
  ],
  [
    'a number that is no number',
    '/v1/learn',
    { ...learned, eval_score: 'high' },
    'float_parsing',
    ['body', 'eval_score'],
  ],
  [
    'a number that is an empty text',
    '/v1/learn',
    { ...learned, eval_score: ' ' },
    'float_parsing',
    ['body', 'eval_score'],
  ],
  [
    'a number above its limit',
    '/v1/learn',
    { ...learned, eval_score: 10.5 },
    'less_than_equal',
    ['body', 'eval_score'],
  ],
  [
    'a number below its limit',
    '/v1/learn',
    { ...learned, eval_score: -1 },
    'greater_than_equal',
    ['body', 'eval_score'],
  ],
  [
    'a number at an open limit',
    '/v1/recall',
    { task: 'a task', recency_half_life_days: 0 },
    'greater_than',
    ['body', 'recency_half_life_days'],
  ],
  [
    'a fraction where it counts',
    '/v1/recall',
    { task: 'a task', limit: 1.5 },
    'int_parsing',
    ['body', 'limit'],
  ],
  [
    'a boolean that is a word',
    '/v1/recall',
    { task: 'a task', deduplicate: 'perhaps' },
    'bool_parsing',
    ['body', 'deduplicate'],
  ],
  ['a missing list', '/v1/import', {}, 'missing', ['body', 'records']],
  ['a list that is an object', '/v1/import', { records: {} }, 'list_type', ['body', 'records']],
  [
    'a record without data',
    '/v1/import',
    { records: [record, { ...record, data: undefined }] },
    'missing',
    ['body', 'records', 1, 'data'],
  ],
  [
    'data that is a list',
    '/v1/import',
    { records: [{ ...record, data: [] }] },
    'dict_type',
    ['body', 'records', 0, 'data'],
  ],
  [
    'more skills than a pattern may have',
    '/v1/skills/register',
    { pattern_key: 'patterns/a', skills: Array.from({ length: 51 }, () => 'skill') },
    'too_long',
    ['body', 'skills'],
  ],
  [
    'a window that does not exist',
    '/v1/analytics/rollup',
    { window: 'yearly' },
    'literal_error',
    ['body', 'window'],
  ],
];

describe('a request of the wrong form', () => {
  it.each(refused)('is refused for %s, and told where', async (_, path, body, type, loc) => {
    const fake = await fakeEngramia({ keys: { owner: { tenant: 't', role: 'owner' } } });
    const { status, json } = await calling(fake, path, { body, key: 'owner' });
    expect([status, json.issues]).toEqual([
      422,
      [expect.objectContaining({ type, loc, msg: expect.any(String) })],
    ]);
  });

  it('changes nothing', async () => {
    const fake = await fakeEngramia({ keys: { owner: { tenant: 't', role: 'owner' } } });
    const records = [record, { ...record, key: 7 }];
    const { status } = await calling(fake, '/v1/import', { body: { records }, key: 'owner' });
    expect([status, fake.patterns('t')]).toEqual([422, []]);
  });

  it('is told all that is wrong at once', async () => {
    const fake = await fakeEngramia();
    const body = { task: 1, code: 2, eval_score: 11 };
    const { json } = await calling(fake, '/v1/learn', { body });
    const places = (json.issues as { loc: string[] }[]).map(({ loc }) => loc.at(-1));
    expect(places.sort()).toEqual(['code', 'eval_score', 'task']);
  });
});
