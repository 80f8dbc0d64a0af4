import type { KeyRow } from './key-ring.ts';
import type { EngineRequest, EngineResponse } from './message.ts';
import { replies } from './replies.ts';
import type { State } from './state.ts';

/** The key of a call, or the refusal. */
export type Authenticated = { readonly key: KeyRow } | { readonly response: EngineResponse };

const malformed = 'Missing or malformed Authorization header. Expected: Bearer <key>';
const refuse = (detail: string): Authenticated => ({
  response: replies.failure(401, 'UNAUTHORIZED', detail),
});

/** The token of a request; the scheme must be spelled exactly `Bearer `. */
export function tokenOf(request: EngineRequest): string | undefined {
  const header = request.headers.get('authorization');
  return header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
}

/** Finds the key of a call. */
export function authenticate(request: EngineRequest, state: State): Authenticated {
  if (state.keys.size === 0) {
    return { response: replies.failure(503, 'STORAGE_ERROR', 'No API keys are configured.') };
  }
  const token = tokenOf(request);
  if (token === undefined || token === '') return refuse(malformed);
  if (token.startsWith('eyJ')) return refuse('Invalid token.');
  if (state.settings.mode === 'json' && [...token].some((char) => char > '\u007f')) {
    return { response: replies.crash() };
  }
  const key = state.keys.find(token);
  return key !== undefined && state.keys.isValid(key, state.settings.clock.now())
    ? { key }
    : refuse('Invalid API key.');
}

/** Stands for the key of a call that needs none. */
export const nobody: KeyRow = Object.freeze({
  id: '',
  name: '',
  prefix: '',
  role: 'reader',
  tenant: '',
  project: '',
  maxPatterns: null,
  createdAt: 0,
  expiresAt: null,
  revokedAt: undefined,
});
