import { createCutoverHandler } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { chat } from './world.ts';

const identify = () => ({ tenant: 'acme', task: 'a task long enough' });

describe('a wrapped handler', () => {
  it('answers with what legacy answers, to exactly the arguments it was called with', async () => {
    const seen: unknown[][] = [];
    const { handler } = chat('dualwrite', {
      legacy: async (...args) => {
        seen.push(args);
        return 'reply';
      },
    });
    expect(await handler('user-1', 'hello')).toBe('reply');
    expect(seen).toEqual([['user-1', 'hello']]);
  });

  it('passes any number of arguments on to both legs', async () => {
    for (const stage of ['off', 'dualwrite', 'live'] as const) {
      const wrap = createCutoverHandler({
        name: 'many',
        legacy: (...args: number[]) => args.join(),
        candidate: (_context, ...args) => args.join(),
        identify: (...args) => ({ tenant: 'acme', task: args.join() }),
        flags: memoryFlags(stage),
      });
      for (const args of [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5]]) {
        expect(await wrap(...args)).toBe(args.join());
      }
    }
  });

  it('keeps the name and the length of legacy', () => {
    function handleRequest(_userId: string, _message: string): string {
      return 'x';
    }
    const wrapped = createCutoverHandler({
      name: 'chat',
      legacy: handleRequest,
      candidate: () => 'y',
      identify,
      flags: memoryFlags('off'),
    });
    expect(wrapped.name).toBe('handleRequest');
    expect(wrapped.length).toBe(2);
  });

  it.each(['off', 'dualwrite', 'live'] as const)('forwards `this` in stage %s', async (stage) => {
    const service = {
      word: 'mine',
      handle: createCutoverHandler({
        name: 'chat',
        legacy(this: { word: string }) {
          return this.word;
        },
        candidate(this: { word: string }) {
          return this.word;
        },
        identify,
        flags: memoryFlags(stage),
      }),
    };
    expect(await service.handle()).toBe('mine');
  });

  it.each(['off', 'dualwrite'] as const)(
    'starts legacy in the tick of the call in stage %s',
    async (stage) => {
      const order: string[] = [];
      const { handler } = chat(stage, {
        legacy: async () => {
          order.push('legacy');
          return 'x';
        },
      });
      const reply = handler('u', 'm');
      order.push('after the call');
      expect(order).toEqual(['legacy', 'after the call']);
      await reply;
    },
  );

  it('starts the candidate in the tick of the call', () => {
    let started = false;
    const { handler } = chat('live', {
      candidate: async () => {
        started = true;
        return 'x';
      },
    });
    const reply = handler('u', 'm');
    expect(started).toBe(true);
    return reply;
  });

  it.each(['off', 'dualwrite', 'complete'] as const)(
    'rejects with the very value that the leg threw synchronously in stage %s',
    async (stage) => {
      for (const thrown of [new Error('mine'), 'a string', undefined, null, 0]) {
        const fail = (): never => {
          throw thrown;
        };
        const { handler } = chat(stage, { legacy: fail, candidate: fail });
        const [outcome] = await Promise.allSettled([handler('u', 'm')]);
        expect(outcome.status).toBe('rejected');
        if (outcome.status === 'rejected') expect(outcome.reason).toBe(thrown);
      }
    },
  );

  it.each(['off', 'dualwrite', 'live'] as const)(
    'starts a lazy thenable exactly once in stage %s',
    async (stage) => {
      let started = 0;
      const method = ['th', 'en'].join('');
      const lazy = () => ({
        [method]: (resolve: (value: string) => void) => {
          started += 1;
          resolve('rows');
        },
      });
      const wrapped = createCutoverHandler({
        name: 'query',
        legacy: lazy as unknown as () => Promise<string>,
        candidate: lazy as unknown as () => Promise<string>,
        identify,
        flags: memoryFlags(stage),
      });
      expect(await wrapped()).toBe('rows');
      expect(started).toBe(1);
    },
  );

  it.each(['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'] as const)(
    'hands over the very object that the leg answered in stage %s',
    async (stage) => {
      const reply = Object.freeze({ text: 'frozen' });
      const wrapped = createCutoverHandler({
        name: 'object',
        legacy: () => reply,
        candidate: () => reply,
        identify,
        flags: memoryFlags(stage),
      });
      expect(await wrapped()).toBe(reply);
    },
  );

  it('says what would happen without running a leg', async () => {
    const never = (): never => {
      throw new Error('must not run');
    };
    const { handler, flags } = chat('shadow', { legacy: never, candidate: never });
    expect(await handler.decide('u', 'm')).toEqual({
      tenant: 'acme',
      stage: 'shadow',
      leg: 'legacy',
      mirrors: undefined,
      learns: false,
      fallback: false,
      reason: 'flag',
    });
    flags.set('acme', 'complete');
    expect(await handler.decide('u', 'm')).toMatchObject({ stage: 'complete', leg: 'candidate' });
    expect(handler.stats().routes.chat?.calls).toBe(0);
  });

  it('takes a request id and a signal of the caller by run()', async () => {
    const ids: string[] = [];
    const { handler } = chat('live', {
      candidate: async (context) => {
        ids.push(context.requestId);
        return String(context.signal.aborted);
      },
    });
    const init = { requestId: 'req-7', signal: AbortSignal.abort() };
    expect(await handler.run(['u', 'm'], init)).toBe('true');
    expect(ids).toEqual(['req-7']);
  });
});
