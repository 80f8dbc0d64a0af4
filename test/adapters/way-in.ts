import type { Server } from 'node:http';
import type { CallContext, Cutover } from 'engramia-cutover';

/** What legacy does with a message: text, chunks of it, or a status of its own. Throwing is its error. */
export interface Answer {
  readonly text?: string;
  readonly chunks?: AsyncIterable<string>;
  readonly status?: number;
}

/** One chat route, as it is behind every way in. */
export interface ChatRoute {
  readonly legacy: (message: string) => Answer | Promise<Answer>;
  readonly candidate: (context: CallContext, message: string) => unknown;
  /** Whether the candidate may be mirrored. */
  readonly isSafe?: boolean;
  readonly view?: () => never;
  readonly fallback?: { readonly afterMs?: number };
  /** Runs what handles one request, in an async context of the app's own. */
  readonly around: <T>(handle: () => T) => T;
}

/** A server that is listening on the loopback. */
export interface Listening {
  readonly port: number;
  readonly server: Server;
  close(): Promise<void>;
}

/** A way in which requests reach the routes of a cutover: an app with one route, `POST /chat`. */
export interface WayIn {
  readonly name: string;
  /** Errors become status 500 and the text `error: ` with their message. */
  listen(cutover: Cutover, route: ChatRoute): Promise<Listening>;
}
