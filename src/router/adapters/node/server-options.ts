import type { CallContext } from '../../../core/call/call-context.ts';
import type { ReplyView, Subject } from '../../../core/call/subject.ts';
import { check, type OptionChecks, required } from '../../../core/option-checks.ts';
import { type RouteOptions, routeChecks } from '../../route/route-options.ts';

/** One route of a framework on Node's server, whose existing handler is legacy. */
export interface ServerRouteOptions<Source, Input>
  extends Omit<
    RouteOptions<[input: Input], unknown>,
    'legacy' | 'candidate' | 'identify' | 'view' | 'legacyShadow' | 'snapshot'
  > {
  /** Takes from the request what the legs work on. Runs once, before either leg; throwing: served by legacy, counted. */
  read: (request: Source) => Input | Promise<Input>;
  /** Whose call it is and what for, from what `read` gave. */
  identify: (input: Input) => Subject | Promise<Subject>;
  /**
   * Names the call in events, spans and pairs, as the app's own log does: `(request) => request.id`. Cut to 200 characters; where it
   * throws or gives nothing, the call has an id of its own.
   *
   * @default a UUID of its own
   */
  requestId?: ((request: Source) => string | number | undefined) | undefined;
  /**
   * The handler that replaces the existing one: its value is sent as the framework sends a returned value, or as a
   * `Response` or a stream. It sees neither the request nor the reply.
   */
  candidate: (context: CallContext, input: Input) => unknown;
  /** Reads a reply's text from its body: parsed JSON, else text. @default strings and the usual fields of an object */
  view?: ((body: unknown) => ReplyView | undefined | Promise<ReplyView | undefined>) | undefined;
  /** Legacy as it may be run a second time, in the shadow of a served candidate. */
  legacyShadow?: ((context: CallContext, input: Input) => unknown) | undefined;
  /** Copies the input for a mirror, off the user's path. @default structuredClone */
  snapshot?: ((input: Input) => Input) | undefined;
}

/** The rules of what only adapters know. */
export const serverChecks: OptionChecks = {
  read: required(check.function),
  requestId: check.function,
};

const { legacy: _, ...otherChecks } = routeChecks;

/** The rules of a route whose legacy is the existing handler. */
export const serverRules: OptionChecks = { ...otherChecks, ...serverChecks };
