// Verifies a trail of so many entries, made on the way, and prints what an entry took and the most that the heap held.

import { getHeapStatistics } from 'node:v8';
import type { TrailHead } from 'engramia-cutover/audit';
import { chainLine, verifyTrail } from 'engramia-cutover/audit';
import { stepOf } from './trail-step.ts';

const [wanted = '10000', warmUp = '20000'] = process.argv.slice(2);

let peak = 0;

async function* trail(count: number): AsyncGenerator<Buffer> {
  let head: TrailHead | undefined;
  let lines = '';
  for (let seq = 0; seq < count; seq += 1) {
    const { entry, line } = chainLine(stepOf(seq), head);
    head = entry;
    lines += `${line}\n`;
    if (seq % 128 === 127 || seq === count - 1) {
      yield Buffer.from(lines);
      lines = '';
      if (seq % 1024 === 1023) peak = Math.max(peak, getHeapStatistics().used_heap_size);
    }
  }
}

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** CPU of an entry that is made and verified, less that of its making. */
async function verifying(count: number): Promise<number> {
  const start = cpuMicros();
  for await (const chunk of trail(count)) if (chunk.length === 0) throw new Error('nothing');
  const made = cpuMicros() - start;
  const report = await verifyTrail(trail(count));
  if (report.entries !== count) throw new Error(report.message);
  return (cpuMicros() - start - 2 * made) / count;
}

await verifying(Number(warmUp));
const micros = await verifying(Number(wanted));
process.stdout.write(JSON.stringify({ micros, heapMiB: peak / 2 ** 20 }));
