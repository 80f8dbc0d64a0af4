import type { Transcript, Turn } from 'engramia-cutover';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it } from 'vitest';
import { redactPersonalData } from '../../src/core/redact/redact.ts';
import { chat } from '../router/world.ts';

const said = (at: number): Turn => ({ role: 'user', text: `turn ${at}`, leg: 'legacy', at });

/** What a candidate is shown by a transcript that answers so, and what is told of it. */
async function shown(answer: () => unknown, limit?: number) {
  let turns: readonly Turn[] | undefined;
  const operations: string[] = [];
  const transcript: Transcript = {
    append: async () => undefined,
    history: answer as Transcript['history'],
    erase: async () => undefined,
  };
  const { handler } = chat('complete', {
    transcript,
    identify: () => ({ tenant: 'acme', task: 'And now?', conversation: 'c' }),
    candidate: async (context) => {
      turns = await context.history(limit);
      return `after ${turns.map(({ text }) => text).join()}`;
    },
  });
  handler.on('error', ({ operation }) => operations.push(operation));
  const reply = await handler('u', 'And now?');
  await handler.close();
  return { turns, reply, operations };
}

describe('a transcript of the app that answers a leg with', () => {
  it.each<[string, () => unknown]>([
    ['nothing', async () => null],
    ['a text', async () => 'turn 1'],
    ['a list that holds no turns', async () => [null]],
    ['a turn without words', async () => [{ ...said(1), text: 5 }]],
    ['a turn of nobody', async () => [{ ...said(1), role: 'system' }]],
    [
      'what cannot be looked at',
      async () => [
        new Proxy(said(1), {
          get: () => {
            throw new Error('no');
          },
        }),
      ],
    ],
  ])('%s is contained: the leg goes on without a conversation', async (_what, answer) => {
    const { reply, operations } = await shown(answer);
    expect(reply).toBe('after ');
    expect(operations).toEqual(['history']);
  });

  it.each([
    [0, 0],
    [2, 2],
    [5, 3],
    [undefined, 3],
  ])('more turns than the %s asked for shows the latest', async (limit, count) => {
    const all = [said(1), said(2), said(3)];
    const { turns } = await shown(async () => all, limit);
    expect(turns).toEqual(all.slice(3 - count));
  });
});

describe('a reply of megabytes', () => {
  it('is redacted as far as it is kept, and no address is kept in half', async () => {
    const lengths: number[] = [];
    const transcript = memoryTranscript({
      maxTurnChars: 100,
      redact: (text) => {
        lengths.push(text.length);
        return redactPersonalData(text);
      },
    });
    const { handler } = chat('dualwrite', {
      transcript,
      identify: () => ({ tenant: 'acme', task: 'And now?', conversation: 'c' }),
      legacy: async () => 'Ask jane@example.com '.repeat(100_000),
    });
    await handler('u', 'And now?');
    await handler.close();
    const [, answer] = await transcript.history('acme', 'c');
    expect(answer?.text).toBe('Ask [email] '.repeat(9).slice(0, 100));
    expect(Math.max(...lengths)).toBeLessThan(1_000);
  });
});
