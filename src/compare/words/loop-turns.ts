import { inRootScope } from '../../core/root-scope.ts';

/** Lets one piece of work go on in each turn of the event loop, in the order in which they asked. */
export class LoopTurns {
  readonly #waiting: (() => void)[] = [];

  take(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) inRootScope(() => setImmediate(() => this.#give()));
    });
  }

  #give(): void {
    // Taken out one by one: under load somebody waits at every moment, and a list that goes once it is empty would never go.
    const resolve = this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(() => this.#give());
    resolve?.();
  }
}
