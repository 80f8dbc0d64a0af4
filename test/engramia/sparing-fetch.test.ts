import { createEngramiaClient, type EngramiaClientOptions } from 'engramia-cutover';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sparingFetch, UnexpectedRedirect } from '../../src/engramia/sparing-fetch.ts';
import { failureOf } from './failure-of.ts';
import { type Answer, loopbackService } from './loopback-service.ts';

const lesson = { task: 'Parse CSV', code: 'Stream it.', evalScore: 5 };
const stored: Answer = { json: { stored: true, pattern_count: 1 } };

const waysOut: readonly [string, EngramiaClientOptions][] = [
  ['by the global fetch', {}],
  ['by a pool', { pool: { connections: 1 } }],
];

/** A service that answers as it is told, and its client, which has been answered once. */
async function answered(options: EngramiaClientOptions) {
  let answer = stored;
  const { url, requests } = await loopbackService(() => answer);
  const client = createEngramiaClient({ baseUrl: url, apiKey: 'key-1', pacing: false, ...options });
  onTestFinished(() => client.close());
  await client.learn(lesson);
  return {
    client,
    requests,
    answerBy: (next: Answer): void => {
      answer = next;
    },
  };
}

describe.each(waysOut)('a service that has answered, asked %s', (_name, options) => {
  it.each([301, 302, 303, 307, 308])(
    'is told of once when it redirects with %d',
    async (status) => {
      const other = await loopbackService(stored);
      const { client, requests, answerBy } = await answered(options);
      answerBy({ status, headers: { location: `${other.url}/v1/learn` } });
      const said = /answered (with a redirect|3\d\d) \(redirects are not followed, check baseUrl\)/;
      for (const known of [undefined, status]) {
        const before = requests.length;
        const error = await failureOf(client.learn(lesson));
        expect(error).toMatchObject({ code: 'ERR_ENGRAMIA_HTTP', status: known, sent: true });
        expect(error.message).toMatch(said);
        expect(requests.length - before).toBe(1);
      }
      answerBy(stored);
      expect((await client.learn(lesson)).stored).toBe(true);
      expect(other.requests).toHaveLength(0);
    },
  );

  it('is told of from the second time on when requests are misdirected', async () => {
    const { client, requests, answerBy } = await answered(options);
    answerBy({ status: 421 });
    expect(await failureOf(client.learn(lesson))).toMatchObject({ sent: true });
    const seen = requests.filter(({ text }) => text !== '').length;
    expect(seen).toBe(2);
    expect(await failureOf(client.learn(lesson))).toMatchObject({ status: 421 });
  });

  it('gets a request once, whatever else it answers', async () => {
    const { client, requests, answerBy } = await answered(options);
    for (const status of [204, 304, 400, 401, 403, 404, 407, 413, 422, 429, 500, 502, 503]) {
      const before = requests.length;
      answerBy(status === 204 || status === 304 ? { status, text: '' } : { status });
      await failureOf(client.learn(lesson));
      expect([status, requests.length - before]).toEqual([status, 1]);
    }
  });

  it('gets a request once when it breaks off, which counts as perhaps received', async () => {
    const { client, requests, answerBy } = await answered(options);
    answerBy({ byHand: (_response, request) => void request.socket.destroy() });
    expect(await failureOf(client.learn(lesson))).toMatchObject({
      code: 'ERR_ENGRAMIA_NETWORK',
      sent: true,
    });
    expect(requests).toHaveLength(2);
    answerBy(stored);
    expect((await client.learn(lesson)).stored).toBe(true);
  });

  it('is given up in time when it answers no longer', async () => {
    const { client, answerBy } = await answered({ ...options, timeoutMs: 50 });
    answerBy({ byHand: () => undefined });
    expect(await failureOf(client.learn(lesson))).toMatchObject({ code: 'ERR_ENGRAMIA_TIMEOUT' });
  });
});

describe('a fetch that spares copies', () => {
  const init = { method: 'POST', redirect: 'manual' } as const;
  const ok = new Response('{}');

  /** Answers in turn, and keeps how redirects were to be met. */
  function inTurn(...answers: readonly (Response | Error)[]) {
    const modes: unknown[] = [];
    const fetch = sparingFetch(async (_input, given) => {
      const answer = answers[modes.push(given?.redirect) - 1];
      if (answer instanceof Error) throw answer;
      return answer ?? ok;
    });
    const ask = () => fetch('http://service/', init).catch((error: unknown) => error);
    return { ask, modes };
  }

  it.each<[string, Error]>([
    ['undici', new TypeError('fetch failed', { cause: new Error('unexpected redirect') })],
    ['msw 2', new TypeError('Failed to fetch', { cause: 'unexpected redirect' })],
    ['node-fetch', new Error('uri requested responds with a redirect, redirect mode is error')],
  ])(
    'tells a redirect from other failures, as %s says it, and asks for it next',
    async (_, failure) => {
      const redirect = new Response(null, { status: 307 });
      const { ask, modes } = inTurn(ok, ok, failure, redirect, redirect, ok);
      const seen = [await ask(), await ask(), await ask(), await ask(), await ask(), await ask()];
      expect(seen).toEqual([ok, ok, new UnexpectedRedirect(), redirect, redirect, ok]);
      expect(modes).toEqual(['manual', 'error', 'error', 'manual', 'manual', 'manual']);
    },
  );

  it('hands on any other failure, and is careful after it', async () => {
    const failure = new TypeError('fetch failed', { cause: new Error('other side closed') });
    const { ask, modes } = inTurn(ok, failure, ok);
    expect([await ask(), await ask(), await ask()]).toEqual([ok, failure, ok]);
    expect(modes).toEqual(['manual', 'error', 'manual']);
  });

  it('hands on whatever is thrown', async () => {
    const thrown: unknown[] = [undefined, null, 'x', new Error('y', { cause: null })];
    for (const value of thrown) {
      let calls = 0;
      const fetch = sparingFetch(async () => {
        calls += 1;
        if (calls > 1) throw value;
        return ok;
      });
      await fetch('http://service/', init);
      const seen = await fetch('http://service/', init).then(
        () => 'answered',
        (error: unknown) => [error],
      );
      expect(seen).toEqual([value]);
      expect(calls).toBe(2);
    }
  });

  it('leaves the fetch of other engines as it is', () => {
    vi.spyOn(process, 'versions', 'get').mockReturnValue({ node: '24.0.0' } as never);
    const fetch = async (): Promise<Response> => ok;
    expect(sparingFetch(fetch)).toBe(fetch);
  });
});

it('takes no host whose name has the word in it for a redirect', async () => {
  const cause = Object.assign(new Error('getaddrinfo ENOTFOUND redirect-gw.internal'), {
    code: 'ENOTFOUND',
  });
  const unknown = new TypeError('fetch failed', { cause });
  const fetch = sparingFetch(
    vi.fn().mockResolvedValueOnce(new Response('{}')).mockRejectedValueOnce(unknown),
  );
  await fetch('https://redirect-gw.internal', {});
  await expect(fetch('https://redirect-gw.internal', {})).rejects.toBe(unknown);
});
