import type { FastifyReply, FastifyRequest } from 'fastify';
import { isThenable } from '../../../core/call/observation.ts';
import type { CandidateReply } from '../node/candidate-reply.ts';
import { ServerExchange } from '../node/server-exchange.ts';
import { isTimedOut, withHandlerTimeout } from './handler-timeout.ts';
import { replyPayload } from './reply-payload.ts';

/**
 * One request at a wrapped handler. What legacy returns or throws, and what the candidate answers, is given to Fastify as
 * the handler's own result: Fastify alone sends.
 */
export class FastifyExchange<Input> extends ServerExchange<FastifyRequest, Input> {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  /** Calls the route's own handler as Fastify would. */
  readonly #legacy: () => unknown;
  #resolve: (result: unknown) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;
  #signal: AbortSignal | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, legacy: () => unknown) {
    super(reply.raw, request);
    this.#request = request;
    this.#reply = reply;
    this.#legacy = legacy;
  }

  override get signal(): AbortSignal {
    this.#signal ??= withHandlerTimeout(super.signal, this.#request);
    return this.#signal;
  }

  /** What the wrapped handler returns: legacy's very own result if it was chosen in this tick. */
  leaveHandler(): unknown {
    this.inTick = false;
    if (this.passedOn) return this.#legacy();
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Has the candidate's reply sent, unless somebody else has begun to. */
  answer(candidate: CandidateReply): void {
    if (this.othersAnswer || this.#reply.sent) {
      candidate.discard();
      return;
    }
    this.beginAnswer(candidate);
    this.#resolve(replyPayload(this.#reply, candidate.prepared));
  }

  /** Hands an error to the app's error handler, unless the reply is legacy's or somebody else's business. */
  fail(error: unknown): void {
    if (!this.passedOn && !this.othersAnswer) this.#reject(error);
  }

  /** From its timeout on Fastify answers, also while a hook or an error handler keeps it from beginning. */
  protected override get othersAnswer(): boolean {
    return super.othersAnswer || isTimedOut(this.#signal);
  }

  protected startLegacy(): void {
    let result: unknown;
    try {
      result = this.#legacy();
    } catch (error) {
      // What is no Error would be a payload to `send`; as a rejection Fastify takes it for a failure.
      if (error instanceof Error) this.#send(error);
      else this.#reject(error);
      return;
    }
    if (isThenable(result)) this.#resolve(result);
    // Undefined: it answers by `reply.send`, when it likes. A promise that ended now would make Fastify send nothing.
    else if (result !== undefined) this.#send(result);
  }

  /** At once, as Fastify sends what a handler returns: what the handler has begun itself must not come first. */
  #send(payload: unknown): void {
    try {
      this.#reply.send(payload);
    } catch (error) {
      this.#reject(error);
    }
  }
}
