import { message } from '../cases/legs.ts';
import { Connection, type Timing } from './connection.ts';
import { openLoop } from './open-loop.ts';
import type { Site } from './site.ts';

/** What one server did in one block. */
export interface Block {
  /** CPU of the server a request, with all background work that it began. */
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Milliseconds of each request. */
  readonly waits: readonly number[];
}

/** What is asked in a block. */
export interface BlockOptions {
  readonly path: '/chat' | '/stream';
  readonly requests: number;
  /** Users, each with one request at a time. */
  readonly connections: number;
  /** What is timed where they do. */
  readonly timed: keyof Timing;
  /** Requests that come in a second whatever becomes of those before. @default each user asks once answered */
  readonly perSecond?: number;
}

const tenants = 64;

function requestOf(path: string, index: number): string {
  const body = JSON.stringify({ tenant: `tenant-${index % tenants}`, message });
  return [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** The value below which a share of the sorted values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? Number.NaN;
}

/**
 * Keeps this process from sleeping until it is disposed of: who writes to a socket whose reader sleeps has to wake it, and the
 * more a server works for a request, the more often its reader sleeps. 10 µs of work more had been 17 in the figures.
 */
function awake(): Disposable {
  let isOver = false;
  const turn = (): void => {
    if (!isOver) setImmediate(turn);
  };
  turn();
  return {
    [Symbol.dispose]() {
      isOver = true;
    },
  };
}

/** As fast as the server answers: what it costs is its CPU, and how long users wait is what that CPU makes of it. */
async function closedLoop(
  users: readonly Connection[],
  { path, requests, timed }: BlockOptions,
): Promise<number[]> {
  using _reader = awake();
  const waits: number[] = [];
  let next = 0;
  await Promise.all(
    users.map(async (user) => {
      while (next < requests) waits.push((await user.ask(requestOf(path, next++)))[timed]);
    }),
  );
  return waits;
}

/** Puts a block of requests to a server. Throws unless each was answered, and nothing of the background work was lost. */
export async function runBlock(site: Site, options: BlockOptions): Promise<Block> {
  const { path, requests, connections, perSecond } = options;
  using open = new DisposableStack();
  const users: Connection[] = [];
  for (let i = 0; i < connections; i += 1) users.push(open.use(await Connection.to(site.port)));
  const before = await site.mark();
  const waits = await (perSecond === undefined
    ? closedLoop(users, options)
    : openLoop(users, { requests, perSecond, requestOf: (index) => requestOf(path, index) }));
  const after = await site.mark();
  if (after.lost > 0) throw new Error(`${after.lost} tasks were lost: what is measured is losing.`);
  return {
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests,
    p50Ms: percentile(waits, 0.5),
    p99Ms: percentile(waits, 0.99),
    waits,
  };
}
