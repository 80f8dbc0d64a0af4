import type {
  CutoverEvent,
  CutoverEvents,
  CutoverEventType,
  Reporter,
} from '../../src/core/events/events.ts';

/** A reporter that keeps what it is told. */
export interface Recorder extends Reporter {
  readonly events: CutoverEvent[];
  readonly failures: { operation: string; error: unknown }[];
  of<T extends CutoverEventType>(type: T): CutoverEvents[T][];
}

const types = [
  'decided',
  'served',
  'fallback',
  'learned',
  'compared',
  'settled',
  'dropped',
  'delivery',
  'rollback',
  'gone',
  'error',
] as const;

/** Makes a reporter that listens to the given types of events, or to all. */
export function recorder(wanted: readonly CutoverEventType[] = types): Recorder {
  const events: CutoverEvent[] = [];
  const failures: { operation: string; error: unknown }[] = [];
  const listeners = Object.fromEntries(
    types.map((type) => [type, wanted.includes(type) ? 1 : 0]),
  ) as Record<CutoverEventType, number>;
  return {
    events,
    failures,
    listeners,
    of: <T extends CutoverEventType>(type: T) =>
      events.filter((event) => event.type === type) as unknown as CutoverEvents[T][],
    wants: (type) => listeners[type] > 0,
    emit: (type, event) => {
      events.push({ type, ...event } as CutoverEvent);
    },
    contained: (operation, error) => {
      failures.push({ operation, error });
    },
  };
}
