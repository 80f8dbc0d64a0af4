import { type CutoverOptions, shadowSafe } from 'engramia-cutover';
import { type FlagProvider, memoryFlags } from 'engramia-cutover/flags';
import { type FakeClock, fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { uncounted } from '../../bench/conservation.ts';
import { chat, hangs, nextTurn, type World } from '../router/world.ts';
import { type ScriptedEngramia, scriptedEngramia } from './scripted-engramia.ts';

const message = 'a message that is long enough';

interface Busy extends ScriptedEngramia {
  readonly clock: FakeClock;
  readonly handler: World['handler'];
}

/** A cutover on a clock that stands still, with some calls that wait to be learned: one on its way, the others queued. */
async function busy(calls: number, over: Partial<CutoverOptions> = {}): Promise<Busy> {
  const clock = fakeClock();
  const scripted = scriptedEngramia();
  const { handler } = chat('dualwrite', { engramia: scripted.engramia, clock, ...over });
  for (let call = 0; call < calls; call += 1) await handler(`user-${call}`, message);
  if (calls > 0) await scripted.asked;
  return { ...scripted, clock, handler };
}

/** Whether a promise has settled, without waiting for it. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.finally(() => {
    settled = true;
  });
  await nextTurn();
  await nextTurn();
  return settled;
}

/** A provider whose end never comes. */
function endlessProvider(): FlagProvider {
  const provider = memoryFlags('dualwrite');
  return {
    metadata: provider.metadata,
    resolveStringEvaluation: (key, value, context, logger) =>
      provider.resolveStringEvaluation(key, value, context, logger),
    onClose: () => new Promise(() => undefined),
  };
}

describe.each(['flush', 'close'] as const)('%s', (end) => {
  it('waits for what is queued and what runs, and tells what became of it', async () => {
    const { handler, open, arrived } = await busy(5);
    const report = handler[end]();
    expect(await isSettled(report)).toBe(false);
    expect(arrived()).toBe(1);
    open();
    expect(await report).toMatchObject({
      learn: { ok: { stored: 5, deduplicated: 0 }, pending: 0, aborted: 0 },
      drained: true,
    });
  });

  it('waits for a mirror that runs', async () => {
    const gate = Promise.withResolvers<string>();
    const { handler } = chat('shadow', { candidate: shadowSafe(() => gate.promise) });
    await handler('user', message);
    const report = handler[end]();
    expect(await isSettled(report)).toBe(false);
    gate.resolve('candidate');
    expect(await report).toMatchObject({ mirror: { ok: { stored: 1 } }, drained: true });
  });

  it('returns at once, without a timer, when there is nothing to wait for', async () => {
    const { handler, clock } = await busy(0);
    const report = handler[end]();
    expect(await isSettled(report)).toBe(true);
    expect(clock.pending).toBe(0);
    expect(await report).toMatchObject({ drained: true });
  });

  it('ends with its deadline, not before it and not after it', async () => {
    const { handler, clock } = await busy(5);
    const report = handler[end]({ timeoutMs: 700 });
    await clock.advance(699);
    expect(await isSettled(report)).toBe(false);
    await clock.advance(1);
    expect(await isSettled(report)).toBe(true);
    expect((await report).drained).toBe(false);
  });

  it.each([undefined, null, '', true, 10n, Symbol('soon'), 'soon', -1, Number.NaN])(
    'with the deadline %s, which is none, ends after ten seconds',
    async (timeoutMs) => {
      const { handler, clock } = await busy(1);
      const report = handler[end]({ timeoutMs } as { timeoutMs?: number });
      await clock.advance(9_999);
      expect(await isSettled(report)).toBe(false);
      await clock.advance(1);
      expect(await isSettled(report)).toBe(true);
    },
  );

  it.each<[string, unknown]>([
    ['a variable of the environment holds it', { timeoutMs: '700' }],
    ['a number in the place of the options', 700],
    ['a text in the place of the options', '700'],
  ])('takes a deadline as %s', async (_how, options) => {
    const { handler, clock } = await busy(1);
    const report = handler[end](options as { timeoutMs?: number });
    await clock.advance(699);
    expect(await isSettled(report)).toBe(false);
    await clock.advance(1);
    expect(await isSettled(report)).toBe(true);
  });

  it('without a deadline of its own ends after ten seconds', async () => {
    const { handler, clock } = await busy(1);
    const report = handler[end]();
    await clock.advance(9_999);
    expect(await isSettled(report)).toBe(false);
    await clock.advance(1);
    expect(await isSettled(report)).toBe(true);
  });
});

describe('a flush that runs out of time', () => {
  it('leaves what is pending alone, which is learned later', async () => {
    const { handler, clock, open } = await busy(3);
    const report = handler.flush({ timeoutMs: 100 });
    await clock.advance(100);
    expect((await report).learn).toMatchObject({ pending: 3, aborted: 0 });
    open();
    expect((await handler.flush()).learn.ok.stored).toBe(3);
  });
});

describe('a close that runs out of time', () => {
  it('aborts what is on its way and what waits, and counts each once', async () => {
    const { handler, clock, arrived, givenUp } = await busy(5);
    const report = handler.close({ timeoutMs: 100 });
    await clock.advance(100);
    expect(await report).toMatchObject({ learn: { aborted: 5, pending: 0 }, drained: false });
    expect({ arrived: arrived(), givenUp: givenUp() }).toEqual({ arrived: 1, givenUp: 1 });
    expect(uncounted(handler.stats().learn)).toBe(0);
  });

  it('aborts a mirror that listens to its signal, and counts one that does not', async () => {
    const clock = fakeClock();
    let told: unknown;
    const { handler } = chat('shadow', {
      clock,
      candidate: shadowSafe((context) => {
        context.signal.addEventListener('abort', () => {
          told = context.signal.reason;
        });
        return hangs();
      }),
    });
    await handler('user', message);
    const report = handler.close({ timeoutMs: 100 });
    await clock.advance(100);
    expect(await report).toMatchObject({ mirror: { aborted: 1, pending: 0 }, drained: false });
    expect(told).toMatchObject({ code: 'ERR_CUTOVER_CLOSED' });
  });

  it('lets those go who wait in a flush', async () => {
    const { handler, clock } = await busy(2);
    const flush = handler.flush({ timeoutMs: 5_000 });
    const close = handler.close({ timeoutMs: 100 });
    await clock.advance(100);
    expect((await flush).learn).toMatchObject({ aborted: 2, pending: 0 });
    await close;
  });

  it('leaves no timer behind', async () => {
    const { handler, clock } = await busy(5);
    const report = handler.close({ timeoutMs: 100 });
    await clock.advance(100);
    await report;
    await nextTurn();
    expect(clock.pending).toBe(0);
  });
});

describe('closing twice', () => {
  it('at once gives both the one report', async () => {
    const { handler, open } = await busy(2);
    const both = [handler.close(), handler.close()];
    open();
    const [first, second] = await Promise.all(both);
    expect(first).toBe(second);
    expect(first?.learn.ok.stored).toBe(2);
  });

  it('after the end gives the first report again, without waiting', async () => {
    const { handler, open } = await busy(1);
    open();
    const first = await handler.close();
    expect(await isSettled(handler.close({ timeoutMs: 5_000 }))).toBe(true);
    expect(await handler.close()).toBe(first);
  });

  it('with less time brings the end forward', async () => {
    const { handler, clock } = await busy(3);
    const patient = handler.close({ timeoutMs: 20_000 });
    const hasty = handler.close({ timeoutMs: 50 });
    await clock.advance(50);
    expect(await isSettled(hasty)).toBe(true);
    expect(await patient).toMatchObject({ learn: { aborted: 3 }, drained: false });
  });

  it('with more time does not put the end off', async () => {
    const { handler, clock } = await busy(1);
    const hasty = handler.close({ timeoutMs: 50 });
    void handler.close({ timeoutMs: 20_000 });
    await clock.advance(50);
    expect(await isSettled(hasty)).toBe(true);
  });

  it('by the signal and by hand is one end', async () => {
    const controller = new AbortController();
    const { handler, clock } = await busy(1, { signal: controller.signal });
    controller.abort();
    const report = handler.close({ timeoutMs: 50 });
    await clock.advance(50);
    expect((await report).learn.aborted).toBe(1);
  });
});

describe('a flag provider that does not end', () => {
  it('shares the deadline of the lanes instead of having another one', async () => {
    const { handler, clock } = await busy(1, { flags: endlessProvider() });
    const report = handler.close({ timeoutMs: 700 });
    await clock.advance(700);
    expect(await isSettled(report)).toBe(true);
  });

  it('gets the time that the lanes have left, and no more', async () => {
    const { handler, clock, open } = await busy(1, { flags: endlessProvider() });
    const report = handler.close({ timeoutMs: 700 });
    await clock.advance(300);
    open();
    await clock.advance(399);
    expect(await isSettled(report)).toBe(false);
    await clock.advance(1);
    expect(await report).toMatchObject({ learn: { ok: { stored: 1 } }, drained: true });
  });

  it('is not waited for longer when a second close has less time', async () => {
    const { handler, clock } = await busy(0, { flags: endlessProvider() });
    const report = handler.close({ timeoutMs: 700 });
    await nextTurn();
    void handler.close({ timeoutMs: 10 });
    await clock.advance(10);
    expect(await isSettled(report)).toBe(true);
  });
});
