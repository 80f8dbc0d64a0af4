import type { Stage } from 'engramia-cutover';
import type { FlagProvider } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
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
    let looks = 0;
    await using chat = await startHandler('off', {
      ...fromHead,
      force: () => {
        looks += 1;
        return looks === 1 ? 'off' : 'live';
      },
    });
    expect(await (await chat.handler(request())).json()).toEqual({
      reply: `candidate: ${question}`,
    });
  });

  it('falls back to legacy, with all of the body, when it cannot be held that late', async () => {
    let looks = 0;
    await using chat = await startHandler('off', {
      ...fromHead,
      maxBodyBytes: 5,
      force: () => {
        looks += 1;
        return looks === 1 ? 'off' : 'live';
      },
    });
    expect(await (await chat.handler(request())).json()).toEqual({ reply: `legacy: ${question}` });
    expect(chat.handler.stats().routes.chat?.fallbacks).toBe(1);
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
