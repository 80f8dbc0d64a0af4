import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { abandonReply } from '../../src/router/replies/abandon-reply.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** As frameworks have them. */
class FrameworkResponse extends Response {
  readonly cookies = new Map<string, string>();
}

/** What became unhandled while a reply was abandoned. */
async function abandon(reply: unknown): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  abandonReply(reply);
  await turn();
  await turn();
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
  return unhandled;
}

describe('a reply that nobody will be given', () => {
  it.each([undefined, null, 'text', 7, () => 1, {}, { cancel: 1 }])(
    'needs nothing where it is no stream: %o',
    async (reply) => {
      expect(await abandon(reply)).toEqual([]);
    },
  );

  it.each<[string, (source: { cancel(): void }) => unknown]>([
    ['a ReadableStream', (source) => new ReadableStream(source)],
    ['the body of a Response', (source) => new Response(new ReadableStream(source))],
    [
      'the body of a Response of a class of its own',
      (source) => new FrameworkResponse(new ReadableStream(source), { status: 500 }),
    ],
  ])('is cancelled where it is %s', async (_what, make) => {
    let cancelled = 0;
    const reply = make({
      cancel: () => {
        cancelled += 1;
      },
    });
    expect(await abandon(reply)).toEqual([]);
    expect(cancelled).toBe(1);
  });

  it('is destroyed where it is a Node stream, and whatever it fails with is nobody’s', async () => {
    const stream = new Readable({
      read: () => undefined,
      destroy: (_error, done) => done(new Error('socket hang up')),
    });
    expect(await abandon(stream)).toEqual([]);
    expect(stream.destroyed).toBe(true);
  });

  it('is heard of no more where it was destroyed before its error came', async () => {
    const stream = new Readable({ read: () => undefined });
    stream.destroy(new Error('late'));
    expect(await abandon(stream)).toEqual([]);
  });

  it('is left where it is a generator, which cleans up', async () => {
    let cleaned = false;
    async function* generate() {
      try {
        yield 'a';
      } finally {
        cleaned = true;
      }
    }
    const begun = generate();
    await begun.next();
    expect(await abandon(begun)).toEqual([]);
    expect(cleaned).toBe(true);
  });

  it('is cancelled by its own method where it only looks like a ReadableStream', async () => {
    let cancelled = 0;
    const like = {
      getReader: () => undefined,
      cancel: () => {
        cancelled += 1;
        return Promise.reject(new Error('no'));
      },
    };
    expect(await abandon(like)).toEqual([]);
    expect(cancelled).toBe(1);
  });

  it('is not cancelled by a method that means something else', async () => {
    let cancelled = 0;
    const frozen = Object.freeze({
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
      cancel: () => {
        cancelled += 1;
      },
    });
    expect(await abandon(frozen)).toEqual([]);
    expect(cancelled).toBe(0);
  });

  it('may be locked, or have no way to be cancelled', async () => {
    const locked = new ReadableStream();
    locked.getReader();
    expect(await abandon(locked)).toEqual([]);
    expect(await abandon({ getReader: () => undefined })).toEqual([]);
  });
});
