import { EventEmitter } from 'eventemitter3';
import {
  type CutoverEventOf,
  type CutoverEvents,
  type CutoverEventType,
  errorFacts,
  type Operation,
  type Reporter,
} from './events.ts';
import type { Warnings } from './warnings.ts';

/** Where the rooms report and the app listens. A throwing listener is contained, and tells nobody but the log. */
export class EventHub implements Reporter {
  readonly #emitter = new EventEmitter<string>();
  readonly #warnings: Warnings;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  wants(type: CutoverEventType): boolean {
    return this.#emitter.listenerCount(type) > 0;
  }

  emit<T extends CutoverEventType>(type: T, event: CutoverEvents[T]): void {
    const told = { type, ...event };
    for (const listener of this.#emitter.listeners(type)) {
      try {
        const returned: unknown = listener(told);
        if (returned instanceof Promise)
          returned.catch((error) => this.#listenerFailed(type, error));
      } catch (error) {
        this.#listenerFailed(type, error);
      }
    }
  }

  contained(
    operation: Operation,
    error: unknown,
    where: { route?: string; tenant?: string } = {},
  ): void {
    const facts = errorFacts(error);
    const at = where.route === undefined ? '' : ` of route "${where.route}"`;
    this.#warnings.warn(operation, `${operation}${at} failed and was contained: ${facts.name}.`);
    if (this.wants('error')) this.emit('error', { operation, ...where, error: facts });
  }

  on<T extends CutoverEventType>(
    type: T,
    listener: (event: CutoverEventOf<T>) => void,
    signal?: AbortSignal,
  ): Disposable {
    const off = (): void => {
      this.#emitter.off(type, listener);
      signal?.removeEventListener('abort', off);
    };
    if (signal?.aborted !== true) {
      this.#emitter.on(type, listener);
      signal?.addEventListener('abort', off, { once: true });
    }
    return { [Symbol.dispose]: off };
  }

  #listenerFailed(type: string, error: unknown): void {
    this.#warnings.warn('listener', `A listener of "${type}" failed: ${errorFacts(error).name}.`);
  }
}
