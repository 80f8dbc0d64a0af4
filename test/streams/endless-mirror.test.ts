import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { unhurried } from '../../src/router/replies/unhurried.ts';
import { message, streamWorld } from './world.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Has always more, waits for nothing, and knows no end but that it gives up long after it should have been left. */
function endless(value: unknown): { reads: number } & AsyncIterable<unknown> {
  const stream = {
    reads: 0,
    next: async () => {
      stream.reads += 1;
      return { done: stream.reads > 200_000, value };
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream as unknown as { reads: number } & AsyncIterable<unknown>;
}

describe.each([
  ['empty texts', ''],
  ['events without text', { type: 'ping' }],
])('a mirrored stream that never waits and gives %s', (_what, value) => {
  it('leaves the process its turns, and is left at the deadline', async () => {
    const clock = fakeClock();
    const stream = endless(value);
    const { handler } = await streamWorld(
      'shadow',
      (leg) => (leg === 'legacy' ? 'legacy' : stream),
      { clock, shadow: { mirror: { deadlineMs: 100 } }, learn: false },
    );
    expect(await handler(message)).toBe('legacy');
    while (stream.reads === 0) await turn();
    expect(stream.reads).toBeLessThan(1000);
    await clock.advance(100);
    await turn();
    const { timedOut, running } = handler.stats().mirror;
    expect({ timedOut, running }).toEqual({ timedOut: 1, running: 0 });
    const reads = stream.reads;
    await turn();
    expect(stream.reads).toBe(reads);
  });
});

describe('a stream that is read in the shadow', () => {
  it('gives chunks until its signal aborts, whether it can be cancelled or not', async () => {
    const abort = new AbortController();
    const reason = new Error('over');
    const source = { next: async () => 'chunk', cancel: () => undefined };
    const chunks: string[] = [];
    const reading = (async () => {
      for await (const chunk of unhurried(source, abort.signal)) {
        if (chunks.push(chunk) === 3) abort.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(chunks).toHaveLength(3);
  });
});

it('a mirrored stream of many chunks is read at once in a process that waits for its next request', async () => {
  const script = fileURLToPath(new URL('./idle-mirror.child.ts', import.meta.url));
  const child = spawn(process.execPath, [script]);
  let verdict = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    verdict += text;
  });
  const [code] = await once(child, 'close');
  expect({ code, verdict }).toEqual({ code: 0, verdict: 'same' });
});
