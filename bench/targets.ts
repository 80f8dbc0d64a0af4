/** What a figure has to be. */
export interface Target {
  /** The promise of speed that it belongs to. */
  readonly id: string;
  readonly what: string;
  readonly bound: 'most' | 'least';
  readonly target: number;
  /** What must hold on any machine, in every run; absent: too noisy to be enforced. */
  readonly floor?: number;
}

const most = (id: string, what: string, target: number, floor?: number): Target => ({
  id,
  what,
  bound: 'most',
  target,
  ...(floor !== undefined && { floor }),
});

const least = (id: string, what: string, target: number, floor: number): Target => ({
  id,
  what,
  bound: 'least',
  target,
  floor,
});

/** Every figure that is claimed: ratios of medians within one run, counts and bytes; times only of the event loop. */
export const targets = {
  pct50: most('P1', 'CPU a call at 50 % of tenants, × ideal', 1.6, 2.2),
  live: most('P1', 'CPU a call in live, × ideal', 1.8, 2.2),
  dualwrite: most('P1', 'CPU a call in dualwrite up to the hand-over, × ideal', 2.2, 3),
  launchDarklyLive: least('P2', 'cheaper than LaunchDarkly, live', 15, 10),
  launchDarklyPct50: least('P2', 'cheaper than LaunchDarkly, 50 %', 15, 10),
  launchDarklyShadow: least('P2', 'cheaper than LaunchDarkly, shadow', 8, 6),
  launchDarklyDrained: most('P2', 'shadow drained to its end, × LaunchDarkly', 0.7),
  tzientist: least('P2', 'mirroring cheaper than tzientist', 2, 1.5),
  openFeature: least('P2', 'live cheaper than OpenFeature in memory', 20, 12),
  allocation: most('P3', 'bytes a call adds in dualwrite, × ideal with a hand-over', 1.8, 1.8),
  allocationLaunchDarkly: least('P3', 'fewer added bytes in shadow than LaunchDarkly', 15, 15),
  manyTenants: most('P4', 'CPU a call with 10^6 tenants, × 10^3', 1.3),
  manyTenantsHeap: most('P4', 'heap retained for 10^6 tenants, MiB', 1, 1),
  manyOverrides: most('P4', 'CPU a call with 10^4 overrides, × none', 1.1),
  othersOverrides: most('P4', 'the same, of tenants who have none', 1.1),
  rolloutOneTenant: most('P4', 'CPU a call by a rollout, × percentageFlags, 1 tenant', 1.1),
  rolloutThousand: most('P4', 'the same of 10^3 tenants', 1.1),
  rolloutMillion: most('P4', 'the same of 10^6 tenants', 1.1),
  rolloutOverrides: most('P4', 'the same with 10^4 overrides', 1.1),
  externalOpenFeature: most('P5', 'CPU a call with OpenFeature cached, × a static flag', 1.5),
  externalLaunchDarkly: most('P5', 'CPU a call with LaunchDarkly cached, × a static flag', 1.5),
  externalByUser: most('P5', 'the same for users with attributes, OpenFeature', 1.5),
  queueGrowth: most('P7', 'CPU a task at a backlog of 10^5, × 10^4', 1.5),
  queueFastq: most('P7', 'CPU a task, × fastq.promise', 0.5),
  queuePQueue: most('P7', 'CPU a task, × p-queue', 0.1),
  hangingErrors: most('P9', 'errors of users, hanging service', 0, 0),
  hangingUncounted: most('P9', 'tasks lost from the books, hanging service', 0, 0),
  hangingSockets: most('P9', 'sockets at once, × concurrency', 1, 1),
  hangingSocketsGivingUp: most('P9', 'the same while requests are given up', 1, 3),
  hangingHeap: most('P9', 'heap growth, hanging service, MiB', 32, 32),
  hangingHeapPerRequest: most('P9', 'heap growth a request, KiB', 0.1, 0.1),
  hangingDelay: most('P9', 'event-loop delay p99, hanging service, ms', 5),
  hangingDelayAdded: most('P9', 'the same above that of stage off in the same turn', 5),
  batchedDelivery: most('P10', 'CPU an exchange in batches, × a POST of undici’s Pool', 0.3),
  singleDelivery: most('P10', 'CPU an exchange learned by itself, × a global fetch', 1.2),
  compareDelay: most('P11', 'event-loop delay p99 that comparing adds, ms', 5),
  bucketUniformity: most('P12', 'largest |z| of a share of tenants', 4, 4),
  bucketCorrelation: most('P12', 'largest |r| between salts', 0.005, 0.005),
  compareJaccard: most('P13', 'Jaccard, × a regular expression and Set', 0.8, 1),
  compareRouge: most('P13', 'ROUGE-L, × a table of prefixes', 0.1, 0.2),
  compareRougeError: most('P13', 'difference of the two ROUGE-L', 0, 0),
  compareLongest: most('P13', 'longest go of a comparison on the event loop, µs', 250),
  compareLoop: most('P13', 'event loop for two replies of 8,000 characters, µs', 300),
  pairLog: most('P14', 'CPU a pair in the log, × JSON.stringify', 2.5),
  trailLine: most('P14', 'CPU an audit entry with hash and line, × JSON.stringify', 2.5),
  trailGrowth: most('P14', 'CPU of verifying an entry of a long trail, × one of 10^4', 1.2),
  trailHeap: most('P14', 'heap while a long trail is verified, MiB', 64, 64),
  importCost: most('P15', 'import, × zod and eventemitter3', 1.3),
} satisfies Record<string, Target>;

export type FigureName = keyof typeof targets;

/** Measured values by name. */
export type Figures = Readonly<Record<FigureName, number>>;

/** Whether a figure keeps a bound. What is not a number keeps none. */
export function holds(bound: Target['bound'], value: number, limit: number): boolean {
  return bound === 'most' ? value <= limit : value >= limit;
}
