// A test suite of an app, with Engramia stubbed by msw: what is learned can be asserted, and the service can be broken.
// In this repository it is run with: npx vitest run test/examples/stubbed.test.ts
import { createCutoverHandler, createEngramiaClient, oneScope } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

// What an app has in a module of its own. In production url and key come from ENGRAMIA_API_URL and ENGRAMIA_API_KEY.
const createChat = (baseUrl: string, apiKey: string) =>
  createCutoverHandler({
    name: 'chat',
    legacy: async (_userId: string, message: string) => `legacy: ${message}`,
    candidate: async (_context, _userId, message) => `candidate: ${message}`,
    identify: (userId, message) => ({ tenant: 'acme', user: userId, task: message }),
    flags: memoryFlags('dualwrite'),
    engramia: oneScope(createEngramiaClient({ baseUrl, apiKey })),
    logger: { warn: () => undefined },
  });

describe('the chat', async () => {
  const fake = await fakeEngramia({ keys: { 'key-of-acme': { tenant: 'acme' } } });
  const server = setupServer(...fake.handlers);

  beforeAll(() => server.listen());
  beforeEach(() => fake.up());
  afterAll(() => server.close());

  it('learns what the user was answered, without the user’s address', async () => {
    await using chat = createChat(fake.url, fake.key);
    await chat('ann', 'Write to ann@example.com that her parser is ready');
    await chat.flush();

    const [pattern] = fake.patterns('acme');
    expect(pattern?.task).toMatch(/^Write to .* that her parser is ready$/);
    expect(pattern?.task).not.toContain('ann@example.com');
    expect(pattern?.code).toMatch(/^legacy: /);
  });

  it('answers its users while Engramia refuses every connection, and counts what it could not store', async () => {
    await using chat = createChat(fake.url, fake.key);
    const before = fake.patterns('acme').length;
    fake.down();

    expect(await chat('bob', 'Build a CSV parser')).toBe('legacy: Build a CSV parser');
    await chat.close({ timeoutMs: 100 });
    const { accepted, ok, pending } = chat.stats().learn;
    expect({ accepted, stored: ok.stored, pending }).toEqual({
      accepted: 1,
      stored: 0,
      pending: 0,
    });
    expect(fake.patterns('acme')).toHaveLength(before);
  });

  it('learns nothing of what has too few words to be worth it', async () => {
    await using chat = createChat(fake.url, fake.key);
    await chat('bob', 'ok');
    const { learn } = await chat.flush();
    expect(learn.skipped.filtered).toBe(1);
    expect(learn.ok.stored).toBe(0);
  });
});
