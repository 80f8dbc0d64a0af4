import type { NextFunction, Request, Response } from 'express';
import type { Caller } from '../../call.ts';
import type { CapturedReply } from './captured-reply.ts';
import type { PreparedReply } from './prepare-reply.ts';
import { tapReply } from './reply-tap.ts';

/** The reply was not a success, or did not reach the client whole: nothing to learn from. */
export class UnfitReply extends Error {
  readonly status: number | undefined;

  constructor(status: number | undefined) {
    super(status === undefined ? 'The reply was cut short.' : `The reply has status ${status}.`);
    this.name = 'UnfitReply';
    this.status = status;
  }
}

/** A candidate's reply that is ready to be sent; told apart from whatever legacy may come with. */
export class CandidateReply {
  readonly prepared: PreparedReply;

  constructor(prepared: PreparedReply) {
    this.prepared = prepared;
  }
}

async function fitReply(captured: Promise<CapturedReply | undefined>): Promise<CapturedReply> {
  const reply = await captured;
  if (reply === undefined) throw new UnfitReply(undefined);
  if (reply.status >= 400) throw new UnfitReply(reply.status);
  return reply;
}

/**
 * One request on its way through the middleware. `next` is never called inside a `try` of ours: what is thrown behind it
 * would call it twice.
 */
export class ExpressExchange<Input> implements Caller {
  readonly req: Request;
  readonly res: Response;
  /** What `read` gets: the request, or with a held body one that has it parsed. */
  source: Request;
  input: Input | undefined = undefined;
  /** Legacy was asked: the response is the app's, also its errors. */
  passedOn = false;
  #delivered: Promise<CapturedReply> | undefined;
  #inMiddleware = true;
  #signal: AbortSignal | undefined;
  readonly #next: NextFunction;

  constructor(req: Request, res: Response, next: NextFunction) {
    this.req = req;
    this.source = req;
    this.res = res;
    this.#next = next;
  }

  /** Aborts when the client leaves before the reply is whole. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      const { res } = this;
      if (this.gone) controller.abort();
      else res.once('close', () => res.writableFinished || controller.abort());
      this.#signal = controller.signal;
    }
    return this.#signal;
  }

  /** Whether the client left before the reply was whole. */
  get gone(): boolean {
    return this.res.closed && !this.res.writableFinished;
  }

  /** The reply as the client got it; rejects for one that is no success or was cut short. */
  get delivered(): Promise<unknown> {
    return this.#delivered ?? Promise.resolve(undefined);
  }

  /** Begins to observe the reply, whichever leg writes it. */
  observe(maxBytes: number | undefined): void {
    this.#delivered = this.gone
      ? Promise.reject(new UnfitReply(undefined))
      : fitReply(tapReply(this.res, { maxBytes }));
    // Also read by nobody when the candidate fails; then it is no unhandled rejection.
    this.#delivered.catch(() => undefined);
  }

  /** Legacy's turn. The promise is the reply as delivered, so that it counts as failed when it was no success. */
  passOn(): Promise<unknown> {
    this.passedOn = true;
    if (!this.#inMiddleware) queueMicrotask(() => this.#next());
    return this.delivered;
  }

  /** The end of the middleware's own tick: legacy, if it was chosen in it, starts now. */
  leaveMiddleware(): void {
    this.#inMiddleware = false;
    if (this.passedOn) this.#next();
  }

  /** Hands an error to the app's error middleware, unless the response is legacy's own business. */
  fail(error: unknown): void {
    if (!this.passedOn) this.#next(error);
  }
}
