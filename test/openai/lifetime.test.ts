import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { toAssistantsSettings } from '../../src/openai/assistants/assistants-options.ts';
import { Lifetime } from '../../src/openai/lifetime.ts';

const lifetimeOf = (more: { caller?: AbortSignal; isBackground?: boolean } = {}) =>
  new Lifetime({
    ...{ clock: undefined, caller: more.caller, timeoutMs: 60_000 },
    ...{ late: () => new Error('late'), isBackground: more.isBackground ?? false },
  });

describe('the lifetime of a call', () => {
  it('is over for what begins after its caller has gone', async () => {
    const lifetime = lifetimeOf({ caller: AbortSignal.abort('gone') });
    await expect(lifetime.until(new Promise(() => undefined))).rejects.toBe('gone');
    lifetime.end();
  });

  it('is listened to by nothing that has ended, however much was waited for in it', async () => {
    const lifetime = lifetimeOf();
    for (let wait = 0; wait < 20; wait += 1) await lifetime.until(Promise.resolve(wait));
    await expect(lifetime.until(Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(getEventListeners(lifetime.signal, 'abort')).toEqual([]);
    lifetime.end();
  });

  it.each([true, false])(
    'keeps the process for whom it pauses, if anybody waits (in the background: %s)',
    async (isBackground) => {
      const timers = vi.spyOn(globalThis, 'setTimeout');
      const lifetime = lifetimeOf({ isBackground });
      const pause = lifetime.pause(1);
      const timer = timers.mock.results.at(-1)?.value as NodeJS.Timeout;
      expect(timer.hasRef()).toBe(!isBackground);
      timer.ref();
      await pause;
      lifetime.end();
    },
  );
});

describe('the waits of a leg', () => {
  it('never become shorter than the first that was asked for', () => {
    const options = {
      client: { get() {}, post() {}, delete() {} },
      assistantId: 'a',
      threadOf: () => 't',
    };
    const { pollMs, maxPollMs } = toAssistantsSettings({ ...options, pollMs: 10_000 } as never);
    expect([pollMs, maxPollMs]).toEqual([10_000, 10_000]);
  });

  it('are half a second at first and 5 s in the end, for ten minutes, where nothing is said', () => {
    const settings = toAssistantsSettings({
      client: { get() {}, post() {}, delete() {} },
      assistantId: 'a',
      threadOf: () => 't',
    } as never);
    expect(settings).toMatchObject({ pollMs: 500, maxPollMs: 5_000, timeoutMs: 600_000 });
  });
});
