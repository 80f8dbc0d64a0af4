import type { FlagProviderEvents } from './provider.ts';

/** The part of Node's event emitter by which clients of flag services tell of changes. */
export interface ChangeEmitter {
  on(event: string, listener: (...details: unknown[]) => void): unknown;
  off(event: string, listener: (...details: unknown[]) => void): unknown;
}

/** The changes that a client emits under a name of its own, as a flag provider tells of them. */
export function emittedChanges(client: ChangeEmitter, event: string): FlagProviderEvents {
  const listeners = new Map<(details?: unknown) => unknown, () => void>();
  return {
    addHandler(eventType, handler) {
      if (eventType !== 'PROVIDER_CONFIGURATION_CHANGED' || listeners.has(handler)) return;
      const listener = (): void => void handler();
      listeners.set(handler, listener);
      client.on(event, listener);
    },
    removeHandler(eventType, handler) {
      const listener = listeners.get(handler);
      if (eventType !== 'PROVIDER_CONFIGURATION_CHANGED' || listener === undefined) return;
      listeners.delete(handler);
      client.off(event, listener);
    },
  };
}
