import { attempt } from '../core/attempt.ts';
import type { Lease } from '../core/contracts/rollout-store.ts';
import type { Logger } from '../core/events/logger.ts';
import { Warnings } from '../core/events/warnings.ts';
import type { Clock } from '../core/time/clock.ts';
import { type Contained, containedWords } from './contained-words.ts';

/** A name of the app's, as long as a sentence bears it. */
const brief = (name: string): string => name.slice(0, 60);

/** What the log is told of one rollout: what has failed, and what somebody has to look into. */
export class RampWarnings {
  readonly #warnings: Warnings;
  readonly #rollout: string;

  constructor(rollout: string, logger: Logger, clock: Clock) {
    this.#warnings = new Warnings(logger, clock);
    this.#rollout = rollout;
  }

  /** Something has failed, and nobody waits for it. */
  contained(what: Contained, error: unknown, whose?: string): void {
    const words = containedWords(this.#rollout, what, error, whose);
    this.#warnings.warn(`rollout.${what}`, words, whose);
  }

  /** The store no longer has a version that it had. */
  lost(version: number, there: number | undefined): void {
    const lost = `the store has lost commits: version ${version} was there, now`;
    const now = there === version ? 'another one is' : `it is ${there}`;
    const words =
      there === undefined
        ? `${lost} there is no state. Everybody obeys what was known. Restore it: a process that starts finds nothing to obey, and begins anew where the trail is gone as well.`
        : `${lost} ${now}. Everybody obeys what is there: order again what was lost, a rollback first of all.`;
    this.#warnings.warn('rollout.lost', words);
  }

  /** Another process goes by this one's name. */
  shared(identity: string): void {
    const both = `two processes of ${this.#its} have the identity ${brief(identity)}`;
    const words = `${both}: what one of them obeys is acknowledged for both. Give each its own, or none.`;
    this.#warnings.warn('rollout.identity', words);
  }

  /** A state is not as its trail has it. */
  unentered(version: number, fields: readonly string[]): void {
    const its = `version ${version} of ${this.#its} is not what its trail has entered (${fields.join(', ')})`;
    const words = `${its}: somebody has changed it in the store itself. It is obeyed, and no entry says who did it or why: look who can write there, and roll back or enter a word on it, by hold() and resume() say.`;
    this.#warnings.warn('rollout.unentered', words);
  }

  /** A lease keeps everybody from leading. */
  stuck({ holder, until }: Lease): void {
    const end = attempt(() => new Date(until).toISOString()) ?? 'the end of time';
    const its = `the lease of ${this.#its} is held by ${brief(holder)} until ${end}`;
    const words = `${its}, far longer than leases last: nobody else looks at its gates, and nothing is rolled back by itself. If no process of that name leads, end it: store.release() takes the lease that store.acquire() tells.`;
    this.#warnings.warn('rollout.lease', words);
  }

  get #its(): string {
    return `the rollout ${brief(this.#rollout)}`;
  }
}
