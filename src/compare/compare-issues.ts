import { check, issuesOf, type OptionChecks, oneOf } from '../core/option-checks.ts';
import { isWord } from '../core/text/word.ts';
import { isIgnoreRule } from './ignore.ts';
import { layerNames } from './layer-names.ts';

/** The outcome is no choice: a leg that failed has nothing to be compared. */
const removable = layerNames.filter((name) => name !== 'outcome');

const isOwn = (name: unknown): boolean => layerNames.some((own) => own === name);

/** Custom layers by names of their own, each once. */
function areLayers(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const names = value.map((layer) => (layer as { name?: unknown } | null | undefined)?.name);
  return (
    new Set(names).size === names.length &&
    value.every((layer) => typeof (layer as { look?: unknown } | null)?.look === 'function') &&
    names.every((name) => isWord(name) && !isOwn(name))
  );
}

const above = (least: number) => ({
  test: (value: unknown) => typeof value === 'number' && value > least && Number.isFinite(value),
  must: `be a finite number above ${least}`,
});

const compareChecks: OptionChecks = {
  ignoreCase: check.boolean,
  ignore: {
    test: (value) => (Array.isArray(value) ? value.every(isIgnoreRule) : isIgnoreRule(value)),
    must: "be 'timestamps', 'ids', 'urls', a RegExp, a function, or a list of these",
  },
  toolOrder: oneOf('strict', 'any'),
  maxChars: {
    test: (value) =>
      Number.isInteger(value) && (value as number) > 0 && (value as number) <= 64_000,
    must: 'be a whole number from 1 to 64000',
  },
  embed: check.function,
  judge: check.function,
  layers: {
    test: areLayers,
    must: 'be a list of layers, each with look() and a one-word name that no other layer has',
  },
  without: {
    test: (value) =>
      Array.isArray(value) && value.every((name) => removable.some((own) => own === name)),
    must: `be a list of layers' names, out of ${removable.join(', ')}`,
  },
  thresholds: {
    longer: above(1),
    shorter: check.belowOne,
    slower: above(1),
    lexical: check.share,
    embedding: check.share,
  },
};

/** Every issue of a route's `compare` options, each with its path. */
export function compareIssues(options: unknown, path = 'compare.'): string[] {
  return issuesOf(options, compareChecks, path);
}
