import type { DropReason } from '../../core/contracts/counts.ts';
import type { CutoverEvents, Reporter } from '../../core/events/events.ts';

/** A reporter that remembers the first drop since it was last asked: in an offer that is refused it is the offer's own. */
export class DropMemory implements Reporter {
  readonly #reporter: Reporter;
  #first: DropReason | undefined;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  get listeners(): Reporter['listeners'] {
    return this.#reporter.listeners;
  }

  wants: Reporter['wants'] = (type) => type === 'dropped' || this.#reporter.wants(type);

  emit: Reporter['emit'] = (type, event) => {
    if (type === 'dropped') this.#first ??= (event as CutoverEvents['dropped']).reason;
    if (this.#reporter.wants(type)) this.#reporter.emit(type, event);
  };

  contained: Reporter['contained'] = (operation, error, where) =>
    this.#reporter.contained(operation, error, where);

  /** Asked before an offer: forgets, and gives what is to be put back. A listener may offer again in the middle of a drop. */
  forget(): DropReason | undefined {
    const outer = this.#first;
    this.#first = undefined;
    return outer;
  }

  /** Asked after it: the reason of the first drop since. */
  recall(outer: DropReason | undefined): DropReason | undefined {
    const reason = this.#first;
    this.#first = outer;
    return reason;
  }
}
