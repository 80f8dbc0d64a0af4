import { type Distribution, quantileNames, quantiles } from './distribution.ts';

/** How values are told apart: a slot is as wide as its values may be off. */
export interface Scale {
  readonly slots: number;
  slotOf(value: number): number;
  /** The value at a place among the slots: a whole number is the middle of one. */
  valueAt(place: number): number;
  /** What no value is larger than. */
  readonly most: number;
}

const perOctave = 32;
const [lowest, highest] = [-20 * perOctave, 22 * perOctave];

/** Values from 0 on, of any size: what is equally many times larger is equally far away. */
export const ratioScale: Scale = {
  slots: highest - lowest + 1,
  slotOf: (value) => Math.round(Math.log2(value) * perOctave) - lowest,
  valueAt: (place) => (place < 0 ? 0 : 2 ** ((place + lowest) / perOctave)),
  most: Number.POSITIVE_INFINITY,
};

const hundredth = 100;

/** Values from 0 to 1. */
export const shareScale: Scale = {
  slots: hundredth + 1,
  slotOf: (value) => Math.round(value * hundredth),
  valueAt: (place) => Math.min(1, Math.max(0, place / hundredth)),
  most: 1,
};

/** Values in fixed memory. */
export class Spread {
  readonly #scale: Scale;
  #slots: Uint32Array | undefined;
  /** The first slot with a value. */
  #first = Number.POSITIVE_INFINITY;
  #count = 0;

  constructor(scale: Scale) {
    this.#scale = scale;
  }

  get count(): number {
    return this.#count;
  }

  add(value: number | undefined): void {
    if (value === undefined || !(value >= 0)) return;
    const { slots, slotOf } = this.#scale;
    this.#slots ??= new Uint32Array(slots);
    const slot = Math.min(slots - 1, Math.max(0, slotOf(value)));
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1;
    this.#count += 1;
    if (slot < this.#first) this.#first = slot;
  }

  /** The value that so many are not above; of ranks up to `count`. */
  at(rank: number): number {
    return this.#scale.valueAt(this.#slotAt(rank));
  }

  /** What the value of a rank is at least. */
  lowAt(rank: number): number {
    return rank < 1 ? 0 : this.#scale.valueAt(this.#slotAt(rank) - 0.5);
  }

  /** What the value of a rank is at most. */
  highAt(rank: number): number {
    const slot = rank > this.#count ? this.#scale.slots : this.#slotAt(rank) + 0.5;
    return slot >= this.#scale.slots - 0.5 ? this.#scale.most : this.#scale.valueAt(slot);
  }

  get distribution(): Distribution {
    const count = this.#count;
    if (count === 0) return { count };
    const told = quantileNames.map((name) => [name, this.at(quantiles[name] * count)]);
    return { count, ...Object.fromEntries(told) };
  }

  #slotAt(rank: number): number {
    const slots = this.#slots ?? [];
    let left = rank;
    for (let slot = this.#first; slot < slots.length; slot += 1) {
      left -= slots[slot] ?? 0;
      if (left <= 0) return slot;
    }
    return this.#scale.slots - 1;
  }
}
