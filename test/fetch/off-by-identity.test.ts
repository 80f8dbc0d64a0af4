import type { Stage } from 'engramia-cutover';
import type { FlagProvider } from 'engramia-cutover/flags';
import { describe, expect, it, vi } from 'vitest';
import {
  type ChatOptions,
  chatRequest,
  messageOf,
  question,
  startHandler,
} from './chat-handler.ts';

const later = (stage: () => Stage): FlagProvider => ({
  metadata: { name: 'later' },
  resolveStringEvaluation: async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return { value: stage() };
  },
});

const fromHead: Partial<ChatOptions> = {
  tenant: ({ headers }) => headers.get('x-tenant') ?? undefined,
};

/** Off when the head of the first request is looked at, and not any more when it is served. */
function offAtFirst(stage: Stage): Partial<ChatOptions> {
  let looks = 0;
  return {
    force: () => {
      looks += 1;
      return looks === 1 ? 'off' : stage;
    },
  };
}

const request = (tenant = 'acme'): Request =>
  chatRequest(question, { headers: { 'x-tenant': tenant } });

describe('stage off', () => {
  it.each(['at once', 'later'])(
    'passes the very request and the very response where the head names the tenant, decided %s',
    async (when) => {
      const sent = request();
      const reply = new Response('the very one');
      let identified = 0;
      await using chat = await startHandler('off', {
        ...fromHead,
        identify: () => {
          identified += 1;
          return { tenant: 'acme', task: question };
        },
        legacy: (given) => (given === sent && !given.bodyUsed ? reply : new Response('a copy')),
        ...(when === 'later' && { flags: later(() => 'off') }),
      });
      expect(await chat.handler(sent)).toBe(reply);
      expect(identified).toBe(0);
      expect(chat.handler.stats().routes.chat).toMatchObject({
        calls: 1,
        stages: { off: 1 },
        undecided: { identify: 0, noTenant: 0 },
      });
    },
  );

  it('starts legacy in the caller’s tick where flags answer at once', async () => {
    const order: string[] = [];
    await using chat = await startHandler('off', {
      ...fromHead,
      legacy: () => {
        order.push('legacy');
        return new Response('ok');
      },
    });
    const answer = chat.handler(request());
    order.push('caller');
    await answer;
    expect(order).toEqual(['legacy', 'caller']);
  });

  it('gives legacy a request that reads the same where only the body names the tenant', async () => {
    const sent = request();
    await using chat = await startHandler('off', {
      legacy: async (given) => new Response(`${given === sent} ${await messageOf(given)}`),
    });
    expect(await (await chat.handler(sent)).text()).toBe(`false ${question}`);
  });

  it('is what a kill means too: nothing is read of the request', async () => {
    const sent = request();
    await using chat = await startHandler('live', {
      ...fromHead,
      legacy: (given) => new Response(String(given === sent)),
    });
    chat.handler.kill('drill');
    expect(await (await chat.handler(sent)).text()).toBe('true');
  });
});

describe('the tenant that the head names', () => {
  it('is the call’s where identify leaves it out, and gives way where it does not', async () => {
    const tenants: string[] = [];
    await using chat = await startHandler('live', {
      ...fromHead,
      identify: async (given) => {
        const task = await messageOf(given);
        return given.headers.get('x-tenant') === 'alias' ? { tenant: 'globex', task } : { task };
      },
      candidate: ({ tenant }) => {
        tenants.push(tenant);
        return 'ok';
      },
    });
    await chat.handler(request('acme'));
    await chat.handler(request('alias'));
    expect(tenants).toEqual(['acme', 'globex']);
  });

  it.each<[string, ChatOptions['tenant']]>([
    ['names none', () => undefined],
    ['names an empty one', () => ''],
    [
      'throws',
      () => {
        throw new Error('no header');
      },
    ],
    ['answers a promise', (async () => 'acme') as never],
    ['rejects', (async () => Promise.reject(new Error('no header'))) as never],
  ])('is looked for in the body when the head %s', async (_what, tenant) => {
    await using chat = await startHandler('live', { ...(tenant && { tenant }) });
    expect(await (await chat.handler(request())).json()).toEqual({
      reply: `candidate: ${question}`,
    });
  });

  it('is served by the candidate although it was off when its head was looked at', async () => {
    await using chat = await startHandler('off', {
      ...fromHead,
      ...offAtFirst('live'),
    });
    expect(await (await chat.handler(request())).json()).toEqual({
      reply: `candidate: ${question}`,
    });
  });

  it('falls back to legacy, with all of the body, when it cannot be held that late', async () => {
    await using chat = await startHandler('off', {
      ...fromHead,
      maxBodyBytes: 5,
      ...offAtFirst('live'),
    });
    expect(await (await chat.handler(request())).json()).toEqual({ reply: `legacy: ${question}` });
    expect(chat.handler.stats().routes.chat?.fallbacks).toBe(1);
  });

  it('is served by the candidate alone when it is complete by then, with a body that is held that late', async () => {
    const legacy = vi.fn(() => new Response('legacy'));
    await using chat = await startHandler('off', {
      ...fromHead,
      ...offAtFirst('complete'),
      legacy,
    });
    expect(await (await chat.handler(request())).json()).toEqual({
      reply: `candidate: ${question}`,
    });
    expect(legacy).not.toHaveBeenCalled();
  });

  it('fails when it is complete by then and the body cannot be held that late: legacy is not asked', async () => {
    const legacy = vi.fn(() => new Response('legacy'));
    const candidate = vi.fn(() => 'candidate');
    await using chat = await startHandler('off', {
      ...fromHead,
      ...offAtFirst('complete'),
      maxBodyBytes: 5,
      legacy,
      candidate,
    });
    await expect(chat.handler(request())).rejects.toThrow('The body could not be held.');
    expect([legacy, candidate].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    await chat.handler.flush();
    const { learn, routes } = chat.handler.stats();
    expect([learn.accepted, routes.chat?.stages.complete]).toEqual([0, 1]);
  });
});

describe('decide()', () => {
  it('tells what would happen, runs neither leg and leaves the request unread', async () => {
    const sent = request();
    await using chat = await startHandler('live', {
      candidate: () => {
        throw new Error('must not run');
      },
    });
    expect(await chat.handler.decide(sent)).toMatchObject({
      tenant: 'acme',
      stage: 'live',
      leg: 'candidate',
      fallback: true,
    });
    expect([sent.bodyUsed, await messageOf(sent)]).toEqual([false, question]);
    expect(chat.handler.stats().routes.chat?.calls).toBe(0);
  });

  it('tells it of a request that nobody can read any more', async () => {
    const sent = request();
    await sent.text();
    await using chat = await startHandler('live');
    expect(await chat.handler.decide(sent)).toMatchObject({ leg: 'legacy', reason: 'no-tenant' });
  });
});
