import type { Reporter } from '../../core/events/events.ts';

/** Runs what is not ours to trust; what it throws is of no interest to a lane. */
export function contain<T>(run: () => T, instead: T): T {
  try {
    return run();
  } catch {
    return instead;
  }
}

/** A reporter that keeps its word never to throw, whatever it is made of. */
export function toSafeReporter(reporter: Reporter): Reporter {
  return {
    listeners: reporter.listeners,
    wants: (type) => contain(() => reporter.wants(type), false),
    emit: (type, event) => contain(() => reporter.emit(type, event), undefined),
    contained: (operation, error, where) =>
      contain(() => reporter.contained(operation, error, where), undefined),
  };
}
