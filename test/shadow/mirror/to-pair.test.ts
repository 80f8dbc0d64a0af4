import { describe, expect, it } from 'vitest';
import type { HeldReply } from '../../../src/core/contracts/comparer.ts';
import type { Mirror } from '../../../src/core/contracts/exchange.ts';
import type { EndedLeg } from '../../../src/shadow/mirror/ended-leg.ts';
import { toPair, toPairText } from '../../../src/shadow/mirror/to-pair.ts';

const call = {
  ...{ kind: 'compare', requestId: 'r-1', route: 'chat', tenant: 'acme', stage: 'live' },
} as const;

const mirrorOf = (leg: 'legacy' | 'candidate', task = 'a question'): Mirror =>
  ({ ...call, leg, subject: { tenant: 'acme', task } }) as unknown as Mirror;

const legOf = (leg: 'legacy' | 'candidate', held?: Partial<HeldReply>): EndedLeg =>
  ({
    facts: { leg, status: 'fulfilled', durationMs: 5, chars: 2, sha256: 'ab' },
    held: held && { leg, ended: 'answered', isCut: false, ...held },
  }) as EndedLeg;

const same = (text: string): string => text;

describe('a pair as it is kept', () => {
  it('has each leg in its place, whichever was served, and says which that was', () => {
    const metrics = { leg: 'legacy', durationMs: 5, chars: 2, sha256: 'ab', ended: 'answered' };
    const expected = { legacy: metrics, candidate: { ...metrics, leg: 'candidate' } };
    const [legacy, candidate] = [legOf('legacy'), legOf('candidate')];
    expect(toPair(mirrorOf('candidate'), legacy, candidate, undefined, 7)).toStrictEqual({
      ...{ ...call, at: 7, served: 'legacy' },
      ...expected,
    });
    const divergence = { verdict: 'same' } as never;
    expect(toPair(mirrorOf('legacy'), candidate, legacy, divergence, 7)).toStrictEqual({
      ...{ ...call, at: 7, served: 'candidate', divergence },
      ...expected,
    });
  });

  it('says of a leg that failed how, as plain data, and of one that was late that it was', () => {
    const error = Object.defineProperty({ name: 'TypeError' }, 'cause', { value: 'secret' });
    const failed = {
      facts: { leg: 'candidate', status: 'rejected', durationMs: 5, error },
    } as unknown as EndedLeg;
    const recordOf = (leg: EndedLeg) =>
      toPair(mirrorOf('candidate'), legOf('legacy'), leg, undefined, 7).candidate;
    const record = recordOf(failed);
    expect(record).toStrictEqual({
      ...{ leg: 'candidate', durationMs: 5, ended: 'failed' },
      error: { name: 'TypeError' },
    });
    expect((record.error as { cause?: unknown }).cause).toBeUndefined();
    expect(recordOf({ ...failed, held: { ended: 'late' } as HeldReply }).ended).toBe('late');
  });
});

describe('the words of a pair', () => {
  it('are redacted, in their places, and none where none were read', () => {
    const redact = (text: string): string => text.replace('secret', '[x]');
    const [legacy, candidate] = [
      legOf('legacy', { text: 'old secret' }),
      legOf('candidate', { text: 'new secret' }),
    ];
    const mirror = mirrorOf('candidate', 'a secret');
    expect(toPairText(mirror, legacy, candidate, redact)).toStrictEqual({
      ...{ task: 'a [x]', legacy: 'old [x]', candidate: 'new [x]' },
    });
    expect(toPairText(mirrorOf('legacy'), candidate, legacy, redact)).toMatchObject({
      ...{ legacy: 'old [x]', candidate: 'new [x]' },
    });
    expect(toPairText(mirror, legOf('legacy'), legOf('candidate', {}), redact)).toStrictEqual({
      task: 'a [x]',
    });
  });

  it('lack the 256 before a cut, of a reply and of a task of more than 16,000', () => {
    const reply = `${'r'.repeat(100)}${'x'.repeat(256)}`;
    const wordsOf = (task: string, isCut: boolean) => {
      const served = legOf('legacy', { text: reply, isCut });
      return toPairText(mirrorOf('candidate', task), served, legOf('candidate'), same);
    };
    expect(wordsOf('task', true).legacy).toBe('r'.repeat(100));
    expect(wordsOf('task', false).legacy).toBe(reply);
    expect(wordsOf('t'.repeat(16_000), false).task).toHaveLength(16_000);
    expect(wordsOf('t'.repeat(16_001), false).task).toHaveLength(16_000 - 256);
  });

  it('are none where redaction gives no text', () => {
    const redact = (() => undefined) as never;
    const make = () =>
      toPairText(mirrorOf('candidate'), legOf('legacy'), legOf('candidate'), redact);
    expect(make).toThrow('redactText');
  });
});
