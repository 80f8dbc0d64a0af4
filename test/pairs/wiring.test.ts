import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCutover, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { jsonlPairs, memoryPairs, type PairSink, readPairs } from 'engramia-cutover/pairs';
import { formatReport, summarize } from 'engramia-cutover/report';
import { describe, expect, it } from 'vitest';
import { freshFolder, readAll } from './pairs.ts';

const secret = 'canary-4c1f';

/** Two tenants, one of whose candidates is not declared safe, before a sink. */
async function serve(pairs: PairSink, calls: number): Promise<void> {
  const cutover = createCutover({ flags: memoryFlags('shadow'), pairs });
  const answer = async (message: string) =>
    `An answer to ${message} that is long enough to look at.`;
  const legacy = (_tenant: string, message: string) => answer(message);
  const identify = (tenant: string, message: string) => ({ tenant, task: message });
  // Two functions: what is declared safe is the function itself.
  const made = () => (_context: unknown, _tenant: string, message: string) => answer(message);
  const chat = cutover.handler({
    name: 'chat',
    legacy,
    identify,
    candidate: shadowSafe(made()),
  });
  const mail = cutover.handler({ name: 'mail', legacy, identify, candidate: made() });
  for (let call = 0; call < calls; call += 1) {
    await chat('acme', `${secret} ${call}`);
    await mail('umbrella', `${secret} ${call}`);
  }
  await cutover.close();
}

describe('a cutover with a sink', () => {
  it('gives files and memory the same report, which names what never ran', async () => {
    const path = join(freshFolder(), 'pairs.jsonl');
    const memory = memoryPairs();
    await serve(memory, 20);
    await serve(jsonlPairs({ path }), 20);
    const reports = [summarize(memory), await summarize(readPairs(path))];
    for (const report of reports) {
      expect(report.coverage).toMatchObject({ wanted: 40, pairs: 20, skipped: 20, unaccounted: 0 });
      expect(report.verdicts.same.count).toBe(20);
      expect(report.diagnoses).toEqual([]);
      const [first, second] = formatReport(report).split('\n');
      expect(first).toContain('on for 40 exchanges and ran for 20 of them (50.0 %): 20 unsafe');
      expect(second).toContain('It never ran for 1 of 2 tenants: umbrella');
    }
  });

  it('keeps no word unless asked to, and then for a time', async () => {
    const folder = freshFolder();
    const quiet = join(folder, 'quiet.jsonl');
    const worded = join(folder, 'worded.jsonl');
    await serve(jsonlPairs({ path: quiet }), 2);
    await serve(jsonlPairs({ path: worded, text: { ttlMs: 60_000 } }), 2);
    expect(readFileSync(quiet, 'utf8')).not.toContain(secret);
    const { pairs } = await readAll(worded);
    expect(pairs.map(({ text }) => text?.task)).toEqual([`${secret} 0`, `${secret} 1`]);
    expect(pairs[0]?.text?.candidate).toContain(secret);
  });
});
