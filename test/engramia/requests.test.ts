import { createEngramiaClient, type EngramiaClient } from 'engramia-cutover';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readRequest } from '../../src/engramia/schemas/request-schema.ts';
import { failureOf } from './failure-of.ts';

const fetch = vi.fn(async () => Response.json({ stored: true, pattern_count: 1 }));
const client = createEngramiaClient({
  baseUrl: 'https://e.example',
  apiKey: 'k',
  fetch,
  pacing: false,
});
const lesson = { task: 't', code: 'c', evalScore: 5 };
const record = { version: 1, key: 'patterns/a', data: {} };

const refusals: readonly [
  name: string,
  call: (c: EngramiaClient) => Promise<unknown>,
  why: string,
][] = [
  ['a blank task', (c) => c.learn({ ...lesson, task: ' \n ' }), 'task is blank'],
  ['a blank code', (c) => c.learn({ ...lesson, code: '' }), 'code is blank'],
  [
    'a task of 10,001',
    (c) => c.learn({ ...lesson, task: 'x'.repeat(10_001) }),
    'task is 10,001 characters long; the limit is 10,000',
  ],
  [
    'a code of 500,001',
    (c) => c.learn({ ...lesson, code: 'x'.repeat(500_001) }),
    'code is 500,001 characters long; the limit is 500,000',
  ],
  ['a NUL', (c) => c.learn({ ...lesson, runId: 'a\0' }), 'runId holds a NUL'],
  [
    'half of a pair',
    (c) => c.learn({ ...lesson, code: '\ud83d' }),
    'code holds half of a surrogate',
  ],
  ['a long run id', (c) => c.learn({ ...lesson, runId: 'x'.repeat(201) }), 'runId is 201'],
  ['a long source', (c) => c.learn({ ...lesson, source: 'x'.repeat(51) }), 'source is 51'],
  ['a score above 10', (c) => c.learn({ ...lesson, evalScore: 11 }), 'evalScore does not fit'],
  ['a score that is no number', (c) => c.learn({ ...lesson, evalScore: Number.NaN }), 'evalScore'],
  [
    'a misspelt field',
    (c) => c.learn({ ...lesson, ...{ on_duplicate: 'keep' } }),
    'fields that do not exist: on_duplicate',
  ],
  ['a limit of 51', (c) => c.recall({ task: 't', limit: 51 }), 'limit does not fit'],
  ['a recall of nothing', (c) => c.recall({ task: '' }), 'task is blank'],
  [
    'an audit time with a T',
    (c) => c.audit({ since: '2026-11-22T00:59:50Z' }),
    'since does not fit: it must be a Date, or a timestamp with a blank',
  ],
  ['no moment', (c) => c.audit({ until: new Date(Number.NaN) }), 'until does not fit'],
  [
    'a record outside of patterns',
    (c) => c.import({ records: [{ ...record, key: 'other/a' }] }),
    'records.0.key must begin with "patterns/"',
  ],
  [
    'a record with a way out',
    (c) => c.import({ records: [{ ...record, key: 'patterns/../a' }] }),
    'records.0.key must begin',
  ],
  [
    'a version that does not exist, behind a record that is sound',
    (c) => c.import({ records: [record, { ...record, version: 2 }] }),
    'records.1.version does not fit',
  ],
  [
    'a field that a record does not have',
    (c) => c.import({ records: [record, { ...record, scope: 'b' } as typeof record] }),
    'records.1 has fields that do not exist: scope',
  ],
  [
    'a record without a key',
    (c) => c.import({ records: [{ version: 1, data: {} } as typeof record] }),
    'records.0.key does not fit',
  ],
  [
    'a list for the data of a record',
    (c) => c.import({ records: [record, { ...record, data: [] as never }] }),
    'records.1.data does not fit',
  ],
  [
    'a text for a record',
    (c) => c.import({ records: ['patterns/a' as never] }),
    'records.0 does not fit',
  ],
  [
    'a NUL in the key of a record',
    (c) => c.import({ records: [{ ...record, key: 'patterns/a\0' }] }),
    'records.0.key holds a NUL',
  ],
  [
    'a NUL deep in a record',
    (c) => c.import({ records: [{ ...record, data: { design: { code: 'a\0' } } }] }),
    'holds a NUL',
  ],
  [
    'a record that contains itself',
    (c) => {
      const data: Record<string, unknown> = {};
      data.self = data;
      return c.import({ records: [{ ...record, data }] });
    },
    'no plain JSON',
  ],
  [
    '10,001 records',
    (c) => c.import({ records: Array.from({ length: 10_001 }, () => record) }),
    'records does not fit',
  ],
  [
    'a body above 1 MiB',
    (c) => c.learn({ ...lesson, code: '語'.repeat(400_000) }),
    'the limit is 1048576',
  ],
  ['a pattern key elsewhere', (c) => c.deletePattern('keys/1'), 'must begin with "patterns/"'],
  ['a pattern key upwards', (c) => c.deletePattern('patterns/..'), 'must begin with "patterns/"'],
  ['a key id with a path', (c) => c.keys.revoke('../governance'), 'slash'],
  ['an empty key id', (c) => c.keys.revoke(''), 'is blank'],
  [
    'an odd role',
    (c) => c.keys.create({ name: 'n', role: 'root' as 'owner' }),
    'role does not fit',
  ],
  ['a request id with a line end', (c) => c.metrics({ requestId: 'a\r\nb' }), 'requestId must be'],
  [
    'a timeout of 0',
    (c) => c.metrics({ timeoutMs: 0 }),
    'timeoutMs must be a number of milliseconds above 0',
  ],
  ['a timeout as text', (c) => c.metrics({ timeoutMs: '5000' as never }), 'not "5000"'],
  [
    'an option that is misspelt',
    (c) => c.metrics({ timeout: 5 } as never),
    'timeout is not an option',
  ],
  ['no options', (c) => c.metrics(null as never), 'options must be an object, not null'],
  [
    'a signal that is none',
    (c) => c.metrics({ signal: 5 as never }),
    'signal must be an AbortSignal',
  ],
  [
    'an odd priority',
    (c) => c.metrics({ priority: 'urgent' as 'served' }),
    'priority must be one of "served", "shadow"',
  ],
];

describe('a request that the service would refuse or garble', () => {
  it.each(refusals)('with %s is not sent', async (_name, call, why) => {
    fetch.mockClear();
    const error = await failureOf(call(client));
    expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_REQUEST', sent: false });
    expect(error.message).toContain('Request not sent: ');
    expect(error.message).toContain(why);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('has no signal, as fetch has none, where that is null', async () => {
    expect(await client.learn(lesson, { signal: null as never })).toMatchObject({ stored: true });
  });
});

describe('a request at the limits', () => {
  it('is counted in code points', async () => {
    await client.learn({ ...lesson, task: '🦊'.repeat(10_000), runId: '語'.repeat(200) });
    await expect(client.learn({ ...lesson, task: `${'🦊'.repeat(9_999)}xx` })).rejects.toThrow(
      '10,001',
    );
    await client.learn({ ...lesson, code: 'x'.repeat(500_000), evalScore: 10 });
  });

  it('may hold any well-formed text', async () => {
    const task = 'naïve 語 👩‍👩‍👧 \u001b[31m "\\u0000" __proto__';
    fetch.mockClear();
    await client.learn({ ...lesson, task });
    const [, init] = fetch.mock.calls[0] as unknown as [string, RequestInit];
    expect(JSON.parse(String(init.body)).task).toBe(task);
  });
});

describe('a lesson as most are', () => {
  const any = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', ' ', 'a\0', '\ud83d', 5, null),
  );
  const score = fc.oneof(fc.double(), fc.integer({ min: -1, max: 11 }), fc.constant('5'));
  const lessons = fc.record(
    { task: any, code: any, evalScore: score, runId: any, source: any, score: any },
    { requiredKeys: [] },
  );
  const mark = fc.integer({ min: 0, max: 10 });
  const usual = fc.record(
    {
      task: fc.string(),
      code: fc.string(),
      evalScore: fc.oneof(mark, score),
      runId: fc.string(),
      score: any,
    },
    { requiredKeys: ['task', 'code', 'evalScore', 'runId'] },
  );

  it('is read as the schema reads it', () => {
    // Those of a class are read by the schema alone.
    class Lesson {}
    fc.assert(
      fc.property(fc.oneof(usual, lessons), (given) => {
        const bySchema = readRequest.learn(Object.assign(new Lesson(), given));
        expect(readRequest.learn(given)).toEqual(bySchema);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([null, 'text', []])('is not %j', (given) => {
    expect(readRequest.learn(given)).toMatchObject({ ok: false });
  });

  it('is sent with its fields in the order of any other', async () => {
    const sent = async (more: object): Promise<string> => {
      fetch.mockClear();
      await client.learn({ ...lesson, runId: 'r', ...more });
      const [, init] = fetch.mock.calls[0] as unknown as [string, RequestInit];
      return String(init.body);
    };
    expect(await sent({})).toBe(await sent({ output: undefined }));
  });
});

describe('a client without a key', () => {
  it('answers only what needs none', async () => {
    const answer = { app_version: '1', api_version: 'v1' };
    const keyless = createEngramiaClient({
      baseUrl: 'https://e.example',
      fetch: async () => Response.json(answer),
    });
    expect(keyless.fingerprint).toBeUndefined();
    expect((await keyless.version()).apiVersion).toBe('v1');
    expect(await failureOf(keyless.metrics())).toMatchObject({
      code: 'ERR_ENGRAMIA_CONFIG',
      sent: false,
    });
  });
});
