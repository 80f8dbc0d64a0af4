import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCutover, createCutoverHandler, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { jsonlPairs, memoryPairs, type PairSink, readPairs } from 'engramia-cutover/pairs';
import { formatReport, summarize } from 'engramia-cutover/report';
import { describe, expect, it } from 'vitest';
import { flowing } from '../compare/summary/flowing.ts';
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
      const [first, second] = flowing(formatReport(report)).split('\n');
      expect(first).toContain('on for 40 exchanges and ran for 20 of them (50.0 %): 20 unsafe');
      expect(second).toContain('It never ran for 1 of 2 tenants: umbrella');
    }
  });

  it('keeps pairs of calls whose id is no text, such as the numbers that loggers give', async () => {
    const path = join(freshFolder(), 'pairs.jsonl');
    const cutover = createCutover({ flags: memoryFlags('shadow'), pairs: jsonlPairs({ path }) });
    const answer = async (_tenant: string, message: string) => `An answer to ${message}.`;
    const chat = cutover.handler({
      name: 'chat',
      legacy: answer,
      candidate: shadowSafe((_context, tenant, message) => answer(tenant, message)),
      identify: (tenant, task) => ({ tenant, task }),
    });
    const ids = [7, 7n, { id: 7 }, Symbol('7'), null];
    for (const requestId of ids) {
      await chat.run(['acme', 'a message'], { requestId: requestId as unknown as string });
    }
    await cutover.close();
    const { pairs, skipped } = await readAll(path);
    expect(skipped).toEqual({ torn: 0, unknown: 0 });
    expect(pairs.slice(0, 2).map(({ requestId }) => requestId)).toEqual(['7', '7']);
    expect(new Set(pairs.slice(1).map(({ requestId }) => requestId)).size).toBe(ids.length - 1);
  });

  it('keeps the pair of a candidate whose error has a status that is no number', async () => {
    const path = join(freshFolder(), 'pairs.jsonl');
    const chat = createCutoverHandler({
      name: 'chat',
      legacy: async (message: string) => message,
      candidate: shadowSafe(async () => {
        throw Object.assign(new Error('no'), { status: Number.NaN });
      }),
      identify: (task) => ({ tenant: 'acme', task }),
      flags: memoryFlags('shadow'),
      pairs: jsonlPairs({ path }),
    });
    await chat('a message');
    await chat.close();
    const { pairs, skipped } = await readAll(path);
    expect(skipped).toEqual({ torn: 0, unknown: 0 });
    expect(pairs[0]?.candidate).toMatchObject({ ended: 'failed', error: { name: 'Error' } });
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

  it('that runs legacy twice has every figure held against legacy, up to the report and its text', async () => {
    const path = join(freshFolder(), 'pairs.jsonl');
    const cutover = createCutover({ flags: memoryFlags('shadow'), pairs: jsonlPairs({ path }) });
    const told = (tool: string, text: string) => ({
      text,
      toolCalls: [{ name: tool, arguments: {} }],
    });
    const sentence = 'An answer that is long enough to be looked at. ';
    const usage = { inputTokens: 100, outputTokens: 10 };
    const handleRequest = cutover.handler({
      name: 'chat',
      legacy: async (_at: number) => told('look_up', sentence.repeat(4)),
      legacyShadow: async (context, at) => {
        context.report({ usage });
        return told('look_up', sentence.repeat(at % 2 === 0 ? 4 : 5));
      },
      candidate: shadowSafe(async (context, at: number) => {
        context.report({ usage: { ...usage, inputTokens: 100 + at } });
        return told('search', sentence.repeat(12));
      }),
      identify: (at) => ({ tenant: 'acme', task: `Request ${at}` }),
      sample: { noise: 1 },
    });
    for (let at = 0; at < 80; at += 1) await handleRequest(at);
    await cutover.flush();
    await cutover.close();
    const report = await summarize(readPairs(path));
    const { excess } = report;
    expect([report.coverage.pairs, excess?.pairs]).toEqual([80, 80]);
    expect(excess?.lengthRatio.p50?.low).toBeGreaterThan(1);
    expect(excess?.legs.candidate.tokens.inputPerReply?.low).toBeGreaterThan(20);
    expect(excess?.tools).toMatchObject([{ legacy: 'look_up', candidate: 'search' }]);
    expect(excess?.tools[0]?.excess.low).toBeGreaterThan(0.8);
    expect(excess?.outcomes.bothAnswered).toMatchObject({ share: 0 });
    expect(formatReport(report)).toContain('Held against 80 pairs of legacy against itself');
  });
});
