import type { LearnOutcome } from '../../core/contracts/learner.ts';
import {
  type CutoverErrorCode,
  type EngramiaError,
  isCutoverError,
  isEngramiaError,
} from '../../core/errors.ts';
import type { LearnAnswer } from '../answers.ts';

/** A learn that failed. */
export type NotLearned = Exclude<LearnOutcome, { kind: 'stored' | 'present' }>;

type FailureKind = NotLearned['kind'];

interface Row {
  readonly sent: FailureKind;
  readonly unsent: FailureKind;
}

const always = (kind: FailureKind): Row => ({ sent: kind, unsent: kind });

/** What a failure without an HTTP status means; only what was sent can have been stored. */
const byCode: Partial<Record<CutoverErrorCode, Row>> = {
  ERR_ENGRAMIA_REQUEST: always('refused'),
  ERR_ENGRAMIA_CONFIG: always('refused'),
  ERR_ENGRAMIA_PACED: always('later'),
  ERR_ENGRAMIA_NETWORK: { sent: 'perhaps', unsent: 'later' },
  ERR_ENGRAMIA_TIMEOUT: { sent: 'perhaps', unsent: 'later' },
  ERR_ENGRAMIA_ABORTED: { sent: 'perhaps', unsent: 'aborted' },
  ERR_ENGRAMIA_RESPONSE: always('perhaps'),
  ERR_CUTOVER_CLOSED: always('aborted'),
};

/** What an HTTP status means. The service writes the pattern first, so a 500 says nothing. */
const byStatus: Readonly<Record<number, FailureKind>> = {
  401: 'unauthorized',
  408: 'later',
  429: 'later',
  500: 'perhaps',
  501: 'refused',
  502: 'perhaps',
  503: 'later',
  504: 'perhaps',
};

function kindOf(error: unknown): FailureKind {
  if (!isCutoverError(error)) return 'perhaps';
  if (error.code !== 'ERR_ENGRAMIA_HTTP') {
    const unsent = 'sent' in error && error.sent === false;
    return byCode[error.code]?.[unsent ? 'unsent' : 'sent'] ?? 'perhaps';
  }
  const { status = 0, errorCode } = error as EngramiaError;
  if (errorCode === 'QUOTA_EXCEEDED') return 'quota';
  return byStatus[status] ?? (status >= 300 && status < 500 ? 'refused' : 'perhaps');
}

/** How a learn that was answered ended. */
export function learned({ stored, patternCount }: LearnAnswer): LearnOutcome {
  return { kind: stored ? 'stored' : 'present', patternCount };
}

/** How a learn that failed ended. */
export function notLearned(error: unknown): NotLearned {
  const kind = kindOf(error);
  if (kind !== 'later') return { kind, error };
  return { kind, error, afterMs: isEngramiaError(error) ? error.retryAfterMs : undefined };
}
