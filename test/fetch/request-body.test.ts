import { shadowSafe } from 'engramia-cutover';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it, vi } from 'vitest';
import {
  type ChatOptions,
  chatRequest,
  messageOf,
  question,
  startHandler,
} from './chat-handler.ts';

const identify = () => ({ tenant: 'acme', task: question });

/** A request whose body comes when, and as, the test says. */
function upload(over: RequestInit = {}) {
  let controller: ReadableStreamDefaultController<unknown> | undefined;
  const body = new ReadableStream<unknown>({
    start: (given) => {
      controller = given;
    },
  });
  const request = chatRequest('', { body: body as never, duplex: 'half', ...over } as RequestInit);
  return { request, body: controller as ReadableStreamDefaultController<unknown> };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the body of a request', () => {
  it('is read once, and whole for every leg, whatever the others do with theirs', async () => {
    const seen: Record<string, string> = {};
    const take = async (leg: string, request: Request): Promise<Response> => {
      const taken = new Uint8Array(await request.arrayBuffer());
      seen[leg] = new TextDecoder().decode(taken);
      taken.fill(0);
      return new Response(`by ${leg}`);
    };
    await using chat = await startHandler('live', {
      identify: async (request) => {
        await take('identify', request);
        return identify();
      },
      candidate: async (_context, request) => {
        await take('candidate', request);
        throw new Error('down');
      },
      legacy: (request) => take('legacy', request),
    });
    const response = await chat.handler(chatRequest());
    const sent = JSON.stringify({ message: question });
    expect([await response.text(), seen]).toEqual([
      'by legacy',
      { identify: sent, candidate: sent, legacy: sent },
    ]);
  });

  it('is given again at once where it is too large and came byte by byte', async () => {
    const bytewise = 200_000;
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (sent === bytewise) controller.close();
        else controller.enqueue(Uint8Array.of(48 + (sent++ % 10)));
      },
    });
    await using chat = await startHandler('live', {
      identify,
      maxBodyBytes: bytewise - 1,
      legacy: async (request) => new Response(await request.text()),
    });
    const request = chatRequest('', { body: body as never, duplex: 'half' } as RequestInit);
    const given = await (await chat.handler(request)).text();
    expect(given).toBe('0123456789'.repeat(bytewise / 10));
  }, 10_000);

  it('waits once for its time, however many its chunks are: each wait would be kept until the last', async () => {
    await using chat = await startHandler('live', { identify, candidate: () => 'candidate' });
    const races = vi.spyOn(Promise, 'race');
    const { request, body } = upload();
    const answer = chat.handler(request);
    for (let n = 0; n < 1000; n += 1) body.enqueue(bytes('x'));
    body.close();
    expect(await (await answer).text()).toBe('candidate');
    expect(races.mock.calls.length).toBeLessThan(10);
    races.mockRestore();
  });

  it('is read by the mirror too, long after the request is over', async () => {
    const mirrored = Promise.withResolvers<string>();
    await using chat = await startHandler('shadow', {
      candidate: shadowSafe(async (_context, request: Request) => {
        mirrored.resolve(await messageOf(request));
        return 'x';
      }),
    });
    const gone = new AbortController();
    await (await chat.handler(chatRequest(question, { signal: gone.signal }))).text();
    gone.abort();
    expect(await mirrored.promise).toBe(question);
    await chat.handler.flush();
    expect(chat.handler.stats().mirror.ok.stored).toBe(1);
  });

  it.each(['GET', 'HEAD', 'POST'])(
    'that a %s does not have is none for any leg',
    async (method) => {
      const request = new Request('http://chat.test/chat', { method });
      const seen: unknown[] = [];
      await using chat = await startHandler('live', {
        identify,
        candidate: async (_context, given) => {
          seen.push([given === request, given.method, given.body]);
          throw new Error('down');
        },
        legacy: (given) => {
          seen.push([given === request, given.method, given.body]);
          return new Response('ok');
        },
      });
      await chat.handler(request);
      expect(seen).toEqual([
        [false, method, null],
        [true, method, null],
      ]);
    },
  );

  it.each<[string, number, boolean]>([
    ['as large as the cap', 100, true],
    ['one byte larger', 101, false],
  ])('that is %s is held: %s', async (_what, size, isHeld) => {
    await using chat = await startHandler('live', {
      identify,
      maxBodyBytes: 100,
      candidate: async (_context, request) => `candidate: ${(await request.text()).length}`,
      legacy: async (request) => new Response(`legacy: ${(await request.text()).length}`),
    });
    const response = await chat.handler(chatRequest('', { body: 'x'.repeat(size) }));
    expect(await response.text()).toBe(`${isHeld ? 'candidate' : 'legacy'}: ${size}`);
    const { undecided } = chat.handler.stats().routes.chat ?? {};
    expect(undecided?.identify).toBe(isHeld ? 0 : 1);
    await chat.handler.flush();
    expect(chat.handler.stats().learn.offered).toBe(isHeld ? 1 : 0);
  });

  it('that says it is larger than the cap is passed on without being touched', async () => {
    const request = chatRequest('', { headers: { 'content-length': '101' } });
    const seen: unknown[] = [];
    await using chat = await startHandler('live', {
      identify,
      maxBodyBytes: 100,
      legacy: (given) => {
        seen.push(given === request, given.bodyUsed);
        return new Response('ok');
      },
    });
    await chat.handler(request);
    expect(seen).toEqual([true, false]);
  });

  it('that is too large reaches legacy chunk by chunk, at legacy’s pace', async () => {
    const { request, body } = upload();
    await using chat = await startHandler('live', {
      identify,
      maxBodyBytes: 5,
      legacy: async (given) => {
        const reader = given.body?.getReader();
        const chunks: string[] = [];
        for (;;) {
          const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
          if (done) return new Response(chunks.join('|'));
          chunks.push(new TextDecoder().decode(value));
          if (chunks.length === 2) body.enqueue(bytes('and the rest'));
          if (chunks.length === 3) body.close();
        }
      },
    });
    body.enqueue(bytes('one'));
    body.enqueue(bytes('two'));
    expect(await (await chat.handler(request)).text()).toBe('one|two|and the rest');
  });

  it('that never ends is waited for no longer than the app says, and then legacy has all of it', async () => {
    const clock = fakeClock();
    const { request, body } = upload();
    await using chat = await startHandler('live', {
      identify,
      clock,
      maxBodyWaitMs: 2_000,
      legacy: async (given) => new Response(await given.text()),
    });
    body.enqueue(bytes('slow '));
    const answer = chat.handler(request);
    await clock.advance(1_999);
    expect(chat.handler.stats().routes.chat?.calls).toBe(0);
    await clock.advance(1);
    expect(chat.handler.stats().routes.chat?.calls).toBe(1);
    body.enqueue(bytes('but sure'));
    body.close();
    expect(await (await answer).text()).toBe('slow but sure');
  });

  it.each(['before', 'while'])(
    'whose client leaves %s it is waited for goes to legacy',
    async (when) => {
      const gone = new AbortController();
      const { request, body } = upload({ signal: gone.signal });
      await using chat = await startHandler('live', {
        identify,
        legacy: async (given) => new Response(`${given.signal.aborted} ${await given.text()}`),
      });
      if (when === 'before') gone.abort();
      const answer = chat.handler(request);
      gone.abort();
      body.enqueue(bytes('what came'));
      body.close();
      expect(await (await answer).text()).toBe('true what came');
      await chat.handler.flush();
      expect(chat.handler.stats().learn.offered).toBe(0);
    },
  );

  it('that breaks gives legacy what came, and then the very error', async () => {
    const broken = new Error('the upload broke');
    const { request, body } = upload();
    const seen: unknown[] = [];
    await using chat = await startHandler('live', {
      identify,
      legacy: async (given) => {
        const reader = given.body?.getReader();
        seen.push(new TextDecoder().decode((await reader?.read())?.value));
        return new Response(await reader?.read().then(String, (error) => String(error === broken)));
      },
    });
    const answer = chat.handler(request);
    body.enqueue(bytes('half'));
    // A stream that fails forgets what nobody has taken yet.
    await new Promise((resolve) => setImmediate(resolve));
    body.error(broken);
    expect([await (await answer).text(), seen]).toEqual(['true', ['half']]);
  });

  it('that nobody reads leaves no rejection behind when it breaks', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', note);
    const { request, body } = upload();
    await using chat = await startHandler('live', { identify, legacy: () => new Response('bye') });
    body.error(new Error('the upload broke'));
    expect(await (await chat.handler(request)).text()).toBe('bye');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it('that is no bytes fails legacy as it would have', async () => {
    const bare = upload();
    bare.body.enqueue('text');
    const expected = await bare.request.text().catch((error: Error) => error.message);
    const { request, body } = upload();
    body.enqueue('text');
    await using chat = await startHandler('live', {
      identify,
      legacy: (given) => given.text().then(String, (error) => new Response(error.message)) as never,
    });
    expect(await (await chat.handler(request)).text()).toBe(expected);
  });

  it.each<[string, (request: Request) => unknown]>([
    ['has been read', (request) => request.text()],
    ['is being read', (request) => request.body?.getReader()],
  ])('that %s by somebody else is left to legacy', async (_what, use) => {
    const request = chatRequest();
    await use(request);
    await using chat = await startHandler('live', {
      identify,
      legacy: (given) => new Response(String(given === request)),
    });
    expect(await (await chat.handler(request)).text()).toBe('true');
    expect(chat.handler.stats().routes.chat?.undecided.identify).toBe(1);
  });

  it('may take longer to arrive than a decision may take', async () => {
    const clock = fakeClock();
    const { request, body } = upload();
    await using chat = await startHandler('live', { clock, decideTimeoutMs: 50 });
    const answer = chat.handler(request);
    body.enqueue(bytes('{"message":'));
    await clock.advance(5_000);
    body.enqueue(bytes('"late"}'));
    body.close();
    expect(await (await answer).json()).toEqual({ reply: 'candidate: late' });
  });

  it('comes with everything else that the request says', async () => {
    const gone = new AbortController();
    const request = chatRequest(question, {
      method: 'PUT',
      headers: { 'x-one': '1', cookie: 'a=b' },
      redirect: 'manual',
      referrer: 'http://chat.test/before',
      integrity: 'sha256-x',
      credentials: 'include',
      cache: 'no-store',
      signal: gone.signal,
    });
    const said = (given: Request): unknown => [
      given.url,
      given.method,
      [...given.headers],
      given.redirect,
      given.referrer,
      given.integrity,
      given.credentials,
      given.cache,
      given.mode,
    ];
    const seen: unknown[] = [];
    await using chat = await startHandler('live', {
      candidate: (_context, given) => {
        seen.push(said(given));
        throw new Error('down');
      },
      legacy: (given) => {
        seen.push(said(given));
        gone.abort('why');
        return new Response(String(given.signal.reason));
      },
    });
    const response = await chat.handler(request);
    expect(await response.text()).toBe('why');
    expect(seen).toEqual([said(request), said(request)]);
  });
});

/** A framework's own request, as Next's is. */
class FrameworkRequest extends Request {
  ip = '192.0.2.1';
  readonly #waiting: unknown[] = [];

  get nextUrl(): URL {
    return new URL(this.url);
  }

  waitUntil(work: unknown): number {
    return this.#waiting.push(work);
  }
}

describe('a request of a framework’s own', () => {
  it.each<[string, Partial<ChatOptions>]>([
    ['was held', {}],
    ['was too large to be held', { maxBodyBytes: 5 }],
  ])('has for legacy all that it has besides a body that %s', async (_what, options) => {
    const answer = async (own: FrameworkRequest): Promise<Response> => {
      const facts = [own.ip, own.nextUrl.pathname, own.waitUntil(1)];
      own.ip = '198.51.100.7';
      return Response.json([...facts, own.ip, await messageOf(own)]);
    };
    const ask = () => new FrameworkRequest(chatRequest());
    const bare = await (await answer(ask())).json();
    for (const stage of ['off', 'dualwrite'] as const) {
      await using chat = await startHandler(stage, { identify, legacy: answer, ...options });
      expect(await (await chat.handler(ask())).json()).toEqual(bare);
    }
  });
});
