import { describe, expect, it } from 'vitest';
import { ownMethod } from '../../src/router/replies/own-method.ts';
import { tapHeldStream } from '../../src/router/replies/tap-held-stream.ts';
import { noting } from './tapped.ts';

const boom = new Error('run broke');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a streamed run of the Agents SDK looks like, and what its test may change of it. */
function run(over: object = {}) {
  const source = ReadableStream.from(['a', 'b']);
  const held = {
    finalOutput: 'ab',
    completed: Promise.resolve() as Promise<unknown>,
    toStream: () => source,
    toTextStream: () => source,
    ...over,
  };
  return { held, source };
}

function tapped(held: object) {
  const { told, observer } = noting();
  return { told, tap: tapHeldStream(held, observer) };
}
const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
};

describe('an object that holds a stream', () => {
  it('stays the same, and all of its ways read what is observed', async () => {
    const { held, source } = run();
    const { told, tap } = tapped(held);
    expect(tap?.reply).toBe(held);
    expect(held.toStream()).toBe(source);
    expect(source.locked).toBe(false);
    const reader = source.getReader();
    expect(source.locked).toBe(true);
    expect(await reader.read()).toEqual({ done: false, value: 'a' });
    reader.releaseLock();
    expect(await textOf(source)).toBe('b');
    expect(told.slice(0, 3)).toEqual(['a', 'b', 'ended']);
  });

  it('may be changed once more by who was given it', () => {
    const { held, source } = run();
    tapped(held);
    Object.defineProperty(source, 'locked', { value: 'mine' });
    Object.defineProperty(held, 'completed', { value: 'mine' });
    expect([source.locked, held.completed]).toEqual(['mine', 'mine']);
  });

  it('is cut by who cancels its stream', async () => {
    const { held, source } = run();
    const { told } = tapped(held);
    await source.cancel('left');
    expect(told[0]).toBe('cut');
  });

  it('has its final output for a reply where nobody reads', async () => {
    const { held } = run();
    const { told } = tapped(held);
    await held.completed;
    await turn();
    expect(told).toEqual(['ab', 'ended']);
  });

  it('has failed where nobody reads and it was not completed', async () => {
    const { held } = run({ completed: Promise.reject(boom) });
    const { told } = tapped(held);
    await expect(held.completed).rejects.toBe(boom);
    await turn();
    expect(told).toEqual([['failed', boom]]);
  });

  it('has what was read of it where somebody reads, also where that one waits for it too', async () => {
    const { held, source } = run();
    const { told } = tapped(held);
    expect(await textOf(source)).toBe('ab');
    await held.completed;
    await turn();
    expect(told.filter((one) => one === 'ab')).toEqual([]);
    const begun = run();
    const other = tapped(begun.held);
    begun.source.getReader();
    await begun.held.completed;
    await turn();
    expect(other.told).toEqual([]);
  });

  it('waits for its first chunk, and is abandoned, as its stream', async () => {
    let cancelled = 0;
    const source = new ReadableStream({
      start: (controller) => controller.enqueue('a'),
      cancel: () => {
        cancelled += 1;
      },
    });
    const { tap } = tapped(run({ toStream: () => source }).held);
    expect(await tap?.first()).toBe(true);
    tap?.abandon();
    await turn();
    expect(cancelled).toBe(1);
  });

  it.each<[string, () => object]>([
    ['has no stream', () => ({ ...run().held, toStream: undefined })],
    ['has no stream of text', () => ({ ...run().held, toTextStream: 7 })],
    ['is not completed', () => ({ ...run().held, completed: true })],
    ['is frozen', () => Object.freeze(run().held)],
    ['makes a stream each time', () => run({ toStream: () => ReadableStream.from(['a']) }).held],
    [
      'holds one that does not let itself be changed',
      () => {
        const source = Object.preventExtensions(ReadableStream.from(['a']));
        return run({ toStream: () => source }).held;
      },
    ],
    [
      'holds one that is read already',
      () => {
        const { held, source } = run();
        source.getReader();
        return held;
      },
    ],
  ])('is not taken for one where it %s', (_why, make) => {
    expect(tapped(make()).tap).toBeUndefined();
  });
});

describe('a method of one’s own', () => {
  const mine = () => 'mine';

  it('takes the place of another, can be replaced, and is hidden as that was', () => {
    class Service {
      name(): string {
        return 'its own';
      }
    }
    const service = new Service();
    expect(ownMethod(service, 'name', mine)).toBe(true);
    expect([service.name(), Object.keys(service)]).toEqual(['mine', []]);
    service.name = () => 'assigned';
    expect(service.name()).toBe('assigned');
    Object.defineProperty(service, 'name', { value: () => 'defined' });
    expect(service.name()).toBe('defined');
  });

  it('is refused by what does not let itself be changed', () => {
    expect(ownMethod(Object.freeze({}), 'name', mine)).toBe(false);
  });
});
