import { describe, expect, it } from 'vitest';
import { message, streamWorld } from './world.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function textOf(stream: {
  getReader(): ReadableStreamDefaultReader<unknown>;
}): Promise<string> {
  const reader = stream.getReader();
  let text = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
  return text;
}

/** Has a reader, whatever kind is asked for, and more that is its own. */
class LookAlike {
  #chunks = ['a', 'b'];

  getReader(): object {
    const read = async (): Promise<unknown> => {
      const value = this.#chunks.shift();
      return { done: value === undefined, value };
    };
    return { read, releaseLock: () => undefined, closed: Promise.resolve() };
  }
}

/** A stream that can also be asked for its chunks one by one, as frameworks' streams can. */
class Askable extends ReadableStream<string> {
  readonly #own = this.getReader.bind(this);

  async next(): Promise<unknown> {
    return this.#own().read();
  }
}

const askable = (): Askable =>
  new Askable({
    start(controller) {
      controller.enqueue('a');
      controller.close();
    },
  });

describe.each(['dualwrite', 'shadow', 'live'] as const)('in stage %s', (stage) => {
  it('what only looks like a ReadableStream is served untouched, and counted', async () => {
    const stream = new LookAlike();
    const { handler } = await streamWorld(stage, () => stream);
    expect(await handler(message)).toBe(stream);
    expect(await textOf(stream as never)).toBe('ab');
    expect(handler.stats().learn.skipped.unreadable).toBe(1);
  });

  it('a ReadableStream with methods of its own keeps them, and is counted', async () => {
    const { handler } = await streamWorld(stage, askable);
    const reply = (await handler(message)) as Askable;
    expect(await reply.next()).toEqual({ done: false, value: 'a' });
    expect(handler.stats().learn.skipped.unreadable).toBe(1);
  });
});

describe('whoever has not read a ReadableStream', () => {
  it('hears that it was closed', async () => {
    const { handler } = await streamWorld(
      'dualwrite',
      () => new ReadableStream({ start: (controller) => controller.close() }),
    );
    const reply = (await handler(message)) as ReadableStream;
    await expect(reply.getReader().closed).resolves.toBeUndefined();
  });

  it('hears that it failed, and so do statistics', async () => {
    let fail = (_reason: unknown): void => undefined;
    const { handler } = await streamWorld(
      'dualwrite',
      () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue('a');
            fail = (reason) => controller.error(reason);
          },
        }),
    );
    const reader = ((await handler(message)) as ReadableStream).getReader();
    await reader.read();
    const reason = new Error('reset');
    fail(reason);
    await expect(reader.closed).rejects.toBe(reason);
    expect(handler.stats().routes.chat?.failed.legacy).toBe(1);
  });

  it('still gets every chunk that came before the end or the failure', async () => {
    for (const end of ['close', 'error'] as const) {
      let push = (): void => undefined;
      const { handler } = await streamWorld(
        'dualwrite',
        () =>
          new ReadableStream({
            start(controller) {
              push = () => {
                controller.enqueue('a');
                controller[end]();
              };
            },
          }),
      );
      const reading = ((await handler(message)) as ReadableStream).getReader().read();
      await new Promise((resolve) => setImmediate(resolve));
      push();
      expect(await reading).toEqual({ done: false, value: 'a' });
    }
  });

  it('gets the first chunk of a candidate that had closed behind it, and a buffer of its own back at the end', async () => {
    const { handler, learned } = await streamWorld(
      'live',
      () =>
        new ReadableStream({
          type: 'bytes',
          start(controller) {
            controller.enqueue(bytes('all of it'));
            controller.close();
          },
        }),
    );
    const reply = (await handler(message)) as ReadableStream<Uint8Array>;
    await new Promise((resolve) => setImmediate(resolve));
    const reader = reply.getReader();
    expect((await reader.read()).value).toEqual(bytes('all of it'));
    reader.releaseLock();
    const filling = reply.getReader({ mode: 'byob' });
    expect(await filling.read(new Uint8Array(4))).toMatchObject({ done: true });
    expect(await learned()).toEqual(['all of it']);
  });
});
