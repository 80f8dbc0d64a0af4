import type { CallContext } from 'engramia-cutover';
import { memoryTranscript } from 'engramia-cutover/transcript';
import { describe, expect, it, vi } from 'vitest';
import { chat } from './world.ts';

describe('the history of a served candidate', () => {
  const identify = (_userId: string, task: string) => ({ tenant: 'acme', task, conversation: 'c' });
  const textsOf = async (context: CallContext) => (await context.history()).map(({ text }) => text);

  it('holds what others were answered while it runs', async () => {
    const open = Promise.withResolvers<string>();
    let first: CallContext | undefined;
    const { handler } = chat('live', {
      identify,
      transcript: memoryTranscript(),
      candidate: async (context, _userId, message) => {
        if (message === 'second') return 'answer';
        first = context;
        return open.promise;
      },
    });
    const reply = handler('u', 'first');
    await handler('u', 'second');
    await handler.flush();
    expect(await textsOf(first as CallContext)).toEqual(['second', 'answer']);
    open.resolve('done');
    await reply;
    await handler.flush();
    expect(await textsOf(first as CallContext)).toEqual([]);
  });

  it('ends where the call began, once legacy has answered in its place', async () => {
    let context: CallContext | undefined;
    const { handler } = chat('live', {
      identify,
      transcript: memoryTranscript(),
      candidate: async (given) => {
        context = given;
        throw new Error('candidate broke');
      },
    });
    await handler('u', 'hi');
    await handler.flush();
    expect(await textsOf(context as CallContext)).toEqual([]);
  });

  it('is empty where there is no conversation, of which no store is asked', async () => {
    const transcript = memoryTranscript();
    const asked = vi.spyOn(transcript, 'history');
    const told: (readonly string[])[] = [];
    const { handler } = chat('live', {
      identify: (_userId, task) => ({ tenant: 'acme', task }),
      transcript,
      candidate: async (context) => {
        told.push(await textsOf(context));
        return 'answer';
      },
    });
    await handler('u', 'hi');
    expect(told).toEqual([[]]);
    expect(asked).not.toHaveBeenCalled();
  });

  it('has nothing of a call that failed', async () => {
    const { handler } = chat('dualwrite', {
      identify,
      transcript: memoryTranscript(),
      legacy: async () => {
        throw new Error('no');
      },
    });
    await expect(handler('u', 'hi')).rejects.toThrow('no');
    await handler.flush();
    expect(handler.stats().conversations.recorded.offered).toBe(0);
  });
});
