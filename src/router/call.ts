import type { AsyncResource } from 'node:async_hooks';
import { attempt } from '../core/attempt.ts';
import { nextCallId } from '../core/call/call-id.ts';
import type { Observation } from '../core/call/observation.ts';
import type { ReportedFacts, Subject } from '../core/call/subject.ts';
import type { LearnPolicy, MirrorableExchange } from '../core/contracts/exchange.ts';
import type { LegTrace } from '../core/contracts/leg-tracing.ts';
import type { PairRecord } from '../core/contracts/pair-record.ts';
import type { Leg, Plan, Stage } from '../core/stage.ts';
import { flatCopy } from '../core/text/text.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Chosen } from './decide.ts';
import { argumentCopies } from './offer/argument-copy.ts';
import { type Held, HeldTasks } from './offer/background.ts';
import { momentOf } from './offer/kept-turns.ts';
import { MirrorRun } from './offer/mirror-run.ts';
import { ownArguments } from './offer/own-arguments.ts';
import { OwnTexts } from './offer/own-texts.ts';
import type { Route } from './route/route.ts';

/** What one call may bring along besides its arguments. */
export interface RunInit {
  /** The caller's own signal: when it aborts, the caller has gone. */
  signal?: AbortSignal | undefined;
  /** Names the call in events, spans and pairs; the service is not told of it. @default a UUID of its own */
  requestId?: string | undefined;
  /** The platform's way to be kept alive for background work; used with `background.mode: 'waitUntil'`. */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}

/** Who waits for a call: what `run` was given, or what an adapter knows of its client. */
export interface Caller extends RunInit {
  /** Whether the caller has gone; known to adapters without a signal. */
  readonly gone?: boolean;
  /** Whether it was the client who ended the call; known to adapters. */
  readonly left?: boolean;
  /** The async context that legacy is to run in when the candidate is late. */
  readonly scope?: AsyncResource;
  /** Whether nobody is to read what follows the reply's head. */
  readonly wantsHeadAlone?: boolean;
  /** Tells once when a client leaves that may never have read from its reply; gives what takes that back. */
  whenLeft?(tell: () => void): () => void;
}

/** What is told of a reply that came in pieces, or whose caller left. */
export interface StreamFacts {
  /** Milliseconds from the call's start. */
  firstChunkMs?: number;
  /** The caller left, or wanted no more, before the end. */
  cut?: true;
}

/** A call without a tenant: it is served, and nothing else. */
export const nobody: Subject = Object.freeze({ tenant: '', task: '' });

/**
 * The id that a caller gave. Loggers number their requests, and an app in plain JavaScript may give anything: where that names
 * nothing, the call has an id of its own.
 */
function ownId(requestId: unknown): string | undefined {
  if (typeof requestId === 'string') return flatCopy(requestId) || undefined;
  const isNumber = typeof requestId === 'number' || typeof requestId === 'bigint';
  return isNumber ? String(requestId) : undefined;
}

/** A signal that does not let itself be looked at tells of nobody that has gone. */
function isAborted({ signal }: Caller): boolean {
  return attempt(() => signal?.aborted) === true;
}

/** Time that the app gives its callers is another matter: who is late then has failed. */
function hasLeft(caller: Caller): boolean {
  const reason: unknown = attempt(() => caller.signal?.reason);
  return isAborted(caller) && attempt(() => (reason as Error).name) !== 'TimeoutError';
}

/**
 * One call: made once, handed to the shadow as it is. Whatever costs is made when first asked for.
 */
export class Call implements MirrorableExchange, Held {
  // Declared here and set in the constructor: class fields cost three times as much per object.
  declare readonly owner: Route;
  declare readonly chosen: Chosen;
  declare readonly self: unknown;
  declare readonly args: unknown[];
  declare readonly init: Caller | undefined;
  /** Empty: nobody's call. */
  declare readonly tenant: string;
  declare readonly subject: Subject;
  declare leg: Leg;
  declare status: 'fulfilled' | 'rejected';
  /** What the user got: a value, or what was thrown. */
  declare reply: unknown;
  declare facts: ReportedFacts | undefined;
  /** What this call is timed by; undefined: it is not. */
  declare timer: Pick<Clock, 'monotonic'> | undefined;
  /** Monotonic milliseconds of the start, and once it has ended the milliseconds that it took. */
  declare time: number | undefined;
  /** Set for a reply that came in pieces, or was cut. */
  declare stream?: StreamFacts | undefined;
  /** Only where the app asked to be waited for. */
  declare readonly waiter: HeldTasks | undefined;
  /** In memory of its own: one that was cut from a body would keep all of that as long as its lesson waits. */
  declare knownRequestId: string | undefined;
  /** Set for a leg that is traced alone: a place for it would cost every call eight bytes. */
  declare trace?: LegTrace | undefined;
  /** The moment in its conversation at which it began; set where conversations are kept. */
  declare begun?: number | undefined;
  /** For a call that may be mirrored: what its legs were given, before any of them ran. */
  declare given: readonly unknown[] | undefined;
  /** Set for a call that was drawn to be answered by legacy twice. */
  declare isNoiseDrawn?: true | undefined;

  constructor(
    owner: Route,
    chosen: Chosen,
    tenant: string,
    subject: Subject,
    self: unknown,
    args: unknown[],
    init: Caller | undefined,
  ) {
    this.owner = owner;
    this.chosen = chosen;
    this.leg = chosen.plan.serves;
    this.tenant = tenant;
    this.subject = subject;
    this.self = self;
    this.args = args;
    this.given = undefined;
    this.init = init;
    this.status = 'fulfilled';
    this.reply = undefined;
    this.facts = undefined;
    this.timer = undefined;
    this.time = undefined;
    this.waiter = owner.background && new HeldTasks();
    this.knownRequestId = init?.requestId === undefined ? undefined : ownId(init.requestId);
    if (owner.conversations !== undefined) this.begun = momentOf(this);
  }

  get plan(): Plan {
    return this.chosen.plan;
  }

  get stage(): Stage {
    return this.chosen.stage;
  }

  /** Whether legacy answered in the candidate's place. */
  get fellBack(): boolean {
    return this.leg !== this.chosen.plan.serves;
  }

  get kind(): 'compare' {
    return 'compare';
  }

  get route(): string {
    return this.owner.name;
  }

  get requestId(): string {
    this.knownRequestId ??= nextCallId();
    return this.knownRequestId;
  }

  get learning(): LearnPolicy {
    return this.owner.learning;
  }

  get waitUntil(): ((promise: Promise<unknown>) => void) | undefined {
    return this.init?.waitUntil;
  }

  get callerGone(): boolean {
    const { init } = this;
    return init !== undefined && (init.gone ?? isAborted(init));
  }

  /** Whether it was the caller who ended the call; `callerGone` also says that somebody else has answered. */
  get callerLeft(): boolean {
    const { init } = this;
    return init !== undefined && (init.left ?? hasLeft(init));
  }

  get served(): Observation {
    const { leg, time: durationMs = 0 } = this;
    return this.status === 'fulfilled'
      ? { status: 'fulfilled', value: this.reply, leg, durationMs }
      : { status: 'rejected', reason: this.reply, leg, durationMs };
  }

  toMirror(tenant: string, isNow: boolean, kind: PairRecord['kind'] = 'compare'): MirrorRun {
    const { snapshot, clock } = this.owner;
    const texts = isNow ? OwnTexts.none : new OwnTexts();
    const given = (this.given ?? this.args) as unknown[];
    const args =
      snapshot === undefined ? argumentCopies(given, texts) : ownArguments(snapshot(given));
    return new MirrorRun(this, { tenant, args, texts, kind, answeredAt: clock.now() });
  }

  /** The reply came in pieces, and the last has come. */
  streamEnded(): void {}
}
