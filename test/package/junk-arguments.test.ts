import { agentTool } from 'engramia-cutover/agents';
import {
  chainEntry,
  chainLine,
  closeReview,
  exportCsv,
  exportJsonl,
  importCsv,
  openReviews,
  requireReview,
  verifyTrail,
} from 'engramia-cutover/audit';
import { environmentFlags } from 'engramia-cutover/flags';
import { correctedRate } from 'engramia-cutover/openai';
import { planProblems } from 'engramia-cutover/rollout';
import { fakeClock } from 'engramia-cutover/testing';
import { describe, expect, it } from 'vitest';
import { fact } from '../audit/trail.ts';

// Anything: these are what plain JavaScript may hand in.
const junk = (value: unknown): never => value as never;
const last = async (pieces: AsyncIterable<unknown>): Promise<unknown> => {
  let read: unknown;
  for await (const piece of pieces) read = piece;
  return read;
};
const list = 'be a list, or something else to iterate over';

describe('a function that is handed what it cannot use', () => {
  it.each<[string, () => unknown, string]>([
    ['flags', () => environmentFlags(junk(null)), 'env must be an object, not null'],
    [
      'problems',
      () => planProblems(junk(undefined), { hasLegacyShadow: true }),
      'plan must be an object, not undefined',
    ],
    ['offer', () => planProblems({}, junk(undefined)), 'offer must be an object, not undefined'],
    [
      'misspelt plan',
      () => planProblems(junk({ gats: [] }), { hasLegacyShadow: true }),
      'plan.gats is not an option (there are: from, steps, gates, automatic, holdMs, minPairs, alpha, dailyCycleMs, completeAfterMs)',
    ],
    [
      'misspelt offer',
      () => planProblems({}, junk({ hasLegacyShadow: true, noise: 0.1 })),
      'offer.noise is not an option (there are: hasLegacyShadow, noiseShare, judge)',
    ],
    [
      'rate',
      () => correctedRate(0.1, junk(undefined)),
      'calibration is missing: it must be an object',
    ],
    [
      'calibration',
      () => correctedRate(0.1, junk({ sensitivity: { rate: 1 } })),
      'calibration.specificity is missing: it must be an object',
    ],
    [
      'no agent',
      () => agentTool(junk({}), junk(undefined)),
      'agent must be an object with asTool(), not an object',
    ],
    [
      'closing',
      () => closeReview(junk(undefined), junk(undefined)),
      'review is missing: it must be an object',
    ],
    ['decision', () => requireReview(junk(undefined)), 'decision is missing: it must be an object'],
    ['reviews', () => openReviews(junk('a.jsonl')), `entries must ${list}, not "a.jsonl"`],
    ['csv', () => last(exportCsv(junk(undefined))), `entries is missing: it must ${list}`],
    ['jsonl', () => last(exportJsonl(junk('a.jsonl'))), `entries must ${list}, not "a.jsonl"`],
    ['import', () => last(importCsv(junk('a.csv'))), `pieces must ${list}, not "a.csv"`],
    ['trail', () => verifyTrail(junk(undefined)), 'source is missing: it must be the path or URL'],
    ['promise', () => verifyTrail(junk(Promise.resolve([]))), 'source must be the path or URL'],
  ])('says which, and what it must be: %s', async (_what, run, issue) => {
    const refused: unknown = await Promise.resolve()
      .then(run)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'ERR_CUTOVER_INVALID_OPTIONS' });
    expect((refused as Error).message).toContain(issue);
  });

  it.each<[string, () => unknown, string]>([
    [
      'no fact',
      () => chainEntry(junk(undefined)),
      'An audit fact must be an object, not undefined.',
    ],
    ['a text', () => chainLine(junk('ramp')), 'An audit fact must be an object, not "ramp".'],
    [
      'no head',
      () => chainLine(fact(1), junk({ place: 4 })),
      'The entry before must have its seq and hash, which an object has not.',
    ],
    [
      'a date',
      () => fakeClock(junk('x')),
      'fakeClock() starts at milliseconds since the epoch, not "x".',
    ],
  ])('throws a TypeError where that is told of it: %s', (_what, run, message) => {
    expect(run).toThrow(new TypeError(message));
  });
});
