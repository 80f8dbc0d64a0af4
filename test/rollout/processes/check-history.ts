import type { RolloutStatus } from '../../../src/core/contracts/rollout-state.ts';
import type { HistoryEvent, SeenState } from './history.ts';

type Of<K extends HistoryEvent['kind']> = Extract<HistoryEvent, { kind: K }>;

const back: readonly RolloutStatus[] = ['rolled-back', 'latched'];

/** A merged history, sorted into what the rules ask for. */
class Course {
  readonly #events: readonly HistoryEvent[];
  /** The versions that there were, in order, as the trail has them. */
  readonly line: readonly SeenState[];
  readonly begun: ReadonlyMap<string, Of<'begun'>>;
  /** Replicas' processes, each with when its candidate was called, in order. */
  readonly candidate: ReadonlyMap<string, readonly number[]>;

  constructor(events: readonly HistoryEvent[]) {
    this.#events = events;
    const entered = this.all('entered').map(({ state }) => state);
    this.line = entered.sort((a, b) => a.version - b.version);
    this.begun = new Map(this.all('begun').map((event) => [event.actor, event]));
    this.candidate = candidateCalls(this.all('calls'));
  }

  all<K extends HistoryEvent['kind']>(kind: K): Of<K>[] {
    return this.#events.filter((event): event is Of<K> => event.kind === kind);
  }

  /** What each process has obeyed, in order. */
  obeyed(): ReadonlyMap<string, readonly Of<'obeyed'>[]> {
    const sorted = this.all('obeyed').sort((a, b) => a.at - b.at);
    return Map.groupBy(sorted, ({ by }) => by);
  }

  /** Calls of the candidate that began between two moments. */
  between(by: string, from: number, until: number): number {
    return this.candidate.get(by)?.filter((at) => at > from && at < until).length ?? 0;
  }
}

function candidateCalls(calls: readonly Of<'calls'>[]): Map<string, number[]> {
  const byReplica = new Map<string, number[]>();
  for (const { by, at, legs } of calls) {
    const starts = byReplica.get(by) ?? [];
    byReplica.set(by, starts);
    for (const [index, start] of at.entries()) if (legs[index] === 'c') starts.push(start);
  }
  return byReplica;
}

type Rule = (course: Course) => string[];

const oneLine: Rule = ({ line }) =>
  line
    .filter(({ version }, index) => version !== index + 1)
    .map(({ version }) => `version ${version} is not the next one of the line`);

const oneTruth: Rule = (course) => {
  const words = ({ actor, percent, status }: SeenState) => `${status} ${percent} % by ${actor}`;
  const truth = new Map(course.line.map((state) => [state.version, words(state)]));
  return [...course.all('obeyed'), ...course.all('done')]
    .filter(({ state }) => truth.get(state.version) !== words(state))
    .map(({ by, state }) => {
      return `${by} has seen version ${state.version} as ${words(state)}, the trail as ${truth.get(state.version)}`;
    });
};

const oneWinner: Rule = (course) => {
  const won = course.all('done').filter(({ actor, state }) => state.actor === actor);
  const byVersion = Map.groupBy(won, ({ state }) => state.version);
  return [...byVersion]
    .map(([version, winners]) => [version, new Set(winners.map(({ actor }) => actor))] as const)
    .filter(([, winners]) => winners.size > 1)
    .map(([version, winners]) => `version ${version} was won by ${[...winners].join(' and ')}`);
};

const neverBack: Rule = (course) => {
  const newest = new Map<string, { readonly by: string; readonly version: number }>();
  const wrong: string[] = [];
  for (const { by, state } of course.all('obeyed').sort((a, b) => a.at - b.at)) {
    const replica = by.split('.')[0] as string;
    const before = newest.get(replica);
    // A process that was started anew may begin with the version that the one before has ended with.
    const least = (before?.version ?? 0) + (before?.by === by ? 1 : 0);
    if (state.version < least) wrong.push(`${by} went back to version ${state.version}`);
    newest.set(replica, { by, version: state.version });
  }
  return wrong;
};

const obedience: Rule = (course) =>
  [...course.obeyed()].flatMap(([by, states]) =>
    states.flatMap(({ at, state, serves }, index) => {
      const until = states[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      const calls = serves ? 0 : course.between(by, at, until);
      return calls === 0
        ? []
        : [`${by} called the candidate ${calls} × by version ${state.version}`];
    }),
  );

const killing: Rule = (course) => {
  const obeyed = course.obeyed();
  return course.all('killed').flatMap(({ by, at, actor }) => {
    const version = course.line.find((state) => state.actor === actor)?.version ?? 0;
    const released = obeyed.get(by)?.find((next) => next.at > at && next.state.version >= version);
    const calls = course.between(by, at, released?.at ?? Number.POSITIVE_INFINITY);
    return calls === 0 ? [] : [`${by} called the candidate ${calls} × although it was killed`];
  });
};

/** When somebody began to let the ramp go on after a version that took everybody back. */
function wayUp({ line, begun }: Course, version: number): number {
  const next = line.find((state) => state.version > version && !back.includes(state.status));
  return next === undefined
    ? Number.POSITIVE_INFINITY
    : (begun.get(next.actor)?.at ?? Number.POSITIVE_INFINITY);
}

const dominance: Rule = (course) =>
  course.all('acknowledged').flatMap(({ at, version }) => {
    const state = course.line.find((one) => one.version === version);
    if (state === undefined || !back.includes(state.status)) return [];
    const until = wayUp(course, version);
    return [...course.candidate.keys()].flatMap((by) => {
      const calls = course.between(by, at, until);
      const what = `the acknowledged rollback of version ${version}`;
      return calls === 0 ? [] : [`${by} called the candidate ${calls} × after ${what}`];
    });
  });

const latching: Rule = ({ line, begun }) =>
  line.flatMap((state, index) => {
    const before = line[index - 1];
    if (before === undefined || !back.includes(before.status)) return [];
    if (state.percent > before.percent)
      return [`version ${state.version} rose while ${before.status}`];
    if (back.includes(state.status) && !(before.status === 'latched' && state.status !== 'latched'))
      return [];
    const isResumed = begun.get(state.actor)?.action === 'resume' && state.status === 'ramping';
    return isResumed ? [] : [`version ${state.version} went on from ${before.status} unresumed`];
  });

const rules: readonly Rule[] = [
  oneLine,
  oneTruth,
  oneWinner,
  neverBack,
  obedience,
  killing,
  dominance,
  latching,
];

/** All that a merged history has against the promise that a rollback wins; nothing, when it was kept. */
export function violationsOf(events: readonly HistoryEvent[]): string[] {
  const course = new Course(events);
  return rules.flatMap((rule) => rule(course));
}

/** How many calls were seen, by leg, and how many rollbacks were acknowledged by all. */
export function extentOf(events: readonly HistoryEvent[]) {
  const course = new Course(events);
  const legs = course
    .all('calls')
    .map((calls) => calls.legs)
    .join('');
  const candidate = legs.split('c').length - 1;
  const status = new Map(course.line.map((state) => [state.version, state.status]));
  const rollbacks = new Set(course.all('acknowledged').map(({ version }) => version));
  const isBack = (version: number): boolean => back.includes(status.get(version) ?? 'ramping');
  return {
    versions: course.line.length,
    candidate,
    legacy: legs.length - candidate,
    acknowledged: [...rollbacks].filter(isBack).length,
    latched: course.line.filter((state) => state.status === 'latched').length,
    kills: course.all('killed').length,
  };
}
