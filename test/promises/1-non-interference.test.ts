import {
  type CutoverOptions,
  createCutoverHandler,
  createEngramiaClient,
  oneScope,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Answer = { kind: 'value' | 'throw' | 'reject' | 'promise'; payload: unknown };

const fails = (): never => {
  throw new Error('a plug-in that fails');
};
const hangs = (): Promise<never> => new Promise(() => undefined);

/** Where pairs go while users are served. */
const sinks: Record<string, Partial<CutoverOptions>> = {
  nowhere: {},
  keeps: { pairs: { add: () => undefined, missed: () => undefined, redactText: (text) => text } },
  fails: { pairs: { add: fails, missed: fails, redactText: fails, flush: fails, close: fails } },
  hangs: { pairs: { add: hangs, missed: hangs, flush: hangs, close: hangs } },
};

/** What Engramia does while users are served. */
const services: Record<string, () => Promise<Response>> = {
  answers: async () => Response.json({ stored: true, pattern_count: 1 }),
  breaks: async () => new Response('Internal Server Error', { status: 500 }),
  refuses: () => Promise.reject(new TypeError('fetch failed')),
  hangs: () => new Promise(() => undefined),
};

function give(answer: Answer): unknown {
  if (answer.kind === 'throw') throw answer.payload;
  if (answer.kind === 'reject') return Promise.reject(answer.payload);
  return answer.kind === 'promise' ? Promise.resolve(answer.payload) : answer.payload;
}

const silent = { warn: () => undefined };

function wrapped(
  stage: Stage,
  leg: Answer,
  mirror: Answer,
  service: keyof typeof services,
  over: Partial<CutoverOptions> = {},
) {
  const servedByLegacy = stage === 'off' || stage === 'dualwrite' || stage === 'shadow';
  return createCutoverHandler({
    name: 'chat',
    legacy: (_message: string) => give(servedByLegacy ? leg : mirror),
    candidate: shadowSafe(() => give(servedByLegacy ? mirror : leg)),
    legacyShadow: () => give(mirror),
    sample: { noise: 0.5 },
    identify: (message) => ({ tenant: 'acme', task: message }),
    fallback: { when: 'never' },
    view: () => {
      throw new Error('a view that fails');
    },
    flags: memoryFlags(stage),
    engramia: oneScope(
      createEngramiaClient({
        baseUrl: 'https://engramia.test',
        apiKey: 'key',
        fetch: services[service] as () => Promise<Response>,
      }),
    ),
    logger: silent,
    ...over,
  });
}

const answers = fc.record<Answer>({
  kind: fc.constantFrom('value', 'throw', 'reject', 'promise'),
  payload: fc.oneof(
    fc.string(),
    fc.constant(undefined),
    fc.constant(null),
    fc.object(),
    fc.constant(new Error('mine')),
  ),
});

describe('Promise 1 (non-interference)', () => {
  it('gives the caller the very value or error of the leg, whatever the shadow does', async () => {
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Stage>('off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'),
        answers,
        answers,
        fc.constantFrom(...Object.keys(services)),
        fc.constantFrom(...Object.keys(sinks)),
        fc.constantFrom('roomy', 'full', 'broke', 'broken'),
        async (stage, leg, mirror, service, sink, lanes) => {
          cases += 1;
          const handler = wrapped(stage, leg, mirror, service, {
            ...sinks[sink],
            shadow: {
              ...(lanes === 'full' && { learn: { maxCount: 1 }, mirror: { maxCount: 1 } }),
              ...(lanes === 'broke' && { budget: { runsPerMinute: 1 } }),
              ...(lanes === 'broken' && { budget: { take: fails, spend: fails, release: fails } }),
            },
          });
          for (let call = 0; call < 3; call += 1) {
            const [bare] = await Promise.allSettled([(async () => give(leg))()]);
            const [got] = await Promise.allSettled([handler('a message that is long enough')]);
            expect(got.status).toBe(bare.status);
            if (got.status === 'fulfilled') expect(got.value).toBe(leg.payload);
            else expect(got.reason).toBe(leg.payload);
          }
          await handler.close({ timeoutMs: 1 });
        },
      ),
      { numRuns: 400 },
    );
    expect(cases).toBeGreaterThanOrEqual(400);
  });

  it('reads, cuts, copies and compares nothing before the caller has its reply', async () => {
    const early: string[] = [];
    let handedOver = false;
    const note = (what: string): void => {
      if (!handedOver) early.push(what);
    };
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (input: { message: string }) => ({ text: `legacy: ${input.message}` }),
      candidate: shadowSafe(async () => {
        note('candidate');
        return { text: 'candidate' };
      }),
      identify: ({ message }) => ({ tenant: 'acme', task: message }),
      view: (reply) => {
        note('view');
        return reply;
      },
      snapshot: (args) => {
        note('snapshot');
        return args;
      },
      learn: {
        filter: () => {
          note('filter');
          return true;
        },
        redact: (text) => {
          note('redact');
          return text;
        },
        runId: () => {
          note('runId');
          return 'run';
        },
      },
      legacyShadow: async () => {
        note('legacyShadow');
        return 'again';
      },
      sample: { noise: 1 },
      pairs: {
        add: () => note('add'),
        missed: () => note('missed'),
        redactText: (text) => {
          note('redactText');
          return text;
        },
      },
      shadow: { budget: { take: () => note('take') as undefined, spend: () => note('spend') } },
      flags: memoryFlags('shadow'),
      engramia: oneScope(
        createEngramiaClient({
          baseUrl: 'https://engramia.test',
          apiKey: 'key',
          fetch: async () => {
            note('fetch');
            return Response.json({ stored: true, pattern_count: 1 });
          },
        }),
      ),
    });
    const compared = new Promise((resolve) => handler.on('compared', resolve));
    await handler({ message: 'a message that is long enough' });
    handedOver = true;
    await compared;
    await handler.flush();
    expect(early).toEqual([]);
    expect(handler.stats()).toMatchObject({
      learn: { ok: { stored: 1 } },
      mirror: { ok: { stored: 2 } },
    });
  });

  it('goes on serving after close, and offers nothing more', async () => {
    const handler = wrapped(
      'dualwrite',
      { kind: 'promise', payload: 'reply' },
      { kind: 'value', payload: 'x' },
      'answers',
    );
    await handler.close();
    expect(await handler('a message that is long enough')).toBe('reply');
    const { learn } = handler.stats();
    expect(learn.dropped.closed).toBe(1);
    expect(learn.accepted).toBe(0);
  });

  it('keeps the order in which concurrent calls settle', async () => {
    const gates = Array.from({ length: 6 }, () => Promise.withResolvers<string>());
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: (index: number) => gates[index]?.promise,
      candidate: () => 'x',
      identify: (index) => ({ tenant: `tenant-${index % 2}`, task: 'a task long enough' }),
      flags: memoryFlags('dualwrite'),
    });
    const order: number[] = [];
    const calls = gates.map((_gate, index) => handler(index).then(() => order.push(index)));
    for (const index of [3, 0, 5, 1, 4, 2]) gates[index]?.resolve('done');
    await Promise.all(calls);
    expect(order).toEqual([3, 0, 5, 1, 4, 2]);
  });
});
