import { hash } from 'node:crypto';
import { type FlagProvider, percentageFlags } from 'engramia-cutover/flags';

const logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function ignore(): void {}

const hex = (index: number): string => hash('sha256', String(index), 'hex');

/** Ids as apps have them, each by its number. */
const kinds: Readonly<Record<string, (index: number) => string>> = {
  uuid: (index) => hex(index).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
  sequential: (index) => `tenant-${index}`,
  email: (index) => `user.${index}@customer-${index % 97}.example`,
  nonAscii: (index) => `müşteri-${index}-客户`,
};

const percents = [1, 5, 25, 50];
const saltPairs = [
  ['checkout', 'checkout-2'],
  ['chat', 'search'],
  ['a', 'b'],
] as const;

function ramp(percent: number, salt: string): (id: string) => number {
  const flags: FlagProvider = percentageFlags({ from: 'off', to: 'live', percent, salt });
  return (id) => {
    const answer = flags.resolveStringEvaluation('chat', 'off', { targetingKey: id }, logger);
    return (answer as { value: string }).value === 'live' ? 1 : 0;
  };
}

function deviation(inside: number, count: number, percent: number): number {
  const share = percent / 100;
  return Math.abs(inside - count * share) / Math.sqrt(count * share * (1 - share));
}

function zOf(idOf: (index: number) => string, count: number): number {
  const ramps = percents.map((percent) => ramp(percent, 'bench'));
  const inside = percents.map(() => 0);
  for (let index = 0; index < count; index += 1) {
    const id = idOf(index);
    for (const [i, isInside] of ramps.entries()) inside[i] = (inside[i] ?? 0) + isInside(id);
  }
  return Math.max(...inside.map((hits, i) => deviation(hits, count, percents[i] as number)));
}

function rOf([first, second]: readonly [string, string], count: number): number {
  const [a, b] = [ramp(50, first), ramp(50, second)];
  let [inA, inB, inBoth] = [0, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const id = `tenant-${index}`;
    const [x, y] = [a(id), b(id)];
    inA += x;
    inB += y;
    inBoth += x * y;
  }
  const spread = Math.sqrt(inA * (count - inA) * inB * (count - inB));
  return Math.abs(inBoth * count - inA * inB) / spread;
}

/** How evenly and how independently a ramp chooses: the worst of all kinds of ids and of all pairs of salts. */
export interface HashFigures {
  /** Standard deviations by which a share of tenants misses its percentage, at 1, 5, 25 and 50 %. */
  readonly z: Readonly<Record<string, number>>;
  /** Correlation between two rollouts of sequential ids at 50 %. */
  readonly r: Readonly<Record<string, number>>;
}

/** Asks ramps for a fixed set of ids: the result is the same in every run. */
export function hashFigures(ids = 200_000, pairedIds = 1_000_000): HashFigures {
  const z = Object.entries(kinds).map(([kind, idOf]) => [kind, zOf(idOf, ids)]);
  const r = saltPairs.map((pair) => [pair.join(' / '), rOf(pair, pairedIds)]);
  return { z: Object.fromEntries(z), r: Object.fromEntries(r) };
}
