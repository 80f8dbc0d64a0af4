import { isThenable } from '../../core/call/observation.ts';
import { type Fields, fieldsOf } from '../fields.ts';
import type { AssistantsClient } from './assistants-client.ts';
import { AssistantsRunError } from './assistants-error.ts';

/** What the service answered. */
export interface Answer {
  readonly body: Fields;
  /** Undefined: the client does not tell. */
  readonly headers: Headers | undefined;
}

interface Asked extends PromiseLike<unknown> {
  /** A client's promise also gives the response, whose headers say when to ask again. */
  withResponse?(): Promise<{ data: unknown; response: { headers: Headers } }>;
}

// Services ask for it, and those that do not know it do not mind.
const headers = { 'OpenAI-Beta': 'assistants=v2' };

async function answerOf(asked: Asked): Promise<Answer> {
  if (typeof asked.withResponse !== 'function') {
    return { body: fieldsOf(await asked), headers: undefined };
  }
  const { data, response } = await asked.withResponse();
  return { body: fieldsOf(data), headers: response.headers };
}

/** What an address has no part for: it would be another one, which does not exist, and a service that says so looks gone. */
const noPart: ReadonlySet<string> = new Set(['', '.', '..']);

/**
 * A path below the client's address; ids come from the app and from the service.
 *
 * @throws AssistantsRunError for what can be no id
 */
export function pathTo(...parts: readonly string[]): string {
  if (parts.some((part) => noPart.has(part))) {
    throw new AssistantsRunError('ERR_OPENAI_RUN_FAILED', { reason: 'invalid_id' });
  }
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

/** The calls of one run. The path prefix, keys, retries and timeouts are the client's. */
export class AssistantsApi {
  readonly #client: AssistantsClient;

  constructor(client: AssistantsClient) {
    this.#client = client;
  }

  get(path: string, signal: AbortSignal, query: Fields = {}): Promise<Answer> {
    return answerOf(this.#client.get(path, { headers, signal, query }));
  }

  post(path: string, signal: AbortSignal, body: Fields = {}): Promise<Answer> {
    return answerOf(this.#client.post(path, { headers, signal, body }));
  }

  /** Never rejects: nobody waits for what is thrown away. */
  async delete(path: string, signal: AbortSignal): Promise<void> {
    const asked = this.#client.delete(path, { headers, signal });
    if (isThenable(asked)) await asked.then(undefined, () => undefined);
  }
}
