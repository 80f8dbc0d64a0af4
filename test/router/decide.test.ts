import { type CutoverEventOf, createCutover, type Stage } from 'engramia-cutover';
import { memoryFlags, predicateFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { chat, hangs, nextTurn } from './world.ts';

describe('a decision', () => {
  it.each<[Stage, string]>([
    ['off', 'legacy: hi'],
    ['dualwrite', 'legacy: hi'],
    ['shadow', 'legacy: hi'],
    ['live', 'candidate: hi'],
    ['rampdown', 'candidate: hi'],
    ['complete', 'candidate: hi'],
  ])('in stage %s is answered %j', async (stage, reply) => {
    const { handler } = chat(stage);
    expect(await handler('u', 'hi')).toBe(reply);
    expect(handler.stats().routes.chat?.stages[stage]).toBe(1);
  });

  it('is told by event before the leg runs', async () => {
    const { handler } = chat('live');
    const events: CutoverEventOf<'decided'>[] = [];
    handler.on('decided', (event) => events.push(event));
    await handler.run(['u', 'hi'], { requestId: 'r-1' });
    expect(events).toEqual([
      {
        type: 'decided',
        route: 'chat',
        requestId: 'r-1',
        tenant: 'acme',
        stage: 'live',
        leg: 'candidate',
        reason: 'flag',
      },
    ]);
  });

  it('moves a tenant by flag from the next call on, and back', async () => {
    const { handler, flags } = chat('dualwrite');
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    flags.set('acme', 'live');
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    flags.set('acme', 'dualwrite');
    expect(await handler('u', 'hi')).toBe('legacy: hi');
  });

  it('obeys force for those it names, and the flag for all others', async () => {
    const { handler } = chat('off', {
      force: ({ user }) => (user === 'tester' ? 'live' : undefined),
    });
    expect(await handler('tester', 'hi')).toBe('candidate: hi');
    expect(await handler('somebody', 'hi')).toBe('legacy: hi');
    expect(await handler.decide('tester', 'hi')).toMatchObject({ stage: 'live', reason: 'forced' });
  });

  it('takes no part of an object prototype for a stage', async () => {
    for (const answer of ['constructor', '__proto__', 'toString', 'LIVE', '', 7]) {
      const { handler } = chat('off', { force: () => answer as unknown as Stage });
      const operations: string[] = [];
      handler.on('error', (event) => operations.push(event.operation));
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      expect(operations).toEqual(['force']);
    }
  });

  it.each([
    ['no stage', 'LIVE'],
    ['a promise', Promise.resolve('live')],
  ])('tells the log what force has to give where it gave %s', async (what, answer) => {
    const lines: string[] = [];
    const { handler } = chat('off', {
      force: () => answer as unknown as Stage,
      logger: { warn: (line) => void lines.push(line) },
    });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      `The callback force gave ${what}: it must give one of off, dualwrite, shadow, live, rampdown, complete, or undefined, at once.`,
    );
  });

  it('tells the log what a predicate has to answer', async () => {
    const lines: string[] = [];
    const flags = predicateFlags(() => 'yes' as never, { from: 'off', to: 'live' });
    const { handler } = chat('off', { flags, logger: { warn: (line) => void lines.push(line) } });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(lines[0]).toContain('A flag predicate must answer true or false, not string.');
  });

  it('waits for an asynchronous subject and flag', async () => {
    const { handler } = chat('live', {
      identify: async () => ({ tenant: 'acme', task: 'hi' }),
      flags: {
        metadata: { name: 'remote' },
        resolveStringEvaluation: async () => ({ value: 'live' }),
      },
    });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
  });

  it('shares one deadline of 50 ms between subject and flag', async () => {
    const clock = fakeClock();
    const { handler } = chat('live', { clock, identify: () => new Promise(() => undefined) });
    const reply = handler('u', 'hi');
    await clock.advance(50);
    expect(await reply).toBe('legacy: hi');
    expect(handler.stats().routes.chat?.undecided).toMatchObject({ timeout: 1 });
    expect(clock.pending).toBe(0);
  });

  it('serves the last good answer when the flag hangs', async () => {
    const clock = fakeClock();
    let healthy = true;
    const { handler } = chat('off', {
      clock,
      flags: {
        metadata: { name: 'remote' },
        resolveStringEvaluation: () =>
          healthy ? Promise.resolve({ value: 'live' }) : new Promise(() => undefined),
      },
    });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    healthy = false;
    await clock.advance(60_000);
    const reply = handler('u', 'hi');
    await clock.advance(50);
    expect(await reply).toBe('candidate: hi');
  });

  it('refuses two routes of one name', () => {
    const cutover = createCutover({ flags: memoryFlags('off') });
    const route = {
      name: 'chat',
      legacy: () => 1,
      candidate: () => 2,
      identify: () => ({ tenant: 'a', task: 't' }),
    };
    cutover.handler(route);
    expect(() => cutover.handler(route)).toThrow(/name "chat" is taken/);
  });
});

describe('the kill switch', () => {
  it('beats force and flags from the very next call, and is taken back by revive', async () => {
    const { handler } = chat('live', { force: () => 'live' });
    const events: CutoverEventOf<'rollback'>[] = [];
    handler.on('rollback', (event) => events.push(event));
    expect(handler.kill('bad answers')).toBe('killed');
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(handler.stats().state).toBe('killed');
    handler.revive();
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(events).toEqual([
      { type: 'rollback', outcome: 'killed', reason: 'bad answers' },
      { type: 'rollback', outcome: 'revived', reason: 'bad answers' },
    ]);
  });

  it('freezes a route whose legacy is gone, unless forced', async () => {
    const { handler, flags } = chat('off', {
      legacy: async () => {
        throw Object.assign(new Error('gone'), { status: 410 });
      },
    });
    await handler('u', 'hi').catch(() => undefined);
    flags.set('acme', 'live');
    expect(handler.kill()).toBe('frozen');
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(await handler.decide('u', 'hi')).toMatchObject({
      reason: 'frozen',
      leg: 'candidate',
      learns: false,
      fallback: false,
    });
    expect(handler.stats().state).toBe('frozen');
    expect(handler.kill('all the same', { force: false })).toBe('frozen');
    expect(handler.kill('all the same', { force: 'true' as never })).toBe('frozen');
    expect(handler.kill('really', { force: true })).toBe('killed');
    await expect(handler('u', 'hi')).rejects.toThrow('gone');
  });

  it('refuses nothing: what is no text is no reason, and options in its place are options', async () => {
    const { handler } = chat('live', {
      legacy: async () => {
        throw Object.assign(new Error('gone'), { status: 410 });
      },
    });
    const reasons: unknown[] = [];
    handler.on('rollback', ({ outcome, reason }) => reasons.push([outcome, reason]));
    for (const odd of [new Error('of a user'), 7, null]) handler.kill(odd as never);
    await handler('u', 'hi').catch(() => undefined);
    expect(handler.kill({ force: true } as never)).toBe('killed');
    expect(reasons.slice(0, 3)).toEqual(Array(3).fill(['killed', 'killed by hand']));
    expect(reasons.at(-1)).toEqual(['killed', 'killed by hand']);
    await expect(handler('u', 'hi')).rejects.toThrow('gone');
  });

  it('turns into a freeze when legacy turns out to be gone only then', async () => {
    const { handler } = chat('live', {
      legacy: async () => {
        throw Object.assign(new Error('gone'), { status: 410 });
      },
    });
    const outcomes: string[] = [];
    handler.on('rollback', (event) => outcomes.push(event.outcome));
    expect(handler.kill()).toBe('killed');
    await expect(handler('u', 'hi')).rejects.toThrow('gone');
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(outcomes).toEqual(['killed', 'frozen']);
  });

  it('tells of a freeze once, when who hears that legacy is gone kills', async () => {
    const { handler } = chat('off', {
      legacy: async () => {
        throw Object.assign(new Error('gone'), { status: 410 });
      },
    });
    const outcomes: string[] = [];
    handler.on('rollback', (event) => outcomes.push(event.outcome));
    handler.on('gone', () => void handler.kill('legacy is gone'));
    await expect(handler('u', 'hi')).rejects.toThrow('gone');
    expect(outcomes).toEqual(['frozen']);
  });

  it('tells everybody in the order in which it happened, also what a listener does', async () => {
    const { handler } = chat('live', {
      legacy: async () => {
        throw Object.assign(new Error('gone'), { status: 410 });
      },
      candidate: async () => {
        throw new Error('out of order');
      },
    });
    const outcomes: string[] = [];
    handler.on('rollback', ({ outcome, reason }) => {
      if (outcome === 'frozen') handler.kill(reason, { force: true });
    });
    handler.on('rollback', ({ outcome }) => outcomes.push(outcome));
    await handler('u', 'hi').catch(() => undefined);
    expect(handler.kill()).toBe('frozen');
    expect(outcomes).toEqual(['frozen', 'killed']);
  });

  it.each([
    ['takes a freeze back', 'rollback', ['killed', 'gone', 'frozen', 'revived']],
    ['kills once legacy is gone', 'gone', ['gone', 'frozen']],
  ] as const)('tells so of a legacy that is gone, where a listener %s', async (_, hears, order) => {
    const { handler } = chat('shadow', {
      legacy: async () => {
        throw Object.assign(new Error('gone'), { status: 410 });
      },
    });
    const told: string[] = [];
    handler.on('rollback', ({ outcome }) => {
      if (outcome === 'frozen' && hears === 'rollback') handler.revive();
    });
    handler.on('gone', () => void (hears === 'gone' && handler.kill()));
    handler.on('rollback', ({ outcome }) => told.push(outcome));
    handler.on('gone', ({ alive }) => told.push(alive ? 'back' : 'gone'));
    if (hears === 'rollback') handler.kill();
    await handler('u', 'hi').catch(() => undefined);
    expect(told).toEqual(order);
  });

  it('comes to an end where two listeners answer a kill by a kill', () => {
    const [one, two] = [chat('live').handler, chat('live').handler];
    one.on('rollback', () => void two.kill());
    two.on('rollback', () => void one.kill());
    expect(one.kill()).toBe('killed');
    expect([one.stats().state, two.stats().state]).toEqual(['killed', 'killed']);
  });

  it('leaves a call that the candidate is answering alone', async () => {
    const answer = Promise.withResolvers<string>();
    const { handler } = chat('live', { candidate: () => answer.promise });
    const reply = handler('u', 'hi');
    handler.kill();
    answer.resolve('begun before');
    expect(await reply).toBe('begun before');
  });

  it('still answers by legacy when the flag provider hangs', async () => {
    const { handler } = chat('live', {
      flags: { metadata: { name: 'hung' }, resolveStringEvaluation: () => hangs() as never },
    });
    handler.kill();
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    await nextTurn();
  });
});
