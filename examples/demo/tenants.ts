/** A customer of the demo's app. */
export interface Tenant {
  readonly name: string;
  /** Its part of the traffic, before it is divided by the sum over all tenants. */
  readonly weight: number;
  /** Its own key of the service: one key is one memory. Undefined: it has none. */
  readonly key: string | undefined;
}

const names = [
  ...['alder', 'almond', 'apple', 'ash', 'aspen', 'bamboo', 'baobab', 'beech', 'birch', 'cedar'],
  ...['cherry', 'chestnut', 'cypress', 'dogwood', 'elder', 'elm', 'fig', 'fir', 'ginkgo', 'hazel'],
  ...['hemlock', 'holly', 'hornbeam', 'juniper', 'larch', 'laurel', 'lime', 'linden', 'magnolia'],
  ...[
    'mango',
    'maple',
    'mulberry',
    'oak',
    'olive',
    'palm',
    'pear',
    'pine',
    'plum',
    'poplar',
    'yew',
  ],
];

/** The tenant that the service knows nothing of: it is served like all others, and never learned. */
export const keyless = 'baobab';

/** Forty tenants whose sizes follow Zipf's law: the largest alone makes a quarter of the traffic. */
export const tenants: readonly Tenant[] = names.map((name, rank) => ({
  name,
  weight: 1 / (rank + 1),
  key: name === keyless ? undefined : `demo-key-of-${name}`,
}));
