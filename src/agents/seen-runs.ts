/** What is known of a run that has not ended. */
export interface SeenRun {
  readonly task: string;
  readonly calls: string[];
}

/** Runs that have not ended, by what the SDK keeps of each; a run within another one may share that, and has an agent of its own. */
export class SeenRuns {
  readonly #runs = new WeakMap<object, Map<object, SeenRun>>();

  /** An agent begins, with a run or as one that was handed over to. */
  started(place: object, agent: object, task: string): void {
    const runs = this.#runs.get(place) ?? new Map<object, SeenRun>();
    this.#runs.set(place, runs);
    const isOf = (run: SeenRun): boolean => task === '' || task === run.task;
    const known = runs.get(agent) ?? [...runs.values()].findLast(isOf);
    runs.set(agent, known !== undefined && isOf(known) ? known : { task, calls: [] });
  }

  /** A tool has answered an agent. */
  called(place: object, agent: object, call: string): void {
    this.#runs.get(place)?.get(agent)?.calls.push(call);
  }

  /** The run that ends with an agent; undefined: it was not seen to begin. */
  ended(place: object, agent: object): SeenRun | undefined {
    const runs = this.#runs.get(place);
    const run = runs?.get(agent);
    if (runs === undefined || run === undefined) return undefined;
    for (const [of, its] of runs) if (its === run) runs.delete(of);
    return run;
  }
}
