import type {
  CompareLayer,
  CompareLayerName,
  CompareOptions,
  CompareThresholds,
} from '../core/contracts/compare-options.ts';
import { givenOptions } from '../core/given-options.ts';
import { toIgnore } from './ignore.ts';
import { defaultThresholds } from './thresholds.ts';

/** A route's `compare` options without gaps. */
export interface NormalizedOptions {
  readonly ignoreCase: boolean;
  readonly ignore: (text: string) => string;
  readonly toolOrder: 'strict' | 'any';
  readonly maxChars: number;
  readonly embed: CompareOptions['embed'];
  readonly judge: CompareOptions['judge'];
  readonly layers: readonly CompareLayer[];
  readonly without: ReadonlySet<string>;
  readonly thresholds: Readonly<Record<keyof CompareThresholds, number>>;
}

/** Applies every default once. */
export function normalizedOptions(options: CompareOptions): NormalizedOptions {
  const { thresholds, without = [] } = options;
  return {
    ignoreCase: options.ignoreCase ?? false,
    ignore: toIgnore(options.ignore ?? []),
    toolOrder: options.toolOrder ?? 'strict',
    maxChars: options.maxChars ?? 16_000,
    embed: options.embed,
    judge: options.judge,
    layers: [...(options.layers ?? [])],
    without: new Set<CompareLayerName>(without),
    thresholds: { ...defaultThresholds, ...givenOptions(thresholds) },
  };
}
