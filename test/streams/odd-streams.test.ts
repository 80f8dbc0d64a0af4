import { createCutoverStream } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { message, streamWorld } from './world.ts';

type Result = IteratorResult<string, undefined>;
interface Source {
  next(): unknown;
}

/** Gives `a`, `b` and the end, each made a result by `as`. */
function counted(as: (result: Result) => unknown): Source {
  const results: Result[] = [
    { done: false, value: 'a' },
    { done: false, value: 'b' },
  ];
  return { next: () => as(results.shift() ?? { done: true, value: undefined }) };
}

const bound = <T extends object>(target: T): T =>
  new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });

function readOnce(): object {
  let isRead = false;
  return {
    [Symbol.asyncIterator]() {
      if (isRead) throw new Error('It has been read.');
      isRead = true;
      return counted(async (result) => result);
    },
  };
}

/** Gives the values of its own `next`, as classes with both often do. */
class Delegating {
  readonly #source = counted(async (result) => result);

  next(): unknown {
    return this.#source.next();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      const { done, value } = (await this.next()) as Result;
      if (done) return;
      yield value;
    }
  }
}

/** A promise that only its own `then` can be asked. */
class Guarded extends Promise<unknown> {
  static override get [Symbol.species](): PromiseConstructor {
    throw new Error('It cannot be derived.');
  }
}

const thenOf = (result: unknown): Promise<unknown>['then'] => {
  const settled = Promise.resolve(result);
  return settled.then.bind(settled) as Promise<unknown>['then'];
};

function guarded(): object {
  let count = 0;
  return itself({
    next() {
      const promise = new Guarded(() => undefined);
      const done = count > 1;
      Object.defineProperty(promise, 'then', { value: thenOf({ done, value: 'a' }) });
      count += 1;
      return promise;
    },
  });
}

const itself = (source: Source): object => ({
  ...source,
  [Symbol.asyncIterator]() {
    return this;
  },
});

/** Its `then` takes the next value each time it is called. */
const lazy = (): object => {
  const source = counted((result) => result);
  const thenable = (): object =>
    Object.fromEntries([['then', (take: (r: unknown) => void) => take(source.next())]]);
  return itself({ next: thenable });
};

const iterables: readonly (readonly [string, () => object])[] = [
  [
    'whose iterator is frozen',
    () => ({ [Symbol.asyncIterator]: () => Object.freeze(counted(async (result) => result)) }),
  ],
  ['that a proxy binds to its target and that is read once', () => bound(readOnce())],
  [
    'that is a generator behind a binding proxy',
    () =>
      bound(
        (async function* () {
          yield 'a';
          yield 'b';
        })(),
      ),
  ],
  ['that iterates by its own next', () => new Delegating()],
  ['that gives lazy thenables', lazy],
  ['that gives promises of a class of its own', guarded],
];

async function collect(stream: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

describe.each(['dualwrite', 'live', 'complete'] as const)('in stage %s an iterable', (stage) => {
  it.each(iterables)(
    '%s gives each chunk once, and is learned so or not at all',
    async (_how, make) => {
      const bare = await collect(make() as AsyncIterable<string>);
      const { handler, learned } = await streamWorld(stage, make, { learn: { minTaskChars: 1 } });
      const reply = (await handler(message)) as AsyncIterable<string>;
      expect(await collect(reply)).toBe(bare);
      expect([[], [bare]]).toContainEqual(await learned());
    },
  );
});

describe('a stream in front of a generator', () => {
  it('gives what the generator returns', async () => {
    const chat = createCutoverStream({
      name: 'chat',
      legacy: async function* (_message: string) {
        yield 'a';
        return 'returned';
      },
      candidate: async function* () {
        yield 'b';
      },
      identify: (task) => ({ tenant: 'acme', task }),
      flags: memoryFlags('dualwrite'),
    });
    const generator = chat(message);
    await generator.next();
    expect(await generator.next()).toEqual({ done: true, value: 'returned' });
  });
});
