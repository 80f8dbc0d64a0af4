import type { Beginning } from './beginning.ts';

/** Who is told what passes through a tapped stream. Never throws. */
export interface StreamObserver {
  /** A chunk that is about to reach the consumer; whoever keeps bytes of it copies them now. */
  chunk(value: unknown): void;
  /** The stream came to its end. */
  ended(): void;
  failed(reason: unknown): void;
  /** The consumer wants no more. After the end this says nothing. */
  cut(): void;
}

/** Who is told how a stream ended, and nothing before. */
export type EndObserver = Pick<StreamObserver, 'ended' | 'failed' | 'cut'>;

/** A stream that tells an observer what its consumer reads. */
export interface StreamTap {
  /** What the consumer is given: the same object, or for a `ReadableStream` and a `Response` one that reads from it. */
  readonly reply: object;
  /**
   * Waits for the first chunk, or where a beginning is given for the one that ends it; the consumer is given all of them again.
   * False: the stream has ended before. Rejects with what it fails with before.
   */
  first(beginning?: Beginning): Promise<boolean>;
  /** Cancels a stream that no consumer will be given. Never throws. */
  abandon(): void;
  /** Gives up what nobody has begun to read, so that the object is as it was: somebody else was given the same. Never throws. */
  release?(): void;
}
