import type { Worker } from 'node:worker_threads';
import { inRootScope } from '../core/root-scope.ts';

/** Questions that may wait; a further one is not asked. */
const mostWaiting = 64;

/** Milliseconds for which a worker that could not be started, or died, is not started again. */
const restMs = 60_000;

type Answer = (value: number | undefined) => void;

/** Computes ROUGE-L off the event loop, in one thread that starts with the first question. */
export class RougeWorker {
  readonly #file: URL;
  readonly #waiting = new Map<number, Answer>();
  #worker: Worker | undefined;
  #asked = 0;
  #restsUntil = 0;

  constructor(file: URL) {
    this.#file = file;
  }

  /** Undefined: too many wait, or there can be no worker here. Takes over the memory of both. */
  ask(first: Int32Array, second: Int32Array): Promise<number | undefined> {
    const worker = this.#waiting.size < mostWaiting ? this.#running() : undefined;
    if (worker === undefined) return Promise.resolve(undefined);
    const id = this.#asked++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      // The process may end while the worker is idle, but whoever waits for an answer gets it.
      worker.ref();
      worker.postMessage({ id, first, second }, [
        first.buffer as ArrayBuffer,
        second.buffer as ArrayBuffer,
      ]);
    });
  }

  #running(): Worker | undefined {
    if (this.#worker !== undefined || performance.now() < this.#restsUntil) return this.#worker;
    try {
      this.#worker = inRootScope(() => this.#start());
    } catch {
      // Threads may be forbidden; the comparison does without.
      this.#rest();
    }
    return this.#worker;
  }

  #start(): Worker {
    const threads = process.getBuiltinModule('node:worker_threads');
    const worker = new threads.Worker(this.#file, {
      name: 'engramia-cutover',
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    const ended = (): void => {
      if (this.#worker === worker) this.#rest();
    };
    worker.unref();
    worker.on('message', ({ id, value }: { id: number; value: number }) => this.#take(id, value));
    worker.on('error', ended);
    worker.on('exit', ended);
    return worker;
  }

  #take(id: number, value: number): void {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    answer?.(value);
  }

  #rest(): void {
    this.#worker = undefined;
    this.#restsUntil = performance.now() + restMs;
    const answers = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of answers) answer(undefined);
  }
}

// In the sources it is the file next to this one; in the package it has an entry of its own.
const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

let shared: RougeWorker | undefined;

/** The one of this process. */
export function sharedRougeWorker(): RougeWorker {
  shared ??= new RougeWorker(new URL(`./rouge.worker.${suffix}`, import.meta.url));
  return shared;
}
