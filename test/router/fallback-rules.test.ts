import { shadowSafe } from 'engramia-cutover';
import { describe, expect, it } from 'vitest';
import { live, pieces, textOf, unhandledIn } from './live-world.ts';
import { chat, nextTurn } from './world.ts';

const boom = new Error('candidate broke');
const throws = (): never => {
  throw boom;
};
const breaks = async (): Promise<never> => throws();

describe('a candidate without a deadline', () => {
  const fallback = { afterMs: false as const };

  it('is replaced by legacy when it fails', async () => {
    const { handler } = live({ fallback, candidate: breaks });
    expect(await handler('u', 'hi')).toBe('legacy: hi');
  });

  it('may answer with a stream', async () => {
    const { handler } = live({ fallback, candidate: (() => pieces('a', 'b')) as never });
    expect(await textOf(await handler('u', 'hi'))).toBe('ab');
  });
});

describe('why legacy answers in the candidate’s place', () => {
  it.each([
    ['throws', throws],
    ['rejects', breaks],
  ])('is the error of one that %s', async (_how, candidate) => {
    const { handler, fallbacks } = live({ candidate });
    await handler.run(['u', 'hi'], { requestId: 'r-1' });
    expect(fallbacks).toEqual([
      {
        type: 'fallback',
        route: 'chat',
        requestId: 'r-1',
        tenant: 'acme',
        stage: 'live',
        why: 'error',
        error: { name: 'Error' },
      },
    ]);
  });

  it.each<[string, () => unknown]>([
    ['a text', () => 'sorry'],
    ['an object', () => ({ text: 'sorry' })],
    ['a stream', () => pieces('sorry')],
    ['nothing', () => undefined],
  ])('is that %s failed, without an error', async (_what, make) => {
    for (const give of [make, async () => make()]) {
      const { handler, fallbacks } = live({
        candidate: give as never,
        fallback: { isFailure: () => true },
      });
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      expect(fallbacks).toMatchObject([{ why: 'failure' }]);
      expect(fallbacks[0]).not.toHaveProperty('error');
    }
  });

  it('leaves a stream that failed cancelled, and one that was thrown alone', async () => {
    for (const [isThrown, expected] of [
      [false, ['cancelled']],
      [true, []],
    ] as const) {
      const noted: string[] = [];
      const body = new ReadableStream({ cancel: () => void noted.push('cancelled') });
      const { handler } = live({
        candidate: (async () => {
          if (isThrown) throw body;
          return body;
        }) as never,
        fallback: { isFailure: () => true },
      });
      expect(await handler('u', 'hi')).toBe('legacy: hi');
      await nextTurn();
      expect(noted).toEqual(expected);
    }
  });
});

describe('the app’s rule of what is a failure', () => {
  it('is contained when it throws: the reply is served', async () => {
    const { handler, contained } = live({ fallback: { isFailure: throws } });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(contained).toEqual(['fallback.isFailure of chat']);
  });

  it.each<[string, () => unknown]>([
    ['a promise', async () => true],
    ['a promise that rejects', breaks],
    ['what is merely true', () => 1],
  ])('says no with %s, and that is told', async (_what, isFailure) => {
    const unhandled = await unhandledIn(async () => {
      const rules = { fallback: { isFailure: isFailure as () => boolean } };
      const { handler, contained, causes } = live(rules);
      expect(await handler('u', 'hi')).toBe('candidate: hi');
      expect(contained).toEqual(['fallback.isFailure of chat']);
      expect(causes[0]).toContain('must answer true or false');
    });
    expect(unhandled).toEqual([]);
  });
});

describe('the app’s rule of when to fall back', () => {
  it('is contained when it throws, by its route', async () => {
    const { handler, contained } = live({ candidate: breaks, fallback: { when: throws } });
    await expect(handler('u', 'hi')).rejects.toBe(boom);
    expect(contained).toEqual(['fallback.when of chat']);
  });

  it.each<[string, () => unknown]>([
    ['a promise', async () => true],
    ['a promise that rejects', breaks],
    ['what is merely true', () => 1],
  ])('says no with %s, and that is told', async (_what, when) => {
    const unhandled = await unhandledIn(async () => {
      const rules = { candidate: breaks, fallback: { when: when as () => boolean } };
      const { handler, contained, causes } = live(rules);
      await expect(handler('u', 'hi')).rejects.toBe(boom);
      expect(contained).toEqual(['fallback.when of chat']);
      expect(causes[0]).toContain('must answer true or false');
    });
    expect(unhandled).toEqual([]);
  });
});

it.each([undefined, null])(
  'a rule that answers %s says no, and nothing is told',
  async (answer) => {
    const rule = (() => answer) as never;
    const { handler, contained } = live({ fallback: { isFailure: rule } });
    expect(await handler('u', 'hi')).toBe('candidate: hi');
    expect(contained).toEqual([]);
  },
);

it('a mirror is told in words that it cannot commit', async () => {
  const { handler } = chat('shadow', {
    candidate: shadowSafe(async (context) => {
      context.commit();
      return 'acted';
    }),
  });
  const messages: string[] = [];
  handler.on('compared', ({ mirrored }) => messages.push(String(mirrored.error?.cause)));
  await handler('u', 'hi');
  await handler.flush();
  expect(messages[0]).toContain('A mirrored run of route "chat" cannot commit');
});
