import { createEngramiaClient, oneScope } from 'engramia-cutover';
import { fakeEngramia } from 'engramia-cutover/testing';
import { expect, it } from 'vitest';
import type { KeyedLesson, LearnTarget } from '../../src/core/contracts/learner.ts';

const never = new AbortController();
const lesson = (key: string, task = 'Build a CSV parser'): KeyedLesson => ({
  ...{ key: `patterns/${key}`, task, code: 'split(",")', evalScore: 7, runId: 'run-1' },
  at: Date.UTC(2026, 0, 1),
});

function targetOf(fetch: typeof globalThis.fetch | undefined, baseUrl: string): LearnTarget {
  const options = { baseUrl, apiKey: 'key-a', pacing: false } as const;
  const client = createEngramiaClient(fetch === undefined ? options : { ...options, fetch });
  return oneScope(client).targetOf('a') as LearnTarget;
}

it('imports what a recall finds and both exports show, once for each key', async () => {
  const keys = { 'key-a': { tenant: 'a', role: 'admin' } } as const;
  await using fake = await fakeEngramia({ keys });
  const { url } = await fake.listen();
  const target = targetOf(undefined, url);
  const lessons = [lesson('one'), lesson('two', 'Parse a date')];
  expect(await target.import(lessons, never)).toEqual({ kind: 'imported', imported: 2 });
  expect(await target.import(lessons, never)).toEqual({ kind: 'imported', imported: 0 });
  const client = createEngramiaClient({ baseUrl: url, apiKey: 'key-a' });
  const { matches } = await client.recall({ task: 'Build a CSV parser', source: 'api', limit: 1 });
  expect(matches).toMatchObject([
    { patternKey: 'patterns/one', pattern: { code: 'split(",")', successScore: 7 } },
  ]);
  const { records } = await client.export();
  expect(records.map(({ data }) => data)).toMatchObject([
    { design: { run_id: 'run-1', classification: 'internal' }, timestamp: 1_767_225_600 },
    { design: { run_id: 'run-1' } },
  ]);
});

it('tells an editor’s key that it is forbidden, as the service says it', async () => {
  await using fake = await fakeEngramia({ keys: { 'key-a': { tenant: 'a', role: 'editor' } } });
  const { url } = await fake.listen();
  expect(await targetOf(undefined, url).import([lesson('one')], never)).toMatchObject({
    kind: 'forbidden',
    error: { status: 403, role: 'editor' },
  });
});

const failure = (status: number, error_code: string) => async (): Promise<Response> =>
  Response.json({ error_code, detail: 'no' }, { status });

it.each([
  ['perhaps', async () => new Response('Internal Server Error', { status: 500 })],
  ['perhaps', async () => Response.json({ imported: 'many' })],
  ['tooLarge', failure(413, 'PAYLOAD_TOO_LARGE')],
  ['invalid', failure(422, 'VALIDATION_ERROR')],
  ['invalid', failure(400, 'NONE')],
  ['quota', failure(429, 'QUOTA_EXCEEDED')],
  ['later', failure(429, 'RATE_LIMITED')],
  ['unauthorized', failure(401, 'UNAUTHORIZED')],
  ['refused', failure(402, 'ERROR')],
] as const)('takes a batch for %s when the service answers so', async (kind, fetch) => {
  const target = targetOf(fetch, 'https://e.test');
  expect(await target.import([lesson('one')], never)).toMatchObject({ kind });
});

it('finds a lesson that cannot be sent before it is sent', async () => {
  const target = targetOf(() => Promise.reject(new Error('sent')), 'https://e.test');
  for (const task of ['a \0 in it', 'half a \ud83d in it']) {
    expect(await target.import([lesson('one', task)], never)).toMatchObject({ kind: 'invalid' });
  }
  const spelled = lesson('one', String.raw`a \u0000 and a \ud83d spelled out`);
  expect(await target.import([spelled], never)).toMatchObject({ kind: 'perhaps' });
});
