import { type CutoverErrorCode, EngramiaError } from '../../core/errors.ts';

/** What is known about a call that failed. */
export interface CallErrorDetails {
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
  /** Whether the service may have seen the request. */
  readonly sent: boolean;
  readonly role?: string | undefined;
}

/** An `EngramiaError` of one call of the client. */
export class EngramiaCallError extends EngramiaError {
  /** False when the request certainly never reached the service. */
  readonly sent: boolean;
  /** The key's role, where a 403 named it. */
  readonly role: string | undefined;

  constructor(code: CutoverErrorCode, message: string, details: CallErrorDetails) {
    super(code, message, details);
    this.sent = details.sent;
    this.role = details.role;
  }
}
