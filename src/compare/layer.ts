import type { CompareLayerName, LayerSay } from '../core/compare-options.ts';
import type { NormalizedOptions } from './normalized-options.ts';
import type { Pair } from './pair.ts';

/** A layer of the library that needs no words: what custom layers are, and what the library knows about its own. */
export interface Layer {
  readonly name: CompareLayerName;
  readonly overrules?: readonly CompareLayerName[];
  /** Present: skipped when the texts are equal, because then nothing more can be found in them. */
  readonly readsText?: true;
  look(
    pair: Pair,
    options: NormalizedOptions,
  ): LayerSay | undefined | Promise<LayerSay | undefined>;
}
