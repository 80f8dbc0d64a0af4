import type { CallContext } from '../../core/call/call-context.ts';
import type { ReplyView, Subject, Turn } from '../../core/call/subject.ts';
import type { CompareOptions } from '../../core/contracts/compare-options.ts';
import type { Exchange } from '../../core/contracts/exchange.ts';
import type { LearnVia } from '../../core/contracts/learner.ts';
import {
  check,
  issuesOf,
  type OptionChecks,
  oneOf,
  orFalse,
  required,
} from '../../core/option-checks.ts';
import type { GivenArguments } from './given-arguments.ts';

/** When legacy answers although the candidate was asked. */
export interface FallbackOptions<R = unknown> {
  /**
   * `'when-uncommitted'`: unless the candidate has called `context.commit()`. A function decides by the reason (what was
   * thrown, the deadline's error, or the failed reply); it cannot override a commit.
   *
   * @default 'when-uncommitted'
   */
  when?:
    | 'never'
    | 'when-uncommitted'
    | ((reason: unknown, exchange: Exchange) => boolean)
    | undefined;
  /**
   * Milliseconds that a served candidate has until it settles, counted from the end of the event loop's turn in which it
   * began; `false`: no deadline. Past it legacy answers, if it may, and `context.signal` aborts unless the candidate has
   * committed.
   *
   * @default 60_000
   */
  afterMs?: number | false | undefined;
  /**
   * Whether a reply is a failure although nothing was thrown: legacy answers in its place, and where it is compared it counts as
   * a leg that has failed. Legacy's own `Response`s and streams are compared by what was kept of them: of those only a status of
   * 500 or more, or an event of failure, counts.
   *
   * @default a `Response` with a status of 500 or more
   */
  isFailure?: ((reply: R) => boolean) | undefined;
}

/** What is learned of the served exchanges, and how. */
export interface LearnOptions {
  /**
   * `'learn'`: one call an exchange, by a key with the role editor, about 50 a minute and address. `'import'`: up to 64
   * in one call, gathered for at most a second, by a key with the role admin; sending again is harmless, but the service
   * looks for no near duplicates.
   *
   * @default 'learn'
   */
  via?: LearnVia | undefined;
  /** The score that Engramia is told, 0 to 10, by the leg that answered. @default { legacy: 5, candidate: 7 } */
  evalScore?: { legacy?: number | undefined; candidate?: number | undefined } | undefined;
  /** Longer tasks are cut; Unicode code points, at most the service's 10,000. @default 2_000 */
  maxTaskChars?: number | undefined;
  /** Longer replies are cut; Unicode code points, at most the service's 500,000. @default 8_000 */
  maxCodeChars?: number | undefined;
  /** Shorter tasks are not worth learning: everybody's "ok" is one pattern. Unicode code points. @default 8 */
  minTaskChars?: number | undefined;
  /** Whether an exchange is learned. Called off the user's path. */
  filter?: ((exchange: Exchange & { readonly reply: ReplyView }) => boolean) | undefined;
  /** Takes personal data and secrets out of task, reply and run id. @default e-mail addresses, numbers, keys and tokens */
  redact?: ((text: string) => string) | undefined;
  /** At most 200 code points; a blank one is left out. @default (exchange) => `shadow:${exchange.tenant}` */
  runId?: ((exchange: Exchange) => string) | undefined;
}

/** One route: the handler that answers today, the one that shall, and how to tell whose call it is. */
export interface RouteOptions<A extends unknown[] = unknown[], R = unknown> {
  /** Names the route in events, statistics and flags. */
  name: string;
  /** The handler that exists; called with exactly the caller's arguments and `this`. */
  legacy: (...args: A) => R;
  /** The handler that replaces it: a context, then the same arguments. */
  candidate: (
    ...args: [context: CallContext, ...args: A]
  ) => NoInfer<R | Awaited<R> | PromiseLike<Awaited<R>>>;
  /** Whose call it is and what for. Throwing, late or without a tenant: served by legacy, counted, nothing learned. */
  identify: (...args: GivenArguments<A>) => Subject | Promise<Subject>;
  /**
   * Reads a reply's text, off the user's path. Gets the reply itself; of a stream, once it has ended well, its joined text; of
   * server-sent events that text as it was sent; of a `Response` the parsed body where its type says JSON, else its text.
   * Undefined: nothing to learn or compare. Throwing: an event, and nothing learned or compared.
   *
   * @default strings; objects, also as JSON, with a string in `text`, `output`, `content`, `finalOutput` or `reply`, or in OpenAI's
   * `choices` or items; the deltas of events
   */
  view?:
    | ((reply: Awaited<R>) => ReplyView | undefined | Promise<ReplyView | undefined>)
    | undefined;
  /**
   * Legacy as it may be run a second time: in the shadow of a served candidate, and for `sample.noise`. Absent: legacy is
   * never run in the shadow.
   */
  legacyShadow?: ((...args: [context: CallContext, ...args: A]) => unknown) | undefined;
  /**
   * Carries what the candidate served back to the old side, so that a conversation survives a rollback: an exchange at a time,
   * its two turns whole, in the order of the conversation, off the users' path, also after a kill. Failing or rejecting, it is
   * called again with the same turns, 12 times in two to three minutes as a rule; then, or when it takes over 30 s, it is not
   * called any more for that conversation: counted, an event and a warning. Not called in `complete`. Needs `subject.conversation`.
   */
  handBack?: ((turns: readonly Turn[], subject: Subject) => Promise<void>) | undefined;
  /**
   * Copies the arguments for a mirror, off the user's path; throwing: not mirrored, counted. Lists among them, in objects two
   * deep, are those of the call's beginning: what a caller adds later is not in them.
   *
   * @default structuredClone
   */
  snapshot?: ((args: A) => A) | undefined;
  fallback?: FallbackOptions<Awaited<R>> | undefined;
  /** Whether an error of legacy says that legacy no longer exists; stops fallback. @default HTTP 410, or 404 of an endpoint */
  isGone?: ((reason: unknown) => boolean) | undefined;
  /**
   * Shares of the calls, 0 to 1, each drawn by itself. `mirror`: the other leg is run in the shadow where the stage says so.
   * `noise`: where legacy serves such a stage, `legacyShadow` is run too and compared with what legacy served, so that the
   * candidate's difference can be held against legacy's own; calls that are not drawn are counted nowhere.
   *
   * @default { mirror: 1, noise: 0 }
   */
  sample?: { mirror?: number | undefined; noise?: number | undefined } | undefined;
  /**
   * Bytes of a reply that comes in pieces (a stream, a `Response`) that are kept to be learned or compared; a larger one is
   * served whole and counted unreadable. @default 262_144
   */
  maxReplyBytes?: number | undefined;
  /** `false`: this route is not learned. */
  learn?: LearnOptions | false | undefined;
  /** How both replies are compared. `false`: nothing of this route is mirrored. @default true, every option at its default */
  compare?: CompareOptions | boolean | undefined;
  /** The flag that decides this route. @default `cutover.${name}` */
  flagKey?: string | undefined;
  /**
   * Whom a provider is asked about as `targetingKey`. `user`: the call's user, or its tenant where it has none; the tenant is the
   * attribute `tenant` then. Not with a rollout, whose overrides and evidence are those of tenants.
   *
   * @default 'tenant'
   */
  targeting?: 'tenant' | 'user' | undefined;
}

/** The flag that decides a route. */
export function flagKeyOf({
  name,
  flagKey,
}: {
  name: string;
  flagKey?: string | undefined;
}): string {
  return flagKey ?? `cutover.${name}`;
}

const chars = (most: number) => ({
  test: (value: unknown) =>
    Number.isInteger(value) && (value as number) > 0 && (value as number) <= most,
  must: `be a whole number from 1 to ${most}`,
});

const learnChecks: OptionChecks = {
  via: oneOf('learn', 'import'),
  evalScore: { legacy: check.score, candidate: check.score },
  maxTaskChars: chars(10_000),
  maxCodeChars: chars(500_000),
  minTaskChars: chars(10_000),
  filter: check.function,
  redact: check.function,
  runId: check.function,
};

/** The rules of a route's options. */
export const routeChecks: OptionChecks = {
  name: required(check.text),
  legacy: required(check.function),
  candidate: required(check.function),
  identify: required(check.function),
  view: check.function,
  legacyShadow: check.function,
  handBack: check.function,
  snapshot: check.function,
  fallback: {
    when: {
      test: (value) =>
        value === 'never' || value === 'when-uncommitted' || typeof value === 'function',
      must: "be 'never', 'when-uncommitted' or a function",
    },
    afterMs: orFalse(check.milliseconds),
    isFailure: check.function,
  },
  isGone: check.function,
  sample: { mirror: check.share, noise: check.share },
  maxReplyBytes: check.count,
  learn: { ...orFalse(check.object), within: learnChecks },
  compare: {
    test: (value) => typeof value === 'boolean' || check.object.test(value),
    must: 'be an object, true or false',
  },
  flagKey: check.text,
  targeting: oneOf('tenant', 'user'),
};

/** Every issue of a route's `learn` options; `false` has none. */
export function learnIssues(options: unknown): string[] {
  const learn = (options as { learn?: unknown } | null | undefined)?.learn;
  return typeof learn === 'object' && learn !== null ? issuesOf(learn, learnChecks, 'learn.') : [];
}

/** What two options of a route need of each other. */
export function sampleIssues(options: unknown): string[] {
  const { sample, legacyShadow } = (options ?? {}) as Partial<RouteOptions>;
  if (!((sample?.noise ?? 0) > 0) || legacyShadow !== undefined) return [];
  return [
    'sample.noise needs legacyShadow: give legacy as it may be run a second time, or set sample.noise to 0',
  ];
}

/** Every issue of a route's options, which the rules of a way in may add to. */
export function routeIssues(options: unknown, rules = routeChecks): string[] {
  return [...issuesOf(options, rules), ...learnIssues(options), ...sampleIssues(options)];
}
