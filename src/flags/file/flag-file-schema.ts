import { z } from 'zod';
import { check } from '../../core/option-checks.ts';
import { isStage, type Stage, stageNames } from '../../core/stage.ts';

/** A ramp as a flag file writes it. */
export interface FileRamp {
  readonly from?: Stage | undefined;
  readonly to: Stage;
  readonly percent: number;
  readonly salt?: string | undefined;
  readonly by?: 'tenant' | 'user' | undefined;
}

/** What a flag file says of all routes, or of one. */
export interface FileRules {
  readonly stage?: Stage | undefined;
  readonly percent?: FileRamp | undefined;
  readonly tenants?: ReadonlyMap<string, Stage> | undefined;
}

/** A flag file that can be used. */
export interface FlagFile extends FileRules {
  readonly routes?: ReadonlyMap<string, FileRules> | undefined;
}

/** A flag file, or everything that is wrong with it: places and rules, never a value. */
export type FlagFileReading =
  | { readonly ok: true; readonly file: FlagFile }
  | { readonly ok: false; readonly issues: readonly string[] };

const maxIssues = 20;
const maxNameChars = 60;

const stageRule = `must be one of ${stageNames.join(', ')}`;
const percentRule = `must ${check.percent.must}`;
const nameRule = 'names nobody';

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// As Maps, since a tenant may be called "__proto__", which objects do not hold as a name like any other.
const toMap = (given: unknown): unknown =>
  isObject(given) ? new Map(Object.entries(given)) : given;

const byName = <T>(value: z.ZodType<T>) =>
  z.preprocess(toMap, z.map(z.string().min(1, nameRule), value));

/** The same for stages, a name at a time: there may be 50,000, for each of which a schema costs twice as much. */
const stagesByName = () =>
  z.preprocess(
    toMap,
    z
      .custom<ReadonlyMap<string, Stage>>((given) => given instanceof Map, {
        error: 'must be an object',
        abort: true,
      })
      .superRefine(nameStages),
  );

function nameStages(stages: ReadonlyMap<string, unknown>, context: z.core.$RefinementCtx): void {
  let left = maxIssues;
  for (const [name, stage] of stages) {
    if (name !== '' && isStage(stage)) continue;
    const wrong = [name === '' ? nameRule : '', isStage(stage) ? '' : stageRule];
    for (const message of wrong.filter((rule) => rule !== '')) {
      context.addIssue({ code: 'custom', path: [name], message, input: stage });
      left -= 1;
    }
    // No more of them are told, and each takes some microseconds.
    if (left <= 0) return;
  }
}

function schemaOf() {
  const stage = z.enum(stageNames as [Stage, ...Stage[]], stageRule);
  const ramp = z.strictObject({
    from: stage.optional(),
    to: stage,
    percent: z.number(percentRule).refine(check.percent.test, percentRule),
    salt: z.string('must be a text').optional(),
    by: z.enum(['tenant', 'user'], 'must be "tenant" or "user"').optional(),
  });
  const rules = {
    stage: stage.optional(),
    percent: ramp.optional(),
    tenants: stagesByName().optional(),
  };
  return z
    .strictObject({
      version: z.literal(1, 'must be 1'),
      ...rules,
      routes: byName(z.strictObject(rules)).optional(),
    })
    .superRefine(rampsStartSomewhere);
}

/** A ramp leaves those outside it in a stage: its own `from`, or the one that holds without it. */
function rampsStartSomewhere(file: FlagFile, context: z.core.$RefinementCtx): void {
  const levels: [PropertyKey[], FileRules][] = [[[], file]];
  for (const [name, rules] of file.routes ?? []) levels.push([['routes', name], rules]);
  for (const [path, { percent, stage = file.stage }] of levels) {
    if (percent === undefined || (percent.from ?? stage) !== undefined) continue;
    context.addIssue({
      code: 'custom',
      path: [...path, 'percent', 'from'],
      message: 'is missing, and no "stage" takes its place',
      input: file,
    });
  }
}

const shown = (name: PropertyKey): string => JSON.stringify(String(name).slice(0, maxNameChars));

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.map(placeOf).join('').replace(/^\./, '') || 'the file';
  if (issue.code === 'unrecognized_keys') {
    return `${place} has fields that do not exist: ${issue.keys.slice(0, maxIssues).map(shown).join(', ')}`;
  }
  return issue.code === 'invalid_type' && issue.message.startsWith('Invalid')
    ? `${place} must be an object`
    : `${place} ${issue.message}`;
}

const placeOf = (part: PropertyKey): string =>
  typeof part === 'string' && /^\w{1,40}$/.test(part) ? `.${part}` : `[${shown(part)}]`;

let schema: ReturnType<typeof schemaOf> | undefined;

/** Reads what a flag file's JSON holds; all that is wrong is told at once. */
export function readFlagFile(content: unknown): FlagFileReading {
  // Built when it is first needed: an app that has no flag file does not pay for it.
  schema ??= schemaOf();
  const result = schema.safeParse(content);
  if (result.success) return { ok: true, file: result.data };
  return { ok: false, issues: result.error.issues.slice(0, maxIssues).map(describe) };
}
