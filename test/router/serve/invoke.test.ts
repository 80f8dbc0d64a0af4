import { describe, expect, it } from 'vitest';
import { invokable, invoke, invokeWith } from '../../../src/router/serve/invoke.ts';

/** What a function was called with, and on what. */
function seen(this: unknown, ...args: unknown[]): unknown[] {
  return [this, ...args];
}

const self = { name: 'the caller’s' };
const lists = Array.from({ length: 6 }, (_, count) => Array.from({ length: count }, (_, at) => at));

describe('a function of the app', () => {
  it.each(lists.map((args) => ({ args })))(
    'is called on its own `this`, with all of $args',
    ({ args }) => {
      expect(invoke(seen, self, args)).toStrictEqual([self, ...args]);
      expect(invokeWith('context', seen, self, args)).toStrictEqual([self, 'context', ...args]);
    },
  );

  it.each(['call', 'apply'])('runs itself where its `%s` is a name like any other', (name) => {
    const stub = invokable(Object.assign(seen.bind(self), { [name]: () => 'something else' }));
    for (const args of lists) {
      expect(invoke(stub, undefined, args)).toStrictEqual([self, ...args]);
      expect(invokeWith('context', stub, undefined, args)).toStrictEqual([
        self,
        'context',
        ...args,
      ]);
    }
  });
});
