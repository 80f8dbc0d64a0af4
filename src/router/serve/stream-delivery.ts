import { AsyncResource } from 'node:async_hooks';
import { attempt } from '../../core/attempt.ts';
import type { Leg } from '../../core/stage.ts';
import type { Call } from '../call.ts';
import { leaveTurns } from '../offer/kept-turns.ts';
import { type MirrorIntent, mirrorIntent, offer, offerUnreadable } from '../offer/offer.ts';
import { endedInFailure, FailedReply } from '../replies/failed-reply.ts';
import { isResponse } from '../replies/is-response.ts';
import { headOf } from '../replies/response-head.ts';
import type { StreamKind } from '../replies/stream-kind.ts';
import { StreamRecording } from '../replies/stream-recording.ts';
import type { StreamObserver, StreamTap } from '../replies/stream-tap.ts';
import { tapStream } from '../replies/tap-stream.ts';
import { firstChunkCame, settle, settleCut, settleOrCut } from './outcome.ts';

/** One reply that comes in pieces, on its way to the caller. What follows a reply follows its end. */
export class StreamDelivery implements StreamObserver {
  readonly #call: Call;
  readonly #leg: Leg;
  readonly #reply: object;
  readonly #intent: MirrorIntent;
  #recording: StreamRecording | undefined;
  /** The caller's async context, in which its mirror runs. */
  readonly #scope: AsyncResource | undefined;
  /** Undefined: the stream is passed on untouched. */
  readonly tap: StreamTap | undefined;
  readonly #isWatched: boolean;
  #hasBegun = false;
  #isHandedOver = false;
  /** How a stream ended that its consumer did not have yet. */
  #early: (() => void) | undefined;
  #isOver = false;
  #tellEnd: (() => void) | undefined;
  #unfollow: (() => void) | undefined;

  constructor(call: Call, leg: Leg, reply: object, kind: StreamKind, waits: boolean) {
    const { plan, owner: route } = call;
    call.leg = leg;
    this.#call = call;
    this.#leg = leg;
    this.#reply = reply;
    this.#intent = mirrorIntent(call);
    const learns = plan.learns && route.learnLane !== undefined;
    const mirrors = this.#intent === 'offer' || call.isNoiseDrawn === true;
    const keeps = call.begun !== undefined;
    // One that waits is judged by its end, too.
    if (learns || mirrors || keeps || waits) {
      const head = kind === 'response' ? attempt(() => headOf(reply as Response)) : undefined;
      this.#recording = new StreamRecording(route.maxReplyBytes, head);
    }
    if (mirrors) this.#scope = new AsyncResource('engramia-cutover.stream');
    const tellsOfLegacy = leg === 'legacy' && (plan.serves === 'candidate' || route.legacyGone);
    this.#isWatched =
      plan.order > 0 &&
      (learns || mirrors || keeps || waits || tellsOfLegacy || isAwaitedByOthers(call));
    this.tap = this.#isWatched ? tapStream(reply, kind, this) : undefined;
  }

  /** What the caller is given. From here on the stream is the consumer's alone. */
  handOver(): object {
    const { tap } = this;
    if (tap === undefined) {
      this.#isOver = true;
      this.#settle('fulfilled', this.#reply);
      if (this.#isWatched) offerUnreadable(this.#call, this.#intent);
      else offer(this.#call, this.#intent);
      return this.#reply;
    }
    const { background } = this.#call.owner;
    if (background !== undefined) {
      const ended = new Promise<void>((resolve) => {
        this.#tellEnd = resolve;
      });
      // A reply that waited for its own end would wait for ever.
      void background.hold(this.#call, ended);
    }
    this.#isHandedOver = true;
    if (this.#early !== undefined) this.#conclude(this.#early);
    else this.#mindUnread();
    return tap.reply;
  }

  /** What nobody reads from, nor cancels, tells of no end. */
  #mindUnread(): void {
    const { init } = this.#call;
    if (init?.wantsHeadAlone) {
      this.#conclude(() => {
        this.#settle('fulfilled', undefined);
        offerUnreadable(this.#call, this.#intent);
      });
      return;
    }
    const unfollow = init?.whenLeft?.(() => this.cut());
    if (this.#isOver) unfollow?.();
    else this.#unfollow = unfollow;
  }

  /** The first chunk is there: it was waited for, or the consumer gets it. */
  begun(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    firstChunkCame(this.#call, this.#leg);
  }

  chunk(value: unknown): void {
    if (this.#isOver) return;
    this.begun();
    this.#recording?.keep(value);
  }

  ended(): void {
    this.#conclude(() => {
      this.#call.streamEnded();
      const kept = this.#recording?.captured();
      if (kept !== undefined && endedInFailure(kept)) {
        settle(this.#call, this.#leg, 'rejected', new FailedReply(kept));
      } else {
        // What was kept of a `Response` may be nothing, and its status is wanted.
        const given = isResponse(this.#reply) ? this.#reply : kept;
        settle(this.#call, this.#leg, 'fulfilled', kept, given);
      }
      this.#offer();
    });
  }

  failed(reason: unknown): void {
    this.#conclude(() => {
      this.#settle('rejected', reason);
      this.#offer();
    });
  }

  cut(): void {
    this.#conclude(() => {
      this.#call.streamEnded();
      settleCut(this.#call, this.#leg);
      if (this.#call.begun !== undefined) leaveTurns(this.#call, 'cut');
    });
  }

  /** Once, and not before the consumer has the stream: of one that legacy replaces, legacy's reply alone is told. */
  #conclude(tell: () => void): void {
    if (this.#isOver) return;
    if (!this.#isHandedOver) {
      this.#early ??= tell;
      return;
    }
    this.#isOver = true;
    tell();
    // The consumer may keep its stream for long.
    this.#recording = undefined;
    this.#unfollow?.();
    this.#tellEnd?.();
  }

  #offer(): void {
    if (this.#scope === undefined) offer(this.#call, this.#intent);
    else this.#scope.runInAsyncScope(offer, undefined, this.#call, this.#intent);
  }

  #settle(status: 'fulfilled' | 'rejected', reply: unknown): void {
    this.#call.streamEnded();
    settleOrCut(this.#call, this.#leg, status, reply);
  }
}

/** Somebody wants to know when the stream ends, or may yet abort it. */
const isAwaitedByOthers = ({ owner, plan, init }: Call): boolean =>
  owner.listeners.served > 0 || (plan.serves === 'candidate' && init?.signal !== undefined);
