import { describe, expect, it } from 'vitest';
import { type Stage, stages } from '../../src/core/stage.ts';
import type { CutoverCore } from '../../src/cutover-core.ts';
import { addServerRoute } from '../../src/router/adapters/node/server-route.ts';
import type { Route, RouteHooks } from '../../src/router/route/route.ts';
import type { RouteOptions } from '../../src/router/route/route-options.ts';

type Taken = RouteOptions<[object], unknown>;

/** A server's route as the router gets it, of which the router knows what `route` says. */
function added(
  route: Partial<Route> = {},
  read: (source: unknown) => unknown = () => 'read',
  more: object = {},
) {
  let taken: [options: Taken, hooks: RouteHooks] | undefined;
  const core = {
    route: (options: Taken, hooks: RouteHooks) => {
      taken = [options, hooks];
      return { mirrors: { legacy: false, candidate: false }, legacyGone: false, ...route };
    },
  } as unknown as CutoverCore;
  addServerRoute(core, {
    name: 'chat',
    read,
    identify: (input: unknown) => ({ tenant: String(input), task: 'a task' }),
    candidate: () => 'candidate',
    ...more,
  });
  if (taken === undefined) throw new Error('no route was added');
  const [options, hooks] = taken;
  return { options, hooks };
}

const learning = { learnLane: {} as NonNullable<Route['learnLane']> };
const mirroring = { mirrors: { legacy: false, candidate: true } };
const kept = ['captured', 'awaited'];
const watched = ['watched', 'awaited'];

describe('the reply of a server', () => {
  it.each<[string, Partial<Route>, Stage, string[]]>([
    ['nobody wants it in stage off', {}, 'off', []],
    ['nothing is learned in stage off', learning, 'off', []],
    ['it is learned', learning, 'dualwrite', kept],
    ['nothing learns it', {}, 'dualwrite', watched],
    ['it is mirrored', mirroring, 'shadow', ['its input kept', ...kept]],
    ['the leg that answers is the only one that may be mirrored', mirroring, 'live', watched],
    ['its stage mirrors nothing', mirroring, 'rampdown', watched],
    [
      'legacy is gone, and only a reply can tell that it is back',
      { legacyGone: true },
      'off',
      watched,
    ],
    ['it ends a trace', { tracing: {} as NonNullable<Route['tracing']> }, 'off', watched],
    [
      'its turns are kept',
      { conversations: {} as NonNullable<Route['conversations']>, keepsTurns: true },
      'complete',
      kept,
    ],
  ])('is captured, watched or left alone: %s', (_what, route, stage, wanted) => {
    const asked: string[] = [];
    const exchange = {
      keepGiven: () => void asked.push('its input kept'),
      capture: () => void asked.push('captured'),
      watch: () => void asked.push('watched'),
    };
    const isAwaited = added(route).hooks.decided?.([exchange], stages[stage]);
    expect([...asked, ...(isAwaited ? ['awaited'] : [])]).toEqual(wanted);
  });

  it('is no word about legacy, unless the app says so', () => {
    expect(added().options.isGone?.({ status: 410 })).toBe(false);
  });
});

describe('the request of a server', () => {
  it('is for legacy’s shadow what was read of it', async () => {
    const legacyShadow = (_context: unknown, input: unknown) => `shadow of ${input}`;
    const { options } = added({}, undefined, { legacyShadow });
    const run = options.legacyShadow as (...given: unknown[]) => unknown;
    const context = { signal: new AbortController().signal };
    expect(await run(context, { input: 'hi' })).toBe('shadow of hi');
    expect(added().options).not.toHaveProperty('legacyShadow');
  });

  it('is known by what is read of it, now or later', async () => {
    for (const read of [() => 'acme', async () => 'acme']) {
      const exchange = { begun: false, source: {}, input: undefined };
      expect(await added({}, read).options.identify(exchange)).toMatchObject({ tenant: 'acme' });
      expect(exchange.input).toBe('acme');
    }
  });

  it.each([
    [{ begun: true, source: {} }, 'The reply has begun already: only legacy can go on.'],
    [{ begun: false, source: undefined }, 'The body could not be held.'],
  ])('is legacy’s where it cannot be read, for a reason: %o', (exchange, why) => {
    expect(() => added().options.identify(exchange)).toThrow(why);
  });
});
