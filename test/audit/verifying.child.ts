import { chainLine } from '../../src/audit/chain-entry.ts';
import type { TrailHead } from '../../src/audit/trail-head.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';

/** A file of so many entries that is never there as a whole. */
function* file(length: number): Generator<Uint8Array> {
  let head: TrailHead | undefined;
  let lines: string[] = [];
  for (let number = 0; number < length; number += 1) {
    const fact = { kind: 'gate', at: number, rollout: 'chat', actor: 'system', reason: 'hold' };
    const evidence = { says: `${number} `.repeat(300) };
    const { entry, line } = chainLine({ ...fact, evidence }, head);
    head = entry;
    if (lines.push(line) < 100) continue;
    yield Buffer.from(`${lines.join('\n')}\n`);
    lines = [];
  }
}

/** Verifies a trail of so many entries, and says how many it has found. */
const report = await verifyTrail(file(Number(process.argv[2])));
process.stdout.write(JSON.stringify({ ok: report.ok, entries: report.entries }));
