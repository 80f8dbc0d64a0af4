import type { FakeEngramia } from 'engramia-cutover/testing';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // The service's answers are checked by the assertions on them.
  readonly json: Record<string, unknown>;
}

export interface CallOptions {
  readonly key?: string | null;
  readonly method?: string;
  readonly body?: unknown;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

/** Calls the fake through its own fetch, with its first key unless told otherwise. */
export async function calling(
  fake: FakeEngramia,
  path: string,
  { key = fake.key, method, body, raw, headers = {} }: CallOptions = {},
): Promise<Answer> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fake.fetch(`${fake.url}${path}`, {
    method: method ?? (payload === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(payload === undefined ? {} : { body: payload }),
  });
  const text = await response.text();
  const isJson = text !== '' && response.headers.get('content-type') === 'application/json';
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : {},
  };
}
