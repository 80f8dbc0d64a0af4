/** What is known of a run that has not ended. */
export interface SeenRun {
  readonly task: string;
  readonly calls: string[];
}

/** The run that an agent works on. */
interface Place {
  readonly run: SeenRun;
  /** Other runs of the same agent that have not ended, as far as anybody knows. */
  others: number;
  /** There were such, so nobody knows which of them this is. */
  readonly isMixed: boolean;
}

/**
 * Runs that have not ended. An app may give one context to several of them, one after the other, within one another, or at
 * once: so they are told apart by their agents as well, and nothing is said of those that neither tells apart.
 */
export class SeenRuns {
  readonly #places = new WeakMap<object, Map<object, Place>>();

  /** An agent begins, with a run or as one that was handed over to. */
  started(runContext: object, agent: object, task: string): void {
    const places = this.#places.get(runContext) ?? new Map<object, Place>();
    this.#places.set(runContext, places);
    const before = places.get(agent);
    const isOf = ({ run }: Place): boolean => task === '' || task === run.task;
    const place = before ?? [...places.values()].findLast(isOf);
    if (place !== undefined && isOf(place)) places.set(agent, place);
    else {
      const others = before === undefined ? 0 : before.others + 1;
      places.set(agent, { run: { task, calls: [] }, others, isMixed: others > 0 });
    }
  }

  /** A tool has answered an agent. */
  called(runContext: object, agent: object, call: string): void {
    this.#places.get(runContext)?.get(agent)?.run.calls.push(call);
  }

  /** The run that ends with an agent; undefined: it was not seen to begin, or may be another one. */
  ended(runContext: object, agent: object): SeenRun | undefined {
    const places = this.#places.get(runContext);
    const place = places?.get(agent);
    if (places === undefined || place === undefined) return undefined;
    place.others -= 1;
    if (place.others < 0) for (const [of, its] of places) if (its === place) places.delete(of);
    return place.isMixed ? undefined : place.run;
  }
}
