import type { CallContext } from '../../../core/call/call-context.ts';
import { mirroredReply } from '../../replies/mirrored-reply.ts';
import type { FallbackOptions } from '../../route/route-options.ts';
import { CandidateCall } from '../../serve/candidate-call.ts';
import { fallbackByValue } from '../fallback-by-value.ts';
import { whileWanted } from '../while-wanted.ts';
import { FetchExchange, type LegInput } from './fetch-exchange.ts';
import { streamedResponse, wholeResponse } from './to-response.ts';

type Run<Locals> = (context: CallContext, request: Request, locals: Locals) => unknown;

/** The legs of a route that answer with any value, as legs that answer with a `Response`. */
export class FetchLegs<Locals> {
  /** What a leg returned, by what became of it. */
  readonly #returned = new WeakMap<object, unknown>();
  readonly #hold: (exchange: FetchExchange<Locals>) => Promise<void> | undefined;
  readonly #maxReplyBytes: number | undefined;

  constructor(
    hold: (exchange: FetchExchange<Locals>) => Promise<void> | undefined,
    maxReplyBytes: number | undefined,
  ) {
    this.#hold = hold;
    this.#maxReplyBytes = maxReplyBytes;
  }

  /** A leg that ends when its reply could be sent: what fails before can still be answered by the other. */
  legOf(run: Run<Locals>): (context: CallContext, input: LegInput<Locals>) => Promise<unknown> {
    return async (context, input) => {
      if (input instanceof FetchExchange) await this.#makeSure(input);
      const value = await run(context, input.requestFor(context.signal), input.locals);
      if (!(context instanceof CandidateCall && input instanceof FetchExchange)) {
        return mirroredReply(value, context, this.#maxReplyBytes);
      }
      try {
        const response =
          wholeResponse(value) ??
          (await whileWanted(context, input.signal, (waiting) => streamedResponse(value, waiting)));
        this.#returned.set(response, value);
        return response;
      } catch (error) {
        context.abort(error); // whatever the candidate began for it goes on
        throw error;
      }
    };
  }

  /** The app's own rules see what the candidate returned. */
  fallbackOf(fallback: FallbackOptions): FallbackOptions {
    return fallbackByValue(fallback, (reply) => this.#returned.get(reply as object) ?? reply);
  }

  /** A tenant that was off when its request was looked at, and is not any more, comes with a body that nobody has held. */
  async #makeSure(exchange: FetchExchange<Locals>): Promise<void> {
    if (exchange.body === undefined) await this.#hold(exchange);
    if (!exchange.isHeld) throw new Error('The body could not be held.');
  }
}
