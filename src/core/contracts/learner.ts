/** One exchange as it is sent to Engramia: made safe, redacted and cut. */
export interface Lesson {
  readonly task: string;
  readonly code: string;
  /** 0 to 10. */
  readonly evalScore: number;
  readonly runId: string;
}

/**
 * How an attempt to learn ended, with the service's peculiarities already understood.
 *
 * - `stored`, `present`: the service answered; `present` means a near duplicate was there already.
 * - `perhaps`: timeout, reset or a 500: the pattern may have been stored. Confirm, or retry one at a time.
 * - `later`: certainly not stored, and worth another try after `afterMs` (absent: by the caller's own backoff).
 * - `quota`: the scope is full; retrying is useless.
 * - `unauthorized`: 401. After an earlier success it can be a database outage, so it is not final for a minute.
 * - `refused`: certainly not stored, and never will be (403, 413, 422, …).
 * - `aborted`: our own signal ended it before it was sent.
 */
export type LearnOutcome =
  | { readonly kind: 'stored' | 'present'; readonly patternCount: number }
  | {
      readonly kind: 'perhaps' | 'quota' | 'unauthorized' | 'refused' | 'aborted';
      readonly error: unknown;
    }
  | { readonly kind: 'later'; readonly error: unknown; readonly afterMs: number | undefined };

/** A way to deliver lessons: one call each, or many in one call, which needs a key with the role admin. */
export type LearnVia = 'learn' | 'import';

/** A lesson as it goes in a batch: under a key of our own, so that sending it again changes nothing. */
export interface KeyedLesson extends Lesson {
  /** Begins with `patterns/`; letters, digits, `_` and `-` after it. */
  readonly key: string;
  /** When the exchange was taken up, wall time in milliseconds. */
  readonly at: number;
}

/**
 * How an attempt to import a batch ended. What is not said here is as for `LearnOutcome`; sending again is harmless
 * whatever the outcome.
 *
 * - `imported`: the service answered; so many records were new, the others were there already under their keys.
 * - `forbidden`: the key must not import.
 * - `tooLarge`: the body is larger than something on the way takes.
 * - `invalid`: at least one record is not accepted; the service took none.
 */
export type ImportOutcome =
  | { readonly kind: 'imported'; readonly imported: number }
  | {
      readonly kind: 'forbidden' | 'tooLarge' | 'invalid';
      readonly error: unknown;
    }
  | Exclude<LearnOutcome, { kind: 'stored' | 'present' }>;

/** The run in which lessons are sent. */
export interface LearnRun {
  /** Aborted by the run's deadline and by `close`. Made when it is first asked for: it costs more than all else of a run. */
  readonly signal: AbortSignal;
}

/** The scope that a tenant's exchanges are learned into: one key of the service. */
export interface LearnTarget {
  /**
   * Fingerprint of address and scope: two addresses never share one. Learning is serialized per scope, as parallel learns
   * race in the service.
   */
  readonly scope: string;
  /** The service's address. One circuit breaker and one pacer an address. */
  readonly address: string;
  /** Milliseconds until pacing allows the next call on that way; 0: now. Takes nothing. @default 'learn' */
  readyInMs(via?: LearnVia): number;
  /** Sends one lesson. Never rejects. */
  learn(lesson: Lesson, run: LearnRun): Promise<LearnOutcome>;
  /** Sends a batch of lessons with different keys. Never rejects. */
  import(lessons: readonly KeyedLesson[], run: LearnRun): Promise<ImportOutcome>;
  /**
   * Whether a lesson that was perhaps stored since `sinceMs` (wall time) is known to be there. False proves nothing: the
   * service tells of a learn last, after all that can fail. Never rejects.
   */
  wasStored(lesson: Lesson, sinceMs: number, run: LearnRun): Promise<boolean>;
}

/** Finds the scope of a tenant. */
export interface Learner {
  /** The tenant's own scope; undefined: it has none, so nothing is called. May reject: then nothing is called either. */
  targetOf(tenant: string): LearnTarget | undefined | Promise<LearnTarget | undefined>;
}
