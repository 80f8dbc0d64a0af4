import { describe, expect, it } from 'vitest';
import { chain } from '../../../src/router/serve/chain.ts';

/** What makes a thenable of an object that is no promise. */
const then = 'then';

const reply = (value: unknown) => `reply ${String(value)}`;
const failure = (reason: unknown) => `failure ${String(reason)}`;

class Own<T> extends Promise<T> {}

describe('a chained thenable', () => {
  it('is a promise, followed by its own end', async () => {
    expect(await chain(Promise.resolve(1), reply, failure)).toBe('reply 1');
    expect(await chain(Promise.reject(2), reply, failure)).toBe('failure 2');
  });

  it('may be of a subclass, and gives a plain promise', async () => {
    const chained = chain(Own.resolve(1), reply, failure);
    expect(chained.constructor).toBe(Promise);
    expect(await chained).toBe('reply 1');
  });

  it('is followed by what promises do, whatever it has for a `then` of its own', async () => {
    const lying = Object.assign(Promise.resolve('true'), {
      [then]: (tell: (value: string) => void) => tell('a lie'),
    });
    expect(await chain(lying, reply, failure)).toBe('reply true');
  });

  it('may pretend to be made by Promise, and is started once', async () => {
    let starts = 0;
    const lazy = {
      constructor: Promise,
      [then](tell: (value: number) => void) {
        starts += 1;
        tell(starts);
      },
    };
    expect(await chain(lazy as never, reply, failure)).toBe('reply 1');
    expect(starts).toBe(1);
  });

  it('may be a proxy of a promise, or inherit from Promise alone', async () => {
    const proxied = new Proxy(Promise.resolve('true'), {
      get: (promise, key) =>
        key === then ? promise.then.bind(promise) : Reflect.get(promise, key),
    });
    expect(await chain(proxied, reply, failure)).toBe('reply true');
    const heir = Object.assign(Object.create(Promise.prototype), {
      [then]: (tell: (value: string) => void) => tell('true'),
    });
    expect(await chain(heir, reply, failure)).toBe('reply true');
  });
});
