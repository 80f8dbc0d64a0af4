import { ForksPoolWorker } from 'vitest/node';

/** Vitest's own process for tests, which outlives a run: loading all modules anew took most of a mutant's time. */
let fork;
let runs = 0;

/** How often the process has been used, since it was started. */
export const usesOfWorker = () => (fork ? runs : 0);

/** The next run gets a process that no mutant has been in. */
export async function endWorker() {
  const ended = fork;
  fork = undefined;
  await ended?.stop();
}

/** For one that answers no more. */
export function killWorker() {
  fork?.fork.kill('SIGKILL');
}

class KeptWorker {
  name = 'kept';
  cacheFs = true;
  #listeners = [];
  #isAskedToStop = false;

  constructor(options) {
    this.options = options;
  }

  async start() {
    if (!fork) {
      const started = new ForksPoolWorker(this.options);
      await started.start();
      started.fork.once('exit', () => {
        if (fork === started) fork = undefined;
      });
      fork = started;
      runs = 0;
    }
    runs += 1;
    this.fork = fork;
  }

  on(event, listener) {
    this.#listeners.push([event, listener]);
    this.fork.on(event, listener);
  }

  off(event, listener) {
    if (this.fork._fork) this.fork.off(event, listener);
  }

  send(message) {
    if (message.type !== 'stop') return this.fork.send(message);
    this.#isAskedToStop = true;
    const stopped = { type: 'stopped', __vitest_worker_response__: true };
    for (const [event, listener] of [...this.#listeners]) {
      if (event === 'message') queueMicrotask(() => listener(stopped));
    }
  }

  async stop() {
    for (const [event, listener] of this.#listeners) this.off(event, listener);
    // What is stopped unasked has been given up.
    if (!this.#isAskedToStop && fork === this.fork) await endWorker();
  }

  deserialize(data) {
    return data;
  }
}

export const keptPool = {
  name: 'kept',
  createPoolWorker: (options) => new KeptWorker(options),
};
