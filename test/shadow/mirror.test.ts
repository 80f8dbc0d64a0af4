import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import {
  type CallContext,
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

type Route = RouteOptions<[input: { message: string }], Promise<string>>;
type Handler = CutoverHandler<[input: { message: string }], Promise<string>>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function mirrored(stage: Stage, over: Partial<Route & CutoverOptions> = {}): Handler {
  return createCutoverHandler({
    name: 'chat',
    legacy: async ({ message }: { message: string }) => `legacy: ${message}`,
    candidate: shadowSafe(
      async (_context: CallContext, { message }) => `candidate says: ${message}`,
    ),
    identify: ({ message }) => ({ tenant: 'acme', task: message }),
    flags: memoryFlags(stage),
    logger: { warn: () => undefined },
    ...over,
  });
}

function comparisons(handler: Handler): CutoverEventOf<'compared'>[] {
  const events: CutoverEventOf<'compared'>[] = [];
  handler.on('compared', (event) => events.push(event));
  return events;
}

describe('a mirror', () => {
  it('runs the candidate in the shadow but always returns legacy’s reply, and tells of both in metrics', async () => {
    const handler = mirrored('shadow');
    const events = comparisons(handler);
    expect(await handler({ message: 'hi' })).toBe('legacy: hi');
    expect((await handler.flush()).mirror).toMatchObject({ ok: { stored: 1 }, pending: 0 });
    expect(events).toEqual([
      {
        type: 'compared',
        route: 'chat',
        requestId: expect.any(String),
        tenant: 'acme',
        stage: 'shadow',
        served: {
          leg: 'legacy',
          status: 'fulfilled',
          durationMs: expect.any(Number),
          chars: 10,
          sha256: sha256('legacy: hi'),
        },
        mirrored: {
          leg: 'candidate',
          status: 'fulfilled',
          durationMs: expect.any(Number),
          chars: 18,
          sha256: sha256('candidate says: hi'),
        },
        divergence: expect.objectContaining({ verdict: 'similar', decidedBy: 'lexical' }),
      },
    ]);
  });

  it('runs legacyShadow behind a served candidate, and nothing where there is none', async () => {
    const seen: string[] = [];
    const handler = mirrored('live', {
      legacyShadow: async (context, { message }) => {
        seen.push(`${context.leg} ${context.mirrored} ${message}`);
        return 'again';
      },
    });
    const events = comparisons(handler);
    expect(await handler({ message: 'hi' })).toBe('candidate says: hi');
    await handler.flush();
    expect(seen).toEqual(['legacy true hi']);
    expect(events[0]).toMatchObject({ served: { leg: 'candidate' }, mirrored: { leg: 'legacy' } });

    const without = mirrored('live');
    await without({ message: 'hi' });
    expect((await without.flush()).mirror.offered).toBe(0);
  });

  it('is not run for a candidate that nobody vouched for: counted unsafe, warned once', async () => {
    const warnings: string[] = [];
    let runs = 0;
    const handler = mirrored('shadow', {
      candidate: async () => {
        runs += 1;
        return 'x';
      },
      logger: { warn: (message) => void warnings.push(message) },
    });
    for (let call = 0; call < 3; call += 1) await handler({ message: 'hi' });
    expect((await handler.flush()).mirror.offered).toBe(0);
    expect(handler.stats().mirror).toMatchObject({
      offered: 3,
      accepted: 0,
      skipped: { unsafe: 3 },
    });
    expect(runs).toBe(0);
    expect(warnings).toEqual([expect.stringContaining('shadowSafe()')]);
  });

  it('takes the share of the calls that was asked for', async () => {
    let next = 0;
    const handler = mirrored('shadow', {
      sample: { mirror: 0.25 },
      random: () => (next++ % 4) / 4,
    });
    for (let call = 0; call < 8; call += 1) await handler({ message: 'hi' });
    await handler.flush();
    expect(handler.stats().mirror).toMatchObject({
      offered: 8,
      skipped: { sampled: 6 },
      ok: { stored: 2 },
    });
  });

  it('works on a copy of the arguments', async () => {
    const inputs: unknown[] = [];
    const input = { message: 'hi' };
    const handler = mirrored('shadow', {
      candidate: shadowSafe(async (_context: CallContext, given) => {
        inputs.push(given);
        given.message = 'changed by the mirror';
        return 'x';
      }),
    });
    await handler(input);
    await handler.flush();
    expect(inputs).toHaveLength(1);
    expect(inputs[0]).not.toBe(input);
    expect(input.message).toBe('hi');
  });

  it('is skipped and counted when the arguments cannot be copied', async () => {
    const handler = mirrored('shadow');
    const operations: string[] = [];
    handler.on('error', (event) => operations.push(event.operation));
    expect(await handler({ message: 'hi', run: () => 1 } as { message: string })).toBe(
      'legacy: hi',
    );
    await handler.flush();
    expect(handler.stats().mirror).toMatchObject({ offered: 1, skipped: { unreadable: 1 } });
    expect(operations).toEqual(['snapshot']);
  });

  it('that fails is a finding: rejected, with the name of its error', async () => {
    const boom = Object.assign(new TypeError('secret text'), { code: 'E_MODEL' });
    const handler = mirrored('shadow', {
      candidate: shadowSafe(() => {
        throw boom;
      }),
    });
    const events = comparisons(handler);
    await handler({ message: 'hi' });
    await handler.flush();
    expect(events[0]?.mirrored).toMatchObject({
      status: 'rejected',
      error: { name: 'TypeError', code: 'E_MODEL' },
    });
    expect(events[0]?.mirrored.error?.cause).toBe(boom);
    expect(JSON.stringify(events)).not.toContain('secret text');
  });

  it('is aborted at the lane’s deadline, and counts as late and worse', async () => {
    const clock = fakeClock();
    const started = Promise.withResolvers<AbortSignal>();
    const handler = mirrored('shadow', {
      clock,
      candidate: shadowSafe((context: CallContext) => {
        started.resolve(context.signal);
        return new Promise<string>(() => undefined);
      }),
    });
    const events = comparisons(handler);
    await handler({ message: 'hi' });
    const signal = await started.promise;
    await clock.advance(30_000);
    expect(signal.aborted).toBe(true);
    expect(handler.stats().mirror).toMatchObject({ timedOut: 1, pending: 0 });
    expect(events[0]?.mirrored).toMatchObject({
      status: 'rejected',
      error: { code: 'ERR_CUTOVER_DEADLINE' },
    });
  });

  it('that answered in time and is compared for too long is told once, with what the layers had found until then', async () => {
    const clock = fakeClock();
    const asked = Promise.withResolvers<void>();
    const said = Promise.withResolvers<{ say: 'worse' }>();
    const look = () => {
      asked.resolve();
      return said.promise;
    };
    const handler = mirrored('shadow', { clock, compare: { layers: [{ name: 'slow', look }] } });
    const events = comparisons(handler);
    await handler({ message: 'hi' });
    await asked.promise;
    await clock.advance(30_000);
    expect(handler.stats().mirror).toMatchObject({ timedOut: 1, pending: 0 });
    said.resolve({ say: 'worse' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toMatchObject([{ mirrored: { status: 'fulfilled' } }]);
    expect(events[0]?.divergence?.verdict).not.toBe('worse');
    expect(events[0]?.divergence?.notes).toContain('layer-late');
  });

  it('is not aborted with the caller', async () => {
    const caller = new AbortController();
    const started = Promise.withResolvers<AbortSignal>();
    const end = Promise.withResolvers<string>();
    const handler = mirrored('shadow', {
      candidate: shadowSafe((context: CallContext) => {
        started.resolve(context.signal);
        return end.promise;
      }),
    });
    await handler.run([{ message: 'hi' }], { signal: caller.signal });
    const signal = await started.promise;
    caller.abort();
    expect(signal.aborted).toBe(false);
    end.resolve('done');
    expect((await handler.flush()).mirror.ok.stored).toBe(1);
  });

  it('cannot commit: it must not act', async () => {
    const handler = mirrored('shadow', {
      candidate: shadowSafe(async (context: CallContext) => {
        context.commit();
        return 'acted';
      }),
    });
    const events = comparisons(handler);
    await handler({ message: 'hi' });
    await handler.flush();
    expect(events[0]?.mirrored).toMatchObject({
      status: 'rejected',
      error: { code: 'ERR_CUTOVER_SUPERSEDED' },
    });
  });

  it('is also run when legacy failed, so that the pair is known', async () => {
    const handler = mirrored('shadow', {
      legacy: async () => {
        throw new Error('legacy');
      },
    });
    const events = comparisons(handler);
    await expect(handler({ message: 'hi' })).rejects.toThrow('legacy');
    await handler.flush();
    expect(events[0]).toMatchObject({
      served: { status: 'rejected' },
      mirrored: { status: 'fulfilled' },
    });
  });

  it('starts only after the caller has its reply', async () => {
    const order: string[] = [];
    const handler = mirrored('shadow', {
      candidate: shadowSafe(async () => {
        order.push('mirror');
        return 'x';
      }),
    });
    await handler({ message: 'hi' });
    order.push('reply');
    await handler.flush();
    expect(order).toEqual(['reply', 'mirror']);
  });

  it('sees the AsyncLocalStorage of the call that offered it', async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const handler = mirrored('shadow', {
      candidate: shadowSafe(async (_context: CallContext, { message }) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`${message} in ${store.getStore()}`);
        return 'x';
      }),
    });
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
        store.run(name, () => handler({ message: name })),
      ),
    );
    await handler.flush();
    expect(seen.toSorted()).toEqual(['a in a', 'b in b', 'c in c', 'd in d', 'e in e', 'f in f']);
  });

  it('tells what a candidate reported of its tools, in both legs', async () => {
    const handler = mirrored('shadow', {
      candidate: shadowSafe(async (context: CallContext) => {
        context.report({ toolCalls: [{ name: 'search', arguments: { q: 'private' } }] });
        return 'x';
      }),
    });
    const events = comparisons(handler);
    await handler({ message: 'hi' });
    await handler.flush();
    expect(events[0]?.mirrored.tools).toEqual(['search']);
    expect(JSON.stringify(events)).not.toContain('private');
  });

  it('is charged what its copies retain, and is dropped where they have no room', async () => {
    const history = Array.from({ length: 50 }, () => ({ role: 'user', text: 'x'.repeat(1000) }));
    const handler = mirrored('shadow', {
      candidate: shadowSafe(() => new Promise<string>(() => undefined)),
      shadow: { mirror: { maxBytes: 1024 * 1024, tenantShare: 1 } },
    });
    for (let call = 0; call < 40; call += 1) {
      await handler({ message: 'hi', history } as { message: string });
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { bytes, dropped, pending } = handler.stats().mirror;
    // 100,000 bytes of text a copy: ten of them fill a lane of one MiB.
    expect(pending).toBeLessThanOrEqual(10);
    expect(dropped.bytes).toBe(40 - pending);
    expect(bytes).toBeGreaterThan(pending * 100_000);
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    await handler.close({ timeoutMs: 1 });
  });
});
