import { createCutover, shadowSafe } from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { memoryPairs, type PairRecord } from 'engramia-cutover/pairs';
import { type CompareReport, formatReport, summarize } from 'engramia-cutover/report';
import { fakeClock } from 'engramia-cutover/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { End } from '../compare/comparing.ts';
import { drawReply, seeded } from '../compare/exchanges.ts';
import { defects, drawPair, inSameWords, noise, raised } from '../compare/planted-defects.ts';

const exchanges = 1_000;

/** Milliseconds of the cutover's clock, which moves only when all legs of a kind have begun. */
const [usualMs, slowMs] = [900, 3_000];

/** Holds legs until so many of them have begun. */
function barrier(count: number) {
  const [full, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let begun = 0;
  const pass = (): Promise<void> => {
    begun += 1;
    if (begun === count) full.resolve();
    return open.promise;
  };
  return { pass, full: full.promise, open: open.resolve };
}

/** What a leg of the exchange answers, or throws. */
function answerOf({ text = '', toolCalls = [], ...end }: End): {
  text: string;
  toolCalls: unknown;
} {
  if ('reason' in end) throw end.reason;
  return { text, toolCalls };
}

interface Shadowed {
  /** What is wrong with the candidate; absent: it is as noisy as legacy, and as good. */
  readonly name?: string;
  /** Whether legacy is held against itself, too. */
  readonly isNoiseKnown?: boolean;
}

/** Legacy once more: the same facts in other words, drawn apart from those of the candidate. */
function legacyAgain(seed: number): End {
  const { facts, candidate } = drawPair(seed, false);
  return { ...candidate, text: drawReply(seeded(seed + 7), facts, noise) };
}

/** Runs exchanges through a cutover in stage `shadow`. */
async function shadowed(
  from: number,
  { name, isNoiseKnown = false }: Shadowed,
): Promise<PairRecord[]> {
  const clock = fakeClock();
  const pairs = memoryPairs({ clock });
  const room = 2 * exchanges;
  const mirror = { maxCount: room, concurrency: room, tenantShare: 1 };
  const cutover = createCutover({ flags: memoryFlags('shadow'), pairs, clock, shadow: { mirror } });
  const [served, inShadow] = [barrier(exchanges), barrier(isNoiseKnown ? room : exchanges)];
  const legs = (seed: number) => drawPair(seed, inSameWords.has(name ?? ''));
  const handleRequest = cutover.handler({
    name: 'chat',
    legacy: (seed: number) => served.pass().then(() => answerOf(legs(seed).legacy)),
    legacyShadow: (_context, seed) => inShadow.pass().then(() => answerOf(legacyAgain(seed))),
    candidate: shadowSafe(async (_context, seed: number) => {
      await inShadow.pass();
      const { facts, candidate } = legs(seed);
      return answerOf(defects[name ?? '']?.candidate(candidate, facts) ?? candidate);
    }),
    identify: (seed) => ({ tenant: `tenant-${seed % 7}`, task: `What became of case ${seed}?` }),
    sample: { noise: isNoiseKnown ? 1 : 0 },
  });
  const calls = Array.from({ length: exchanges }, (_, at) => handleRequest(from + at));
  await served.full;
  await clock.advance(usualMs);
  served.open();
  await Promise.all(calls);
  await inShadow.full;
  await clock.advance(name === 'slower' ? slowMs : usualMs);
  inShadow.open();
  await cutover.flush();
  await cutover.close();
  return pairs.pairs();
}

const kindsOf = ({ diagnoses }: CompareReport): string[] =>
  diagnoses.flatMap(({ kind, parts }) => [kind, ...parts.map((part) => part.kind)]);

describe('the report of 1,000 exchanges', () => {
  let healthy: PairRecord[];

  beforeAll(async () => {
    healthy = await shadowed(100_000, {});
  });

  it('has a case for every defect', () => {
    expect(Object.keys(raised)).toEqual(Object.keys(defects));
  });

  it.each(Object.keys(raised))(
    'names %s, in all of them or in an eighth, and nothing else',
    async (name) => {
      const bad = await shadowed(200_000, { name });
      expect(bad).toHaveLength(exchanges);
      const some = [...healthy.slice(125), ...bad.slice(0, 125)];
      for (const pairs of [bad, some]) {
        const report = summarize(pairs, { served: exchanges });
        expect(kindsOf(report)).toEqual(raised[name]);
        expect(report.coverage).toMatchObject({ pairs: exchanges, unaccounted: 0, share: 1 });
        expect(formatReport(report)).toContain(`! ${report.diagnoses[0]?.says}`);
      }
    },
  );

  it.each([1, 2])(
    'of two equally noisy legs raises nothing, with noise pairs and without (seed %i)',
    async (seed) => {
      const both = await shadowed(seed * 1_000_000, { isNoiseKnown: true });
      const compared = both.filter(({ kind }) => kind === 'compare');
      expect([both.length, compared.length]).toEqual([2 * exchanges, exchanges]);
      for (const pairs of [both, compared]) {
        const report = summarize(pairs);
        expect(report.findings.filter((finding) => finding.raised)).toEqual([]);
        expect(report.findings[0]?.against).toBe(pairs === both ? 'noise' : 'floor');
      }
    },
  );
});
