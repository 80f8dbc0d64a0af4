import { getEventListeners } from 'node:events';
import {
  type CutoverEventOf,
  createCutover,
  InvalidOptionsError,
  type Stage,
  shadowSafe,
} from 'engramia-cutover';
import { fetchCutover } from 'engramia-cutover/fetch';
import { memoryFlags } from 'engramia-cutover/flags';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { learning } from '../express/chat-app.ts';
import { chatRequest, messageOf, question, startHandler } from './chat-handler.ts';

const stages: readonly Stage[] = ['off', 'dualwrite', 'shadow', 'live', 'rampdown', 'complete'];

describe('a fetch handler', () => {
  it('takes one argument, as far as servers can see', async () => {
    await using chat = await startHandler('off');
    expect(chat.handler.length).toBe(1);
  });

  it.each(stages)('throws what the leg throws, in stage %s', async (stage) => {
    const boom = { odd: true };
    await using chat = await startHandler(stage, {
      legacy: () => {
        throw boom;
      },
      candidate: () => {
        throw boom;
      },
    });
    expect(await chat.handler(chatRequest()).catch((error: unknown) => error)).toBe(boom);
  });

  it('hands the facts that came with a request to identify and to both legs, and a mirror its copy', async () => {
    interface Locals {
      readonly tenant: string;
    }
    const { engramia } = await learning();
    const seen: [string, Locals][] = [];
    const mirrored = Promise.withResolvers<Locals>();
    const handler = fetchCutover({
      name: 'chat',
      identify: async (request, locals: Locals) => {
        seen.push(['identify', locals]);
        return { tenant: locals.tenant, task: await messageOf(request) };
      },
      legacy: (_request, locals) => {
        seen.push(['legacy', locals]);
        return new Response('ok');
      },
      candidate: shadowSafe(async (_context, _request: Request, locals: Locals) => {
        mirrored.resolve(locals);
        return 'ok';
      }),
      flags: memoryFlags('shadow'),
      engramia,
    });
    const locals = { tenant: 'acme' };
    await (await handler(chatRequest(), { locals })).text();
    const copy = await mirrored.promise;
    expect(seen.every(([, given]) => given === locals) && seen.map(([who]) => who)).toEqual([
      'identify',
      'legacy',
    ]);
    expect(copy).toEqual(locals);
    expect(copy).not.toBe(locals);
    await handler.close();
  });

  it('hands each call’s background work to the call’s own waitUntil', async () => {
    const promises: Promise<unknown>[] = [];
    await using chat = await startHandler('dualwrite', { background: { mode: 'waitUntil' } });
    const waitUntil = (promise: Promise<unknown>): void => void promises.push(promise);
    await (await chat.handler(chatRequest(), { waitUntil })).text();
    expect(promises).toHaveLength(1);
    await promises[0];
    expect(chat.fake.patterns('default')).toHaveLength(1);
  });

  it('keeps nothing listening to a signal that outlives its calls', async () => {
    const { signal } = new AbortController();
    for (const stage of stages) {
      await using chat = await startHandler(stage, {
        candidate: (context) => `until ${context.signal.aborted}`,
      });
      for (let call = 0; call < 5; call += 1) {
        await (await chat.handler(chatRequest(), { signal })).text();
      }
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it.each(['the request’s signal', 'the signal of the call'])(
    'aborts a served candidate with %s, and learns nothing',
    async (whose) => {
      const gone = new AbortController();
      const begun = Promise.withResolvers<void>();
      let legacyCalls = 0;
      await using chat = await startHandler('live', {
        candidate: (context, request) =>
          new Promise((_resolve, reject) => {
            request.signal.addEventListener('abort', () => reject(context.signal.reason));
            begun.resolve();
          }),
        legacy: () => {
          legacyCalls += 1;
          return new Response('too late');
        },
      });
      const { signal } = gone;
      const answer =
        whose === 'the signal of the call'
          ? chat.handler(chatRequest(), { signal })
          : chat.handler(chatRequest(question, { signal }));
      await begun.promise;
      gone.abort('left');
      expect(await answer.catch((reason: unknown) => reason)).toBe('left');
      await chat.handler.flush();
      expect([legacyCalls, chat.handler.stats().learn.offered]).toEqual([0, 0]);
    },
  );

  it('lets legacy answer for a candidate that is late, and cancels the stream that comes later', async () => {
    const clock = fakeClock();
    const cancelled = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await using chat = await startHandler('live', {
      clock,
      fallback: { afterMs: 1_000 },
      candidate: () =>
        new ReadableStream({
          pull: () => begun.resolve(),
          cancel: () => cancelled.resolve(),
        }),
    });
    const answer = chat.handler(chatRequest());
    await begun.promise;
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1_000);
    expect(await (await answer).json()).toEqual({ reply: `legacy: ${question}` });
    await cancelled.promise;
  });

  it('shows the app’s own rules what the candidate returned, not the Response made of it', async () => {
    const seen: unknown[] = [];
    const refusal = { refused: true };
    await using chat = await startHandler('live', {
      candidate: () => refusal,
      fallback: {
        isFailure: (reply) => reply === refusal,
        when: (reason) => {
          seen.push(reason);
          return true;
        },
      },
    });
    const response = await chat.handler(chatRequest());
    expect(await response.json()).toEqual({ reply: `legacy: ${question}` });
    expect(seen).toEqual([refusal]);
  });

  it('lets legacy answer for a candidate’s Response of status 500', async () => {
    await using chat = await startHandler('live', {
      candidate: () => new Response('broken', { status: 500 }),
    });
    expect((await chat.handler(chatRequest())).status).toBe(200);
    expect(chat.handler.stats().routes.chat?.fallbacks).toBe(1);
  });

  it.each([400, 404, 429, 500, 503])('does not learn a reply of status %i', async (status) => {
    await using chat = await startHandler('dualwrite', {
      legacy: () => Response.json({ reply: 'an answer of some length' }, { status }),
    });
    await (await chat.handler(chatRequest())).text();
    await chat.handler.flush();
    expect(chat.fake.patterns('default')).toEqual([]);
    expect(chat.handler.stats().learn.accepted).toBe(0);
  });

  it('mirrors legacy behind a served candidate where the app says how', async () => {
    await using chat = await startHandler('live', {
      legacyShadow: async (_context, request) =>
        new Response(`legacy: ${await messageOf(request)}`),
    });
    const compared = new Promise<CutoverEventOf<'compared'>>((resolve) =>
      chat.handler.on('compared', resolve),
    );
    await (await chat.handler(chatRequest())).text();
    expect(await compared).toMatchObject({
      served: { leg: 'candidate', chars: `candidate: ${question}`.length },
      mirrored: { leg: 'legacy', chars: `legacy: ${question}`.length },
    });
  });

  it('shares a cutover with the routes of other handlers', async () => {
    const cutover = createCutover({ flags: memoryFlags('live') });
    const route = (name: string) =>
      fetchCutover({
        name,
        cutover,
        identify: () => ({ tenant: 'acme', task: question }),
        legacy: () => new Response('legacy'),
        candidate: () => name,
      });
    const replies = [];
    for (const name of ['a', 'b']) replies.push(await (await route(name)(chatRequest())).text());
    expect(replies).toEqual(['a', 'b']);
    expect(() => route('a')).toThrow(/"a" is taken/);
    expect(Object.keys(cutover.stats().routes)).toEqual(['a', 'b']);
    await cutover.close();
  });

  it('refuses bad options, all at once', () => {
    const bad = { name: '', maxBodyBytes: 0, maxBodyWaitMs: -1, tenant: 'acme', nonsense: true };
    const attempt = () => fetchCutover(bad as never);
    expect(attempt).toThrow(InvalidOptionsError);
    for (const name of [...Object.keys(bad), 'legacy', 'candidate', 'identify', 'flags']) {
      expect(attempt).toThrow(new RegExp(`\\b${name} (is|must)`));
    }
    expect(attempt).toThrow(
      /nonsense is not an option \(there are: .*legacy, .*tenant, maxBodyBytes,/,
    );
    expect(() => fetchCutover(undefined as never)).toThrow(/must be an object/);
  });

  const usable = {
    name: 'chat',
    legacy: () => new Response('legacy'),
    candidate: () => 'candidate',
    identify: () => ({ tenant: 'acme', task: question }),
  };

  it('refuses options that are only inherited, which it would not all go by', () => {
    const inherited = { view: () => ({ text: 'hidden' }), flags: memoryFlags('off') };
    const given = Object.assign(Object.create(inherited), usable);
    expect(() => fetchCutover(given)).toThrow(/flags is missing/);
    expect(() => fetchCutover(Object.create(usable))).toThrow(/legacy is missing/);
  });

  it('takes a cutover that is undefined for one that was not given', async () => {
    const without = { ...usable, cutover: undefined };
    expect(() => fetchCutover(without as never)).toThrow(/flags is missing/);
    const handler = fetchCutover({ ...without, flags: memoryFlags('off') } as never);
    expect(await (await handler(chatRequest())).text()).toBe('legacy');
  });

  it('does not promise that a reply waits for its own learning', () => {
    const options = {
      ...usable,
      flags: memoryFlags('off'),
      background: { mode: 'await' },
    } as const;
    expect(() => fetchCutover(options)).toThrow(
      /background.mode must be "detached" or "waitUntil"/,
    );
  });
});
