import type { Response } from 'express';
import { describe, expect, it, vi } from 'vitest';
import { CandidateReply } from '../../src/router/adapters/node/candidate-reply.ts';
import type { PreparedReply } from '../../src/router/replies/prepare-reply.ts';
import { startChat } from './chat-app.ts';
import { frameworks } from './servers.ts';

/** A reply of chunks, and what is told of its end. */
function followed(given: readonly string[] | Error) {
  const chunks = given instanceof Error ? [] : [...given];
  const cancel = vi.fn();
  const next = async (): Promise<string | undefined> => {
    if (given instanceof Error) throw given;
    return chunks.shift();
  };
  const reply = new CandidateReply({} as never, 'value', {
    kind: 'stream',
    head: undefined,
    first: 'first',
    source: { next, cancel },
  });
  const told: unknown[] = [];
  const isFollowed = reply.observe(
    {
      ended: () => told.push('ended'),
      failed: (reason) => told.push(reason),
      cut: () => told.push('cut'),
    },
    1_000,
  );
  const { source } = reply.prepared as Extract<PreparedReply, { kind: 'stream' }>;
  return { reply, told, isFollowed, source, cancel };
}

describe('the end of a candidate’s reply', () => {
  it('is told once: a stream that came whole is not cut when it is let go of', async () => {
    const { reply, told, isFollowed, source, cancel } = followed(['second']);
    expect([isFollowed, await source?.next(), told]).toEqual([true, 'second', []]);
    expect(await source?.next()).toBeUndefined();
    reply.discard();
    expect([told, cancel.mock.calls]).toEqual([['ended'], [[]]]);
  });

  it('is the error that a stream breaks with', async () => {
    const broken = new Error('midway');
    const { reply, told, source } = followed(broken);
    await expect(source?.next()).rejects.toBe(broken);
    reply.discard();
    expect(told).toEqual([broken]);
  });

  it('is a cut where it is let go of before', () => {
    const { reply, told } = followed(['second']);
    reply.discard();
    reply.discard();
    expect(told).toEqual(['cut']);
  });

  it('is not waited for where nothing is to come', () => {
    const whole = new CandidateReply({} as never, 'value', { kind: 'text', body: 'x' });
    const empty = new CandidateReply({} as never, 'value', {
      kind: 'stream',
      head: undefined,
      first: undefined,
      source: { next: async () => undefined, cancel: () => undefined },
    });
    const observer = { ended: vi.fn(), failed: vi.fn(), cut: vi.fn() };
    expect([whole, empty].map((reply) => reply.observe(observer, 1_000))).toEqual([false, false]);
  });

  it('comes with the reply’s, where the app itself ends what the candidate has begun', async () => {
    let res: Response | undefined;
    const { promise } = Promise.withResolvers<void>();
    await using app = await startChat('Express 5', {
      stage: 'live',
      before: [
        frameworks['Express 5'].json(),
        (_req, response, next) => {
          res = response;
          next();
        },
      ],
      options: {
        candidate: async function* () {
          yield 'half of it';
          res?.end();
          await promise;
        },
      },
    });
    const told: unknown[] = [];
    app.cutover.on('served', ({ leg, status, cut }) => told.push({ leg, status, cut }));
    expect(await (await app.ask()).text()).toBe('half of it');
    await vi.waitFor(() =>
      expect(told).toEqual([{ leg: 'candidate', status: 'fulfilled', cut: true }]),
    );
  });
});
