import { type CutoverOptions, createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it, type Mock, vi } from 'vitest';
import { HeldTasks } from '../../../src/router/offer/background.ts';
import { bytesInUse } from '../../shadow/collect-garbage.ts';
import { gatedEngramia } from '../gated-engramia.ts';
import { chat, nextTurn } from '../world.ts';

const message = 'a message that is long enough';
const background = (
  mode: 'waitUntil' | 'await',
  more: Partial<NonNullable<CutoverOptions['background']>> = {},
) => ({ background: { mode, ...more } });

describe('background work', () => {
  it('is handed to waitUntil as a promise that settles with the last task of the call', async () => {
    const { engramia, open, asked } = gatedEngramia();
    const promises: Promise<unknown>[] = [];
    const { handler } = chat('dualwrite', {
      engramia,
      ...background('waitUntil', { waitUntil: (promise) => void promises.push(promise) }),
    });
    expect(await handler('u', message)).toBe(`legacy: ${message}`);
    expect(promises).toHaveLength(1);
    let settled = false;
    void promises[0]?.then(() => {
      settled = true;
    });
    await asked;
    await nextTurn();
    expect(settled).toBe(false);
    open();
    await promises[0];
    expect(handler.stats().learn.ok.stored).toBe(1);
  });

  it('lets go of the request while the platform waits for what is learned of it', async () => {
    const { engramia, open, asked } = gatedEngramia();
    const promises: Promise<unknown>[] = [];
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async (request: { text: string }) => `legacy: ${request.text}`,
      candidate: async () => 'candidate',
      identify: ({ text }) => ({ tenant: 'acme', task: text }),
      flags: memoryFlags('dualwrite'),
      engramia,
      ...background('waitUntil', { waitUntil: (promise) => void promises.push(promise) }),
    });
    const ask = async (): Promise<WeakRef<object>> => {
      const request = { text: message };
      await handler(request);
      return new WeakRef(request);
    };
    const request = await ask();
    await asked;
    // In a turn of its own, as what a turn has looked at is kept to its end.
    await nextTurn();
    bytesInUse();
    expect(request.deref()).toBeUndefined();
    open();
    await Promise.all(promises);
    expect(handler.stats().learn.ok.stored).toBe(1);
  });

  it('asks nobody to wait where nothing of the call is left to do', async () => {
    const waitUntil = vi.fn();
    const own = { candidate: shadowSafe(async () => 'x'), sample: { mirror: 0 } };
    const platform = chat('shadow', { ...own, ...background('waitUntil', { waitUntil }) });
    await platform.handler('u', message);
    expect(platform.handler.stats().mirror.skipped.sampled).toBe(1);
    expect(waitUntil).not.toHaveBeenCalled();
    const without = chat('shadow', { ...own, ...background('waitUntil') });
    await without.handler('u', message);
    expect(without.warnings).toEqual([]);
  });

  it('keeps the process alive for a caller who waits for it', async () => {
    const { engramia, open, asked } = gatedEngramia();
    const clock = fakeClock();
    const timers: { ms: number; ref: Mock }[] = [];
    const { handler } = chat('dualwrite', {
      engramia,
      ...background('await', { deadlineMs: 1_234 }),
      clock: {
        ...clock,
        setTimeout: (run, ms) => {
          const timer = Object.assign({ own: clock.setTimeout(run, ms) }, { ms, ref: vi.fn() });
          timers.push(timer);
          return timer;
        },
        clearTimeout: (timer) => clock.clearTimeout((timer as { own: unknown } | undefined)?.own),
      },
    });
    const reply = handler('u', message);
    await asked;
    expect(timers.filter(({ ref }) => ref.mock.calls.length > 0)).toMatchObject([{ ms: 1_234 }]);
    open();
    expect(await reply).toBe(`legacy: ${message}`);
  });

  it('prefers the call’s own waitUntil', async () => {
    const { engramia, open } = gatedEngramia();
    const own: Promise<unknown>[] = [];
    const { handler } = chat('dualwrite', {
      engramia,
      ...background('waitUntil', {
        waitUntil: () => {
          throw new Error('the wrong one');
        },
      }),
    });
    await handler.run(['u', message], { waitUntil: (promise) => void own.push(promise) });
    open();
    await Promise.all(own);
    expect(own).toHaveLength(1);
  });

  it('that nobody can be handed is told of once, with what to do about it', async () => {
    const warned: string[] = [];
    const { handler } = chat('dualwrite', {
      engramia: gatedEngramia().engramia,
      logger: { warn: (line) => void warned.push(line) },
      ...background('waitUntil'),
    });
    await handler.run(['u', message], { waitUntil: () => undefined });
    expect(warned).toEqual([]);
    expect(await handler('u', message)).toBe(`legacy: ${message}`);
    await handler('u', message);
    expect(warned).toEqual([expect.stringMatching(/waitUntil.*give background\.waitUntil\.$/)]);
    await handler.close({ timeoutMs: 0 });
  });

  it('that has nothing to do is not handed over', async () => {
    let handed = 0;
    const { handler } = chat('off', {
      ...background('waitUntil', {
        waitUntil: () => {
          handed += 1;
        },
      }),
    });
    await handler('u', message);
    expect(handed).toBe(0);
  });

  it('survives a platform whose waitUntil throws', async () => {
    const { engramia, open } = gatedEngramia();
    const { handler } = chat('dualwrite', {
      engramia,
      ...background('waitUntil', {
        waitUntil: () => {
          throw new Error('frozen');
        },
      }),
    });
    const operations: string[] = [];
    handler.on('error', (event) => operations.push(event.operation));
    expect(await handler('u', message)).toBe(`legacy: ${message}`);
    open();
    await handler.flush();
    expect(operations).toEqual(['waitUntil']);
  });

  it.each(['dualwrite', 'shadow', 'live'] as const)(
    'is awaited before the reply in mode await, in stage %s',
    async (stage) => {
      const { engramia, open, asked } = gatedEngramia();
      const { handler } = chat(stage, {
        engramia,
        candidate: shadowSafe(async () => 'candidate'),
        ...background('await'),
      });
      let replied = false;
      const reply = handler('u', message).then((value) => {
        replied = true;
        return value;
      });
      await asked;
      await nextTurn();
      expect(replied).toBe(false);
      open();
      await reply;
      const { learn, mirror } = handler.stats();
      expect(learn).toMatchObject({ ok: { stored: 1 }, pending: 0 });
      expect(mirror.pending).toBe(0);
    },
  );

  it('is awaited for as long as the deadline says, and no longer', async () => {
    const clock = fakeClock();
    const { engramia, asked } = gatedEngramia();
    const { handler } = chat('dualwrite', {
      engramia,
      clock,
      ...background('await', { deadlineMs: () => 500 }),
    });
    const reply = handler('u', message);
    await asked;
    await clock.advance(500);
    expect(await reply).toBe(`legacy: ${message}`);
    expect(handler.stats().learn.pending).toBe(1);
  });

  it.each<[string, () => number]>([
    [
      'throws',
      () => {
        throw new Error('no platform');
      },
    ],
    ['gives no number', () => Number.NaN],
    ['gives a promise', (async () => 5) as unknown as () => number],
  ])('is awaited by default when the deadline’s function %s', async (_how, deadlineMs) => {
    for (const stage of ['dualwrite', 'live'] as const) {
      const { engramia, open } = gatedEngramia();
      const { handler } = chat(stage, { engramia, ...background('await', { deadlineMs }) });
      const reply = handler('u', message);
      open();
      expect(await reply).toContain(message);
      expect(handler.stats().learn.ok.stored).toBe(1);
    }
  });

  it('does not change the error that the user gets in mode await', async () => {
    const boom = new Error('legacy');
    const { handler } = chat('shadow', {
      legacy: async () => {
        throw boom;
      },
      candidate: shadowSafe(async () => 'candidate'),
      ...background('await'),
    });
    await expect(handler('u', message)).rejects.toBe(boom);
    expect(handler.stats().mirror.ok.stored).toBe(1);
  });
});

describe('the tasks of a call', () => {
  it('may end before anybody waits for them', async () => {
    const tasks = new HeldTasks();
    for (let task = 0; task < 2; task += 1) tasks.taskBegun();
    tasks.taskEnded();
    expect(tasks.left).toBe(1);
    tasks.taskEnded();
    expect(tasks.left).toBe(0);
    expect(await tasks.ended()).toBeUndefined();
  });
});
