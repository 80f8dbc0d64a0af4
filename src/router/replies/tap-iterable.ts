import { attempt, disregard } from '../../core/attempt.ts';
import { isThenable } from '../../core/call/observation.ts';
import { chain, isPlainPromise } from '../serve/chain.ts';
import type { Beginning } from './beginning.ts';
import { ownMethod, replaceMethod } from './own-method.ts';
import { soleTap, untapped } from './sole-tap.ts';
import type { StreamObserver, StreamTap } from './stream-tap.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Iterator = Partial<Record<'next' | 'return' | 'throw', Method>>;
type Iterable = Iterator & { [Symbol.asyncIterator]: (this: unknown) => Iterator };
type Door = typeof Symbol.asyncIterator | 'iterator';

/** The method by which all iterations begin. Streams of the `openai` client, and alike ones, have a function `iterator` for it. */
function doorOf(stream: object): Door {
  const { iterator, tee } = stream as Record<string, unknown>;
  return Object.hasOwn(stream, 'iterator') &&
    typeof iterator === 'function' &&
    typeof tee === 'function'
    ? 'iterator'
    : Symbol.asyncIterator;
}

/** Iterators that are observed. An iterable may give the same one to all who ask. */
const observed = new WeakSet<Iterator>();

/**
 * Observes the first iteration of an iterable, which is as it was from then on: whoever iterates it once more gets what the
 * iterable itself gives.
 */
class IterableTap implements StreamTap {
  readonly reply: Iterable;
  readonly #door: Door;
  readonly #iterate: (this: unknown) => Iterator;
  readonly #observer: StreamObserver;
  /** The iterator that the first iteration got. */
  #iterator: Iterator | undefined;
  /** The methods of the observed iterator, as they were. */
  #bare: Iterator = {};
  #isTaken = false;
  #restore: (() => void) | undefined;
  /** The only object whose methods tell the observer. An iterable may be an iterator too, and would tell each chunk twice. */
  #observed: Iterator | undefined;
  /** Results that were taken before the consumer was there. */
  readonly #held: unknown[] = [];

  constructor(stream: Iterable, observer: StreamObserver) {
    this.reply = stream;
    this.#observer = observer;
    this.#door = doorOf(stream);
    this.#iterate = (stream as Record<Door, unknown>)[this.#door] as (this: unknown) => Iterator;
  }

  /** False: the object does not let itself be changed. */
  attach(): boolean {
    const stream = this.reply;
    const tap = this;
    // Whoever iterates first is the consumer, whatever `this` is: a proxy may bind the methods to its target.
    function iterate(this: unknown): Iterator {
      return tap.#take(this);
    }
    this.#restore = replaceMethod(stream, this.#door, iterate);
    // An object with a `next` may be its own iterator, and be used without being asked for one.
    return this.#restore !== undefined && (!isIterator(stream) || this.#observe(stream));
  }

  async first(beginning?: Beginning): Promise<boolean> {
    const iterator = this.#open(this.reply, standIn);
    for (;;) {
      const given = this.#bare.next?.call(iterator);
      // Awaited here and by the consumer, and yet started once: what is no plain promise may do or cost anything.
      const result = !isPlainPromise(given) && isThenable(given) ? Promise.resolve(given) : given;
      this.#held.push(result);
      const { done, value } = await (result as PromiseLike<IteratorResult<unknown>>);
      if (done === true || beginning?.isOver(value) !== false) return done !== true;
    }
  }

  abandon(): void {
    const { controller } = this.reply as { controller?: { abort?: () => unknown } };
    // A generator that was never started does not run what it would clean up with, and its request would go on.
    if (typeof controller?.abort === 'function') attempt(() => controller.abort?.());
    disregard(attempt(() => this.#bare.return?.call(this.#open(this.reply))));
    attempt(() => this.#letGo());
  }

  release(): void {
    attempt(() => this.#letGo());
    // What its first chunk was taken of goes on for nobody.
    if (this.#isTaken || this.#iterator === undefined || isIterator(this.reply)) return;
    disregard(attempt(() => this.#bare.return?.call(this.#iterator)));
  }

  #take(self: unknown): Iterator {
    if (this.#isTaken) return this.#iterate.call(self);
    this.#isTaken = true;
    this.#letGo();
    return this.#open(self);
  }

  /** One that is its own iterator is observed to its end. */
  #letGo(): void {
    this.#restore?.();
    if (!isIterator(this.reply)) untapped(this.reply);
  }

  /** @param instead - of an iterator that does not let itself be changed; absent: it is passed on, unobserved */
  #open(self: unknown, instead?: (iterator: Iterator, bare: Iterator) => Iterator): Iterator {
    if (this.#iterator !== undefined) return this.#iterator;
    let iterator = this.#begin(self);
    if (iterator !== this.reply && !this.#observe(iterator)) {
      if (instead === undefined) this.#observer.cut();
      else {
        iterator = instead(iterator, this.#bare);
        this.#observe(iterator);
      }
    }
    this.#iterator = iterator;
    return iterator;
  }

  /** What gives no iterator has failed for its reader, who has nothing else to hear it from. */
  #begin(self: unknown): Iterator {
    try {
      return this.#iterate.call(self);
    } catch (reason) {
      this.#observer.failed(reason);
      throw reason;
    }
  }

  #observe(iterator: Iterator): boolean {
    const methods = attempt(() => methodsOf(iterator));
    // What is no iterator is its reader's to find out.
    if (typeof methods?.next !== 'function') return false;
    const { next, return: end, throw: fail } = methods;
    this.#bare = {
      next,
      ...(end && { return: end }),
      ...(fail && { throw: fail }),
    };
    if (observed.has(iterator)) return false;
    observed.add(iterator);
    this.#observed = iterator;
    const tap = this;
    const tapped = ownMethod(iterator, 'next', function tapped(this: unknown, ...args: unknown[]) {
      const held = tap.#held;
      const give = (): unknown => (held.length === 0 ? next.apply(this, args) : held.shift());
      return tap.#observed === iterator ? tap.#telling(give) : give();
    });
    return (
      tapped &&
      (typeof end !== 'function' || this.#cuts(iterator, 'return', end)) &&
      (typeof fail !== 'function' || this.#cuts(iterator, 'throw', fail))
    );
  }

  /** Leaving before the end. Once the end was seen this tells the observer nothing. */
  #cuts(iterator: Iterator, name: 'return' | 'throw', method: Method): boolean {
    const tap = this;
    return ownMethod(iterator, name, function cut(this: unknown, ...args: unknown[]) {
      if (tap.#observed === iterator) tap.#observer.cut();
      // Whoever leaves does not want what was waited for either.
      tap.#held.length = 0;
      return method.apply(this, args);
    });
  }

  /** What `next` gave, as it is; a promise of it is looked at from aside, so that the consumer's is the very same. */
  #telling(next: () => unknown): unknown {
    let given: unknown;
    try {
      given = next();
    } catch (reason) {
      this.#observer.failed(reason);
      throw reason;
    }
    const tell = (result: unknown): unknown => this.#tell(result);
    const failed = (reason: unknown): void => this.#observer.failed(reason);
    if (isPlainPromise(given)) void given.then(tell, failed);
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
      if (Object(result) !== result) throw new TypeError('No result of an iterator.');
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

const isIterator = ({ next }: Iterator): boolean => typeof next === 'function';

/** Each looked up once; none of them need be there. */
const methodsOf = ({ next, return: end, throw: fail }: Iterator) => ({
  next,
  return: end,
  throw: fail,
});

/** Stands for an iterator that a chunk was taken from: that chunk can be given by another object alone. */
function standIn(iterator: Iterator, bare: Iterator): Iterator {
  const methods = Object.entries(bare).map(([name, method]) => [
    name,
    (...args: unknown[]) => method.apply(iterator, args),
  ]);
  return {
    ...Object.fromEntries(methods),
    [Symbol.asyncIterator](): unknown {
      return this;
    },
  };
}

/** Taps an async iterable by its own methods; undefined for one that does not let itself be changed. */
export function tapIterable(stream: object, observer: StreamObserver): StreamTap | undefined {
  return soleTap(stream, observer, () => {
    const tap = new IterableTap(stream as Iterable, observer);
    return Object.isExtensible(stream) && tap.attach() ? tap : undefined;
  });
}
