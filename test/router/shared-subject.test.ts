import {
  createCutoverHandler,
  createEngramiaClient,
  keyPerTenant,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { expect, it } from 'vitest';

it('Promise 4 (isolation): one subject for the calls of all tenants makes no tenant’s task another’s', async () => {
  const keys = Object.fromEntries(
    ['one', 'two'].map((tenant) => [
      `key-${tenant}`,
      { tenant, project: 'p', role: 'editor' as const },
    ]),
  );
  const fake = await fakeEngramia({ keys });
  const client = createEngramiaClient({ baseUrl: fake.url, apiKey: 'key-one', fetch: fake.fetch });
  const transcript = memoryTranscript();
  const mirrored: string[] = [];
  const shared = { tenant: '', task: '', conversation: 'c' };
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_tenant: string, message: string) => `legacy: ${message}`,
    candidate: shadowSafe(async (context, tenant: string) => {
      mirrored.push(`${context.tenant} ${tenant}`);
      return 'the candidate answers';
    }),
    identify: (tenant, message) => Object.assign(shared, { tenant, task: message }),
    flags: memoryFlags('shadow'),
    engramia: keyPerTenant(client, (tenant) => `key-${tenant}`),
    transcript,
    logger: { warn: () => undefined },
  });
  await Promise.all([handler('one', 'the secret of one'), handler('two', 'the secret of two')]);
  await handler.flush();
  expect(fake.patterns('one')).toEqual([]);
  expect(fake.patterns('two').map(({ task }) => task)).toEqual(['the secret of two']);
  expect(await transcript.history('one', 'c')).toEqual([]);
  expect(await transcript.history('two', 'c')).toHaveLength(2);
  expect(mirrored).toEqual(['two two']);
  const { learn, mirror, conversations } = handler.stats();
  expect([learn.skipped.unreadable, mirror.skipped.unreadable]).toEqual([1, 1]);
  expect(conversations?.recorded.unreadable).toBe(1);
  await handler.close();
});
