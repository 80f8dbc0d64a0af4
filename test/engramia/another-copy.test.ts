import { describe, expect, it, vi } from 'vitest';
import { notImported } from '../../src/engramia/learning/import-outcome.ts';
import { notLearned } from '../../src/engramia/learning/learn-outcome.ts';
import { socketGone } from '../../src/engramia/learning/socket-gone.ts';
import { isRateLimited } from '../../src/shadow/delivery/rate-limited.ts';

/** As in a monorepo, where the package that makes the client has a copy of this library for itself. */
async function errorOfAnotherCopy(status: number | undefined, errorCode?: string) {
  vi.resetModules();
  const { EngramiaCallError } = await import('../../src/engramia/calls/call-error.ts');
  const code = status === undefined ? 'ERR_ENGRAMIA_TIMEOUT' : 'ERR_ENGRAMIA_HTTP';
  const details = { status, errorCode, retryAfterMs: 7_000, sent: true };
  return new EngramiaCallError(code, 'refused', details);
}

describe('what a client of another copy of this library throws', () => {
  it('says when the service can be asked again, and that its minute is used up', async () => {
    const error = await errorOfAnotherCopy(429, 'RATE_LIMITED');
    expect(notLearned(error)).toEqual({ kind: 'later', error, afterMs: 7_000 });
    expect(isRateLimited(error)).toBe(true);
  });

  it('says why a batch was refused', async () => {
    const error = await errorOfAnotherCopy(403);
    expect(notImported(error)).toEqual({ kind: 'forbidden', error });
  });

  it('says that a socket has to close first', async () => {
    const happened: string[] = [];
    const waited = socketGone(await errorOfAnotherCopy(undefined)).then(() =>
      happened.push('gone'),
    );
    const turned = new Promise((resolve) => setImmediate(resolve)).then(() =>
      happened.push('turn'),
    );
    await Promise.all([waited, turned]);
    expect(happened).toEqual(['turn', 'gone']);
  });
});
