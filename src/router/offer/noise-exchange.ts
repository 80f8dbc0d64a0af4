import type { Observation } from '../../core/call/observation.ts';
import type { ReportedFacts, Subject } from '../../core/call/subject.ts';
import type { LearnPolicy, MirrorableExchange, TaskWaiter } from '../../core/contracts/exchange.ts';
import type { Leg, Stage } from '../../core/stage.ts';
import type { Call } from '../call.ts';
import type { MirrorRun } from './mirror-run.ts';

/** A call that legacy has answered, to be answered by legacy once more: what differs then is noise. */
export class NoiseExchange implements MirrorableExchange {
  readonly kind = 'noise';
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  get route(): string {
    return this.#call.route;
  }

  get requestId(): string {
    return this.#call.requestId;
  }

  get tenant(): string {
    return this.#call.tenant;
  }

  get subject(): Subject {
    return this.#call.subject;
  }

  get stage(): Stage {
    return this.#call.stage;
  }

  get leg(): Leg {
    return this.#call.leg;
  }

  get args(): readonly unknown[] {
    return this.#call.args;
  }

  get reply(): unknown {
    return this.#call.reply;
  }

  get facts(): ReportedFacts | undefined {
    return this.#call.facts;
  }

  get learning(): LearnPolicy {
    return this.#call.learning;
  }

  get waiter(): TaskWaiter | undefined {
    return this.#call.waiter;
  }

  get served(): Observation {
    return this.#call.served;
  }

  toMirror(tenant: string, isNow: boolean): MirrorRun {
    return this.#call.toMirror(tenant, isNow, 'noise');
  }
}
