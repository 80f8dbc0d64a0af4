import type { Request } from 'express';
import type { CallContext } from '../../../core/call-context.ts';
import {
  check,
  issuesOf,
  type OptionChecks,
  oneOf,
  required,
} from '../../../core/option-checks.ts';
import type { ReplyView, Subject } from '../../../core/subject.ts';
import type { Cutover } from '../../../cutover.ts';
import { type CutoverOptions, handlerIssues } from '../../../cutover-options.ts';
import { type RouteOptions, routeIssues } from '../../route-options.ts';

/** One route of an Express app; legacy is the handler that comes next. */
export interface ExpressRouteOptions<Input>
  extends Omit<
    RouteOptions<[input: Input], unknown>,
    'legacy' | 'candidate' | 'identify' | 'view' | 'legacyShadow' | 'snapshot'
  > {
  /** Takes from the request what the legs work on. Runs once, before either leg; throwing: served by legacy, counted. */
  read: (req: Request) => Input | Promise<Input>;
  /** Whose call it is and what for, from what `read` gave. */
  identify: (input: Input) => Subject | Promise<Subject>;
  /**
   * The handler that replaces the next one: its value is sent as `res.send` and `res.json` would, or as a `Response` or a
   * stream. It sees neither `req` nor `res`.
   */
  candidate: (context: CallContext, input: Input) => unknown;
  /** Reads a reply's text from its body: parsed JSON, else text. @default strings and the usual fields of an object */
  view?: (body: unknown) => ReplyView | undefined | Promise<ReplyView | undefined>;
  /** Legacy as it may be run a second time, in the shadow of a served candidate. */
  legacyShadow?: (context: CallContext, input: Input) => unknown;
  /** Copies the input for a mirror, off the user's path. @default structuredClone */
  snapshot?: (input: Input) => Input;
  /**
   * `'parsed'`: a body parser has run before. `'hold'`: the raw body is held, `read` gets it parsed as `req.body`, and it is
   * put back for whatever reads it later; `req` itself is not given a body.
   *
   * @default 'parsed'
   */
  body?: 'parsed' | 'hold';
  /** Bytes of a held body; a larger one is passed on untouched, unread: legacy answers, counted. @default 1_048_576 */
  maxBodyBytes?: number;
  /** Bytes of a reply that are kept to be learned or compared; a larger one is counted unreadable. @default 262_144 */
  maxReplyBytes?: number;
}

/** A route together with the options all routes share, or with a cutover that was made before. */
export type ExpressCutoverOptions<Input> = ExpressRouteOptions<Input> &
  (
    | ({ cutover: Cutover } & { [K in keyof CutoverOptions]?: never })
    | (CutoverOptions & { cutover?: never })
  );

const expressChecks: OptionChecks = {
  read: required(check.function),
  body: oneOf('parsed', 'hold'),
  maxBodyBytes: check.count,
  maxReplyBytes: check.count,
  cutover: check.object,
};

/** What only this adapter knows, and the rest of the options. */
export function splitOptions(options: object): { own: object; rest: object } {
  const entries = Object.entries(options);
  const isOwn = ([name]: [string, unknown]): boolean => Object.hasOwn(expressChecks, name);
  return {
    own: Object.fromEntries(entries.filter(isOwn)),
    rest: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  };
}

const legacy = (): undefined => undefined;

const noAwait =
  'background.mode must be "detached" or "waitUntil": a reply is learned after it was delivered, so it cannot wait for that';

const holdsReplies = ({ background }: { background?: { mode?: unknown } | null }): boolean =>
  background?.mode === 'await';

/** Every issue of the options, at once. */
export function expressIssues(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) return issuesOf(options, expressChecks);
  const { own, rest } = splitOptions(options);
  const given = { ...rest, legacy };
  return [
    ...(holdsReplies(rest) ? [noAwait] : []),
    ...('legacy' in rest ? ['legacy is not an option: it is the handler that comes next'] : []),
    ...issuesOf(own, expressChecks),
    ...('cutover' in own ? routeIssues(given) : handlerIssues(given)),
  ];
}
