import type { NextFunction, Request, Response } from 'express';
import type { CandidateReply } from '../node/candidate-reply.ts';
import { ServerExchange } from '../node/server-exchange.ts';
import { sendReply } from './send-reply.ts';

const oddThrow = 'The candidate threw a value that Express does not take for an error.';

/** Whether `next` takes a value for an error, and not for "go on" or "skip". */
const isExpressError = (value: unknown): boolean =>
  Boolean(value) && value !== 'route' && value !== 'router';

/**
 * One request on its way through the middleware. `next` is never called inside a `try` of ours: what is thrown behind it
 * would call it twice.
 */
export class ExpressExchange<Input> extends ServerExchange<Request, Input> {
  readonly req: Request;
  declare readonly res: Response;
  readonly #next: NextFunction;

  constructor(req: Request, res: Response, next: NextFunction) {
    super(res, req);
    this.req = req;
    this.#next = next;
  }

  /** The end of the middleware's own tick: legacy, if it was chosen in it, starts now. */
  leaveMiddleware(): void {
    this.inTick = false;
    if (this.passedOn) this.#next();
  }

  /** Sends the candidate's reply. Rejects with what a stream fails with midway, or what the app's own settings throw. */
  send(reply: CandidateReply): Promise<void> {
    this.beginAnswer(reply);
    return sendReply(this.res, reply.prepared);
  }

  /** Hands an error to the app's error middleware, unless the response is legacy's own business. */
  fail(error: unknown): void {
    if (!this.passedOn)
      this.#leave(isExpressError(error) ? error : new Error(oddThrow, { cause: error }));
  }

  protected startLegacy(): void {
    this.#leave();
  }

  // A turn of its own: the router's `try`, and promises of ours, must not see what is thrown behind `next`.
  #leave(...error: [] | [unknown]): void {
    queueMicrotask(() => this.#next(...error));
  }
}
