import type { EngineResponse } from './message.ts';

/** One problem of a body or query, as the service lists it. */
export interface Issue {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

const json = { 'content-type': 'application/json' };

/** Every answer that the service can give, by its shape. */
export const replies = {
  ok: (body: unknown, status = 200, headers: Record<string, string> = {}): EngineResponse => ({
    status,
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  }),

  /** Newline-delimited JSON. */
  lines: (records: readonly unknown[]): EngineResponse => ({
    status: 200,
    headers: { 'content-type': 'application/x-ndjson' },
    body: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  }),

  /** Shape A: a handler's error with its code. */
  failure: (
    status: number,
    code: string,
    detail: string,
    extra: { context?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ): EngineResponse =>
    replies.ok(
      {
        error_code: code,
        detail,
        ...(extra.context === undefined ? {} : { error_context: extra.context }),
      },
      status,
      extra.headers,
    ),

  /** Shape B: a schema error with its issues. */
  invalid: (issues: readonly Issue[]): EngineResponse =>
    replies.ok(
      { error_code: 'VALIDATION_ERROR', detail: 'The request does not fit the schema.', issues },
      422,
    ),

  /** A value that only the handler refuses: 422 of shape A, without issues. */
  refusedValue: (): EngineResponse =>
    replies.failure(422, 'VALIDATION_ERROR', 'Validation error in request.'),

  /** Shape C: the router's own errors have no code. */
  bare: (status: number, detail: string, headers: Record<string, string> = {}): EngineResponse =>
    replies.ok({ detail }, status, headers),

  unparsable: (): EngineResponse => replies.bare(400, 'There was an error parsing the body'),

  /** Shape D: an unhandled failure is plain text. */
  crash: (): EngineResponse => ({
    status: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'Internal Server Error',
  }),
} as const;
