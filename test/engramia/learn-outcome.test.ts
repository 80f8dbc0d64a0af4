import { describe, expect, it } from 'vitest';
import type { CutoverErrorCode } from '../../src/core/errors.ts';
import { EngramiaCallError } from '../../src/engramia/calls/call-error.ts';
import { notLearned } from '../../src/engramia/learning/learn-outcome.ts';

describe('a learn that failed', () => {
  it.each([
    [302, 'refused'],
    [400, 'refused'],
    [401, 'unauthorized'],
    [402, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [408, 'later'],
    [413, 'refused'],
    [422, 'refused'],
    [429, 'later'],
    [500, 'perhaps'],
    [501, 'refused'],
    [502, 'perhaps'],
    [503, 'later'],
    [504, 'perhaps'],
    [520, 'perhaps'],
  ])('by the status %d is %s', (status, kind) => {
    const details = { status, sent: true, retryAfterMs: 60_000 };
    const error = new EngramiaCallError('ERR_ENGRAMIA_HTTP', 'refused', details);
    expect(notLearned(error)).toEqual({
      kind,
      error,
      ...(kind === 'later' && { afterMs: 60_000 }),
    });
  });

  it.each<[CutoverErrorCode, sent: string, unsent: string]>([
    ['ERR_ENGRAMIA_REQUEST', 'refused', 'refused'],
    ['ERR_ENGRAMIA_CONFIG', 'refused', 'refused'],
    ['ERR_ENGRAMIA_PACED', 'later', 'later'],
    ['ERR_ENGRAMIA_NETWORK', 'perhaps', 'later'],
    ['ERR_ENGRAMIA_TIMEOUT', 'perhaps', 'later'],
    ['ERR_ENGRAMIA_ABORTED', 'perhaps', 'aborted'],
    ['ERR_ENGRAMIA_RESPONSE', 'perhaps', 'perhaps'],
    ['ERR_CUTOVER_CLOSED', 'aborted', 'aborted'],
  ])('by the code %s is %s, and %s where it was never sent', (code, sent, unsent) => {
    const kinds = [true, false].map(
      (wasSent) => notLearned(new EngramiaCallError(code, 'failed', { sent: wasSent })).kind,
    );
    expect(kinds).toEqual([sent, unsent]);
  });

  it('is for ever where the project is full, and unknown by what nobody knows', () => {
    const details = { status: 429, errorCode: 'QUOTA_EXCEEDED', sent: true };
    const full = new EngramiaCallError('ERR_ENGRAMIA_HTTP', 'full', details);
    expect(notLearned(full).kind).toBe('quota');
    expect(notLearned(new Error('what else')).kind).toBe('perhaps');
  });
});
