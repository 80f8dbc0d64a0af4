import type { Worker } from 'node:worker_threads';
import { inRootScope } from '../../core/root-scope.ts';
import type { PostedAnswer, WordQuestion, WordSay } from './word-question.ts';

/** Questions that may wait; a further one is not asked. */
const mostWaiting = 64;

/** Milliseconds for which a thread that could not be started, or died, is not started again. */
const restMs = 60_000;

/**
 * Milliseconds without any answer after which a thread is given up while some wait: the longest texts take a hundredth of it,
 * a third of the lane's deadline.
 */
const patienceMs = 10_000;

type Answer = PostedAnswer['says'];

/** Finds off the event loop what there is to find by the words of two texts, in one thread that starts with the first question. */
export class TextThread {
  readonly #file: URL | undefined;
  readonly #waiting = new Map<number, (says: Answer) => void>();
  #worker: Worker | undefined;
  #patience: NodeJS.Timeout | undefined;
  #asked = 0;
  #restsUntil = 0;

  /** Undefined: there is no file that a thread could run. */
  constructor(file: URL | undefined) {
    this.#file = file;
  }

  /** Undefined: too many wait, or there can be no thread here, or it has come to its end. */
  ask(asked: WordQuestion): Promise<readonly WordSay[] | undefined> {
    const worker = this.#waiting.size < mostWaiting ? this.#running() : undefined;
    if (worker === undefined) return Promise.resolve(undefined);
    const id = this.#asked++;
    return new Promise((resolve) => {
      if (this.#waiting.size === 0) this.#beginToWait(worker);
      this.#waiting.set(id, resolve);
      worker.postMessage({ id, ...asked });
    });
  }

  #running(): Worker | undefined {
    const file = this.#file;
    if (this.#worker !== undefined || performance.now() < this.#restsUntil) return this.#worker;
    if (file === undefined) return undefined;
    try {
      this.#worker = inRootScope(() => this.#start(file));
    } catch {
      // Threads may be forbidden; the comparison does without.
      this.#rest();
    }
    return this.#worker;
  }

  #start(file: URL): Worker {
    const threads = process.getBuiltinModule('node:worker_threads');
    const worker = new threads.Worker(file, {
      name: 'engramia-cutover',
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    const ended = (): void => {
      if (this.#worker === worker) this.#rest();
    };
    worker.unref();
    worker.on('message', (answer: PostedAnswer) => this.#take(answer));
    worker.on('error', ended);
    worker.on('exit', ended);
    return worker;
  }

  /** The process may end while the thread is idle, but whoever waits for an answer gets it. */
  #beginToWait(worker: Worker): void {
    worker.ref();
    this.#patience ??= inRootScope(() => setTimeout(() => this.#giveUp(), patienceMs).unref());
    this.#patience.refresh();
  }

  #take({ id, says }: PostedAnswer): void {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    this.#patience?.refresh();
    answer?.(says);
  }

  #giveUp(): void {
    const worker = this.#waiting.size > 0 ? this.#worker : undefined;
    if (worker === undefined) return;
    this.#rest();
    void worker.terminate();
  }

  #rest(): void {
    this.#worker = undefined;
    this.#restsUntil = performance.now() + restMs;
    const answers = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of answers) answer(undefined);
  }
}

/**
 * In the sources it is the file next to this one; in the package it has an entry of its own. An app that was bundled as CommonJS
 * has no `import.meta.url`, and no such file.
 */
function workerFile(): URL | undefined {
  const here: string | undefined = import.meta.url;
  if (here === undefined) return undefined;
  return new URL(`./text.worker.${here.endsWith('.ts') ? 'ts' : 'js'}`, here);
}

let shared: TextThread | undefined;

/** The one of this process. */
export function sharedTextThread(): TextThread {
  shared ??= new TextThread(workerFile());
  return shared;
}
