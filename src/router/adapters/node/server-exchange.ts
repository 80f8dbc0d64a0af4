import { AsyncResource } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { Caller } from '../../call.ts';
import { asGiven } from '../../offer/as-given.ts';
import type { EndObserver } from '../../replies/stream-tap.ts';
import type { CandidateReply } from './candidate-reply.ts';
import { isClosed, isWhole } from './reply-end.ts';
import { replyStatus } from './reply-status.ts';
import { tapReply } from './reply-tap.ts';
import { UnfitReply } from './unfit-reply.ts';

/** The reply if it was a success and reached the client whole; rejects otherwise. */
async function fitReply<Reply extends { readonly status: number }>(
  ended: Promise<Reply | undefined>,
): Promise<Reply> {
  const reply = await ended;
  if (reply === undefined || reply.status >= 400) throw new UnfitReply(reply?.status);
  return reply;
}

/** One request of a framework on Node's server, which answers by writing to the response whatever a leg returns. */
export abstract class ServerExchange<Source, Input> implements Caller {
  /** Legacy, when the candidate is late, sees the request's own async context. */
  readonly scope = new AsyncResource('engramia-cutover.request');
  readonly res: ServerResponse;
  /** What `read` gets; undefined: the request cannot be read. */
  source: Source | undefined;
  input: Input | undefined = undefined;
  /** The input for a mirror, as it was before a leg ran. */
  given: Input | undefined = undefined;
  /** What the app calls the request; undefined: nothing. */
  requestId: string | undefined = undefined;
  /** The candidate's reply, from when it could be sent. */
  prepared: CandidateReply | undefined = undefined;
  /** Somebody before this exchange has begun the reply. */
  readonly begun: boolean;
  /** Legacy answers. */
  protected passedOn = false;
  /** Still in the tick in which the framework has called us. */
  protected inTick = true;
  #answering = false;
  #delivered: Promise<unknown> | undefined;
  #signal: AbortSignal | undefined;

  constructor(res: ServerResponse, source: Source) {
    this.res = res;
    this.source = source;
    this.begun = res.headersSent;
  }

  /** Starts legacy later than in the tick of the request. Must neither throw nor let the router see what legacy throws. */
  protected abstract startLegacy(): void;

  /** Aborts when the client leaves before the reply is whole. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      if (this.left) controller.abort();
      else this.res.once('close', () => this.left && controller.abort());
      this.#signal = controller.signal;
    }
    return this.#signal;
  }

  /** Whether nobody waits for an answer of ours: the client has left, or somebody else has begun to reply. */
  get gone(): boolean {
    return this.left || this.othersAnswer;
  }

  get left(): boolean {
    return isClosed(this.res) && !isWhole(this.res);
  }

  /** Keeps the input for a mirror. */
  keepGiven(): void {
    this.given = asGiven(this.input);
  }

  /** The reply as the client got it; rejects for one that is no success or was cut short. */
  get delivered(): Promise<unknown> {
    return this.#delivered ?? Promise.resolve(undefined);
  }

  /**
   * Tells an observer what has become of a candidate's reply in one piece. It may not be possible to send it: the client gets an
   * error of the app's then.
   */
  observe(observer: EndObserver): void {
    const ended = (): void => observer.ended();
    this.delivered.then(ended, (reason: UnfitReply) => {
      if (this.left) observer.cut();
      else if (reason.status !== undefined && reason.status >= 500) observer.failed(reason);
      else ended();
    });
  }

  /** Whether neither leg has begun the reply, but somebody has. */
  protected get othersAnswer(): boolean {
    return this.res.headersSent && !this.#answering;
  }

  /** Begins to capture the reply, whichever leg writes it. */
  capture(maxBytes: number | undefined): void {
    this.#await(() => tapReply(this.res, { maxBytes }));
  }

  /** Begins to wait for the end of the reply, without looking into it. */
  watch(): void {
    this.#await(() => replyStatus(this.res));
  }

  /** Legacy's turn. The promise is the reply as delivered, so that it counts as failed when it was no success. */
  passOn(): Promise<unknown> {
    this.passedOn = true;
    this.#answering = true;
    this.prepared?.discard();
    if (!this.inTick) this.startLegacy();
    return this.delivered;
  }

  /** The candidate's turn to write; its signal still aborts when the client leaves in the middle. */
  protected beginAnswer(reply: CandidateReply): void {
    this.#answering = !this.res.headersSent;
    // The router stops listening to the client with the first chunk, while the candidate goes on making the others.
    this.res.once('close', () => {
      if (this.left) reply.call.abort(this.signal.reason);
      // A hook of the app may have had something else sent in the place of a stream, which nobody reads then.
      const { statusCode } = this.res;
      reply.discard(this.left || statusCode < 500 ? undefined : new UnfitReply(statusCode));
    });
  }

  #await(start: () => Promise<{ readonly status: number } | undefined>): void {
    const over = isClosed(this.res) || isWhole(this.res);
    this.#delivered = fitReply(over ? Promise.resolve(undefined) : start());
    // Also read by nobody when the candidate fails; then it is no unhandled rejection.
    this.#delivered.catch(() => undefined);
  }
}
