import { attempt } from '../core/attempt.ts';
import type { FlagProviderEvents } from './provider.ts';

/** OpenFeature's names for what a provider tells of itself. */
export type ProviderEventType =
  | 'PROVIDER_CONFIGURATION_CHANGED'
  | 'PROVIDER_ERROR'
  | 'PROVIDER_READY';

type Handler = (details?: unknown) => unknown;

/** Where a built-in provider tells of its changes and troubles. A handler that throws keeps none from the others. */
export class ProviderEvents implements FlagProviderEvents {
  readonly #handlers = new Map<string, Set<Handler>>();

  addHandler(eventType: string, handler: Handler): void {
    const handlers = this.#handlers.get(eventType) ?? new Set();
    this.#handlers.set(eventType, handlers.add(handler));
  }

  removeHandler(eventType: string, handler: Handler): void {
    this.#handlers.get(eventType)?.delete(handler);
  }

  emit(eventType: ProviderEventType, details: { readonly message?: string } = {}): void {
    for (const handler of [...(this.#handlers.get(eventType) ?? [])]) {
      attempt(() => handler(details));
    }
  }
}
