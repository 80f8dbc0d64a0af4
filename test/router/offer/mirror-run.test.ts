import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/core/call/subject.ts';
import type { MirrorableExchange } from '../../../src/core/contracts/exchange.ts';
import { retainedSize } from '../../../src/core/retained-size.ts';
import type { Call } from '../../../src/router/call.ts';
import { MirrorRun } from '../../../src/router/offer/mirror-run.ts';
import { NoiseExchange } from '../../../src/router/offer/noise-exchange.ts';
import { OwnTexts } from '../../../src/router/offer/own-texts.ts';

const signal = new AbortController().signal;

/** A mirror of a call of which only this is known. */
function mirrorOf(subject: Subject, args: unknown[] = [], owner: object = {}) {
  const call = { owner, subject, plan: { mirrors: 'legacy' } } as unknown as Call;
  const copies = { tenant: 'acme', args, texts: new OwnTexts(), kind: 'compare' as const };
  return new MirrorRun(call, { ...copies, answeredAt: 1_700_000_000_000 });
}

describe('a mirrored run', () => {
  const task = 'x'.repeat(1_000);

  it('takes what its arguments and the texts of its subject take', () => {
    const args = ['four', { message: 'hi' }];
    const subject = { task, user: 'ann', attributes: { plan: 'pro' } };
    expect(mirrorOf(subject, args).bytes).toBe(retainedSize(args) + 2 * (1_000 + 3));
  });

  it('takes a text once that is an argument as well', () => {
    expect(mirrorOf({ task, user: 'ann' }, [task]).bytes).toBe(retainedSize([task]) + 2 * 3);
  });

  it('takes what its arguments take where its subject cannot be read', () => {
    const unreadable = new Proxy({ task } as Subject, {
      ownKeys: () => {
        throw new Error('not today');
      },
    });
    expect(mirrorOf(unreadable, ['four']).bytes).toBe(retainedSize(['four']));
  });

  it('has its subject for itself, with what that holds', () => {
    const subject = { task, attributes: { plan: 'pro' } };
    const { subject: own } = mirrorOf(subject);
    expect(own).toStrictEqual(subject);
    expect(own).not.toBe(subject);
    expect(own.attributes).not.toBe(subject.attributes);
  });

  it('answers nothing where there is no such leg', () => {
    expect(mirrorOf({ task }, [], { candidate: () => 'not asked' }).start({ signal })).toBe(
      undefined,
    );
  });
});

describe('a call that legacy is to answer once more', () => {
  const call = {
    route: 'chat',
    requestId: 'r-1',
    tenant: 'acme',
    subject: { task: 'a task' },
    stage: 'shadow',
    leg: 'legacy',
    args: ['hi'],
    reply: 'legacy: hi',
    facts: { model: 'small' },
    learning: { view: () => undefined },
    waiter: { taskEnded: () => undefined },
    served: { leg: 'legacy', status: 'fulfilled', value: 'legacy: hi', durationMs: 1 },
    toMirror: (...given: unknown[]) => given,
  };
  const noise: MirrorableExchange = new NoiseExchange(call as unknown as Call);

  it.each(Object.keys(call).filter((name) => name !== 'toMirror') as (keyof typeof call)[])(
    'is the served one: %s',
    (name) => {
      expect(noise[name as keyof MirrorableExchange]).toBe(call[name]);
    },
  );

  it('is told from a mirror of it', () => {
    expect(noise.kind).toBe('noise');
    expect(noise.toMirror('acme', true)).toEqual(['acme', true, 'noise']);
  });
});
