import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { shadowed } from '../shadowed.ts';
import { chat, hangs, nextTurn } from '../world.ts';

const message = 'a message that is long enough';

describe('the time that a served candidate has', () => {
  it.each<[string, object, number]>([
    ['60 seconds by default', {}, 60_000],
    ['what the route says', { fallback: { afterMs: 100 } }, 100],
  ])('is %s', async (_what, over, afterMs) => {
    const clock = fakeClock();
    const { handler } = chat('live', { clock, candidate: hangs, ...over });
    const reply = handler('u', 'hi');
    await nextTurn();
    await clock.advance(afterMs - 1);
    expect(handler.stats().routes.chat?.fallbacks).toBe(0);
    await clock.advance(1);
    expect(await reply).toBe('legacy: hi');
  });

  it('has no end where the route says so', async () => {
    const clock = fakeClock();
    const { handler } = chat('live', { clock, candidate: hangs, fallback: { afterMs: false } });
    void handler('u', 'hi');
    await nextTurn();
    expect(clock.pending).toBe(0);
    await clock.advance(86_400_000);
    expect(handler.stats().routes.chat?.fallbacks).toBe(0);
  });
});

describe('what is learned of a route', () => {
  it.each<[string, string, object, number]>([
    ['a task of eight characters', '12345678', {}, 1],
    ['no shorter one', '1234567', {}, 0],
    ['a shorter one where the route says so', '123', { learn: { minTaskChars: 3 } }, 1],
    ['no shorter one than the route says', '12', { learn: { minTaskChars: 3 } }, 0],
  ])('is %s', async (_what, task, over, stored) => {
    const { handler } = await shadowed('dualwrite', over);
    await handler('u', task);
    await handler.close();
    const { ok, skipped } = handler.stats().learn;
    expect([ok.stored, skipped.filtered]).toEqual([stored, 1 - stored]);
  });

  it('is each reply that it does not call a failure', async () => {
    const isFailure = (reply: string) => reply === 'sorry';
    const legacy = async (_user: string, text: string) => (text.startsWith('bad') ? 'sorry' : text);
    const { handler } = await shadowed('dualwrite', { legacy, fallback: { isFailure } });
    await handler('u', message);
    await handler('u', `bad: ${message}`);
    await handler.close();
    expect(handler.stats().learn).toMatchObject({ ok: { stored: 1 }, skipped: { unreadable: 1 } });
  });

  it('is nothing where it says so, though others are learned', async () => {
    const { handler, counts } = await shadowed('shadow', { learn: false });
    await handler('u', message);
    await handler.close();
    expect(counts()).toEqual({ learned: 0, mirrored: 1 });
  });
});

describe('what was served by a candidate that may yet be replaced', () => {
  it('is handed back to legacy where the route can, without keeping turns', async () => {
    const told: string[] = [];
    const { handler } = chat('live', {
      identify: (conversation, task) => ({ tenant: 'acme', conversation, task }),
      handBack: async (turns) => void told.push(...turns.map(({ text }) => text)),
    });
    await handler('c1', 'hi');
    await handler.close();
    expect(told).toEqual(['hi', 'candidate: hi']);
  });
});
