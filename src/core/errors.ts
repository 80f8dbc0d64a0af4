/**
 * Every code that an error of this library can carry.
 *
 * - `ERR_CUTOVER_INVALID_OPTIONS`: options or arguments cannot be used; the message names all that is wrong.
 * - `ERR_CUTOVER_SUPERSEDED`: the candidate must not act: legacy is answering already, or the run is a mirror.
 * - `ERR_CUTOVER_DEADLINE`: something took longer than it may: a candidate, a task in the shadow, a callback.
 * - `ERR_CUTOVER_CLOSED`: a client, a lane, a store or a rollout is closed.
 * - `ERR_CUTOVER_CONTAINED`: a callback of the app gave what cannot be used. Told by events; thrown at a
 *   caller only for a stream that was closed before its first chunk, where nothing fell back.
 * - `ERR_CUTOVER_FAILED_REPLY`: a reply says that it is a failure, although nothing was thrown.
 * - `ERR_CUTOVER_UNSENDABLE_REPLY`: what a candidate behind a framework gave cannot be sent; the message says what would be.
 * - `ERR_CUTOVER_HAND_BACK`: a conversation is no longer handed back to the old side.
 * - `ERR_CUTOVER_ROLLOUT`: something stands in the way of an action on a rollout.
 * - `ERR_CUTOVER_STATE`: the state of a rollout that a store holds cannot be obeyed; the message names all that is wrong.
 * - `ERR_AGENT_DIVERGED`: an agent that is replayed made a call that legacy did not make.
 * - `ERR_AGENT_INTERRUPTED`: an agent's run waits for somebody's approval.
 * - `ERR_OPENAI_RUN_…`: an assistant's run ended so, waits for functions that nobody runs, or took too long.
 * - `ERR_OPENAI_THREAD_BUSY`: the thread has an active run.
 * - `ERR_OPENAI_RESPONSE_FAILED`: a response of the Responses API failed, or is not finished.
 * - `ERR_ENGRAMIA_CONFIG`: nothing was sent: there is no key, or what a client is made of cannot be loaded.
 * - `ERR_ENGRAMIA_REQUEST`: nothing was sent: the service would refuse the request.
 * - `ERR_ENGRAMIA_RESPONSE`: the answer cannot be read, or is too long.
 * - `ERR_ENGRAMIA_NETWORK`: the service could not be reached, or the connection broke.
 * - `ERR_ENGRAMIA_TIMEOUT`: no answer in time.
 * - `ERR_ENGRAMIA_ABORTED`: the caller's signal ended the call.
 * - `ERR_ENGRAMIA_PACED`: nothing was sent: the client's own calls of this minute are used up.
 * - `ERR_ENGRAMIA_HTTP`: the service answered with an error; `status` and `errorCode` say which.
 */
export type CutoverErrorCode =
  | 'ERR_CUTOVER_INVALID_OPTIONS'
  | 'ERR_CUTOVER_SUPERSEDED'
  | 'ERR_CUTOVER_DEADLINE'
  | 'ERR_CUTOVER_CLOSED'
  | 'ERR_CUTOVER_CONTAINED'
  | 'ERR_CUTOVER_FAILED_REPLY'
  | 'ERR_CUTOVER_UNSENDABLE_REPLY'
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
  /** HTTP status; undefined when no response arrived, and of the first redirect of a service that had answered before. */
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

/** Whether a value is an `EngramiaError`, also one of a client that another copy of this library has made. */
export function isEngramiaError(value: unknown): value is EngramiaError {
  return isCutoverError(value) && value.code.startsWith('ERR_ENGRAMIA_');
}
