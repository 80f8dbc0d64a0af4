import type { CallPriority } from '../pacer.ts';

/** What one call may say besides its request. */
export interface CallOptions {
  /** Ends the call. After it was sent the service carries on all the same. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for headers and body together. @default the client's `timeoutMs` */
  timeoutMs?: number | undefined;
  /** Sent as `X-Request-ID`, which the service repeats: 1 to 200 printable ASCII characters. */
  requestId?: string | undefined;
  /** Shadow calls leave half of the limits to served ones. @default 'served' */
  priority?: CallPriority | undefined;
}
