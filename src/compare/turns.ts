import { inRootScope } from '../core/root-scope.ts';

/** Lets one piece of work go on in each turn of the event loop, in the order in which they asked. */
export class Turns {
  #waiting: (() => void)[] = [];
  #next = 0;

  take(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) inRootScope(() => setImmediate(() => this.#give()));
    });
  }

  #give(): void {
    const resolve = this.#waiting[this.#next];
    this.#next += 1;
    if (this.#next < this.#waiting.length) setImmediate(() => this.#give());
    else {
      this.#waiting = [];
      this.#next = 0;
    }
    resolve?.();
  }
}
