import type { Dispatcher } from 'undici';
import { sparingFetch } from './sparing-fetch.ts';

/** The HTTP function: what the standard `fetch` does with an address and an init. */
export type FetchLike = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** An own connection pool instead of Node's shared one. */
export interface PoolOptions {
  /** Open sockets. @default no limit */
  connections?: number | undefined;
  /** Milliseconds an idle socket is kept; the service closes its own after 5,000. @default 4_000 */
  keepAliveMs?: number | undefined;
  /** Milliseconds a connection may take to open. @default 5_000 */
  connectTimeoutMs?: number | undefined;
}

/** How requests leave. */
export interface TransportOptions {
  readonly fetch: FetchLike | undefined;
  readonly pool: PoolOptions | undefined;
}

/** A way out, and its end. */
export interface Transport {
  readonly fetch: FetchLike;
  close(): Promise<void>;
}

const builtInDispatcher = Symbol.for('undici.globalDispatcher.1');

/**
 * Loading undici replaces the dispatcher of Node's own fetch where its second symbol is not set yet, and with it a
 * proxy or a mock of the app.
 */
async function loadUndici(): Promise<typeof import('undici')> {
  void new Headers(); // the built-in undici has to register its dispatcher first
  const globals = globalThis as unknown as Record<symbol, unknown>;
  const before = globals[builtInDispatcher];
  const undici = await import('undici');
  if (before !== undefined) globals[builtInDispatcher] = before;
  return undici;
}

async function createDispatcher(pool: PoolOptions): Promise<Dispatcher> {
  const { Agent, Dispatcher1Wrapper } = await loadUndici();
  const agent = new Agent({
    connections: pool.connections ?? null,
    keepAliveTimeout: pool.keepAliveMs ?? 4_000,
    // Each call has its own deadline over headers and body.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: pool.connectTimeoutMs ?? 5_000 },
  });
  // Node 22 and 24 bundle undici 6 and 7, whose fetch speaks the older dispatcher interface.
  return new Dispatcher1Wrapper(agent);
}

function pooled(pool: PoolOptions): Transport {
  let dispatcher: Promise<Dispatcher> | undefined;
  const open = (): Promise<Dispatcher> => {
    dispatcher ??= createDispatcher(pool).catch((error: unknown) => {
      dispatcher = undefined; // the next call tries again
      throw error;
    });
    return dispatcher;
  };
  return {
    fetch: sparingFetch(async (input, init) => {
      // The type of `dispatcher` in @types/node is that of undici 7.
      const withPool = { ...init, dispatcher: await open() } as unknown as RequestInit;
      return globalThis.fetch(input, withPool);
    }),
    close: async () => {
      if (dispatcher !== undefined) await (await dispatcher).close();
    },
  };
}

/** The way out by the app's own `fetch`, by an own pool, or by `globalThis.fetch`, looked up at every call. */
export function createTransport({ fetch, pool }: TransportOptions): Transport {
  const close = async (): Promise<void> => {};
  if (fetch !== undefined) return { fetch: (input, init) => fetch(input, init), close };
  if (pool !== undefined) return pooled(pool);
  return { fetch: sparingFetch((input, init) => globalThis.fetch(input, init)), close };
}
