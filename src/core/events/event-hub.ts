import { EventEmitter } from 'eventemitter3';
import { isThenable } from '../call/observation.ts';
import { check, issuesOf, refuse, required } from '../option-checks.ts';
import { Audience } from './audience.ts';
import { errorFacts } from './error-facts.ts';
import { eventChannels, publishSoon } from './event-channels.ts';
import type {
  CutoverEvent,
  CutoverEventOf,
  CutoverEvents,
  CutoverEventType,
  Operation,
  Reporter,
} from './events.ts';
import { ownWords } from './own-words.ts';
import type { Warnings } from './warnings.ts';

const checks = { listener: required(check.function) };
const optionChecks = { signal: check.heardSignal };

/** What is wrong with the options of `on`. A signal in their place has no field of its own, and would not be heard. */
function optionIssues(options: unknown): string[] {
  // Apps in plain JavaScript say `null` as well, for the signal too.
  if (options === undefined || options === null) return [];
  if (check.heardSignal.test(options))
    return ['options must be an object with signal: a signal itself goes into { signal }'];
  const { signal } = options as { signal?: unknown };
  return issuesOf(
    signal === null ? { ...(options as object), signal: undefined } : options,
    optionChecks,
  );
}

/**
 * Where the rooms report, and where the app listens or subscribes to channels. A throwing listener is contained, and tells
 * nobody but the log.
 */
export class EventHub implements Reporter {
  readonly #emitter = new EventEmitter<string>();
  readonly listeners = new Audience();
  readonly #warnings: Warnings;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  wants(type: CutoverEventType): boolean {
    return this.listeners[type] > 0;
  }

  emit<T extends CutoverEventType>(type: T, event: CutoverEvents[T]): void {
    const told = { type, ...event } as CutoverEvent;
    for (const listener of this.#emitter.listeners(type)) this.#tell(type, () => listener(told));
    if (eventChannels[type].hasSubscribers) publishSoon(told, (run) => this.#tell(type, run));
  }

  contained(
    operation: Operation,
    error: unknown,
    where: { route?: string; tenant?: string } = {},
  ): void {
    const facts = errorFacts(error);
    const at = where.route === undefined ? '' : ` of route "${where.route}"`;
    const what = [facts.name, facts.code, facts.status].filter((fact) => fact !== undefined);
    const failed = operation === 'view' ? 'reading a reply' : operation;
    this.#warnings.warn(
      operation,
      `${failed}${at} failed and was contained: ${what.join(' ')}.${ownWords(operation, error)}`,
      where.route,
    );
    if (this.wants('error')) this.emit('error', { operation, ...where, error: facts });
  }

  on<T extends CutoverEventType>(
    type: T,
    listener: (event: CutoverEventOf<T>) => void,
    options?: { readonly signal?: AbortSignal },
  ): Disposable {
    const types = Object.keys(this.listeners.own).join(', ');
    refuse('on()', [
      ...(Object.hasOwn(this.listeners.own, type)
        ? []
        : [`"${String(type)}" is not an event (there are: ${types})`]),
      ...issuesOf({ listener }, checks),
      ...optionIssues(options),
    ]);
    const signal = options?.signal;
    if (signal?.aborted) return { [Symbol.dispose]: () => undefined };
    // A function of its own each time: one listener may be added twice and taken away once.
    const told = (event: CutoverEventOf<T>): unknown => listener(event);
    const off = (): void => {
      if (this.#emitter.listeners(type).includes(told)) this.listeners.own[type] -= 1;
      this.#emitter.off(type, told);
      signal?.removeEventListener('abort', off);
    };
    this.#emitter.on(type, told);
    this.listeners.own[type] += 1;
    signal?.addEventListener('abort', off, { once: true });
    return { [Symbol.dispose]: off };
  }

  /** Calls one listener. What it throws, or its promise rejects with, is contained. */
  #tell(type: CutoverEventType, listener: () => unknown): void {
    try {
      const returned = listener();
      if (isThenable(returned)) {
        Promise.resolve(returned).catch((error) => this.#listenerFailed(type, error));
      }
    } catch (error) {
      this.#listenerFailed(type, error);
    }
  }

  #listenerFailed(type: string, error: unknown): void {
    this.#warnings.warn('listener', `A listener of "${type}" failed: ${errorFacts(error).name}.`);
  }
}
