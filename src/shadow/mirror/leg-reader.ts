import { isThenable, type Observation } from '../../core/call/observation.ts';
import type { ReplyView } from '../../core/call/subject.ts';
import type { LearnPolicy, Mirror } from '../../core/contracts/exchange.ts';
import type { Reporter } from '../../core/events/events.ts';
import { type EndedLeg, endedLeg } from './ended-leg.ts';

/** Reads replies as the app's `view` does, for what is told and compared of both legs. */
export class LegReader {
  readonly #reporter: Reporter;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** How a leg ended: at once where its reply can be read at once. */
  endOf(
    given: Observation,
    view: LearnPolicy['view'],
    mirror: Mirror,
    reported: Mirror['facts'],
  ): EndedLeg | Promise<EndedLeg> {
    const observation = withFailure(given, mirror);
    const seen = this.#seen(observation, view, mirror);
    return seen instanceof Promise
      ? seen.then((read) => endedLeg(observation, read, mirror, reported))
      : endedLeg(observation, seen, mirror, reported);
  }

  #seen(
    observation: Observation,
    view: LearnPolicy['view'],
    { route, tenant, leg, kind }: Mirror,
  ): ReplyView | undefined | Promise<ReplyView | undefined> {
    if (observation.status === 'rejected') return undefined;
    // What is served may be answered another way; what is mirrored has nothing but what it returns.
    const { value } = observation;
    const isMirrored = kind !== 'noise' && observation.leg === leg;
    if (isMirrored && (value === undefined || value === null)) return { text: '' };
    const failed = (error: unknown): undefined =>
      this.#reporter.contained('view', error, { route, tenant }) as undefined;
    try {
      const read = view(value);
      return isThenable(read) ? Promise.resolve(read).catch(failed) : read;
    } catch (error) {
      return failed(error);
    }
  }
}

/** A reply that is a failure to those who are served is one here: a leg that is down must not look as if it had answered. */
function withFailure(observation: Observation, mirror: Mirror): Observation {
  if (observation.status === 'rejected') return observation;
  const { leg, durationMs, value } = observation;
  const reason = mirror.failureOf(value);
  return reason === undefined ? observation : { leg, durationMs, status: 'rejected', reason };
}
