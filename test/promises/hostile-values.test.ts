import { runInNewContext } from 'node:vm';
import { type CutoverEventType, createCutoverHandler, type Subject } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { chat } from '../router/world.ts';

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const fail = (): never => {
  throw new Error('a getter');
};

/** Thrown values that fight back when they are looked at. */
const hostile: Record<string, () => unknown> = {
  'a revoked proxy': revoked,
  'an error whose code throws': () => Object.defineProperty(new Error('x'), 'code', { get: fail }),
  'an error whose name throws': () => Object.defineProperty(new Error('x'), 'name', { get: fail }),
  'an error whose name is a symbol': () => Object.assign(new Error('x'), { name: Symbol('x') }),
  'a proxy whose every trap throws': () =>
    new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail, ownKeys: fail }),
};

const told: CutoverEventType[] = ['decided', 'served', 'fallback', 'gone', 'error'];

describe.each(Object.entries(hostile))('Promise 1 (non-interference): %s', (_name, make) => {
  it('thrown by a leg is what the caller gets, with and without listeners', async () => {
    for (const listening of [false, true]) {
      const thrown = make();
      const throws = async (): Promise<string> => {
        throw thrown;
      };
      for (const stage of ['off', 'dualwrite', 'complete'] as const) {
        const { handler } = chat(stage, { legacy: throws, candidate: throws });
        for (const type of listening ? told : []) handler.on(type, () => undefined);
        const [outcome] = await Promise.allSettled([handler('u', 'm')]);
        expect(outcome.status).toBe('rejected');
        if (outcome.status === 'rejected') expect(Object.is(outcome.reason, thrown)).toBe(true);
      }
      const { handler } = chat('live', { candidate: throws });
      for (const type of listening ? told : []) handler.on(type, () => undefined);
      expect(await handler('u', 'hi')).toBe('legacy: hi');
    }
  });

  it('thrown by a callback or a listener changes nothing for the caller', async () => {
    const throws = (): never => {
      throw make();
    };
    const { handler } = chat('live', {
      force: throws,
      isGone: throws,
      fallback: { isFailure: throws },
      flags: { metadata: { name: 'hostile' }, resolveStringEvaluation: throws, inProcess: true },
      defaultStage: 'live',
    });
    for (const type of told) handler.on(type, throws);
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    const unidentified = chat('live', { identify: throws });
    expect(await unidentified.handler('u', 'hi')).toBe('legacy: hi');
  });
});

it('an error of another realm is told by its name', async () => {
  const thrown: unknown = runInNewContext('new RangeError("too far")');
  const { handler } = chat('off', {
    legacy: async () => {
      throw thrown;
    },
  });
  const names: (string | undefined)[] = [];
  handler.on('served', (event) => names.push(event.error?.name));
  await expect(handler('u', 'm')).rejects.toBe(thrown);
  expect(names).toEqual(['RangeError']);
});

describe('Promise 6 (fail to the known): a subject that fights back', () => {
  it.each<[string, () => unknown]>([
    ['whose tenant throws', () => Object.defineProperty({}, 'tenant', { get: fail })],
    [
      'whose then throws',
      () => Object.defineProperty({ tenant: 'a' }, ['th', 'en'].join(''), { get: fail }),
    ],
    ['that is a revoked proxy', revoked],
    [
      'that is promised, and whose tenant throws',
      async () => Object.defineProperty({}, 'tenant', { get: fail }),
    ],
  ])('%s is served by legacy and counted', async (_how, identify) => {
    const { handler } = chat('live', { identify: identify as () => Subject });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
    expect(handler.stats().routes.chat?.undecided.identify).toBe(1);
  });

  it('whose tenant changes is of the tenant that it named first', async () => {
    let reads = 0;
    const subject = Object.defineProperty({ task: 'x' }, 'tenant', {
      get: () => {
        reads += 1;
        return `tenant-${reads}`;
      },
    }) as unknown as Subject;
    const { handler } = chat('live', { identify: () => subject });
    const tenants: string[] = [];
    handler.on('decided', (event) => tenants.push(event.tenant));
    handler.on('served', (event) => tenants.push(event.tenant));
    await handler('u', 'hi');
    expect(tenants).toEqual(['tenant-1', 'tenant-1']);
  });
});

describe('Promise 9 (quiet failure): callbacks that were written async', () => {
  it('are no answer and no unhandled rejection', async () => {
    const rejects = (async () => {
      throw new Error('async');
    }) as never;
    const gone = Object.assign(new Error('an ordinary error'), { status: 500 });
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: async () => {
        throw gone;
      },
      candidate: async () => {
        throw new Error('candidate');
      },
      identify: () => ({ tenant: 'acme', task: 'a task' }),
      force: rejects,
      isGone: (async () => true) as never,
      fallback: { isFailure: rejects },
      flags: memoryFlags('live'),
      logger: { warn: rejects },
    });
    await expect(handler()).rejects.toBe(gone);
    expect(handler.stats().routes.chat?.legacyGone).toBe(false);
  });
});
