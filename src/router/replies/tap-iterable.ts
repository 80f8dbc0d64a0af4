import { attempt, disregard } from '../../core/attempt.ts';
import { isThenable } from '../../core/observation.ts';
import { chain } from '../chain.ts';
import { ownMethod } from './own-method.ts';
import type { StreamObserver, StreamTap } from './stream-tap.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Iterator = Partial<Record<'next' | 'return' | 'throw', Method>>;
type Iterable = Iterator & { [Symbol.asyncIterator]: (this: unknown) => Iterator };

const { then } = Promise.prototype;

/** Observes the first iteration of an iterable; whoever iterates it once more gets what the iterable itself gives. */
class IterableTap implements StreamTap {
  readonly reply: Iterable;
  readonly #iterate: (this: unknown) => Iterator;
  readonly #observer: StreamObserver;
  /** The iterator that is observed, and its methods as they were. */
  #iterator: Iterator | undefined;
  #bare: Iterator = {};
  #isTaken = false;
  #first: { readonly result: unknown } | undefined;

  constructor(stream: Iterable, observer: StreamObserver) {
    this.reply = stream;
    this.#observer = observer;
    this.#iterate = stream[Symbol.asyncIterator];
  }

  /** False: the object does not let itself be changed. */
  attach(): boolean {
    const stream = this.reply;
    const tap = this;
    function iterate(this: unknown): Iterator {
      return this === stream ? tap.#take() : tap.#iterate.call(this);
    }
    if (!ownMethod(stream, Symbol.asyncIterator, iterate)) return false;
    // What may be its own iterator is one from its first `next`, also when nobody asks it for an iterator.
    return typeof stream.next !== 'function' || this.#observe(stream);
  }

  async first(): Promise<boolean> {
    const iterator = this.#open();
    const result = this.#bare.next?.call(iterator);
    this.#first = { result };
    return (await (result as PromiseLike<IteratorResult<unknown>>)).done !== true;
  }

  abandon(): void {
    const { controller } = this.reply as { controller?: { abort?: () => unknown } };
    // A generator that was never started does not run what it would clean up with, and its request would go on.
    if (typeof controller?.abort === 'function') attempt(() => controller.abort?.());
    disregard(attempt(() => this.#bare.return?.call(this.#open())));
  }

  #take(): Iterator {
    if (this.#isTaken) return this.#iterate.call(this.reply);
    this.#isTaken = true;
    return this.#open();
  }

  #open(): Iterator {
    if (this.#iterator !== undefined) return this.#iterator;
    const iterator = this.#iterate.call(this.reply);
    this.#iterator = iterator;
    if (iterator !== this.reply && !this.#observe(iterator)) this.#observer.cut();
    return iterator;
  }

  #observe(iterator: Iterator): boolean {
    const { next, return: end, throw: fail } = iterator;
    this.#bare = {
      ...(next && { next }),
      ...(end && { return: end }),
      ...(fail && { throw: fail }),
    };
    const tap = this;
    const tapped = ownMethod(iterator, 'next', function tapped(this: unknown, ...args: unknown[]) {
      const first = tap.#first;
      tap.#first = undefined;
      return tap.#observed(() => (first === undefined ? next?.apply(this, args) : first.result));
    });
    return (
      tapped &&
      (end === undefined || this.#cuts(iterator, 'return', end)) &&
      (fail === undefined || this.#cuts(iterator, 'throw', fail))
    );
  }

  /** Leaving before the end. Once the end was seen this tells the observer nothing. */
  #cuts(iterator: Iterator, name: 'return' | 'throw', method: Method): boolean {
    const tap = this;
    return ownMethod(iterator, name, function cut(this: unknown, ...args: unknown[]) {
      tap.#observer.cut();
      return method.apply(this, args);
    });
  }

  /** What `next` gave, as it is; a promise of it is looked at from aside, so that the consumer's is the very same. */
  #observed(next: () => unknown): unknown {
    let given: unknown;
    try {
      given = next();
    } catch (reason) {
      this.#observer.failed(reason);
      throw reason;
    }
    const tell = (result: unknown): unknown => this.#tell(result);
    const failed = (reason: unknown): void => this.#observer.failed(reason);
    if (given instanceof Promise) void then.call(given, tell, failed);
    else if (isThenable(given)) {
      return chain(given, tell, (reason) => {
        failed(reason);
        throw reason;
      });
    } else tell(given);
    return given;
  }

  #tell(result: unknown): unknown {
    try {
      const { done, value } = result as IteratorResult<unknown>;
      if (done) this.#observer.ended();
      else this.#observer.chunk(value);
    } catch {
      // No result at all, or one that does not let itself be looked at: that is the consumer's to find out.
      this.#observer.cut();
    }
    return result;
  }
}

/** Taps an async iterable by its own methods; undefined for one that does not let itself be changed. */
export function tapIterable(stream: object, observer: StreamObserver): StreamTap | undefined {
  const tap = new IterableTap(stream as Iterable, observer);
  return Object.isExtensible(stream) && tap.attach() ? tap : undefined;
}
