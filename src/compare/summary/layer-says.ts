import type { LayerFinding, Verdict } from '../../core/contracts/comparer.ts';
import { type Excess, excessOverNoise, type Rate, rateOf } from './rate.ts';

/** What layers say; `none`: it had nothing to say about the pair. */
type Say = Verdict | 'none';

/** How often a layer said what, of the pairs that it was asked about. */
export type LayerRates = Readonly<Record<Say, Rate>>;

/** How far that lies above what it said of legacy against itself. */
export type LayerExcess = Readonly<Record<Say, Excess>>;

const nothing: Readonly<Record<Say, number>> = {
  same: 0,
  similar: 0,
  different: 0,
  worse: 0,
  none: 0,
};
const says = Object.keys(nothing) as Say[];

/** Layers that are counted: the library's and as many of the app's as anybody has. */
const mostLayers = 64;

interface Counted {
  readonly layer: string;
  readonly counts: Record<Say, number>;
}

/** Counts what each layer says. */
export class LayerSays {
  readonly #counts = new Map<string, Counted>();
  /** What was counted last at each place: pairs of a route have the same layers in the same order. */
  readonly #places: (Counted | undefined)[] = [];

  add(layers: readonly LayerFinding[]): void {
    for (let at = 0; at < layers.length; at += 1) {
      const { layer, say } = layers[at] as LayerFinding;
      let counted = this.#places[at];
      if (counted?.layer !== layer) counted = this.#of(layer);
      if (counted === undefined) continue;
      if (at < mostLayers) this.#places[at] = counted;
      counted.counts[say] += 1;
    }
  }

  /** By the layers' names. */
  rates(): Record<string, LayerRates> {
    return this.#eachLayer((layer) => this.#ratesOf(layer));
  }

  /** How far that lies above other counts, of which a number of pairs is asked for. */
  excessOver(noise: LayerSays, asked: number): Record<string, LayerExcess> {
    return this.#eachLayer((layer) => {
      const [ours, itself] = [this.#ratesOf(layer), noise.#ratesOf(layer)];
      return recordOf((say) => excessOverNoise(ours[say], itself[say], asked));
    });
  }

  #of(layer: string): Counted | undefined {
    const known = this.#counts.get(layer);
    if (known !== undefined || this.#counts.size >= mostLayers) return known;
    const counted = { layer, counts: { ...nothing } };
    this.#counts.set(layer, counted);
    return counted;
  }

  #eachLayer<T>(told: (layer: string) => T): Record<string, T> {
    return Object.fromEntries([...this.#counts.keys()].map((layer) => [layer, told(layer)]));
  }

  #ratesOf(layer: string): LayerRates {
    const counts = this.#counts.get(layer)?.counts ?? nothing;
    const of = says.reduce((sum, say) => sum + counts[say], 0);
    return recordOf((say) => rateOf(counts[say], of));
  }
}

const recordOf = <T>(told: (say: Say) => T): Readonly<Record<Say, T>> =>
  Object.fromEntries(says.map((say) => [say, told(say)])) as Record<Say, T>;
