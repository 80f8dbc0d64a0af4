import type { CompareLayerName, LayerSay } from '../core/contracts/compare-options.ts';
import type { NormalizedOptions } from './normalized-options.ts';
import type { Pair } from './pair.ts';

/** A layer of the library that needs no words: what custom layers are, and what the library knows about its own. */
export interface Layer {
  readonly name: CompareLayerName;
  readonly overrules?: readonly CompareLayerName[];
  /**
   * Present: not asked about equal texts, of which this is what it would find. It is told all the same: figures of those that
   * differ alone would say of a legacy that mostly repeats itself that it strays.
   */
  readonly ofEqual?: LayerSay;
  /** Noted where the time was over before it had answered. @default 'layer-late' */
  readonly late?: string;
  look(
    pair: Pair,
    options: NormalizedOptions,
  ): LayerSay | undefined | Promise<LayerSay | undefined>;
}
