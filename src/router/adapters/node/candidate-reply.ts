import { endedInFailure, FailedReply } from '../../replies/failed-reply.ts';
import type { PreparedReply } from '../../replies/prepare-reply.ts';
import type { ReplySource } from '../../replies/reply-source.ts';
import { type StreamHead, StreamRecording } from '../../replies/stream-recording.ts';
import type { EndObserver } from '../../replies/stream-tap.ts';
import type { CandidateCall } from '../../serve/candidate-call.ts';

type StreamReply = Extract<PreparedReply, { kind: 'stream' }>;

const streamHeadOf = ({ head }: StreamReply): StreamHead => {
  const named = new Map(head?.headers);
  const [contentType, contentEncoding] = [named.get('content-type'), named.get('content-encoding')];
  return { status: head?.status ?? 200, contentType, contentEncoding };
};

/** A served candidate's reply that is ready to be sent; told apart from whatever legacy may come with. */
export class CandidateReply {
  readonly call: CandidateCall;
  /** What the candidate returned. */
  readonly value: unknown;
  readonly prepared: PreparedReply;
  #observer: EndObserver | undefined;
  #recording: StreamRecording | undefined;

  constructor(call: CandidateCall, value: unknown, prepared: PreparedReply) {
    this.call = call;
    this.value = value;
    this.prepared = prepared;
    if (prepared.kind !== 'stream' || prepared.source === undefined) return;
    this.prepared = { ...prepared, source: this.#observed(prepared.source) };
  }

  /** Whether it is a stream that has failed before it said anything, or one without a chunk, whose status promises an answer. */
  get isUnsaid(): boolean {
    const { prepared } = this;
    if (prepared.kind !== 'stream' || prepared.source === undefined) return false;
    if (prepared.hasFailed) return true;
    return prepared.first === undefined && (prepared.head?.status ?? 200) === 200;
  }

  /**
   * Whether more than its first chunk is to come, whose end the observer is told, once.
   *
   * @param maxBytes - of a stream of which more is not looked at for a failure that it tells of
   */
  observe(observer: EndObserver, maxBytes: number): boolean {
    const { prepared } = this;
    const comes = prepared.kind === 'stream' && prepared.source !== undefined;
    if (!comes || prepared.first === undefined) return false;
    this.#observer = observer;
    this.#recording = new StreamRecording(maxBytes, streamHeadOf(prepared));
    this.#recording.keep(prepared.first);
    return true;
  }

  /**
   * Lets go of a reply that is not sent, or not to its end: an open stream would keep its connection.
   *
   * @param failure - what the client got in its place, where that was an error
   */
  discard(failure?: unknown): void {
    if (this.prepared.kind !== 'stream') return;
    if (failure !== undefined) this.#tell((observer) => observer.failed(failure));
    this.prepared.source?.cancel();
  }

  #observed(source: ReplySource): ReplySource {
    return {
      next: async () => {
        try {
          const chunk = await source.next();
          if (chunk === undefined) this.#tell((observer) => this.#tellEnd(observer));
          else this.#recording?.keep(chunk);
          return chunk;
        } catch (error) {
          this.#tell((observer) => observer.failed(error));
          throw error;
        }
      },
      cancel: () => {
        this.#tell((observer) => observer.cut());
        source.cancel();
      },
    };
  }

  /** What came whole may tell of its own failure. */
  #tellEnd(observer: EndObserver): void {
    const kept = this.#recording?.captured();
    if (kept !== undefined && endedInFailure(kept)) observer.failed(new FailedReply(kept));
    else observer.ended();
  }

  /** Once: what is told first counts. */
  #tell(how: (observer: EndObserver) => void): void {
    const observer = this.#observer;
    this.#observer = undefined;
    if (observer !== undefined) how(observer);
  }
}
