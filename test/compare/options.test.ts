import {
  type CompareOptions,
  createCutoverHandler,
  InvalidOptionsError,
  shadowSafe,
} from 'engramia-cutover';
import { memoryFlags } from 'engramia-cutover/flags';
import { describe, expect, it } from 'vitest';
import { createComparer } from '../../src/compare/create-comparer.ts';

function issuesOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error.issues;
    throw error;
  }
  return [];
}

const route = {
  name: 'chat',
  legacy: async (message: string) => message,
  candidate: shadowSafe(async (_context, message: string) => message),
  identify: (message: string) => ({ tenant: 'acme', task: message }),
  flags: memoryFlags('off'),
};

describe('the options of a comparison', () => {
  it('are refused all at once, each with its path', () => {
    const look = () => undefined;
    const compare = {
      ignoreCase: 1,
      ignore: ['dates'],
      maxChars: 65_000,
      layers: [{ name: 'exact', look }],
      without: ['outcome'],
      thresholds: { longer: 1, lexical: 2 },
      treshold: 1,
    } as unknown as CompareOptions;
    const issues = issuesOf(() => createCutoverHandler({ ...route, compare }));
    for (const path of [
      'compare.ignoreCase',
      'compare.ignore ',
      'compare.maxChars',
      'compare.layers',
      'compare.without',
      'compare.thresholds.longer',
      'compare.thresholds.lexical',
      'compare.treshold',
    ]) {
      expect(issues.filter((issue) => issue.startsWith(path))).toHaveLength(1);
    }
    expect(issues).toHaveLength(8);
  });

  it.each([[{}], [true], [false], [{ ignore: 'urls', thresholds: { longer: 3 } }]])(
    'may be %j',
    (compare) => {
      const given = compare as CompareOptions | boolean;
      expect(issuesOf(() => createCutoverHandler({ ...route, compare: given }))).toEqual([]);
    },
  );

  it('may not be a word', () => {
    const compare = 'deep' as unknown as CompareOptions;
    expect(issuesOf(() => createCutoverHandler({ ...route, compare }))).toEqual([
      expect.stringContaining('compare must be an object, true or false'),
    ]);
  });

  it('refuse two layers of one name', () => {
    const layer = { name: 'own', look: () => undefined };
    expect(issuesOf(() => createComparer({ layers: [layer, layer] }))).toHaveLength(1);
  });
});
