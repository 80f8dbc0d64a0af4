import { describe, expect, it } from 'vitest';
import { message, servesLegacy, stages, streamWorld } from './world.ts';

const pieces = ['Streams ', 'come in ', 'pieces.'];

interface Source {
  readonly stream: ReadableStream<unknown>;
  /** Chunks that were asked for so far. */
  pulls: number;
  cancelled: unknown;
}

function sourceOf(chunks: readonly unknown[], failure?: unknown): Source {
  const source: Source = {
    pulls: 0,
    cancelled: undefined,
    stream: new ReadableStream(
      {
        pull(controller) {
          const chunk = chunks[source.pulls];
          source.pulls += 1;
          if (chunk !== undefined) controller.enqueue(chunk);
          else if (failure === undefined) controller.close();
          else controller.error(failure);
        },
        cancel(reason) {
          source.cancelled = reason;
        },
      },
      { highWaterMark: 0 },
    ),
  };
  return source;
}

const bytesOf = (chunks: readonly string[]): Uint8Array[] =>
  chunks.map((chunk) => new TextEncoder().encode(chunk));

/** A stream of the kind that `fetch` gives: of bytes, able to fill a buffer of the reader's. */
function byteSource(chunks: readonly string[]): Source {
  const source: Source = {
    pulls: 0,
    cancelled: undefined,
    stream: new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const chunk = chunks[source.pulls];
        source.pulls += 1;
        if (chunk === undefined) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else controller.enqueue(new TextEncoder().encode(chunk));
      },
      cancel(reason) {
        source.cancelled = reason;
      },
    }),
  };
  return source;
}

describe.each(stages)('a ReadableStream in stage %s', (stage) => {
  it('gives the same chunks in the same order, and is learned as one text', async () => {
    const { handler, learned } = await streamWorld(stage, () => sourceOf(pieces).stream);
    const got: unknown[] = [];
    for await (const chunk of (await handler(message)) as ReadableStream<unknown>) got.push(chunk);
    expect(got).toEqual(pieces);
    expect(await learned()).toEqual(stage === 'off' ? [] : [pieces.join('')]);
  });

  it('asks its source for no chunk before the consumer wants it, but for the first of a candidate', async () => {
    const source = sourceOf(pieces);
    const { handler } = await streamWorld(stage, () => source.stream);
    const reader = ((await handler(message)) as ReadableStream<unknown>).getReader();
    const mayFallBack = stage === 'live' || stage === 'rampdown';
    expect(source.pulls).toBe(mayFallBack ? 1 : 0);
    for (const count of [1, 2, 3, 4]) {
      await reader.read();
      expect(source.pulls).toBe(count);
    }
  });

  it('hands the error of the source to the consumer, the very same, and is not learned', async () => {
    const failure = new Error('mid-stream');
    const { handler, learned } = await streamWorld(stage, () => sourceOf(['a'], failure).stream);
    const reader = ((await handler(message)) as ReadableStream<unknown>).getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'a' });
    await expect(reader.read()).rejects.toBe(failure);
    expect(await learned()).toEqual([]);
    if (stage !== 'off') {
      const leg = servesLegacy(stage) ? 'legacy' : 'candidate';
      expect(handler.stats().routes.chat?.failed[leg]).toBe(1);
    }
  });

  it('tells its source of a cancellation with its reason, and is not learned', async () => {
    const source = sourceOf(pieces);
    const { handler, learned } = await streamWorld(stage, () => source.stream);
    const served: unknown[] = [];
    handler.on('served', (event) => served.push(event));
    const reader = ((await handler(message)) as ReadableStream<unknown>).getReader();
    await reader.read();
    const reason = new Error('enough');
    await reader.cancel(reason);
    expect(source.cancelled).toBe(reason);
    expect(await learned()).toEqual([]);
    expect(served).toEqual([expect.objectContaining({ status: 'fulfilled' })]);
    if (stage !== 'off') expect(served).toMatchObject([{ cut: true }]);
  });

  it('fills the buffer of a reader that brings one, and is learned', async () => {
    const source = byteSource(pieces);
    const { handler, learned } = await streamWorld(stage, () => source.stream);
    const stream = (await handler(message)) as ReadableStream<Uint8Array<ArrayBuffer>>;
    const reader = stream.getReader({ mode: 'byob' });
    let text = '';
    let over = false;
    while (!over) {
      const { done, value } = await reader.read(new Uint8Array(5));
      text += new TextDecoder().decode(value);
      over = done;
    }
    expect(text).toBe(pieces.join(''));
    expect(await learned()).toEqual(stage === 'off' ? [] : [pieces.join('')]);
  });

  it('keeps chunks of bytes as they are, also where a character is cut in two', async () => {
    const whole = new TextEncoder().encode('Grüße 👋 an alle Leser');
    const cuts = [...whole].map((byte) => new Uint8Array([byte]));
    const { handler, learned } = await streamWorld(stage, () => sourceOf(cuts).stream);
    const got: number[] = [];
    for await (const chunk of (await handler(message)) as ReadableStream<Uint8Array>) {
      got.push(...chunk);
      chunk.fill(0);
    }
    expect(got).toEqual([...whole]);
    expect(await learned()).toEqual(stage === 'off' ? [] : ['Grüße 👋 an alle Leser']);
  });
});

describe.each(stages)('a Response in stage %s', (stage) => {
  it('keeps status, headers and body, and is learned from its body', async () => {
    const make = (): Response =>
      new Response(sourceOf(bytesOf(pieces)).stream as ReadableStream<Uint8Array>, {
        status: 201,
        statusText: 'Made',
        headers: [
          ['content-type', 'text/plain; charset=utf-8'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['x-own', 'yes'],
        ],
      });
    const { handler, learned } = await streamWorld(stage, make);
    const response = (await handler(message)) as Response;
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.statusText]).toEqual([201, 'Made']);
    expect([...response.headers]).toEqual([...make().headers]);
    expect(await response.text()).toBe(pieces.join(''));
    expect(await learned()).toEqual(stage === 'off' ? [] : [pieces.join('')]);
  });

  it('of JSON is learned by the text in it', async () => {
    const { handler, learned } = await streamWorld(stage, () =>
      Response.json({ choices: [{ message: { content: 'The answer' } }] }),
    );
    const response = (await handler(message)) as Response;
    expect(await response.json()).toEqual({ choices: [{ message: { content: 'The answer' } }] });
    expect(await learned()).toEqual(stage === 'off' ? [] : ['The answer']);
  });
});

describe('a stream that cannot be tapped', () => {
  it.each<[string, () => unknown]>([
    ['a Response that has been read', () => Object.assign(new Response('x'), { early: true })],
    ['a locked stream', () => sourceOf(pieces).stream],
  ])('is served untouched and counted unreadable: %s', async (_what, make) => {
    const reply = make();
    if (reply instanceof Response) await reply.text();
    else (reply as ReadableStream).getReader();
    const { handler } = await streamWorld('dualwrite', () => reply);
    expect(await handler(message)).toBe(reply);
    expect(handler.stats().learn.skipped.unreadable).toBe(1);
  });
});

describe('a Response of a class of its own', () => {
  class PageResponse extends Response {
    readonly #page = 7;

    get page(): number {
      return this.#page;
    }
  }

  it.each(['dualwrite', 'live'] as const)(
    'keeps its members: it is served untouched and counted unreadable, in %s',
    async (stage) => {
      const reply = new PageResponse('x');
      const { handler } = await streamWorld(stage, () => reply);
      const served = (await handler(message)) as PageResponse;
      expect(served).toBe(reply);
      expect([served.page, await served.text()]).toEqual([7, 'x']);
      expect(handler.stats().learn.skipped.unreadable).toBe(1);
    },
  );
});

describe('a Response that nobody looks into', () => {
  it('is the very same object in stage off, and where the call is not sampled', async () => {
    const reply = new Response('x');
    const off = await streamWorld('off', () => reply);
    expect(await off.handler(message)).toBe(reply);
    const unsampled = await streamWorld('shadow', () => reply, {
      learn: false,
      sample: { mirror: 0 },
    });
    expect(await unsampled.handler(message)).toBe(reply);
    expect(unsampled.handler.stats().mirror.skipped.sampled).toBe(1);
  });

  it('that is larger than the cap is served whole and counted unreadable', async () => {
    const { handler, learned } = await streamWorld(
      'dualwrite',
      () => new Response('x'.repeat(101)),
      {
        maxReplyBytes: 100,
      },
    );
    expect(await ((await handler(message)) as Response).text()).toHaveLength(101);
    expect(await learned()).toEqual([]);
    expect(handler.stats().learn.skipped.unreadable).toBe(1);
  });
});

describe('a candidate that streams', () => {
  it('falls back to legacy when its stream fails before the first chunk', async () => {
    const { handler } = await streamWorld('live', (leg) =>
      leg === 'legacy' ? 'legacy' : sourceOf([], new Error('too early')).stream,
    );
    expect(await handler(message)).toBe('legacy');
  });

  it('falls back on a Response of status 500, whose body is cancelled', async () => {
    const source = sourceOf(bytesOf(pieces));
    const { handler } = await streamWorld('live', (leg) =>
      leg === 'legacy'
        ? 'legacy'
        : new Response(source.stream as ReadableStream<Uint8Array>, { status: 500 }),
    );
    source.cancelled = 'not yet';
    expect(await handler(message)).toBe('legacy');
    expect(source.cancelled).toBeUndefined();
  });
});
