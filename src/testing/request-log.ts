import { tokenOf } from './engine/authenticate.ts';
import { keyIdOf } from './engine/key-ring.ts';
import type { EngineRequest } from './engine/message.ts';
import type { State } from './engine/state.ts';

/** One request that reached the fake: never its key or headers. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Undefined as long as there is no answer, and for good when it was never given. */
  readonly status: number | undefined;
  /** The first 12 hex digits of the key's SHA-256; undefined without a key. */
  readonly key: string | undefined;
  /** Tenant and project that the key opened when the request came; undefined for an unknown key. */
  readonly tenant: string | undefined;
  readonly project: string | undefined;
  /** When it came, milliseconds since the epoch. */
  readonly time: number;
  /** The parsed JSON, or the text of what is not JSON; undefined without a body. */
  readonly body: unknown;
}

type Entry = { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] };

const decoder = new TextDecoder();

function parseBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  const text = decoder.decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What arrived, in order. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];

  /** Notes an arrival; the returned function notes its status. */
  arrived(request: EngineRequest, state: State): (status: number) => void {
    const token = tokenOf(request);
    const key = token === undefined ? undefined : state.keys.find(token);
    const entry: Entry = {
      method: request.method,
      path: request.path,
      query: request.query.toString(),
      status: undefined,
      key: token === undefined ? undefined : keyIdOf(token),
      tenant: key?.tenant,
      project: key?.project,
      time: state.settings.clock.now(),
      body: parseBody(request.body),
    };
    this.entries.push(entry);
    return (status) => {
      entry.status = status;
    };
  }
}
