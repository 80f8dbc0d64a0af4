import { AsyncResource } from 'node:async_hooks';
import type { NextFunction, Request, Response } from 'express';
import type { Caller } from '../../call.ts';
import type { CandidateReply } from '../node/candidate-reply.ts';
import { replyStatus } from '../node/reply-status.ts';
import { tapReply } from '../node/reply-tap.ts';
import { UnfitReply } from '../node/unfit-reply.ts';
import { sendReply } from './send-reply.ts';

/** The reply if it was a success and reached the client whole; rejects otherwise. */
async function fitReply<Reply extends { readonly status: number }>(
  ended: Promise<Reply | undefined>,
): Promise<Reply> {
  const reply = await ended;
  if (reply === undefined || reply.status >= 400) throw new UnfitReply(reply?.status);
  return reply;
}

const oddThrow = 'The candidate threw a value that Express does not take for an error.';

/** Whether `next` takes a value for an error, and not for "go on" or "skip". */
const isError = (value: unknown): boolean =>
  Boolean(value) && value !== 'route' && value !== 'router';

/**
 * One request on its way through the middleware. `next` is never called inside a `try` of ours: what is thrown behind it
 * would call it twice.
 */
export class ExpressExchange<Input> implements Caller {
  /** What runs behind `next()` when the candidate is late sees the request's own async context. */
  readonly scope = new AsyncResource('engramia-cutover.request');
  readonly req: Request;
  readonly res: Response;
  /** What `read` gets: the request, or with a held body one that has it parsed; undefined: the body cannot be read. */
  source: Request | undefined;
  input: Input | undefined = undefined;
  /** The candidate's reply, from when it could be sent. */
  prepared: CandidateReply | undefined = undefined;
  /** Somebody before this middleware has begun the reply. */
  readonly begun: boolean;
  #passedOn = false;
  #answering = false;
  #delivered: Promise<unknown> | undefined;
  #inMiddleware = true;
  #signal: AbortSignal | undefined;
  readonly #next: NextFunction;

  constructor(req: Request, res: Response, next: NextFunction) {
    this.req = req;
    this.source = req;
    this.res = res;
    this.begun = res.headersSent;
    this.#next = next;
  }

  /** Aborts when the client leaves before the reply is whole. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      if (this.#left) controller.abort();
      else this.res.once('close', () => this.#left && controller.abort());
      this.#signal = controller.signal;
    }
    return this.#signal;
  }

  /** Whether nobody waits for an answer of ours: the client has left, or somebody else has begun to reply. */
  get gone(): boolean {
    return this.#left || (this.res.headersSent && !this.#answering);
  }

  /** The reply as the client got it; rejects for one that is no success or was cut short. */
  get delivered(): Promise<unknown> {
    return this.#delivered ?? Promise.resolve(undefined);
  }

  get #left(): boolean {
    return this.res.closed && !this.res.writableFinished;
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
    this.#passedOn = true;
    this.#answering = true;
    this.prepared?.discard();
    if (!this.#inMiddleware) this.#leave();
    return this.delivered;
  }

  /** The end of the middleware's own tick: legacy, if it was chosen in it, starts now. */
  leaveMiddleware(): void {
    this.#inMiddleware = false;
    if (this.#passedOn) this.#next();
  }

  /** Sends the candidate's reply. Rejects with what a stream fails with midway, or what the app's own settings throw. */
  send(reply: CandidateReply): Promise<void> {
    this.#answering = !this.res.headersSent;
    // The router has let go of the client's signal with the candidate's first chunk; what makes the others listens to it.
    this.res.once('close', () => {
      if (this.#left) reply.call.abort(this.signal.reason);
    });
    return sendReply(this.res, reply.prepared);
  }

  /** Hands an error to the app's error middleware, unless the response is legacy's own business. */
  fail(error: unknown): void {
    if (!this.#passedOn)
      this.#leave(isError(error) ? error : new Error(oddThrow, { cause: error }));
  }

  // A turn of its own: the router's `try`, and promises of ours, must not see what is thrown behind `next`.
  #leave(...error: [] | [unknown]): void {
    queueMicrotask(() => this.#next(...error));
  }

  #await(start: () => Promise<{ readonly status: number } | undefined>): void {
    const over = this.res.closed || this.res.writableFinished;
    this.#delivered = fitReply(over ? Promise.resolve(undefined) : start());
    // Also read by nobody when the candidate fails; then it is no unhandled rejection.
    this.#delivered.catch(() => undefined);
  }
}
