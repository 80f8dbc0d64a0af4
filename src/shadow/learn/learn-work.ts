import { isThenable } from '../../core/call/observation.ts';
import type { SkipReason } from '../../core/contracts/counts.ts';
import type { ServedExchange } from '../../core/contracts/exchange.ts';
import type { Learner, LearnTarget, Lesson } from '../../core/contracts/learner.ts';
import { errorFacts } from '../../core/events/error-facts.ts';
import type { CutoverEvents, Reporter } from '../../core/events/events.ts';
import type { Clock } from '../../core/time/clock.ts';
import { Address, type TellDelivery } from '../delivery/address.ts';
import type { DeliveryContext } from '../delivery/delivery-context.ts';
import { LearnTask } from '../delivery/learn-task.ts';
import { Places } from '../delivery/places.ts';
import { Scope } from '../delivery/scope.ts';
import { fixedBytes, retainedBytes } from '../retained-bytes.ts';
import type {
  BundleResult,
  Ending,
  LaneWork,
  Owner,
  Prepared,
  RunHandle,
  RunResult,
} from '../work.ts';
import { toLesson } from './lesson.ts';
import { RunIds } from './run-ids.ts';

const drops: ReadonlySet<Ending> = new Set(['count', 'bytes', 'tenant', 'closed']);

/** What learning is made of. */
export interface LearnWorkSetup {
  readonly learner: Learner;
  readonly clock: Clock;
  readonly random: () => number;
  readonly reporter: Reporter;
}

/** What the learn lane does with a served call: make a lesson of it and deliver that to the tenant's own scope. */
export class LearnWork implements LaneWork<ServedExchange, LearnTask> {
  readonly #learner: Learner;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #reporter: Reporter;
  readonly #context: DeliveryContext;
  readonly #runIds = new RunIds();
  readonly #addresses = new Places<Address>();
  readonly #scopes = new Places<Scope>();

  constructor({ learner, clock, random, reporter }: LearnWorkSetup) {
    this.#learner = learner;
    this.#clock = clock;
    this.#random = random;
    this.#reporter = reporter;
    this.#context = {
      clock,
      tellFailure: ({ error, channel, route, tenant }) =>
        reporter.contained(channel.kind.operation, error, { route, tenant }),
    };
  }

  tenantOf(exchange: ServedExchange): string {
    return exchange.tenant;
  }

  sizeOf(exchange: ServedExchange): number {
    return retainedBytes(exchange);
  }

  /** At once where the reply can be read and the key is known at once: most can, and each wait costs as much as reading. */
  prepare(
    exchange: ServedExchange,
    owner: Owner,
  ): Prepared<LearnTask> | SkipReason | Promise<Prepared<LearnTask> | SkipReason> {
    const { tenant } = owner;
    const lesson = toLesson(exchange, this.#reporter, this.#runIds, owner);
    if (lesson instanceof Promise) return this.#prepareLater(exchange, tenant, lesson);
    if (typeof lesson === 'string') return lesson;
    const target = this.#targetOf(exchange);
    return target instanceof Promise
      ? target.then((found) => this.#prepared(exchange, tenant, lesson, found))
      : this.#prepared(exchange, tenant, lesson, target);
  }

  async #prepareLater(
    exchange: ServedExchange,
    tenant: string,
    reading: Promise<Lesson | SkipReason>,
  ): Promise<Prepared<LearnTask> | SkipReason> {
    const lesson = await reading;
    if (typeof lesson === 'string') return lesson;
    return this.#prepared(exchange, tenant, lesson, await this.#targetOf(exchange));
  }

  #prepared(
    exchange: ServedExchange,
    tenant: string,
    lesson: Lesson,
    target: LearnTarget | undefined,
  ): Prepared<LearnTask> | SkipReason {
    if (target === undefined) return 'noKey';
    const channel = this.#scopeOf(target).channel(exchange.learning.via);
    const admission = channel.admit();
    if (admission !== 'yes' && admission !== 'probe') return admission;
    const isProbe = admission === 'probe';
    const at = channel.kind.isDated ? this.#clock.now() : 0;
    const ready = new LearnTask(exchange, tenant, lesson, target, channel, isProbe, at);
    ready.scope.inUse++;
    ready.scope.within.inUse++;
    const units = lesson.task.length + lesson.code.length + lesson.runId.length;
    return { ready, bytes: fixedBytes + 2 * units, load: ready.load, gate: channel };
  }

  run(task: LearnTask, handle: RunHandle): Promise<RunResult> {
    return task.channel.kind.deliver(task, handle, this.#context);
  }

  async runTogether(
    tasks: readonly LearnTask[],
    handle: RunHandle,
  ): Promise<readonly BundleResult[]> {
    const [task] = tasks;
    if (task === undefined) return [];
    return task.channel.kind.deliverTogether(tasks, handle, this.#context);
  }

  ended(what: ServedExchange | LearnTask, ending: Ending, error?: unknown): void {
    if (!(what instanceof LearnTask)) {
      this.#settled(what, ending, error);
      what.waiter?.taskEnded();
      return;
    }
    if (what.isOnItsWay && ending !== 'aborted') what.scope.within.failed();
    this.discarded(what);
    if (ending === 'stored' || ending === 'deduplicated') this.#learned(what, ending);
    this.#settled(what, ending, error ?? what.error);
    what.waiter?.taskEnded();
  }

  discarded({ scope, channel, isProbe }: LearnTask): void {
    if (isProbe) channel.askAgain();
    scope.inUse--;
    scope.within.inUse--;
  }

  /** A missing key, or one that cannot be found out, is nobody else's key: nothing is called. */
  #targetOf(exchange: ServedExchange): LearnTarget | undefined | Promise<LearnTarget | undefined> {
    try {
      const target = this.#learner.targetOf(exchange.tenant);
      if (!isThenable(target)) return target;
      return Promise.resolve(target).catch((error: unknown) => this.#noKey(exchange, error));
    } catch (error) {
      return this.#noKey(exchange, error);
    }
  }

  #noKey({ route, tenant }: ServedExchange, error: unknown): undefined {
    this.#reporter.contained('engramia.key', error, { route, tenant });
  }

  #scopeOf(target: LearnTarget): Scope {
    const { address: name, scope: fingerprint } = target;
    const address = this.#addresses.find(name) ?? this.#addresses.add(name, this.#newAddress(name));
    const known = this.#scopes.find(fingerprint);
    if (known === undefined) return this.#scopes.add(fingerprint, this.#newScope(target, address));
    known.target = target;
    return known;
  }

  #newAddress(name: string): Address {
    return new Address(this.#clock, this.#random, this.#teller({ address: name }));
  }

  #newScope(target: LearnTarget, within: Address): Scope {
    const { address, scope } = target;
    return new Scope(target, within, this.#clock, this.#teller({ address, scope }));
  }

  #teller(where: { address: string; scope?: string }): TellDelivery {
    return (state, forMs, mend) => {
      if (!this.#reporter.wants('delivery')) return;
      const until = forMs === undefined ? {} : { forMs };
      const how = mend === undefined ? {} : { mend };
      this.#reporter.emit('delivery', { lane: 'learn', state, ...where, ...until, ...how });
    };
  }

  #learned(task: LearnTask, outcome: 'stored' | 'deduplicated'): void {
    if (this.#reporter.listeners.learned === 0) return;
    const { route, requestId, tenant, stage, leg, attempts, key } = task;
    const event = { route, requestId, tenant, stage, leg, outcome, attempts };
    this.#reporter.emit('learned', key === undefined ? event : { ...event, patternKey: key });
  }

  #settled(what: ServedExchange | LearnTask, ending: Ending, error: unknown): void {
    if (this.#reporter.listeners.settled === 0 || drops.has(ending)) return;
    const { route, requestId, tenant, stage } = what;
    const outcome = ending as CutoverEvents['settled']['outcome'];
    const facts = error === undefined ? {} : { error: errorFacts(error) };
    this.#reporter.emit('settled', {
      ...{ route, requestId, tenant, stage },
      lane: 'learn',
      outcome,
      ...facts,
    });
  }
}
