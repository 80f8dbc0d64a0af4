import { check, issuesOf, type OptionChecks, oneOf, refuse } from '../../core/option-checks.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import type { AnswerSettings } from './answer-body.ts';
import type { Fault } from './fault.ts';
import { faults } from './fault-plan.ts';

/** How a fault server misbehaves. */
export interface FaultServerOptions {
  /** What is wrong at first; `set` changes it. @default 'none' */
  readonly fault?: Fault | undefined;
  /** The JSON of a healthy answer. @default { stored: true, pattern_count: 1 } */
  readonly answer?: unknown;
  /** Milliseconds between two bytes of `drip`. @default 1_000 */
  readonly dripMs?: number | undefined;
  /** Milliseconds until the answer of `late`: more than a client of Engramia waits by default. @default 15_000 */
  readonly lateMs?: number | undefined;
  /** Bytes of the answer of `huge-body`, sent as fast as they are read. @default 100_000_000 */
  readonly bodyBytes?: number | undefined;
  /** The origin that `redirect` sends clients to; the default exists nowhere. @default 'https://elsewhere.invalid' */
  readonly redirectTo?: string | undefined;
  /** Where `drip` and `late` read time. @default Node's clock, timers unref'd */
  readonly clock?: Clock | undefined;
}

/** The options without gaps. */
export interface FaultServerSettings extends AnswerSettings {
  readonly fault: Fault;
  readonly redirectTo: URL;
}

const isFault = oneOf(...faults);

const checks: OptionChecks = {
  fault: isFault,
  answer: { test: (value) => JSON.stringify(value) !== undefined, must: 'be JSON' },
  dripMs: check.milliseconds,
  lateMs: check.milliseconds,
  bodyBytes: check.count,
  redirectTo: {
    test: (value) => typeof value === 'string' && URL.canParse(value),
    must: 'be an absolute URL',
  },
  clock: check.clock,
};

/** Throws unless it is a fault that there is. */
export function refuseFault(fault: Fault): void {
  refuse('faultServer.set()', issuesOf({ fault }, { fault: isFault }));
}

/**
 * Fills the gaps.
 *
 * @throws InvalidOptionsError with every value that cannot be used
 */
export function toFaultServerSettings(options: FaultServerOptions): FaultServerSettings {
  refuse('faultServer()', issuesOf(options, checks));
  return {
    fault: options.fault ?? 'none',
    json: JSON.stringify(options.answer ?? { stored: true, pattern_count: 1 }),
    dripMs: options.dripMs ?? 1000,
    lateMs: options.lateMs ?? 15_000,
    bodyBytes: options.bodyBytes ?? 100_000_000,
    redirectTo: new URL(options.redirectTo ?? 'https://elsewhere.invalid'),
    clock: options.clock ?? systemClock,
  };
}
