import {
  type CallContext,
  type ComparedPair,
  type CompareOptions,
  type CutoverEventOf,
  type CutoverHandler,
  type CutoverOptions,
  createCutoverHandler,
  type RouteOptions,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';

type Route = RouteOptions<[message: string], Promise<string>>;

type Hanging = (what: unknown, init: { readonly signal: AbortSignal }) => Promise<never>;

function mirrored(
  stage: Stage,
  over: Partial<Route & CutoverOptions> = {},
): {
  handler: CutoverHandler<[message: string], Promise<string>>;
  events: CutoverEventOf<'compared'>[];
} {
  const handler = createCutoverHandler({
    name: 'chat',
    legacy: async (_message: string) => 'The parcel is on its way to you.',
    candidate: shadowSafe(
      async (_context: CallContext, _message: string) => 'The parcel is on its way to them.',
    ),
    identify: (message: string) => ({ tenant: 'acme', task: message }),
    flags: memoryFlags(stage),
    logger: { warn: () => undefined },
    ...over,
  });
  const events: CutoverEventOf<'compared'>[] = [];
  handler.on('compared', (event) => events.push(event));
  return { handler, events };
}

describe('a compared event', () => {
  it('says what differs, and holds no text', async () => {
    const { handler, events } = mirrored('shadow');
    await handler('Where is it?');
    await handler.flush();
    expect(events[0]?.divergence).toMatchObject({ verdict: 'similar', decidedBy: 'lexical' });
    expect(JSON.stringify(events)).not.toContain('parcel');
    expect(JSON.stringify(events)).not.toContain('Where');
  });

  it.each<[string, () => unknown]>([
    ['a Response without a byte', () => new Response('')],
    ['a Response of JSON', () => Response.json({ reply: '' })],
    ['a stream without a chunk', () => ReadableStream.from([])],
    ['a stream of empty chunks', () => ReadableStream.from(['', ''])],
    ['an iterable without a value', async function* () {}],
    ['undefined', () => undefined],
    ['null', () => null],
  ])('calls an answer of nothing worse, also %s', async (_, nothing) => {
    const { handler, events } = mirrored('shadow', {
      candidate: shadowSafe(async () => nothing() as string),
    });
    await handler('Where is it?');
    await handler.flush();
    expect(events[0]?.divergence).toMatchObject({ verdict: 'worse', decidedBy: 'length' });
  });

  it('speaks of the candidate whichever leg was served', async () => {
    const long = `${'It will take a while until it is here, I am afraid. '.repeat(5)}`;
    const candidate = shadowSafe(async () => `The parcel is on its way. ${long}`);
    for (const stage of ['shadow', 'live'] as const) {
      const legacyShadow = async () => 'The parcel is on its way.';
      const { handler, events } = mirrored(stage, {
        candidate,
        legacy: legacyShadow,
        legacyShadow,
      });
      await handler('Where is it?');
      await handler.flush();
      expect(events[0]?.divergence, stage).toMatchObject({ notes: ['longer'] });
    }
  });

  it('counts a candidate that is late as worse, at its deadline', async () => {
    const clock = fakeClock();
    const started = Promise.withResolvers<void>();
    const { handler, events } = mirrored('shadow', {
      clock,
      candidate: shadowSafe(() => {
        started.resolve();
        return new Promise<string>(() => undefined);
      }),
    });
    await handler('Where is it?');
    await started.promise;
    await clock.advance(30_000);
    expect(events[0]?.divergence).toMatchObject({ verdict: 'worse', notes: ['candidate-late'] });
  });

  it.each([
    {
      late: 'the judge',
      options: (judge: Hanging) => ({ judge }),
      unheard: [{ layer: 'judge', notes: ['judge-late'], ms: 30_000 }],
    },
    {
      late: 'embed',
      options: (judge: Hanging) => ({ judge, embed: judge }),
      unheard: [
        { layer: 'embedding', notes: ['layer-late'], ms: 30_000 },
        { layer: 'judge', notes: ['judge-late'], ms: 0 },
      ],
    },
    {
      late: 'a layer of the app',
      options: (ask: Hanging) => ({
        layers: [{ name: 'own', look: (pair: ComparedPair) => ask(pair.task, pair) }],
      }),
      unheard: [{ layer: 'own', notes: ['layer-late'], ms: 30_000 }],
    },
  ])('says what the other layers have found when $late does not answer in time', async (given) => {
    const clock = fakeClock();
    const asked = Promise.withResolvers<AbortSignal>();
    const hangs: Hanging = (_, { signal }) => {
      asked.resolve(signal);
      return new Promise(() => undefined);
    };
    const compare: CompareOptions = given.options(hangs);
    const { handler, events } = mirrored('shadow', { clock, compare });
    await handler('Where is it?');
    const signal = await asked.promise;
    await clock.advance(30_000);
    expect(signal.aborted).toBe(true);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      mirrored: { status: 'fulfilled' },
      divergence: { verdict: 'similar', decidedBy: 'lexical' },
    });
    const unheard = given.unheard.map((one) => ({ ...one, say: 'none' }));
    expect(events[0]?.divergence?.layers.slice(-unheard.length)).toEqual(unheard);
    const { accepted, timedOut, ok, pending } = handler.stats().mirror;
    expect({ accepted, timedOut, ok, pending }).toEqual({
      accepted: 1,
      timedOut: 1,
      ok: { stored: 0, deduplicated: 0 },
      pending: 0,
    });
  });

  it('asks no judge any more once it is told', async () => {
    const clock = fakeClock();
    const asked = Promise.withResolvers<void>();
    const vectors = Promise.withResolvers<number[][]>();
    const questions: unknown[] = [];
    const { handler, events } = mirrored('shadow', {
      clock,
      compare: {
        embed: () => {
          asked.resolve();
          return vectors.promise;
        },
        judge: (question) => {
          questions.push(question);
          return 'tie';
        },
      },
    });
    await handler('Where is it?');
    await asked.promise;
    await clock.advance(30_000);
    vectors.resolve([[1], [1]]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(questions).toEqual([]);
    expect(events).toHaveLength(1);
  });

  it('takes equal texts for equal though a layer of the app does not answer about them', async () => {
    const clock = fakeClock();
    const asked = Promise.withResolvers<void>();
    const look = () => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    };
    const { handler, events } = mirrored('shadow', {
      clock,
      candidate: shadowSafe(async () => 'The parcel is on its way to you.'),
      compare: { layers: [{ name: 'own', look }], judge: () => 'tie' },
    });
    await handler('Where is it?');
    await asked.promise;
    await clock.advance(30_000);
    expect(events[0]?.divergence).toMatchObject({ verdict: 'same', notes: ['layer-late'] });
    expect(events[0]?.divergence?.layers.at(-1)).toEqual({ layer: 'judge', say: 'same', ms: 0 });
  });

  it('has none where a reply could not be read', async () => {
    const { handler, events } = mirrored('shadow', { view: () => undefined });
    await handler('Where is it?');
    await handler.flush();
    expect(events).toHaveLength(1);
    expect(events[0]).not.toHaveProperty('divergence');
  });

  it('hands the judge the task and both texts', async () => {
    const questions: unknown[] = [];
    const judge = (question: unknown) => {
      questions.push(question);
      return 'tie' as const;
    };
    const { handler, events } = mirrored('shadow', { compare: { judge } });
    await handler('Where is it?');
    await handler.flush();
    const [to, them] = ['The parcel is on its way to you.', 'The parcel is on its way to them.'];
    expect(questions).toEqual([
      { task: 'Where is it?', first: them, second: to },
      { task: 'Where is it?', first: to, second: them },
    ]);
    expect(events[0]?.divergence?.decidedBy).toBe('judge');
  });

  it.each([
    [
      'has thrown',
      () => {
        throw new Error('secret');
      },
    ],
    [
      'has said what throws at a look',
      () => ({
        say: 'worse' as const,
        get notes(): string[] {
          throw new Error('secret');
        },
      }),
    ],
  ])('is followed by an error event when a layer %s', async (_what, look) => {
    const { handler, events } = mirrored('shadow', {
      compare: { layers: [{ name: 'own', look }] },
    });
    const errors: CutoverEventOf<'error'>[] = [];
    handler.on('error', (event) => errors.push(event));
    await handler('Where is it?');
    await handler.flush();
    expect(errors).toMatchObject([{ operation: 'compare', route: 'chat' }]);
    expect(events[0]?.divergence?.notes).toContain('layer-failed');
  });
});

describe('what is kept for a comparison', () => {
  it('is charged to the lane', async () => {
    const end = Promise.withResolvers<string>();
    const { handler, events } = mirrored('shadow', {
      legacy: async () => 'a word '.repeat(2_000),
      candidate: shadowSafe(() => end.promise),
      shadow: { mirror: { concurrency: 1 } },
    });
    const started = Array.from({ length: 3 }, () => handler('Where is it?'));
    await Promise.all(started);
    // Fails by time when they are charged for less.
    while (handler.stats().mirror.bytes < 3 * 28_000) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(events).toEqual([]);
    end.resolve('a word');
    await handler.flush();
    expect(events).toHaveLength(3);
    expect(handler.stats().mirror.bytes).toBe(0);
  });

  it('is nothing when nobody listens', async () => {
    const looks: string[] = [];
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (_message: string) => 'one',
      candidate: shadowSafe(async (_context: CallContext, _message: string) => 'two'),
      identify: (message: string) => ({ tenant: 'acme', task: message }),
      flags: memoryFlags('shadow'),
      compare: { ignore: (text) => `${text}${looks.push(text)}` },
    });
    await handler('Where is it?');
    await handler.flush();
    expect(looks).toEqual([]);
  });
});
