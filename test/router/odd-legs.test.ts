import { createCutoverHandler, type Stage } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';

/** What makes a thenable of an object that is no promise. */
const then = 'then';

const stages: readonly Stage[] = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'];

/** As wrappers that watch a promise make it. */
const proxied = <T>(promise: Promise<T>): Promise<T> =>
  new Proxy(promise, {
    get: (target, key) => (key === then ? target.then.bind(target) : Reflect.get(target, key)),
  });

/** A stub as clients of remote functions make it: whatever is read of it names a function of the other side. */
const stub = (answer: (...args: never[]) => string): (() => string) =>
  new Proxy(answer, {
    get: (_answer, key) => () => `no remote function "${String(key)}"`,
  }) as never;

describe.each(stages)('in stage %s', (stage) => {
  it('a leg may answer with a proxy of a promise', async () => {
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: () => proxied(Promise.resolve('the reply')),
      candidate: () => proxied(Promise.resolve('the reply')),
      identify: () => ({ tenant: 'acme', task: 'What is it?' }),
      flags: memoryFlags(stage),
    });
    expect(await handler()).toBe('the reply');
    expect(handler.stats().routes.chat?.fallbacks).toBe(0);
  });

  it('a leg may be a stub of a remote function, to which `call` is a name like any other', async () => {
    const handler = createCutoverHandler({
      name: 'chat',
      legacy: stub((message: string) => `remote: ${message}`) as (message: string) => string,
      candidate: stub((_context: unknown, message: string) => `remote: ${message}`) as never,
      identify: stub(((message: string) => ({ tenant: 'acme', task: message })) as never) as never,
      flags: memoryFlags(stage),
    });
    expect(await handler('hello')).toBe('remote: hello');
    expect(handler.stats().routes.chat).toMatchObject({ fallbacks: 0, undecided: { noTenant: 0 } });
  });
});
