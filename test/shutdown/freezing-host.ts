import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BackgroundOptions, LaneStats } from 'engramia-cutover';

/** What a host is started with. */
export interface HostSettings {
  readonly baseUrl: string;
  readonly mode: BackgroundOptions['mode'];
  readonly deadlineMs: number;
  /** Which `waitUntil` of the two is given. */
  readonly waitUntil: 'of the call' | 'of the options';
  /** Two words: whether it is frozen, whether it has been thawed. */
  readonly shared: SharedArrayBuffer;
}

interface Lanes {
  readonly learn: LaneStats;
  readonly mirror: LaneStats;
  /** Milliseconds since the calls began. */
  readonly elapsedMs: number;
}

/** A platform that freezes after its responses, in a thread of its own. */
export interface FreezingHost extends AsyncDisposable {
  /** Asks it, and resolves with the replies as soon as they are given. */
  ask(messages: readonly string[]): Promise<{ readonly replies: readonly string[] }>;
  /** Resolves when its loop stands still, with the counts of the last moment. */
  frozen(): Promise<Lanes>;
  /** Lets its loop turn again; resolves with the counts when its work has ended. */
  thaw(): Promise<Lanes>;
}

/** Starts a host. */
export function freezingHost(settings: Omit<HostSettings, 'shared'>): FreezingHost {
  const shared = new SharedArrayBuffer(8);
  const flow = new Int32Array(shared);
  const worker = new Worker(new URL('./freezing-host.worker.ts', import.meta.url), {
    workerData: { ...settings, shared } satisfies HostSettings,
  });
  const told = on(worker, 'message')[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T> => {
    const { value } = await told.next();
    return (value as [T])[0];
  };
  return {
    ask(messages) {
      worker.postMessage(messages);
      return next();
    },
    async frozen() {
      const lanes = await next<Lanes>();
      await Atomics.waitAsync(flow, 0, 0).value;
      return lanes;
    },
    thaw() {
      Atomics.store(flow, 1, 1);
      Atomics.notify(flow, 1);
      return next();
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
