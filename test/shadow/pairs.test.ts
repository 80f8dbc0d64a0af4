import { createHash } from 'node:crypto';
import {
  type CallContext,
  type CutoverHandler,
  type CutoverOptions,
  createCutoverHandler,
  type PairRecord,
  type RouteOptions,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { bytesInUse } from './collect-garbage.ts';
import { collectedPairs } from './collected-pairs.ts';

type Route = RouteOptions<[message: string], Promise<string>>;
type Handler = CutoverHandler<[message: string], Promise<string>>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function chat(stage: Stage, over: Partial<Route & CutoverOptions> = {}): Handler {
  return createCutoverHandler({
    name: 'chat',
    legacy: async (message: string) => `The parcel of ${message} arrives on Monday.`,
    candidate: shadowSafe(async (context: CallContext, message: string) => {
      context.report({
        usage: { inputTokens: 120, outputTokens: 30 },
        recalled: ['patterns/parcels_1'],
        toolCalls: [{ name: 'track', arguments: { id: 7 } }],
      });
      return `The parcel of ${message} arrives on Tuesday.`;
    }),
    identify: (message) => ({ tenant: 'acme', task: message }),
    flags: memoryFlags(stage),
    logger: { warn: () => undefined },
    ...over,
  });
}

const hangs = shadowSafe(
  (_context: CallContext): Promise<string> => new Promise<string>(() => undefined),
);

describe('a pair', () => {
  it('holds metrics and hashes of both legs and what differs, as plain data, though nobody listens', async () => {
    const sink = collectedPairs();
    const handler = chat('shadow', { pairs: sink });
    await handler.run(['Ada'], { requestId: 'r-1' });
    await handler.flush();
    expect(sink.pairs).toEqual([
      {
        kind: 'compare',
        requestId: 'r-1',
        at: expect.any(Number),
        route: 'chat',
        tenant: 'acme',
        stage: 'shadow',
        served: 'legacy',
        legacy: {
          leg: 'legacy',
          ended: 'answered',
          durationMs: expect.any(Number),
          chars: 36,
          sha256: sha256('The parcel of Ada arrives on Monday.'),
        },
        candidate: {
          leg: 'candidate',
          ended: 'answered',
          durationMs: expect.any(Number),
          chars: 37,
          sha256: sha256('The parcel of Ada arrives on Tuesday.'),
          tools: ['track'],
          usage: { inputTokens: 120, outputTokens: 30 },
          recalled: ['patterns/parcels_1'],
        },
        divergence: expect.objectContaining({ verdict: expect.any(String) }),
      },
    ] satisfies unknown[]);
    expect(JSON.parse(JSON.stringify(sink.pairs))).toStrictEqual(sink.pairs);
    expect(sink.misses).toEqual([]);
  });

  it('has legacy’s second run in its place when the candidate was served', async () => {
    const sink = collectedPairs();
    const handler = chat('live', { pairs: sink, legacyShadow: async () => 'again' });
    await handler('Ada');
    await handler.flush();
    expect(sink.pairs).toMatchObject([
      {
        kind: 'compare',
        served: 'candidate',
        legacy: { leg: 'legacy', chars: 5 },
        candidate: { leg: 'candidate', usage: { inputTokens: 120, outputTokens: 30 } },
      },
    ]);
  });

  it('is also made of a candidate that fails, with the name of its error and without the error', async () => {
    const sink = collectedPairs();
    const handler = chat('shadow', {
      pairs: sink,
      candidate: shadowSafe(async () => {
        throw Object.assign(new TypeError('secret'), { code: 'E_MODEL', status: 503 });
      }),
    });
    await handler('Ada');
    await handler.flush();
    expect(sink.pairs[0]).toMatchObject({
      candidate: { ended: 'failed', error: { name: 'TypeError', code: 'E_MODEL', status: 503 } },
      divergence: { verdict: 'worse', decidedBy: 'outcome' },
    });
    expect(sink.pairs[0]?.candidate.error).not.toHaveProperty('cause');
    expect(JSON.parse(JSON.stringify(sink.pairs))).toStrictEqual(sink.pairs);
  });

  it('is also made of a candidate that is late, with what it had told until then', async () => {
    const [sink, clock] = [collectedPairs(), fakeClock()];
    const started = Promise.withResolvers<void>();
    const handler = chat('shadow', {
      pairs: sink,
      clock,
      candidate: shadowSafe((context: CallContext) => {
        context.report({ usage: { inputTokens: 9, outputTokens: 0 } });
        started.resolve();
        return new Promise<string>(() => undefined);
      }),
    });
    await handler('Ada');
    await started.promise;
    await clock.advance(30_000);
    expect(sink.pairs).toMatchObject([
      {
        at: clock.now(),
        candidate: { ended: 'late', durationMs: 30_000, usage: { inputTokens: 9 } },
        divergence: { verdict: 'worse' },
      },
    ]);
    await handler.close({ timeoutMs: 0 });
    expect(sink.misses).toEqual([]);
  });

  it('holds words only where the sink redacts them, and none where that fails', async () => {
    const asked: string[] = [];
    const sink = collectedPairs({
      redactText: (text) => {
        asked.push(text);
        if (text.includes('Eve')) throw new Error('cannot');
        return text.replaceAll('Ada', '[name]');
      },
    });
    const handler = chat('shadow', { pairs: sink });
    const operations: string[] = [];
    handler.on('error', (event) => operations.push(event.operation));
    await handler('Ada');
    await handler('Eve');
    await handler.flush();
    expect(sink.pairs.map(({ text }) => text)).toEqual([
      {
        task: '[name]',
        legacy: 'The parcel of [name] arrives on Monday.',
        candidate: 'The parcel of [name] arrives on Tuesday.',
      },
      undefined,
    ]);
    expect(asked.length).toBeGreaterThan(3);
    expect(operations).toEqual(['pairs']);
  });

  it('keeps no words next to where a text was cut, since a secret that was cut through is not redacted', async () => {
    const sink = collectedPairs({ redactText: (text) => text.replaceAll('ada@example.test', '#') });
    const long = `${'x'.repeat(15_990)} ada@example.test and more`;
    const handler = chat('shadow', {
      pairs: sink,
      legacy: async () => long,
      candidate: shadowSafe(async () => `${'y'.repeat(15_000)} ada@example.test`),
    });
    await handler(long);
    await handler.flush();
    const { task = '', legacy = '', candidate = '' } = sink.pairs[0]?.text ?? {};
    expect(task).toMatch(/^x+$/);
    expect(legacy).toMatch(/^x+$/);
    expect(candidate).toBe(`${'y'.repeat(15_000)} #`);
  });

  it('keeps nothing of a long task but the words that it shows', async () => {
    const sink = collectedPairs({ redactText: (text) => text });
    const handler = chat('shadow', { pairs: sink, legacy: async () => 'Yes.' });
    const before = bytesInUse();
    for (let at = 0; at < 20; at += 1) {
      await handler(`${at} ${'long task '.repeat(100_000)}`);
      await handler.flush();
    }
    expect(bytesInUse() - before).toBeLessThan(10_000_000);
    expect(sink.pairs).toHaveLength(20);
    expect(sink.pairs[0]?.text?.task).toHaveLength(15_744);
  });

  it('changes nothing for users when its sink throws, rejects or is written async: contained, told, and not drained', async () => {
    const boom = new Error('disk full');
    for (const add of [
      () => {
        throw boom;
      },
      async () => {
        throw boom;
      },
    ]) {
      const sink = collectedPairs({ add, missed: add, flush: add, close: add });
      const handler = chat('shadow', { pairs: sink });
      const [operations, compared]: [string[], string[]] = [[], []];
      handler.on('error', ({ operation, error }) => {
        operations.push(`${operation} ${error.cause === boom}`);
      });
      handler.on('compared', ({ requestId }) => compared.push(requestId));
      expect(await handler.run(['Ada'], { requestId: 'r' })).toContain('Monday');
      expect(await handler.flush()).toMatchObject({
        drained: false,
        mirror: { ok: { stored: 1 } },
      });
      expect(await handler.close()).toMatchObject({ drained: false });
      expect(compared).toEqual(['r']);
      expect(new Set(operations)).toEqual(new Set(['pairs true']));
      expect(operations).toHaveLength(3);
    }
  });
});

describe('what has no pair', () => {
  it('is summed up by its reason and told within a second, by a timer that is there only then', async () => {
    const [sink, clock] = [collectedPairs(), fakeClock()];
    const handler = chat('shadow', { pairs: sink, clock, sample: { mirror: 0 } });
    expect(clock.pending).toBe(0);
    for (let call = 0; call < 3; call += 1) await handler('Ada');
    expect([sink.misses, clock.pending]).toEqual([[], 1]);
    await clock.advance(1_000);
    expect(sink.misses).toEqual([
      {
        kind: 'compare',
        at: clock.now(),
        route: 'chat',
        tenant: 'acme',
        stage: 'shadow',
        why: 'sampled',
        count: 3,
      },
    ]);
    expect(clock.pending).toBe(0);
  });

  it('has no timer and is not counted without a sink', async () => {
    const clock = fakeClock();
    const handler = chat('shadow', { clock, sample: { mirror: 0 } });
    await handler('Ada');
    expect(clock.pending).toBe(0);
  });

  it('is named: unsafe, not copyable, no room, killed, closed', async () => {
    const unsafe = collectedPairs();
    const one = chat('shadow', { pairs: unsafe, candidate: async () => 'x' });
    await one('Ada');
    await one.flush();
    expect(unsafe.missedBy()).toEqual({ unsafe: 1 });

    const sink = collectedPairs();
    const handler = chat('shadow', {
      pairs: sink,
      candidate: hangs,
      snapshot: (args) => {
        if (args[0] === 'uncopyable') throw new Error('cannot');
        return args;
      },
      shadow: { mirror: { maxCount: 2, concurrency: 1, tenantShare: 1 } },
    });
    await handler('uncopyable');
    await handler.flush();
    for (let call = 0; call < 5; call += 1) await handler('Ada');
    const closing = handler.close({ timeoutMs: 0 });
    await handler('too late');
    await closing;
    expect(sink.missedBy()).toEqual({ unreadable: 1, count: 3, closed: 1, aborted: 2 });
    await handler('long after');
    expect(sink.missedBy()).toMatchObject({ closed: 1 });
    expect(sink.pairs).toEqual([]);
  });

  it('is late when it waited too long for its turn, and aborted when a kill met it waiting', async () => {
    const [sink, clock] = [collectedPairs(), fakeClock()];
    const handler = chat('shadow', {
      pairs: sink,
      clock,
      candidate: hangs,
      shadow: { mirror: { concurrency: 1, maxAgeMs: 500, deadlineMs: 2_000 } },
    });
    await handler('first');
    await clock.advance(0);
    await handler('second');
    await clock.advance(2_000);
    expect(sink.missedBy()).toEqual({ late: 1 });
    expect(sink.pairs).toMatchObject([{ candidate: { ended: 'late' } }]);

    const killed = collectedPairs();
    const other = chat('shadow', { pairs: killed });
    await other('Ada');
    other.kill();
    await other.close();
    expect(killed.missedBy()).toEqual({ aborted: 1 });
  });

  it('is told by its own reason when a listener offers again in the middle of a drop', async () => {
    const sink = collectedPairs();
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: (message: string) => message,
      candidate: hangs,
      identify: (message) => ({ tenant: 'acme', task: message }),
      flags: memoryFlags('shadow'),
      pairs: sink,
      shadow: { mirror: { maxCount: 1, tenantShare: 1 } },
      logger: { warn: () => undefined },
    });
    let closing: Promise<unknown> | undefined;
    handler.on('dropped', () => {
      if (closing !== undefined) return;
      closing = handler.close({ timeoutMs: 0 });
      void handler('again');
    });
    await handler('first');
    await handler('second');
    await closing;
    expect(sink.missedBy()).toEqual({ aborted: 1, count: 1, closed: 1 });
    expect(handler.stats().mirror.offered).toBe(3);
  });

  it('is handed over in turns of the loop when there are very many tenants, each under its name', async () => {
    const sink = collectedPairs();
    let tenant = 0;
    const handler = chat('shadow', {
      pairs: sink,
      sample: { mirror: 0 },
      identify: (message) => ({ tenant: `t-${tenant++}`, task: message }),
    });
    for (let call = 0; call < 6_000; call += 1) await handler('Ada');
    expect(sink.misses.length).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sink.misses.length).toBe(256);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sink.misses.length).toBe(512);
    await handler.flush();
    expect(new Set(sink.misses.map((missed) => missed.tenant)).size).toBe(6_000);
  });

  it('is bounded between two turns: tenants beyond 10,000 share a sum without a name', async () => {
    const sink = collectedPairs();
    let tenant = 0;
    const handler = chat('shadow', {
      pairs: sink,
      sample: { mirror: 0 },
      identify: (message) => ({ tenant: `t-${tenant++}`, task: message }),
    });
    for (let call = 0; call < 10_050; call += 1) await handler('Ada');
    await handler.flush();
    expect(sink.misses).toHaveLength(10_001);
    expect(sink.misses.at(-1)).toMatchObject({ tenant: '', count: 50 });
  });
});

describe('a sink', () => {
  it('is flushed by flush, and closed once, after everything was told, by close', async () => {
    const sink = collectedPairs();
    const handler = chat('shadow', { pairs: sink, sample: { mirror: 0 } });
    await handler('Ada');
    await handler.flush();
    await handler('Ada');
    await Promise.all([handler.close(), handler.close()]);
    expect(sink.calls).toEqual(['flush', 'close']);
    expect(sink.missedBy()).toEqual({ sampled: 2 });
  });

  it('is flushed at the end when it has no close', async () => {
    const { close: _, ...sink } = collectedPairs();
    const handler = chat('shadow', { pairs: sink });
    await handler.close();
    expect(sink.calls).toEqual(['flush']);
  });

  it('that hangs is not waited for longer than the deadline, nor longer than whoever closes again asks', async () => {
    const clock = fakeClock();
    const never = (): Promise<void> => new Promise(() => undefined);
    const handler = chat('shadow', {
      clock,
      pairs: collectedPairs({ flush: never, close: never }),
    });
    const flushed = handler.flush({ timeoutMs: 50 });
    await clock.advance(50);
    expect(await flushed).toMatchObject({ drained: false });
    const closed = handler.close({ timeoutMs: 10_000 });
    await clock.advance(100);
    void handler.close({ timeoutMs: 20 });
    await clock.advance(20);
    expect(await closed).toMatchObject({ drained: false });
    expect(clock.pending).toBe(0);
  });

  it('is refused when it is none', () => {
    expect(() => chat('shadow', { pairs: { add: () => undefined } as never })).toThrow(
      'pairs must be an object with add() and missed()',
    );
  });
});

describe('legacy against itself', () => {
  const drawn = (over: Partial<Route & CutoverOptions> = {}) => {
    const sink = collectedPairs();
    const seen: string[] = [];
    const handler = chat('shadow', {
      pairs: sink,
      sample: { noise: 1 },
      legacyShadow: async (context, message) => {
        seen.push(`${context.leg} ${context.mirrored} ${message}`);
        context.report({ usage: { inputTokens: 5, outputTokens: 5 } });
        return `The parcel of ${message} comes on Monday.`;
      },
      ...over,
    });
    return { sink, seen, handler };
  };
  const kinds = (pairs: readonly PairRecord[]): string[] => pairs.map(({ kind }) => kind).sort();

  it('is a pair of its own beside the compared one, under the same request', async () => {
    const { sink, seen, handler } = drawn();
    const events: unknown[] = [];
    handler.on('compared', ({ noise, mirrored }) => events.push([noise, mirrored.leg]));
    handler.on('settled', ({ noise, outcome }) => events.push([noise, outcome]));
    await handler.run(['Ada'], { requestId: 'r-1' });
    await handler.flush();
    expect(seen).toEqual(['legacy true Ada']);
    expect(kinds(sink.pairs)).toEqual(['compare', 'noise']);
    expect(sink.pairs.find(({ kind }) => kind === 'noise')).toMatchObject({
      requestId: 'r-1',
      served: 'legacy',
      legacy: { leg: 'legacy', sha256: sha256('The parcel of Ada arrives on Monday.') },
      candidate: {
        leg: 'legacy',
        sha256: sha256('The parcel of Ada comes on Monday.'),
        usage: { inputTokens: 5, outputTokens: 5 },
      },
      divergence: { verdict: 'similar' },
    });
    expect(events).toHaveLength(4);
    expect(events).toEqual(
      expect.arrayContaining([
        [undefined, 'candidate'],
        [true, 'legacy'],
        [undefined, 'stored'],
        [true, 'stored'],
      ]),
    );
    expect(handler.stats().mirror).toMatchObject({ offered: 2, accepted: 2, ok: { stored: 2 } });
  });

  it('is drawn by itself, whatever the mirror’s draw says', async () => {
    const draws = [0.1, 0.9, 0.9, 0.1, 0.9, 0.9, 0.1, 0.1];
    const { sink, handler } = drawn({
      sample: { noise: 0.5, mirror: 0.5 },
      random: () => draws.shift() ?? 1,
    });
    for (let call = 0; call < 4; call += 1) await handler('Ada');
    await handler.flush();
    expect(kinds(sink.pairs)).toEqual(['compare', 'compare', 'noise', 'noise']);
    expect(sink.missedBy()).toEqual({ sampled: 2 });
    expect(sink.missedBy('noise')).toEqual({});
    expect(handler.stats().mirror.offered).toBe(6);
  });

  it('is not run where the candidate serves, where legacy served in its place, or where nothing is mirrored', async () => {
    const { sink, seen, handler } = drawn({ flags: memoryFlags('live') });
    await handler('Ada');
    await handler.flush();
    expect(kinds(sink.pairs)).toEqual(['compare']);
    expect(seen).toHaveLength(1);

    for (const over of [
      { flags: memoryFlags('dualwrite') },
      { candidate: async () => 'not declared safe' },
      {
        flags: memoryFlags('live'),
        candidate: shadowSafe(async () => {
          throw new Error('falls back');
        }),
      },
    ]) {
      const other = drawn(over);
      await other.handler('Ada');
      await other.handler.flush();
      expect(other.seen).toEqual([]);
    }
  });

  it('also answers streams a second time, and counts those that nobody can look into', async () => {
    const sink = collectedPairs();
    const chunks = async function* (...texts: string[]): AsyncGenerator<string> {
      yield* texts;
    };
    const handler = createCutoverHandler({
      name: 'stream',
      legacy: (message: string): AsyncIterable<string> =>
        message === 'odd' ? Object.freeze(chunks('x')) : chunks('one ', message),
      candidate: shadowSafe((_context: CallContext, message: string) => chunks('two ', message)),
      legacyShadow: (_context, message) => chunks('one ', message),
      identify: (message) => ({ tenant: 'acme', task: message }),
      flags: memoryFlags('shadow'),
      sample: { mirror: 0, noise: 1 },
      pairs: sink,
      logger: { warn: () => undefined },
    });
    const told: string[] = [];
    for await (const chunk of await handler('Ada')) told.push(chunk);
    await handler.flush();
    expect(told).toEqual(['one ', 'Ada']);
    expect(sink.pairs).toMatchObject([{ kind: 'noise', divergence: { verdict: 'same' } }]);
    expect(sink.missedBy()).toEqual({ sampled: 1 });
    for await (const _ of await handler('odd'));
    await handler.close();
    expect(sink.missedBy('noise')).toEqual({ unreadable: 1 });
  });

  it('needs a legacyShadow, and a share', () => {
    expect(() => chat('shadow', { sample: { noise: 0.1 } })).toThrow(
      'sample.noise needs legacyShadow',
    );
    expect(() => chat('shadow', { sample: { noise: 2 }, legacyShadow: async () => 1 })).toThrow(
      'sample.noise must be a number from 0 to 1, not 2',
    );
    expect(() => chat('shadow', { sample: { noise: 0 } })).not.toThrow();
  });
});
