/** Every code that an error of this library can carry. */
export type CutoverErrorCode =
  | 'ERR_CUTOVER_INVALID_OPTIONS'
  | 'ERR_CUTOVER_SUPERSEDED'
  | 'ERR_CUTOVER_DEADLINE'
  | 'ERR_CUTOVER_CLOSED'
  | 'ERR_CUTOVER_CONTAINED'
  | 'ERR_CUTOVER_FAILED_REPLY'
  | 'ERR_CUTOVER_HAND_BACK'
  | 'ERR_CUTOVER_ROLLOUT'
  | 'ERR_CUTOVER_STATE'
  | 'ERR_AGENT_DIVERGED'
  | 'ERR_AGENT_INTERRUPTED'
  | 'ERR_OPENAI_RUN_FAILED'
  | 'ERR_OPENAI_RUN_EXPIRED'
  | 'ERR_OPENAI_RUN_CANCELLED'
  | 'ERR_OPENAI_RUN_INCOMPLETE'
  | 'ERR_OPENAI_RUN_NEEDS_TOOLS'
  | 'ERR_OPENAI_RUN_LATE'
  | 'ERR_OPENAI_THREAD_BUSY'
  | 'ERR_OPENAI_RESPONSE_FAILED'
  | 'ERR_ENGRAMIA_CONFIG'
  | 'ERR_ENGRAMIA_REQUEST'
  | 'ERR_ENGRAMIA_RESPONSE'
  | 'ERR_ENGRAMIA_NETWORK'
  | 'ERR_ENGRAMIA_TIMEOUT'
  | 'ERR_ENGRAMIA_ABORTED'
  | 'ERR_ENGRAMIA_PACED'
  | 'ERR_ENGRAMIA_HTTP';

const brand = Symbol.for('engramia-cutover.error');

/** The base of every error that this library makes. */
export class CutoverError extends Error {
  readonly code: CutoverErrorCode;

  constructor(code: CutoverErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CutoverError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a value is an error of this library, also one made by another copy of it. */
export function isCutoverError(value: unknown): value is CutoverError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Options that cannot be used; `issues` names every one of them. */
export class InvalidOptionsError extends CutoverError {
  readonly issues: readonly string[];

  constructor(subject: string, issues: readonly string[]) {
    super('ERR_CUTOVER_INVALID_OPTIONS', `Invalid options of ${subject}: ${issues.join('; ')}.`);
    this.name = 'InvalidOptionsError';
    this.issues = Object.freeze([...issues]);
  }
}

/** What went wrong at the Engramia service or on the way to it. The key is never part of it. */
export class EngramiaError extends CutoverError {
  /** HTTP status; undefined when no response arrived. */
  readonly status: number | undefined;
  /** The service's own `error_code`; not every error has one. */
  readonly errorCode: string | undefined;
  /** Milliseconds after which the service, or our own pacing, can be asked again. */
  readonly retryAfterMs: number | undefined;
  /** The service's request id; missing on 413, 429 and 500. */
  readonly requestId: string | undefined;

  constructor(
    code: CutoverErrorCode,
    message: string,
    details: {
      status?: number | undefined;
      errorCode?: string | undefined;
      retryAfterMs?: number | undefined;
      requestId?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'EngramiaError';
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
  }
}
