import { message } from '../cases/legs.ts';
import { Connection, type Timing } from './connection.ts';
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
  /** Users who ask one after the other. */
  readonly connections: number;
  /** What is timed. */
  readonly timed: keyof Timing;
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

/** Puts a block of requests to a server. Throws unless each was answered, and nothing of the background work was lost. */
export async function runBlock(site: Site, options: BlockOptions): Promise<Block> {
  const { path, requests, connections, timed } = options;
  using open = new DisposableStack();
  const users: Connection[] = [];
  for (let i = 0; i < connections; i += 1) users.push(open.use(await Connection.to(site.port)));
  const before = await site.mark();
  const waits: number[] = [];
  let next = 0;
  await Promise.all(
    users.map(async (user) => {
      while (next < requests) waits.push((await user.ask(requestOf(path, next++)))[timed]);
    }),
  );
  const after = await site.mark();
  if (after.lost > 0) throw new Error(`${after.lost} tasks were lost: what is measured is losing.`);
  return {
    cpuMicros: (after.cpuMicros - before.cpuMicros) / requests,
    p50Ms: percentile(waits, 0.5),
    p99Ms: percentile(waits, 0.99),
    waits,
  };
}
