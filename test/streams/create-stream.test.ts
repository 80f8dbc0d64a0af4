import {
  type CutoverEventOf,
  createCutover,
  createCutoverStream,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { message, servesLegacy, stages } from './world.ts';

interface Run {
  started: number;
  pulled: number;
  ended: unknown;
}

function generatorOf(run: Run, chunks: readonly string[], failure?: unknown) {
  return async function* (_message: string): AsyncGenerator<string, void, undefined> {
    run.started += 1;
    try {
      for (const chunk of chunks) {
        run.pulled += 1;
        yield chunk;
      }
      if (failure !== undefined) throw failure;
    } catch (error) {
      run.ended = error;
      throw error;
    } finally {
      run.ended ??= 'finally';
    }
  };
}

const idle = (): Run => ({ started: 0, pulled: 0, ended: undefined });

function streamIn(stage: Stage, chunks: readonly string[], failure?: unknown) {
  const runs = { legacy: idle(), candidate: idle() };
  const { candidate } = runs;
  const run = generatorOf(candidate, chunks, failure);
  const stream = createCutoverStream({
    name: 'chat',
    legacy: generatorOf(runs.legacy, chunks, failure),
    candidate: (_context, text) => run(text),
    identify: (task) => ({ tenant: 'acme', task }),
    fallback: { when: 'never' },
    flags: memoryFlags(stage),
    logger: { warn: () => undefined },
  });
  return { stream, run: servesLegacy(stage) ? runs.legacy : candidate };
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const chunk of stream) got.push(chunk);
  return got;
}

describe.each(stages)('a stream handler in stage %s', (stage) => {
  it('starts nothing before the first next, and pulls no chunk that nobody asked for', async () => {
    const { stream, run } = streamIn(stage, ['a', 'b', 'c']);
    const reply = stream(message);
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.started).toBe(0);
    for (const count of [1, 2, 3]) {
      await reply.next();
      expect(run.pulled).toBe(count);
    }
    expect(await reply.next()).toEqual({ done: true, value: undefined });
  });

  it('starts nothing at all when it is returned before the first next', async () => {
    const { stream, run } = streamIn(stage, ['a']);
    await stream(message).return();
    expect(run.started).toBe(0);
  });

  it('hands return and throw to the generator that runs', async () => {
    const { stream, run } = streamIn(stage, ['a', 'b']);
    const reply = stream(message);
    await reply.next();
    await reply.return();
    expect(run.ended).toBe('finally');
    const other = streamIn(stage, ['a', 'b']);
    const thrown = new Error('consumer');
    const second = other.stream(message);
    await second.next();
    await expect(second.throw(thrown)).rejects.toBe(thrown);
    expect(other.run.ended).toBe(thrown);
  });

  it('rejects with the very error of the generator', async () => {
    const failure = new Error('mid-stream');
    const { stream } = streamIn(stage, ['a'], failure);
    const reply = stream(message);
    expect(await reply.next()).toEqual({ done: false, value: 'a' });
    await expect(reply.next()).rejects.toBe(failure);
  });

  it('gives any chunks in order, cut off anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), fc.nat(12), async (chunks, cut) => {
        const { stream, run } = streamIn(stage, chunks);
        const got: string[] = [];
        for await (const chunk of stream(message)) {
          got.push(chunk);
          if (got.length > cut) break;
        }
        expect(got).toEqual(chunks.slice(0, cut + 1));
        expect(run.pulled).toBe(got.length);
        expect(run.ended).toBe('finally');
      }),
      { numRuns: 100 },
    );
  });
});

describe('a stream handler', () => {
  it('falls back to legacy when the candidate fails before its first chunk, not after it', async () => {
    const early = new Error('early');
    const stream = createCutoverStream({
      name: 'chat',
      legacy: async function* (text: string) {
        yield `legacy: ${text}`;
      },
      candidate: async function* (_context, text) {
        if (text === 'late') yield 'candidate';
        throw early;
      },
      identify: (task) => ({ tenant: 'acme', task }),
      flags: memoryFlags('live'),
      logger: { warn: () => undefined },
    });
    expect(await collect(stream('early'))).toEqual(['legacy: early']);
    const late = stream('late');
    expect((await late.next()).value).toBe('candidate');
    await expect(late.next()).rejects.toBe(early);
    expect(stream.stats().routes.chat).toMatchObject({ fallbacks: 1, failed: { candidate: 1 } });
  });

  it('keeps name, length and types of the generator, and says what it would do', async () => {
    const cutover = createCutover({ flags: memoryFlags('shadow') });
    const stream = cutover.stream({
      name: 'chat',
      async *legacy(id: number, text?: string) {
        yield { id, text };
      },
      async *candidate(_context, id, text) {
        yield { id, text };
      },
      identify: (id) => ({ tenant: `t${id}`, task: 'x' }),
    });
    expectTypeOf(stream).parameters.toEqualTypeOf<[id: number, text?: string | undefined]>();
    expectTypeOf(stream(1)).toEqualTypeOf<
      AsyncGenerator<{ id: number; text: string | undefined }, void, undefined>
    >();
    expect([stream.name, stream.length]).toEqual(['legacy', 2]);
    expect(await stream.decide(7)).toMatchObject({
      tenant: 't7',
      leg: 'legacy',
      mirrors: undefined,
    });
    expect(await collect(stream.run([7, 'x']))).toEqual([{ id: 7, text: 'x' }]);
  });

  it('mirrors a candidate that is declared safe, and compares both texts', async () => {
    const stream = createCutoverStream({
      name: 'chat',
      legacy: async function* (text: string) {
        yield* ['You said ', text];
      },
      candidate: shadowSafe(async function* (_context, text: string) {
        yield* ['You ', 'said ', text];
      }),
      identify: (task) => ({ tenant: 'acme', task }),
      flags: memoryFlags('shadow'),
    });
    const compared = new Promise<CutoverEventOf<'compared'>>((resolve) =>
      stream.on('compared', resolve),
    );
    expect(await collect(stream(message))).toEqual(['You said ', message]);
    const { served, mirrored } = await compared;
    expect(mirrored.sha256).toBe(served.sha256);
  });

  it('refuses options that it cannot use', () => {
    expect(() => createCutoverStream({ name: '' } as never)).toThrow(/createCutoverStream/);
  });
});
