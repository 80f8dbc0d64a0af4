import { createEngramiaClient, type EngramiaClientOptions, oneScope } from 'engramia-cutover';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidOptionsError } from '../../src/core/errors.ts';

const canary = 'engramia_sk_canary42';

function issuesOf(options: unknown): readonly string[] {
  try {
    createEngramiaClient(options as EngramiaClientOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionsError);
    return (error as InvalidOptionsError).issues;
  }
  return [];
}

beforeEach(() => {
  vi.stubEnv('ENGRAMIA_API_URL', '');
  vi.stubEnv('ENGRAMIA_API_KEY', '');
  return () => vi.unstubAllEnvs();
});

describe('options of the client', () => {
  it('come from the environment where they are not given', () => {
    vi.stubEnv('ENGRAMIA_API_URL', 'https://env.example/');
    vi.stubEnv('ENGRAMIA_API_KEY', canary);
    const client = createEngramiaClient();
    expect(client.baseUrl).toBe('https://env.example');
    expect(client.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(createEngramiaClient({ baseUrl: new URL('http://localhost:1/a/') }).baseUrl).toBe(
      'http://localhost:1/a',
    );
  });

  it('are refused all at once', () => {
    const issues = issuesOf({
      apiKey: 'ключ',
      timeoutMs: 0,
      maxResponseBytes: 1.5,
      fetch: 'fetch',
      pacing: { learnsPerMinute: '50' },
      pool: { connections: -1 },
      retries: 3,
    });
    expect(issues).toHaveLength(8);
    for (const name of ['baseUrl', 'apiKey', 'timeoutMs', 'maxResponseBytes', 'fetch']) {
      expect(issues.join('\n')).toContain(name);
    }
    expect(issues.join('\n')).toContain('pacing.learnsPerMinute must be a whole number above 0');
    expect(issues.join('\n')).not.toContain('ключ');
  });

  it.each([
    [undefined, 'baseUrl is missing: give it or set ENGRAMIA_API_URL'],
    ['engramia', 'baseUrl must be a URL such as https://engramia.example.com, not "engramia"'],
    ['ftp://e.example', 'baseUrl "ftp://e.example/" must begin with https://'],
    ['http://e.example', 'baseUrl "http://e.example/" must use https'],
    ['http://127.0.0.1.e.example', 'must use https'],
    ['http://localhost.e.example', 'must use https'],
    ['http://not-localhost', 'must use https'],
    ['http://e.127.0.0.1.example', 'must use https'],
    ['https://u:hunter2@e.example', 'must hold no user name or password'],
    ['https://e.example?token=hunter2', 'must have no query'],
    ['https://e.example#hunter2', 'no fragment'],
    [canary, 'baseUrl must be a URL such as https://engramia.example.com, not "…"'],
    [7, 'not number'],
  ])('refuse the address %j', (baseUrl, issue) => {
    const issues = issuesOf({ baseUrl, apiKey: canary });
    expect(issues).toHaveLength(1);
    expect(issues[0]).toContain(issue);
    expect(issues[0]).not.toMatch(/hunter2|canary/);
  });

  it.each(['http://localhost:8000', 'http://127.1.2.3', 'http://[::1]:1', 'https://e.example/x'])(
    'accept the address %s',
    (baseUrl) => expect(issuesOf({ baseUrl })).toEqual([]),
  );

  it.each(['', 'a b', `${canary}\n`, 'a\0b', 7, null])('refuse the key %j', (apiKey) => {
    vi.stubEnv('ENGRAMIA_API_KEY', apiKey === null ? 'naïve' : 'fallback');
    const issues = issuesOf({ baseUrl: 'https://e.example', apiKey });
    expect(issues).toHaveLength(1);
    expect(issues[0]).toContain('apiKey must be a string of printable ASCII');
    expect(issues[0]).not.toContain('canary');
  });

  it('refuse an option of withKey that would not be heard', () => {
    const base = createEngramiaClient({ baseUrl: 'https://e.example' });
    expect(() => base.withKey(canary, { onUnauthorised() {} } as never)).toThrow(
      /withKey\(\): onUnauthorised is not an option/,
    );
    const wrong = { onUnauthorized: 'log' } as never;
    expect(() => base.withKey('', wrong)).toThrow(/.+; onUnauthorized must be a function/);
  });

  it('refuse a bad key of withKey and one scope without a key', () => {
    const base = createEngramiaClient({ baseUrl: 'https://e.example' });
    expect(() => base.withKey(`${canary}\r\n`)).toThrow(InvalidOptionsError);
    expect(() => base.withKey(`${canary}\r\n`)).not.toThrow(/canary/);
    expect(() => oneScope(base)).toThrow(/the client has no key/);
    for (const given of [undefined, `${canary}42`, {}]) {
      const refused = () => oneScope(given as never);
      expect(refused).toThrow(/client (is missing: it )?must be an object with learn\(\)/);
      expect(refused).not.toThrow(/canary/);
    }
    expect(base.withKey(canary).fingerprint).toBe(base.withKey(canary).fingerprint);
    expect(base.withKey(canary).fingerprint).not.toBe(base.withKey(`${canary}1`).fingerprint);
  });
});
