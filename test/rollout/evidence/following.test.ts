import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCutover, createCutoverHandler } from '../../../src/create.ts';
import type { Rollout } from '../../../src/rollout/rollout.ts';
import { rolloutFlags } from '../../../src/rollout/rollout-flags.ts';
import { flakyStore } from '../flaky-store.ts';
import { kindsOf, type RolloutWorld, rolloutWorld, ToldGate } from '../world.ts';

/** A cutover with two handlers. */
function twoHandlers(rollout: Rollout) {
  const cutover = createCutover({ flags: rolloutFlags(rollout) });
  onTestFinished(async () => void (await cutover.close()));
  const route = (name: string) =>
    cutover.handler({
      name,
      legacy: async (message: string) => message,
      candidate: async (_context, message) => message,
      identify: () => ({ tenant: 'acme', task: 'a task' }),
    });
  return { cutover, chat: route('chat'), search: route('search') };
}

/** A followed cutover whose legacy can go, and come back. */
function followedChat(rollout: Rollout) {
  const legacy = { isUp: true };
  const chat = createCutoverHandler({
    name: 'chat',
    legacy: async (message: string) => {
      if (!legacy.isUp) throw Object.assign(new Error(message), { status: 410 });
      return message;
    },
    candidate: async (_context, message) => message,
    identify: () => ({ tenant: 'acme', task: 'a task' }),
    flags: rolloutFlags(rollout),
  });
  onTestFinished(async () => void (await chat.close()));
  rollout.follow(chat);
  return { chat, legacy };
}

const callsOf = async ({ store }: RolloutWorld): Promise<number[]> =>
  (await store.traffic()).map(({ counts }) => counts.calls ?? 0);

describe('a cutover that is followed by several of its names', () => {
  it('is counted once, and its kills are entered once', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout();
    const { cutover, chat, search } = twoHandlers(rollout);
    for (const one of [chat, search, cutover, chat]) rollout.follow(one);
    await Promise.all([chat('one'), search('two')]);
    cutover.kill('a drill');
    await rollout.flush();
    expect(await callsOf(world)).toEqual([1, 1]);
    expect((await kindsOf(world.store)).filter((kind) => kind === 'kill')).toHaveLength(1);
  });

  it('has its kill entered once, though the answer to that was lost, and lost again', async () => {
    await using world = rolloutWorld();
    const cable = flakyStore(world.store);
    const rollout = await world.rollout({}, { store: cable.store });
    const { cutover } = twoHandlers(rollout);
    rollout.follow(cutover);
    cable.answersToLose = 2;
    cutover.kill('a drill');
    await rollout.flush();
    cutover.revive();
    await world.clock.advance(10_000);
    const kinds = (await kindsOf(world.store)).filter((kind) => ['kill', 'revive'].includes(kind));
    expect([cable.answersToLose, kinds]).toEqual([0, ['kill', 'revive']]);
  });

  it('has what was heard entered without the trail being searched for it', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({}, { leads: false });
    const { cutover } = twoHandlers(rollout);
    rollout.follow(cutover);
    const audit = vi.spyOn(world.store, 'audit');
    cutover.kill('a drill');
    cutover.revive();
    await rollout.flush();
    expect(audit).not.toHaveBeenCalled();
    expect((await kindsOf(world.store)).slice(-2)).toEqual(['kill', 'revive']);
  });

  it('is followed until the last of them is disposed, and can be followed again', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout();
    const { chat, search } = twoHandlers(rollout);
    const [some, others] = [rollout.follow(chat), rollout.follow(search)];
    some[Symbol.dispose]();
    some[Symbol.dispose]();
    await chat('one');
    await rollout.flush();
    expect(await callsOf(world)).toEqual([1]);
    others[Symbol.dispose]();
    await chat('two');
    await rollout.flush();
    expect(await callsOf(world)).toEqual([1]);
    rollout.follow(chat);
    others[Symbol.dispose]();
    await chat('three');
    await rollout.flush();
    expect(await callsOf(world)).toEqual([2]);
  });
});

describe('what a followed cutover tells', () => {
  it.each([
    ['a status that is no number', 'chat', Number.NaN, 'replica'],
    ['half a character in the name of its route', 'chat \ud83d', 410, 'replica'],
    ['half a character in the name of its replica', 'chat', 410, 'pod \ud83d'],
  ])(
    'is entered in the trail, and what comes behind it, also with %s',
    async (_, name, status, identity) => {
      await using world = rolloutWorld();
      const rollout = await world.rollout({}, { identity });
      const chat = createCutoverHandler({
        name,
        legacy: async (message: string): Promise<string> => {
          throw Object.assign(new Error(message), { status });
        },
        candidate: async (_context, message) => message,
        identify: () => ({ tenant: 'acme', task: 'a task' }),
        isGone: () => true,
        flags: rolloutFlags(rollout),
      });
      onTestFinished(async () => void (await chat.close()));
      rollout.follow(chat);
      await expect(chat('gone')).rejects.toThrow('gone');
      chat.kill('a drill');
      await rollout.flush();
      expect((await kindsOf(world.store)).slice(-2)).toEqual(['legacy.gone', 'kill']);
      expect(world.warnings).toEqual([]);
    },
  );

  it('of a legacy that comes and goes with each call is entered once a minute, and its last word in time', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout();
    const { chat, legacy } = followedChat(rollout);
    const ask = async (up: boolean): Promise<void> => {
      legacy.isUp = up;
      await chat('hello').catch(() => undefined);
    };
    const told = async () => {
      await rollout.flush();
      return (await kindsOf(world.store)).filter((kind) => kind.startsWith('legacy.'));
    };
    for (let call = 0; call < 201; call += 1) await ask(call % 2 === 1);
    expect(await told()).toEqual(['legacy.gone', 'legacy.back']);
    await world.clock.advance(60_000);
    expect(await told()).toEqual(['legacy.gone', 'legacy.back', 'legacy.gone']);
    await ask(true);
    expect((await told()).at(-1)).toBe('legacy.back');
    await ask(false);
    await ask(true);
    await world.clock.advance(120_000);
    expect(await told()).toHaveLength(4);
    await ask(false);
    await ask(true);
    await ask(false);
    expect(await told()).toHaveLength(6);
    await rollout.close();
    expect((await told()).slice(-3)).toEqual(['legacy.gone', 'legacy.back', 'legacy.gone']);
  });

  it('of a legacy that is asked anew since a kill was taken back is that it answers, once it does', async () => {
    await using world = rolloutWorld();
    const rollout = await world.rollout({}, { leads: false });
    const { chat, legacy } = followedChat(rollout);
    legacy.isUp = false;
    await expect(chat('gone')).rejects.toThrow('gone');
    expect(chat.kill('a drill')).toBe('frozen');
    chat.revive();
    await rollout.flush();
    expect(chat.stats().routes.chat?.legacyGone).toBe(false);
    expect((await rollout.status()).legacyAlive).toBe(false);
    await expect(chat('still gone')).rejects.toThrow('still gone');
    expect((await rollout.status()).legacyAlive).toBe(false);
    chat.kill('another drill');
    chat.revive();
    legacy.isUp = true;
    expect(await chat('hello')).toBe('hello');
    await rollout.flush();
    expect((await rollout.status()).legacyAlive).toBe(true);
    expect((await kindsOf(world.store)).filter((kind) => kind === 'legacy.gone')).toHaveLength(1);
  });

  it('of a kill that was taken back gives a failing guardrail no way back to a dead legacy', async () => {
    await using world = rolloutWorld();
    const gate = new ToldGate('errors');
    const rollout = await world.rollout({ gates: [gate], steps: [{ percent: 100 }] });
    const legacy = async (): Promise<string> => {
      throw Object.assign(new Error('gone'), { status: 410 });
    };
    const chat = createCutoverHandler({
      name: 'chat',
      legacy,
      candidate: async () => {
        throw new Error('down');
      },
      identify: () => ({ tenant: 'acme', task: 'a task' }),
      flags: rolloutFlags(rollout),
    });
    onTestFinished(async () => void (await chat.close()));
    rollout.follow(chat);
    await expect(chat()).rejects.toThrow('gone');
    expect(chat.kill('a drill')).toBe('frozen');
    chat.revive();
    gate.says = 'fail';
    await world.clock.advance(10_000);
    expect((await rollout.status()).state?.status).toBe('frozen');
  });
});
