import { z } from 'zod';
import { isPlainObject } from '../../core/text/plain-object.ts';
import { snakeKeys } from './field-names.ts';
import { asRead, toReader } from './reader-schema.ts';
import { serviceTime } from './service-time.ts';
import { textProblem } from './text-problem.ts';

/** The service's limits, in Unicode code points. */
const limits = {
  task: 10_000,
  code: 500_000,
  runId: 200,
  label: 50,
  action: 100,
  name: 100,
  key: 500,
  id: 200,
} as const;

const usualSource = 'api';
const maxRecords = 10_000;
const maxSkills = 50;

const text = (max: number) =>
  z.string().check(({ value, issues }) => {
    const problem = textProblem(value, max);
    if (problem === undefined) return;
    issues.push({ code: 'custom', message: problem, input: value, continue: true });
  });

const whole = (least: number, most: number) => z.int().min(least).max(most).optional();
const score = () => z.number().min(0).max(10);
const flag = () => z.boolean().optional();
const label = () => text(limits.label).optional();
const task = () => text(limits.task);
const code = () => text(limits.code);
const output = () => code().optional();

// Fields that do not exist are refused: the service would ignore a misspelt one in silence.
const request = <S extends z.core.$ZodLooseShape>(
  shape: () => S,
  sure?: (value: unknown) => Record<string, unknown> | undefined,
) => toReader(() => z.strictObject(shape()), snakeKeys, sure);

const timestamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[\d.:+-]*$/;
const momentRule = 'it must be a Date, or a timestamp with a blank between day and time';
const moment = () =>
  z
    .union([z.date(), z.string().regex(timestamp, momentRule)], { error: momentRule })
    .transform((value) => (typeof value === 'string' ? value : serviceTime(value)))
    .optional();
const seconds = () =>
  z
    .union([z.date(), z.number().min(0)], {
      error: 'it must be a Date, or seconds since the epoch',
    })
    .transform((value) => (typeof value === 'number' ? value : value.getTime() / 1000))
    .optional();

const patternKey = () =>
  text(limits.key).refine(
    (key) => /^patterns\/[^/]/.test(key) && !key.includes('..') && !/\/\.?(\/|$)/.test(key),
    'must begin with "patterns/" and have no "..", "." or nothing as a part',
  );
const segment = () =>
  text(limits.id).refine(
    (value) => !/^\.{1,2}$|[/\\]/.test(value),
    'must not be "." or ".." nor hold a slash',
  );
const record = () =>
  z.strictObject({
    version: z.int().min(0).max(1),
    key: patternKey(),
    data: z.record(z.string(), z.unknown()),
  });

const soundKey = /^patterns\/[\w-]{1,400}$/;

/** What the schema accepts beyond doubt: running it over a batch costs seven times as much as writing that as JSON. */
function isSurelyRecord(value: unknown): boolean {
  if (!isPlainObject(value) || Object.keys(value).length !== 3) return false;
  const { version, key, data } = value;
  return (
    (version === 0 || version === 1) &&
    typeof key === 'string' &&
    soundKey.test(key) &&
    isPlainObject(data)
  );
}

function records() {
  const schema = record();
  return z
    .array(z.unknown())
    .max(maxRecords)
    .superRefine((values, context) => {
      for (const [place, value] of values.entries()) {
        if (isSurelyRecord(value)) continue;
        for (const issue of schema.safeParse(value).error?.issues ?? []) {
          context.addIssue({ ...issue, path: [place, ...issue.path] });
        }
      }
    });
}

/** A lesson as most are: running the schema over one costs as much as all else that a call costs besides its `fetch`. */
function usualLesson(value: unknown): Record<string, unknown> | undefined {
  if (!isPlainObject(value) || Object.keys(value).length !== 4) return undefined;
  const { task, code, evalScore, runId } = value;
  const isScore = typeof evalScore === 'number' && evalScore >= 0 && evalScore <= 10;
  return isScore &&
    isSound(task, limits.task) &&
    isSound(code, limits.code) &&
    isSound(runId, limits.runId)
    ? { task, code, eval_score: evalScore, run_id: runId, source: usualSource }
    : undefined;
}

const isSound = (value: unknown, max: number): boolean =>
  typeof value === 'string' && textProblem(value, max) === undefined;

/** How each request is checked and brought into the service's spelling. */
export const readRequest = {
  learn: request(
    () => ({
      task: task(),
      code: code(),
      evalScore: score(),
      output: output(),
      runId: text(limits.runId).optional(),
      classification: label(),
      source: text(limits.label).default(usualSource),
    }),
    usualLesson,
  ),
  recall: request(() => ({
    task: task(),
    limit: whole(1, 50),
    offset: whole(0, 10_000),
    deduplicate: flag(),
    evalWeighted: flag(),
    recencyWeight: z.number().min(0).max(1).optional(),
    recencyHalfLifeDays: z.number().gt(0).optional(),
    classification: label(),
    source: label(),
    minScore: score().optional(),
  })),
  audit: request(() => ({
    limit: whole(1, 1000),
    since: moment(),
    until: moment(),
    action: text(limits.action).optional(),
    actor: text(limits.id).optional(),
  })),
  events: request(() => ({ limit: whole(1, 1000), since: seconds() })),
  import: request(() => ({ records: records(), overwrite: flag() })),
  searchSkills: request(() => ({
    required: z.array(text(limits.name)).min(1).max(maxSkills),
    matchAll: flag(),
  })),
  evaluate: request(() => ({ task: task(), code: code(), output: output() })),
  createKey: request(() => ({
    name: text(limits.name),
    role: z.enum(['reader', 'editor', 'admin', 'owner']),
    maxPatterns: z.int().min(1).optional(),
    expiresAt: z
      .date()
      .transform((value) => value.toISOString())
      .optional(),
  })),
  rollup: request(() => ({ window: z.enum(['hourly', 'daily', 'weekly']) })),
  none: request(() => ({})),
};

/** How the part of an address that names a thing is checked. */
export const readSegment = {
  patternKey: toReader(patternKey, asRead),
  id: toReader(segment, asRead),
};
