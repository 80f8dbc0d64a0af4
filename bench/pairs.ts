import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PairRecord } from '../src/core/contracts/pair-record.ts';
import { jsonlPairs } from '../src/pairs/jsonl-pairs.ts';
import { median } from './median.ts';
import { table } from './table.ts';

const leg = (name: 'legacy' | 'candidate') => ({
  leg: name,
  ended: 'answered' as const,
  durationMs: 812.125,
  chars: 1_204,
  sha256: '5f'.repeat(32),
  tools: ['look_up', 'send'],
  usage: { inputTokens: 812, outputTokens: 301 },
  recalled: ['patterns/a1b2c3', 'patterns/d4e5f6'],
});

const layerNames = ['duration', 'exact', 'tools', 'length', 'refusal', 'entities', 'lexical'];

const pair = (requestId: string): PairRecord => ({
  kind: 'compare',
  requestId,
  at: 1_767_225_600_000,
  route: 'chat',
  tenant: 'acme',
  stage: 'shadow',
  served: 'legacy',
  legacy: leg('legacy'),
  candidate: leg('candidate'),
  divergence: {
    verdict: 'similar',
    decidedBy: 'lexical',
    layers: layerNames.map((layer) => ({
      layer,
      say: 'none',
      ms: 0.0123,
      metrics: { ratio: 1.0372, similarity: 0.7312 },
    })),
    notes: [],
    ms: 0.2,
  },
});

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** CPU of a pair from `add` to the file, against `JSON.stringify` of it alone; median of rounds in one run. */
export async function pairLogRatio(
  count = 4_000,
  rounds = 15,
): Promise<{ ratio: number; micros: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-pairs-'));
  const log = jsonlPairs({ path: join(folder, 'pairs.jsonl'), maxBufferBytes: 2 ** 26 });
  const [ratios, costs]: [number[], number[]] = [[], []];
  for (let round = -3; round < rounds; round += 1) {
    const pairs = Array.from({ length: count }, (_, at) => pair(`request-${round}-${at}`));
    const start = cpuMicros();
    for (const one of pairs) JSON.stringify(one);
    const bare = cpuMicros() - start;
    for (const one of pairs) log.add(one);
    await log.flush();
    const ours = cpuMicros() - start - bare;
    if (round < 0) continue;
    ratios.push(ours / bare);
    costs.push(ours / count);
  }
  await log.close();
  rmSync(folder, { recursive: true });
  return { ratio: median(ratios), micros: median(costs) };
}

if (import.meta.main) {
  const { ratio, micros } = await pairLogRatio();
  console.log(
    table([
      ['pair log', 'target', 'measured'],
      ['CPU a pair to the file, × JSON.stringify', '≤ 2.5', ratio.toFixed(2)],
      ['CPU a pair, µs', '', micros.toFixed(1)],
    ]),
  );
}
