import { calibrationIssues } from '../../compare/judging/calibration-issues.ts';
import type { JudgeCalibration } from '../../core/contracts/compare-options.ts';
import type { Filled } from '../../core/given-options.ts';
import { check, issuesOf, type OptionChecks, oneOf, required } from '../../core/option-checks.ts';
import { type Clock, systemClock } from '../../core/time/clock.ts';
import { judgeApis } from './judge-api.ts';
import type { JudgeBudgetOptions } from './judge-budget.ts';
import type { JudgeClient } from './judge-client.ts';
import { defaultRubric } from './judge-prompt.ts';

/** How a model is asked which of two replies is better. */
export interface LlmJudgeOptions {
  /** A client of the package `openai`, `new OpenAI()` say. Its retries and timeouts stay as they are. */
  client: JudgeClient;
  /** The model that judges, as the client’s service names it; better not the one that wrote a reply. */
  model: string;
  /** What counts in a reply. Must come from you: it is no data. @default right first, then complete; style does not count */
  rubric?: string | undefined;
  /** The API that the client is used by. @default 'responses' */
  api?: 'responses' | 'chat' | undefined;
  /** Sent if it is given: models that reason refuse one. @default none */
  temperature?: number | undefined;
  /** Tokens that the model may write, those of its reasoning included. @default 4_000 */
  maxOutputTokens?: number | undefined;
  /** Milliseconds for one question, the client's retries included. @default 20_000 */
  timeoutMs?: number | undefined;
  /** Share of the pairs that are judged, 0 to 1; which ones goes by a hash of their texts. @default 1 */
  sample?: number | undefined;
  /** Draws the sample instead, a number from 0 to below 1 a pair. @default the hash */
  random?: (() => number) | undefined;
  /** Once spent, pairs have no verdict until the next day of UTC. @default no limits */
  budget?: JudgeBudgetOptions | undefined;
  /** UTF-16 units of each reply that are shown. @default 8_000 */
  maxChars?: number | undefined;
  /** The same for the task. @default 4_000 */
  maxTaskChars?: number | undefined;
  /** What `calibrate` gave for this model and rubric. Without it verdicts are advisory. @default none */
  calibration?: JudgeCalibration | undefined;
  /** Told what the client has thrown; it may hold anything. @default nobody */
  onError?: ((error: unknown) => void) | undefined;
  /** A seam for tests. @default Node's clock */
  clock?: Clock | undefined;
}

/** The options of a judge without gaps. */
export interface JudgeSettings extends Filled<Omit<LlmJudgeOptions, Optional>> {
  readonly temperature: number | undefined;
  readonly random: (() => number) | undefined;
}

type Optional = 'temperature' | 'random' | 'calibration';

const calls = {
  test: (value: unknown) => check.count.test(value) && (value as number) >= 2,
  must: 'be a whole number of 2 or more, as a pair takes two',
};

/** It has rules of its own. */
const anything = { test: () => true, must: '' };

const checks: OptionChecks = {
  client: required(check.object),
  model: required(check.text),
  rubric: check.text,
  api: oneOf(...Object.keys(judgeApis)),
  temperature: {
    test: (value) => typeof value === 'number' && value >= 0 && value <= 2,
    must: 'be a number from 0 to 2',
  },
  maxOutputTokens: check.count,
  timeoutMs: check.milliseconds,
  sample: check.share,
  random: check.function,
  budget: { callsPerDay: calls, tokensPerDay: check.count },
  maxChars: check.count,
  maxTaskChars: check.count,
  calibration: anything,
  onError: check.function,
  clock: check.clock,
};

/** Every issue of a judge's options, but whether its calibration is of this judge. */
export function judgeIssues(options: LlmJudgeOptions): string[] {
  const issues = issuesOf(options, checks);
  const { client, api = 'responses', calibration } = options ?? {};
  if (check.object.test(client) && Object.hasOwn(judgeApis, api) && !judgeApis[api].isOf(client)) {
    issues.push(`client must have the API "${api}" of the package openai`);
  }
  return calibration === undefined
    ? issues
    : [...issues, ...calibrationIssues(calibration, calibration?.fingerprint)];
}

/** Applies every default once. */
export function judgeSettings(options: LlmJudgeOptions): JudgeSettings {
  return {
    client: options.client,
    model: options.model,
    rubric: options.rubric ?? defaultRubric,
    api: options.api ?? 'responses',
    temperature: options.temperature,
    maxOutputTokens: options.maxOutputTokens ?? 4_000,
    timeoutMs: options.timeoutMs ?? 20_000,
    sample: options.sample ?? 1,
    random: options.random,
    budget: options.budget ?? {},
    maxChars: options.maxChars ?? 8_000,
    maxTaskChars: options.maxTaskChars ?? 4_000,
    onError: options.onError ?? (() => undefined),
    clock: options.clock ?? systemClock,
  };
}
