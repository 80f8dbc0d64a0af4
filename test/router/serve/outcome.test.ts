import { type CutoverEventOf, type RouteStats, type Stage, shadowSafe } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { chat, nextTurn } from '../world.ts';

const gone = Object.assign(new Error('This endpoint was removed'), { status: 410 });
const isGone = async (): Promise<never> => {
  throw gone;
};
const boom = Object.assign(new TypeError('broke'), { code: 'E_MODEL' });
const breaks = async (): Promise<never> => {
  throw boom;
};

/** What a route tells of its legacy, and of kills. */
function telling(stage: Stage, over: Parameters<typeof chat>[1] = {}) {
  const world = chat(stage, over);
  const told: (CutoverEventOf<'gone'> | CutoverEventOf<'rollback'>)[] = [];
  world.handler.on('gone', (event) => told.push(event));
  world.handler.on('rollback', (event) => told.push(event));
  const isLegacyGone = () => world.handler.stats().routes.chat?.legacyGone;
  return { ...world, told, isLegacyGone };
}

describe('what is told of a served call', () => {
  it.each<[Stage, 'legacy' | 'candidate']>([
    ['off', 'legacy'],
    ['shadow', 'legacy'],
    ['complete', 'candidate'],
  ])('is its end, and an error without its message, in stage %s', async (stage, leg) => {
    const { handler } = chat(stage, { legacy: breaks, candidate: breaks });
    const told: CutoverEventOf<'served'>[] = [];
    handler.on('served', (event) => told.push(event));
    await expect(handler.run(['u', 'hi'], { requestId: 'r-1' })).rejects.toBe(boom);
    expect(told).toEqual([
      {
        type: 'served',
        route: 'chat',
        requestId: 'r-1',
        tenant: 'acme',
        stage,
        fellBack: false,
        leg,
        status: 'rejected',
        durationMs: expect.any(Number),
        error: { name: 'TypeError', code: 'E_MODEL' },
      },
    ]);
    expect(handler.stats().routes.chat).toMatchObject({
      served: { legacy: 0, candidate: 0 },
      failed: { legacy: 0, candidate: 0, [leg]: 1 },
    });
  });

  it.each<Stage>(['shadow', 'live'])(
    'is heard by who came to listen while the call was under way, in stage %s',
    async (stage) => {
      const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
      let asked = 0;
      const leg = () => (gates[asked++] as PromiseWithResolvers<string>).promise;
      const { handler } = chat(stage, { legacy: leg, candidate: leg });
      // The first of 64 is timed, and told for that alone.
      const replies = [handler('u', 'first'), handler('u', 'second')];
      const told: unknown[] = [];
      handler.on('served', ({ requestId, status }) => told.push([requestId, status]));
      gates[1]?.resolve('reply');
      await replies[1];
      expect(told).toEqual([[expect.any(String), 'fulfilled']]);
      gates[0]?.resolve('reply');
      await replies[0];
      expect(told).toHaveLength(2);
    },
  );

  it('is no error where there was none', async () => {
    const { handler } = chat('live');
    const told: CutoverEventOf<'served'>[] = [];
    handler.on('served', (event) => told.push(event));
    await handler('u', 'hi');
    expect(told[0]).toMatchObject({ status: 'fulfilled', fellBack: false });
    expect(told[0]).not.toHaveProperty('error');
  });
});

describe('a legacy that no longer exists', () => {
  it.each<Stage>(['off', 'dualwrite', 'live'])(
    'is told once, with its error, in stage %s',
    async (stage) => {
      const { handler, told, isLegacyGone } = telling(stage, { legacy: isGone, candidate: breaks });
      expect(isLegacyGone()).toBe(false);
      for (let call = 0; call < 2; call += 1) await handler('u', 'hi').catch(() => undefined);
      expect(told).toEqual([
        {
          type: 'gone',
          route: 'chat',
          alive: false,
          error: { name: 'Error', status: 410 },
        },
      ]);
      expect(isLegacyGone()).toBe(true);
    },
  );

  it.each<[string, boolean]>([
    ['by hand', false],
    ['by hand, forced', true],
  ])('turns a kill %s (forced: %s) into a freeze unless it was forced', async (_how, force) => {
    const { handler, told } = telling('live', { legacy: isGone });
    handler.kill('bad answers', { force });
    await handler('u', 'hi').catch(() => undefined);
    expect(told.map((event) => ('outcome' in event ? event.outcome : event.alive))).toEqual(
      force ? ['killed', false] : ['killed', false, 'frozen'],
    );
    expect(told.filter((event) => 'outcome' in event)).toMatchObject(
      Array(force ? 1 : 2).fill({ reason: 'bad answers' }),
    );
  });

  it('is not what another error says', async () => {
    const { handler, told, isLegacyGone } = telling('off', { legacy: breaks });
    await handler('u', 'hi').catch(() => undefined);
    expect(isLegacyGone()).toBe(false);
    expect(told).toEqual([]);
  });

  it.each<[string, () => unknown, boolean, string[]]>([
    ['answers true', () => true, true, []],
    ['answers false', () => false, false, []],
    ['answers what is merely true', () => 1, false, ['isGone of chat']],
    ['answers with a promise', async () => true, false, ['isGone of chat']],
    ['answers with a promise that rejects', breaks, false, ['isGone of chat']],
    [
      'throws',
      () => {
        throw boom;
      },
      false,
      ['isGone of chat'],
    ],
  ])('is what the app’s own rule says, where it %s', async (_how, rule, expected, errors) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const asked: unknown[] = [];
    const { handler, isLegacyGone } = telling('dualwrite', {
      legacy: breaks,
      isGone: (reason) => {
        asked.push(reason);
        return rule() as boolean;
      },
    });
    const operations: string[] = [];
    handler.on('error', ({ operation, route }) => operations.push(`${operation} of ${route}`));
    await expect(handler('u', 'hi')).rejects.toBe(boom);
    await nextTurn();
    process.off('unhandledRejection', note);
    expect(asked).toEqual([boom]);
    expect(isLegacyGone()).toBe(expected);
    expect(operations).toEqual(errors);
    expect(unhandled).toEqual([]);
  });

  it.each<[string, () => unknown, boolean]>([
    ['a text', () => 'x', false],
    ['nothing', () => undefined, false],
    ['null', () => null, false],
    ['an object', () => ({ reply: 'x' }), false],
    ['a Response', () => new Response('x'), false],
    ['a stream that nobody has read from', () => ReadableStream.from(['x']), true],
  ])(
    'is back when it answers with %s, in every stage that it serves: still gone %s',
    async (_what, make, isStillGone) => {
      for (const stage of ['off', 'dualwrite', 'shadow'] as const) {
        let isDead = true;
        const { handler, told, isLegacyGone } = telling(stage, {
          legacy: (async () => {
            if (isDead) throw gone;
            return make();
          }) as never,
          candidate: shadowSafe(async () => 'candidate'),
        });
        await handler('u', 'hi').catch(() => undefined);
        isDead = false;
        const reply: unknown = await handler('u', 'hi');
        if (reply instanceof Response) await reply.text();
        expect(isLegacyGone(), stage).toBe(isStillGone);
        expect(told.map((event) => ('alive' in event ? event.alive : event.outcome))).toEqual(
          isStillGone ? [false] : [false, true],
        );
        if (!isStillGone) expect(told[1]).toEqual({ type: 'gone', route: 'chat', alive: true });
      }
    },
  );

  it('may be told again when it goes again', async () => {
    let isDead = true;
    const { handler, told } = telling('off', {
      legacy: async () => {
        if (isDead) throw gone;
        return 'x';
      },
    });
    for (const dead of [true, false, false, true]) {
      isDead = dead;
      await handler('u', 'hi').catch(() => undefined);
    }
    expect(told.map((event) => 'alive' in event && event.alive)).toEqual([false, true, false]);
  });

  it('is not asked in the candidate’s place', async () => {
    const { handler, flags } = telling('off', { legacy: isGone, candidate: breaks });
    await handler('u', 'hi').catch(() => undefined);
    flags.set('acme', 'live');
    await expect(handler('u', 'hi')).rejects.toBe(boom);
    expect(handler.stats().routes.chat).toMatchObject({ fallbacks: 0, failed: { candidate: 1 } });
  });
});

describe.each(['legacy', 'candidate'] as const)('a call whose %s gives up', (leg) => {
  const givesUp = (reason: unknown) => {
    const caller = new AbortController();
    const fails = async () => {
      caller.abort(reason);
      throw reason;
    };
    const { handler } = chat(leg === 'legacy' ? 'dualwrite' : 'live', { [leg]: fails });
    const call = handler.run(['u', 'hi'], { signal: caller.signal });
    return call.catch(() => handler.stats().routes.chat);
  };

  it.each([
    ['is cut where its caller has left', 'AbortError', { served: 1, failed: 0, cut: 1 }],
    [
      'has failed where it is late for its caller',
      'TimeoutError',
      { served: 0, failed: 1, cut: 0 },
    ],
  ])('%s', async (_how, name, counts) => {
    const stats = (await givesUp(new DOMException('Over.', name))) as RouteStats;
    const { served, failed, cut } = stats;
    expect({ served: served[leg], failed: failed[leg], cut: cut[leg] }).toEqual(counts);
  });
});
