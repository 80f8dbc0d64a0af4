import type { LaneStats } from '../core/contracts/counts.ts';
import type { CutoverStats, LatencyStats, RouteStats } from '../core/contracts/stats.ts';
import type { LaneName } from '../core/events/events.ts';
import type { Leg } from '../core/stage.ts';

/** One number under a metric's name, `suffix` included, and the labels that tell it from its siblings. */
export interface Sample {
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric: what it is called, what it means, and where its samples are in the statistics. */
export interface MetricFamily {
  /** Without the prefix `engramia_cutover_`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  samples(stats: CutoverStats): Sample[];
}

type Counts = Readonly<Record<string, number>>;

/** A sample for each entry of a record, which is what bounds a label: its values are the record's keys. */
const by = (label: string, counts: Counts, labels: Sample['labels'] = {}): Sample[] =>
  Object.entries(counts).map(([key, value]) => ({ labels: { ...labels, [label]: key }, value }));

const ofRoutes =
  (samples: (route: RouteStats, labels: { route: string }) => Sample[]): MetricFamily['samples'] =>
  ({ routes }) =>
    Object.entries(routes).flatMap(([route, stats]) => samples(stats, { route }));

const ofLanes =
  (samples: (lane: LaneStats, labels: { lane: LaneName }) => Sample[]): MetricFamily['samples'] =>
  ({ learn, mirror }) => [
    ...samples(learn, { lane: 'learn' }),
    ...samples(mirror, { lane: 'mirror' }),
  ];

const ofLane = (value: (lane: LaneStats) => number): MetricFamily['samples'] =>
  ofLanes((lane, labels) => [{ labels, value: value(lane) }]);

function outcomes({ ok, unknown, failed, timedOut, aborted }: LaneStats): Counts {
  return { ...ok, unknown, failed, timedOut, aborted };
}

const seconds = (ms: number): number => ms / 1000;

function durations(route: string, leg: Leg, { buckets, count, sumMs }: LatencyStats): Sample[] {
  const labels = { route, leg };
  const bounded = buckets.map((bucket) => ({ le: `${seconds(bucket.upToMs)}`, ...bucket }));
  return [
    ...[...bounded, { le: '+Inf', count }].map((bucket) => ({
      suffix: '_bucket' as const,
      labels: { ...labels, le: bucket.le },
      value: bucket.count,
    })),
    { suffix: '_sum', labels, value: seconds(sumMs) },
    { suffix: '_count', labels, value: count },
  ];
}

const states: Readonly<Record<CutoverStats['state'], 0>> = {
  open: 0,
  killed: 0,
  frozen: 0,
  closed: 0,
};

/** Every metric, in the order in which it is told. Labels are routes, legs, stages, lanes and reasons: never a tenant. */
export const metricFamilies: readonly MetricFamily[] = [
  {
    name: 'state',
    type: 'gauge',
    help: 'State of the cutover: 1 for the one that holds.',
    samples: ({ state }) => by('state', { ...states, [state]: 1 }),
  },
  {
    name: 'calls_total',
    type: 'counter',
    help: 'Calls by the stage they were decided to.',
    samples: ofRoutes(({ stages }, labels) => by('stage', stages, labels)),
  },
  {
    name: 'served_total',
    type: 'counter',
    help: 'Replies by the leg that answered.',
    samples: ofRoutes(({ served }, labels) => by('leg', served, labels)),
  },
  {
    name: 'failed_total',
    type: 'counter',
    help: 'Errors that users got, by the leg that threw them.',
    samples: ofRoutes(({ failed }, labels) => by('leg', failed, labels)),
  },
  {
    name: 'cut_total',
    type: 'counter',
    help: 'Of the replies, those whose caller left before their end, by the leg that answered.',
    samples: ofRoutes(({ cut }, labels) => by('leg', cut, labels)),
  },
  {
    name: 'fallbacks_total',
    type: 'counter',
    help: 'Calls in which legacy answered for a candidate that failed or was late.',
    samples: ofRoutes(({ fallbacks }, labels) => [{ labels, value: fallbacks }]),
  },
  {
    name: 'undecided_total',
    type: 'counter',
    help: 'Calls for which no stage could be found, by the reason.',
    samples: ofRoutes(({ undecided }, labels) => by('reason', undecided, labels)),
  },
  {
    name: 'legacy_gone',
    type: 'gauge',
    help: 'Whether legacy answered that it no longer exists: 1 if so.',
    samples: ofRoutes(({ legacyGone }, labels) => [{ labels, value: legacyGone ? 1 : 0 }]),
  },
  {
    name: 'duration_seconds',
    type: 'histogram',
    help: 'Duration of calls by the leg that answered: one call in 64, all while somebody listens to "served".',
    samples: ofRoutes(({ latency }, { route }) => [
      ...durations(route, 'legacy', latency.legacy),
      ...durations(route, 'candidate', latency.candidate),
    ]),
  },
  {
    name: 'first_chunk_seconds',
    type: 'histogram',
    help: 'Time to the first chunk of the timed calls whose reply came in pieces, by the leg that answered.',
    samples: ofRoutes(({ firstChunk }, { route }) => [
      ...durations(route, 'legacy', firstChunk.legacy),
      ...durations(route, 'candidate', firstChunk.candidate),
    ]),
  },
  {
    name: 'lane_offered_total',
    type: 'counter',
    help: 'Tasks offered to a lane.',
    samples: ofLane(({ offered }) => offered),
  },
  {
    name: 'lane_accepted_total',
    type: 'counter',
    help: 'Tasks that a lane took up.',
    samples: ofLane(({ accepted }) => accepted),
  },
  {
    name: 'lane_skipped_total',
    type: 'counter',
    help: 'Tasks that a lane did not take up by decision, by the reason.',
    samples: ofLanes(({ skipped }, labels) => by('reason', skipped, labels)),
  },
  {
    name: 'lane_dropped_total',
    type: 'counter',
    help: 'Tasks that a lane had no room for, by the reason.',
    samples: ofLanes(({ dropped }, labels) => by('reason', dropped, labels)),
  },
  {
    name: 'lane_outcomes_total',
    type: 'counter',
    help: 'Tasks that have ended, by how.',
    samples: ofLanes((lane, labels) => by('outcome', outcomes(lane), labels)),
  },
  {
    name: 'lane_pending',
    type: 'gauge',
    help: 'Tasks that wait or run.',
    samples: ofLane(({ pending }) => pending),
  },
  {
    name: 'lane_running',
    type: 'gauge',
    help: 'Tasks that run.',
    samples: ofLane(({ running }) => running),
  },
  {
    name: 'lane_bytes',
    type: 'gauge',
    help: 'Bytes that waiting and running tasks retain.',
    samples: ofLane(({ bytes }) => bytes),
  },
  {
    name: 'lane_tenants',
    type: 'gauge',
    help: 'Tenants with waiting tasks.',
    samples: ofLane(({ tenants }) => tenants),
  },
];
