import {
  createCutoverHandler,
  createEngramiaClient,
  keyPerTenant,
  oneScope,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeEngramia } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { CutoverError } from '../../src/core/errors.ts';
import { EventHub } from '../../src/core/events/event-hub.ts';
import { Warnings } from '../../src/core/events/warnings.ts';

const warned = (lines: string[]) => ({ warn: (line: string) => void lines.push(line) });

/** What is logged of one call in `dualwrite`. */
async function logOf(options: object): Promise<string> {
  const lines: string[] = [];
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_message: string): Promise<unknown> => 'the reply',
    candidate: async () => 'the reply',
    identify: (task) => ({ tenant: 'acme', task }),
    flags: memoryFlags('dualwrite'),
    logger: warned(lines),
    ...options,
  });
  await handler('Build a CSV parser');
  await handler.close();
  return lines.join('\n');
}

describe('a warning of what was contained', () => {
  it('says what the library says of it: what is wrong, and what mends it', async () => {
    await using fake = await fakeEngramia();
    const { url: baseUrl, fetch } = fake;
    const client = createEngramiaClient({ baseUrl, fetch, apiKey: fake.key });
    const unreadable = { legacy: async () => ({ said: 'the reply' }), engramia: oneScope(client) };
    expect(await logOf(unreadable)).toContain('a `view` that returns { text }.');

    const stranger = oneScope(client.withKey('key-of-nobody'));
    expect(await logOf({ engramia: stranger })).toContain('/v1/learn answered 401');

    const broken = keyPerTenant(client, () => 'key-of-acme\n');
    const line = await logOf({ engramia: broken });
    expect(line).toContain('apiKey must be a string of printable ASCII characters');
    expect(line).not.toContain('key-of-acme');
  });

  it.each<[string, () => Error]>([
    ['the app', () => new Error('CANARY')],
    [
      'a refusal that names what the app gave',
      () => new CutoverError('ERR_CUTOVER_INVALID_OPTIONS', 'CANARY'),
    ],
    ['an agent', () => new CutoverError('ERR_AGENT_DIVERGED', 'CANARY')],
    [
      'an error that cannot be looked at',
      () =>
        new Proxy(new Error('CANARY'), {
          get: () => {
            throw new Error('CANARY');
          },
        }),
    ],
  ])('says nothing of the words of %s', (_whose, failure) => {
    const lines: string[] = [];
    new EventHub(new Warnings(warned(lines), { monotonic: () => 0 } as never)).contained(
      'view',
      failure(),
    );
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('CANARY');
  });

  it('says nothing of what a flag provider tells of itself', () => {
    const lines: string[] = [];
    const hub = new EventHub(new Warnings(warned(lines), { monotonic: () => 0 } as never));
    hub.contained('flags.provider', new CutoverError('ERR_CUTOVER_CONTAINED', 'CANARY'));
    expect(lines.join()).not.toContain('CANARY');
  });
});
