import type { Judge, JudgeCalibration, JudgeShare } from '../../core/contracts/compare-options.ts';
import { check, issuesOf, oneOf, refuse, required } from '../../core/option-checks.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { askBothOrders, type JudgedPair, type Preference } from './ask-both-orders.ts';
import { wilson } from './wilson.ts';

/** Two replies to one task, and which of them a person has found better. */
export interface LabelledPair extends JudgedPair {
  /** The better reply; `legacy`: the candidate's is worse. */
  readonly label: Preference;
}

/** Whom to calibrate, and how. */
export interface CalibrateOptions {
  /** Gets what was found as its `calibration`. It needs a `fingerprint`. */
  judge: Judge;
  /** Pairs that are asked about at the same time. @default 4 */
  concurrency?: number | undefined;
  /** Ends the calibration, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** A seam for tests. @default Node's clock */
  clock?: Clock | undefined;
}

/** Issues of labelled pairs that are told; further ones are like them. */
const mostIssues = 20;

const pairChecks = {
  task: required({ test: (value: unknown) => typeof value === 'string', must: 'be a string' }),
  legacy: required({ test: (value: unknown) => typeof value === 'string', must: 'be a string' }),
  candidate: required({ test: (value: unknown) => typeof value === 'string', must: 'be a string' }),
  label: required(oneOf('legacy', 'candidate', 'tie')),
};

const optionChecks = {
  judge: required(check.function),
  concurrency: check.count,
  signal: check.signal,
  clock: check.clock,
};

/** Rows of a data set may have columns of their own. */
function pairIssues(pair: LabelledPair | null, path: string): string[] {
  if (typeof pair !== 'object' || pair === null) return issuesOf(pair, pairChecks, path);
  const { task, legacy, candidate, label } = pair;
  return issuesOf({ task, legacy, candidate, label }, pairChecks, path);
}

function refuseWrong(labelled: readonly LabelledPair[], options: CalibrateOptions): void {
  const issues = issuesOf(options, optionChecks);
  if (issues.length === 0 && !options.judge.fingerprint) {
    issues.push('judge must have a fingerprint, which names what its verdicts depend on');
  }
  if (!Array.isArray(labelled)) issues.push('labelled must be a list of labelled pairs');
  else {
    const wrong = labelled.flatMap((pair, at) => pairIssues(pair, `labelled[${at}].`));
    issues.push(...wrong.slice(0, mostIssues));
  }
  refuse('calibrate()', issues);
}

interface Judged {
  readonly isWorse: boolean;
  /** Undefined: the judge gave no verdict. */
  readonly foundWorse: boolean | undefined;
}

async function judgeOne(
  judge: Judge,
  { label, task, legacy, candidate }: LabelledPair,
  signal: AbortSignal,
): Promise<Judged> {
  const isWorse = label === 'legacy';
  try {
    const asked = { task, legacy, candidate };
    const { preference } = await askBothOrders(judge, asked, { signal, always: true });
    return { isWorse, foundWorse: preference && preference === 'legacy' };
  } catch {
    // One question that fails must not cost the answers to all others.
    return { isWorse, foundWorse: undefined };
  }
}

function shareOf(right: number, of: number): JudgeShare {
  return { right, of, ...(of > 0 && { rate: right / of }), ...wilson(right, of) };
}

function shareAmong(judged: readonly Judged[], isWorse: boolean): JudgeShare {
  const kind = judged.filter((one) => one.isWorse === isWorse && one.foundWorse !== undefined);
  const right = kind.filter(({ foundWorse }) => foundWorse === isWorse);
  return shareOf(right.length, kind.length);
}

/**
 * Measures a judge against labels by people, gives the result to it and returns it, to be kept and handed back later. Every
 * pair is asked about in both orders, whatever the judge samples or may spend; a pair without a verdict counts as
 * `unanswered` alone.
 *
 * @throws InvalidOptionsError naming every issue; the signal's reason once it aborts
 * @example
 * const calibration = await calibrate(labelled, { judge });
 */
export async function calibrate(
  labelled: readonly LabelledPair[],
  options: CalibrateOptions,
): Promise<JudgeCalibration> {
  refuseWrong(labelled, options);
  const { judge, concurrency = 4, clock = systemClock } = options;
  const signal = options.signal ?? new AbortController().signal;
  const waiting = labelled.values();
  const judged: Judged[] = [];
  const work = async (): Promise<void> => {
    for (const pair of waiting) {
      signal.throwIfAborted();
      judged.push(await judgeOne(judge, pair, signal));
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, labelled.length) }, work));
  signal.throwIfAborted();
  const [sensitivity, specificity] = [shareAmong(judged, true), shareAmong(judged, false)];
  const n = sensitivity.of + specificity.of;
  const { fingerprint = '' } = judge;
  const measured: JudgeCalibration = {
    fingerprint,
    ...modelOf(judge),
    at: clock.now(),
    n,
    unanswered: judged.length - n,
    sensitivity,
    specificity,
  };
  judge.calibration = measured;
  return measured;
}

function modelOf(judge: Judge): { model?: string } {
  const { model } = judge as { model?: unknown };
  return typeof model === 'string' ? { model } : {};
}
