import { ownMethod } from './own-method.ts';
import { soleTap } from './sole-tap.ts';
import type { StreamObserver, StreamTap } from './stream-tap.ts';
import { tapWebStream } from './tap-web-stream.ts';

type Held = ReadableStream<unknown>;
type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What a streamed run of the Agents SDK looks like. */
interface Run {
  readonly toStream: () => Held;
  readonly completed: Promise<unknown>;
  readonly finalOutput?: unknown;
}

/** All that a `ReadableStream` is read by. */
const ways = [
  'cancel',
  'getReader',
  'pipeThrough',
  'pipeTo',
  'tee',
  'values',
  Symbol.asyncIterator,
] as const;

function isRun(stream: object): stream is Run {
  const { toStream, toTextStream, completed } = stream as Record<string, unknown>;
  return (
    typeof toStream === 'function' &&
    typeof toTextStream === 'function' &&
    completed instanceof Promise
  );
}

/** Lets whoever turns to one stream read from another. False: it does not let itself be changed. */
function redirect(from: Held, to: Held): boolean {
  const methods = to as unknown as Record<(typeof ways)[number], Method>;
  return (
    ways.every((way) => ownMethod(from, way, (...args: unknown[]) => methods[way](...args))) &&
    Reflect.defineProperty(from, 'locked', { get: () => to.locked, configurable: true })
  );
}

/** Observes a run's stream. If nobody reads that, and somebody awaits `completed`, the final output is the reply. */
class RunObserver implements StreamObserver {
  readonly #run: Run;
  readonly #observer: StreamObserver;
  #isRead = false;

  constructor(run: Run, observer: StreamObserver) {
    this.#run = run;
    this.#observer = observer;
  }

  chunk(value: unknown): void {
    this.#isRead = true;
    this.#observer.chunk(value);
  }

  ended(): void {
    this.#observer.ended();
  }

  failed(reason: unknown): void {
    this.#observer.failed(reason);
  }

  cut(): void {
    this.#observer.cut();
  }

  watchCompletion(stream: Held): void {
    const { completed } = this.#run;
    const over = (tell: () => void): void => {
      if (!this.#isRead && !stream.locked) tell();
    };
    const get = (): unknown => {
      completed.then(
        () => over(() => this.#completed()),
        (reason) => over(() => this.failed(reason)),
      );
      return completed;
    };
    Reflect.defineProperty(this.#run, 'completed', { get, configurable: true });
  }

  #completed(): void {
    this.chunk(this.#run.finalOutput);
    this.ended();
  }
}

/**
 * Taps an object that keeps a `ReadableStream` behind methods of its own, as a streamed run of the Agents SDK does: the object
 * stays as it is, and all of its members read from the tapped one. Undefined for any other object.
 */
export function tapHeldStream(stream: object, observer: StreamObserver): StreamTap | undefined {
  if (!isRun(stream) || !Object.isExtensible(stream)) return undefined;
  return soleTap(stream, observer, () => tapRun(stream, observer));
}

function tapRun(run: Run, observer: StreamObserver): StreamTap | undefined {
  const held = run.toStream();
  // If the method makes a new stream each time, the consumer would read another one than the tapped.
  if (held !== run.toStream() || !Object.isExtensible(held)) return undefined;
  const seen = new RunObserver(run, observer);
  const tap = tapWebStream(held, seen);
  if (tap === undefined || !redirect(held, tap.reply as Held)) return undefined;
  seen.watchCompletion(held);
  return { reply: run, first: (beginning) => tap.first(beginning), abandon: () => tap.abandon() };
}
