import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chainLine, type TrailHead } from 'engramia-cutover/audit';
import { median } from './median.ts';
import { pairLogRatio } from './pairs.ts';
import { stepOf } from './trail-step.ts';

/** What evidence costs: the log of pairs, the audit trail and its verification. */
export interface TrailFigures {
  /** CPU of a pair from `add` to the file, × `JSON.stringify` of it. */
  readonly pairLog: number;
  /** CPU of an audit entry, its hash and its line, × `JSON.stringify` of it. */
  readonly line: number;
  /** CPU of verifying an entry of a long trail, × one of 10,000. */
  readonly growth: number;
  /** The most that the heap held while the long trail was verified, MiB; it could not hold more than `heapLimitMiB`. */
  readonly heapMiB: number;
}

/**
 * What the heap of the process that verifies may have, MiB. Without a limit V8 lets its young generation grow for as long as
 * garbage comes, and what is measured is garbage; with it, a process that needs more ends with an error.
 */
const heapLimitMiB = 40;

const execute = promisify(execFile);

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

function lineRatio(rounds: number, count = 4_000): number {
  const ratios: number[] = [];
  for (let round = -5; round < rounds; round += 1) {
    const facts = Array.from({ length: count }, (_, seq) => stepOf(seq));
    const start = cpuMicros();
    for (const fact of facts) JSON.stringify(fact);
    const bare = cpuMicros() - start;
    let head: TrailHead | undefined;
    for (const fact of facts) head = chainLine(fact, head).entry;
    if (round >= 0) ratios.push((cpuMicros() - start - bare) / bare);
  }
  return median(ratios);
}

async function verification(entries: number): Promise<{ micros: number; heapMiB: number }> {
  const child = fileURLToPath(new URL('trail.child.ts', import.meta.url));
  const limit = `--max-heap-size=${heapLimitMiB}`;
  const { stdout } = await execute(process.execPath, [limit, child, String(entries)]);
  return JSON.parse(stdout);
}

/** Measures the pair log, the trail, and its verification at 10,000 entries and at `entries`, in processes of their own. */
export async function trailFigures(entries: number, rounds = 15): Promise<TrailFigures> {
  const { ratio: pairLog } = await pairLogRatio(4_000, rounds);
  const line = lineRatio(rounds);
  const few = await verification(10_000);
  const many = await verification(entries);
  return { pairLog, line, growth: many.micros / few.micros, heapMiB: many.heapMiB };
}
